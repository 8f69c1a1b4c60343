"use strict";

// The scene: sentences, figures and tables, of which elements stay as long as their keys do.

const drawn = new Map();
function scene(made, first) {
  paragraphs(byId("sentences"), made.sentences);
  if (first || made.changed) byId("changed").textContent = made.changed ?? "";
  const warned = made.warnings ?? [];
  fill(byId("warnings"), ...(warned.length ? [make("details", {}, make("summary", {}, say("warnings")), ...warned.map((each) => make("p", {}, each)))] : []));
  const wanted = new Set(made.figures.map((figure) => figure.id));
  for (const [id, parts] of drawn) if (!wanted.has(id)) { parts.whole.remove(); drawn.delete(id); }
  made.figures.forEach((figure, place) => {
    if (!drawn.has(figure.id)) drawn.set(figure.id, empty(figure.id));
    const parts = drawn.get(figure.id), at = byId("drawn").children[place];
    if (at !== parts.whole) byId("drawn").insertBefore(parts.whole, at ?? null);
    draw(parts, figure);
  });
  const account = byId("account");
  fill(account, made.account ? tableOf(made.account) : null, made.account ? make("p", { class: "saves" }, button("save_csv", () => { saveTable("account", made.account); })) : null);
}
function paragraphs(place, texts) {
  if (place.children.length !== texts.length) fill(place, ...texts.map((text) => make("p", {}, text)));
  else texts.forEach((text, at) => { setText(place.children[at], text); });
}
function empty(id) {
  const parts = { marks: new Map(), heading: make("h3", { id: `figure-${id}` }), caption: make("figcaption"), table: make("div"), hint: make("p", { class: "help hint", id: `hint-${id}` }, say("ways_hint")), sideways: make("p", { class: "note sideways", hidden: true }, say("sideways")) };
  parts.svg = document.createElementNS(SVG, "svg");
  parts.svg.setAttribute("aria-labelledby", `figure-${id}`);
  parts.svg.setAttribute("aria-describedby", `hint-${id}`);
  parts.scroll = make("div", { class: "scroll", role: "group", "aria-labelledby": `figure-${id}` }, parts.svg);
  new ResizeObserver(() => {  // by keyboard, too, where it is wider than the page
    const isWide = parts.scroll.scrollWidth > parts.scroll.clientWidth;
    parts.scroll.toggleAttribute("tabindex", isWide);
    if (isWide) parts.scroll.setAttribute("tabindex", "0");
    parts.sideways.hidden = !isWide;
  }).observe(parts.scroll);
  const saves = make("p", { class: "saves" },
    button("save_svg", () => { saveBlob(`${id}.svg`, new Blob([drawing(parts)], { type: "image/svg+xml" })); }),
    button("save_png", () => { savePicture(id, parts); }), button("save_csv", () => { if (parts.numbers) saveTable(id, parts.numbers); }));
  parts.details = make("details", {}, make("summary", {}, say("numbers")), parts.table, saves);
  parts.details.addEventListener("toggle", () => { showNumbers(parts); });
  parts.whole = make("figure", { "data-figure": id }, parts.heading, parts.sideways, parts.scroll, parts.hint, parts.caption, parts.details);
  // Not at the elements themselves: what listens to focus in a drawing can be focused.
  parts.whole.addEventListener("focusin", ({ target }) => { if (target.about?.flow) stopAt(parts, target); });
  return parts;
}
function showNumbers(parts) {  // what nobody looks at is not laid out
  if (!parts.details.open || !parts.numbers || parts.shown === parts.numbers) return;
  parts.shown = parts.numbers;
  fill(parts.table, tableOf(parts.numbers));
}
function draw(parts, figure) {
  parts.figure = figure;
  setText(parts.heading, figure.title);
  setText(parts.caption, figure.caption);
  parts.numbers = figure.table ?? null;  // of a first answer they come with the next one
  showNumbers(parts);
  setAttribute(parts.svg, "viewBox", `0 0 ${figure.width} ${figure.height}`);
  setAttribute(parts.svg, "role", figure.marks.some((mark) => mark.about?.drag || mark.about?.flow) ? "group" : "img");
  const marks = figure.marks.filter((mark) => TAGS.has(mark.tag)), kept = new Set(marks.map((mark) => `${mark.tag}/${mark.key}`));
  for (const [key, element] of parts.marks) if (!kept.has(key)) { element.remove(); parts.marks.delete(key); }
  marks.forEach((mark, place) => {
    const key = `${mark.tag}/${mark.key}`;
    let element = parts.marks.get(key);
    if (!element) {
      element = document.createElementNS(SVG, mark.tag);
      parts.marks.set(key, element);
      interactive(element, parts);
    }
    dress(element, mark);
    if (element === document.activeElement) {  // whoever is moved loses the focus and the drag: the others make way
      while (parts.svg.childNodes[place] !== element) parts.svg.append(parts.svg.childNodes[place]);
    } else if (parts.svg.childNodes[place] !== element) parts.svg.insertBefore(element, parts.svg.childNodes[place] ?? null);
  });
  stopAt(parts, parts.stop);
}
function dress(element, mark) {
  const written = mark.about?.drag ? null : JSON.stringify(mark);  // what is dragged is also where the setting has it
  if (written !== null && element.written === written) return;
  element.written = written;
  const wanted = { class: mark.class ?? "", ...mark.at }, about = mark.about ?? {};
  if (about.drag) {
    const control = controlFor(about), on = valueOf(control);
    wanted["data-drag"] = about.drag;
    if (about.handle !== false) {
      Object.assign(wanted, { tabindex: "0", role: "slider", "aria-label": say("drag", { title: control.title }), "aria-valuemin": days(control.least), "aria-valuemax": days(control.most), "aria-valuenow": days(on), "aria-valuetext": longDate(on) });
    }
  } else if (about.flow) Object.assign(wanted, { "data-flow": about.flow, tabindex: element.getAttribute("tabindex") ?? "-1", role: "button", "aria-label": say("which_orders", { way: about.title }) });
  for (const { name } of [...element.attributes]) if (!(name in wanted)) element.removeAttribute(name);
  for (const [name, value] of Object.entries(wanted)) {
    if (/^(on|href|style|xlink)/i.test(name)) continue;
    setAttribute(element, name, value);
  }
  element.about = about;
  const text = mark.text ?? "";
  if (element.said !== text || element.titled !== (about.title ?? "")) {
    element.textContent = text;
    if (about.title) {
      const title = document.createElementNS(SVG, "title");
      title.textContent = about.title;
      element.prepend(title);
    }
    element.said = text;
    element.titled = about.title ?? "";
  }
}
function waysOf(parts) { return [...parts.svg.children].filter((element) => element.about?.flow); }
function stopAt(parts, element) {  // one stop a figure: arrow keys go from way to way
  const ways = waysOf(parts);
  parts.stop = ways.includes(element) ? element : ways[0];
  for (const way of ways) setAttribute(way, "tabindex", way === parts.stop ? "0" : "-1");
  parts.hint.hidden = !ways.length;
}
function nextWay(parts, element, key) {
  const ways = waysOf(parts), at = ways.indexOf(element);
  const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: ways.length - 1 }[key];
  return to === undefined ? null : ways[clamped(to, 0, ways.length - 1)];
}
function interactive(element, parts) {
  element.addEventListener("pointerdown", (event) => {
    const { drag, per_day: perDay } = element.about;
    if (!drag || !perDay) return;
    const control = controlFor(element.about), scale = element.ownerSVGElement.getScreenCTM().a;
    state.lastChange = { path: null, at: 0 };
    state.drag = { control, from: days(valueOf(control)), x: event.clientX, aDay: perDay * scale };
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    element.focus({ preventScroll: true });
  });
  element.addEventListener("pointermove", (event) => {
    if (!state.drag || !element.hasPointerCapture(event.pointerId)) return;
    moveTo(state.drag.control, state.drag.from + Math.round((event.clientX - state.drag.x) / state.drag.aDay));
  });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { state.drag = null; });
  element.addEventListener("click", () => { if (element.about.flow) openOrders(element.about); });
  element.addEventListener("keydown", (event) => {
    const { drag, flow } = element.about;
    if (flow) {
      const isOpening = event.key === "Enter" || event.key === " ", way = isOpening ? element : nextWay(parts, element, event.key);
      if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (isOpening) openOrders(element.about);
      else way.focus();
      return;
    }
    const control = drag ? controlFor(element.about) : null;
    if (!control) return;
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30 }[event.key];
    const now = days(valueOf(control));
    if (by) moveTo(control, now + (event.shiftKey ? by * 30 : by), by);
    else if (event.key === "Home") moveTo(control, days(control.least));
    else if (event.key === "End") moveTo(control, days(control.most));
    else return;
    event.preventDefault();
  });
}
function moveTo(control, day, by = 0) {
  const date = control.values ? nearest(control, day, by) : dateOf(clamped(day, days(control.least), days(control.most)));
  change(withDate(control, date), control.path);
}
const cellText = (cell) => (cell === null || cell === undefined ? "" : String(cell));
function tableOf(table) {
  const isNumber = (text) => /^[−+\-\d]/.test(text) || text === "";
  const head = make("tr", {}, ...table.columns.map((column) => make("th", { scope: "col" }, cellText(column))));
  const rows = table.rows.map((row) => make("tr", {}, ...row.map((cell, place) => {
    const text = cellText(cell);
    return place === 0 ? make("th", { scope: "row" }, text) : make("td", { class: isNumber(text) ? null : "words" }, text);
  })));
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": table.caption || say("numbers") },
    make("table", {}, table.caption ? make("caption", {}, table.caption) : null, make("thead", {}, head), make("tbody", {}, ...rows)),
    table.note ? make("p", { class: "note" }, table.note) : null);
}
