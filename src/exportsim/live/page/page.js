"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg", DAY = 86400000, PATIENCE = 1000, MOST_STEPS = 200;
  const TAGS = new Set(["path", "rect", "line", "text", "circle", "polyline", "polygon", "g"]);
  const byId = (id) => document.getElementById(id);
  let words = {};
  const state = {
    hello: null, controls: new Map(), byPath: new Map(), setting: null, kept: null, past: [], future: [],
    number: 0, answered: 0, sentAt: 0, unsent: false, link: "", command: "", shown: null, wait: 500, failures: 0,
    lastChange: { path: null, at: 0 }, drag: null, asked: 1 << 30, flow: "",  // questions are numbered apart from settings
    opening: false,
  };
  let socket = null, timer = null;

  // Making elements: text is always text, attributes are few, and nothing is ever read as markup.

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "on") for (const [event, heard] of Object.entries(value)) made.addEventListener(event, heard);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }
  const fill = (element, ...children) => { element.replaceChildren(...children.filter((child) => child !== null)); };
  const say = (name, values = {}) => (words[name] ?? name).replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
  const button = (name, heard, more = {}) => make("button", { type: "button", on: { click: heard }, ...more }, say(name));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const copyOf = (setting) => JSON.parse(JSON.stringify(setting));

  // The setting

  const valueAt = (path) => state.setting.overrides.find(([at]) => at === path)?.[1] ?? null;
  function withValue(path, value) {
    const setting = copyOf(state.setting);
    const place = setting.overrides.findIndex(([at]) => at === path);
    const control = state.byPath.get(path);
    if (value === null || (control && value === control.value)) {
      if (place >= 0) setting.overrides.splice(place, 1);
    } else if (place >= 0) setting.overrides[place] = [path, value];
    else setting.overrides.push([path, value]);
    return setting;
  }
  function change(setting, path = null) {
    if (same(setting, state.setting)) return;
    const now = performance.now(), last = state.lastChange;
    if (path === null || last.path !== path || now - last.at > 1000) {  // a drag is one step to undo
      state.past.push(state.setting);
      if (state.past.length > MOST_STEPS) state.past.shift();
      state.future = [];
    }
    state.lastChange = { path, at: now };
    put(setting);
  }
  function put(setting) {
    state.setting = setting;
    paint();
    ask();
  }
  function step(from, to) {
    if (!from.length) return;
    to.push(state.setting);
    state.lastChange = { path: null, at: 0 };
    put(from.pop());
  }
  const undo = () => step(state.past, state.future);
  const redo = () => step(state.future, state.past);

  // What is asked, and what comes back: the newest setting is sent as soon as the one before it is answered

  function send(message) {
    if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }
  function ask(now = false) {
    const waiting = state.answered < state.number && performance.now() - state.sentAt < PATIENCE;
    clearTimeout(timer);
    if (waiting && !now) {
      state.unsent = true;
      timer = setTimeout(ask, PATIENCE);
      return;
    }
    state.unsent = false;
    state.number += 1;
    state.sentAt = performance.now();
    state.opening = false;
    send({ kind: "set", number: state.number, setting: state.setting });
    status();
  }
  function open(link) {
    state.number += 1;
    state.sentAt = performance.now();
    state.opening = true;
    send({ kind: "open", number: state.number, link });
  }
  function answered(number) {
    state.answered = Math.max(state.answered, number);
    if (state.unsent) ask();
  }
  function connect() {
    socket = new WebSocket(`ws://${location.host}/live`);
    socket.addEventListener("message", (event) => { heard(JSON.parse(event.data)); });
    socket.addEventListener("open", () => { state.failures = 0; state.wait = 500; });
    socket.addEventListener("close", lost);
  }
  async function lost(event) {
    state.failures += 1;
    let why = event.reason || say("lost");
    if (state.failures > 2) {
      try {
        const found = await fetch("./", { method: "HEAD", credentials: "same-origin" });
        if (found.status === 403) why = say("started_anew");
      } catch { /* it is not there: so it says that the connection is lost */ }
    }
    state.lostWhy = why;
    status();
    setTimeout(connect, state.wait);
    state.wait = Math.min(state.wait * 1.6, 5000);
  }
  function heard(message) {
    switch (message.kind) {
      case "hello": return greeted(message);
      case "scene": return message.number === state.number ? shown(message) : undefined;
      case "faults":
        if (message.number === state.asked) return dialog(say("warnings"), ...message.faults.map((fault) => make("p", {}, fault)));
        if (message.number === null || message.number === state.number) tell(message.faults);
        if (message.number !== null) answered(message.number);
        return undefined;
      case "orders": return message.number === state.asked ? listOrders(message.orders) : undefined;
      case "life": return message.number === state.asked ? tellLife(message.life) : undefined;
      case "file": return saved(message);
      case "busy": state.place = message.place; return status();
      default: return undefined;
    }
  }
  function greeted(hello) {
    const first = state.hello === null, other = !first && hello.digest !== state.hello.digest;
    state.hello = hello;
    state.lostWhy = "";
    words = hello.language;
    state.controls = new Map(hello.controls.map((control) => [control.id, control]));
    state.byPath = new Map(hello.controls.map((control) => [control.path, control]));
    document.title = hello.title;
    byId("title").textContent = hello.title;
    byId("origin").textContent = say("origin", { version: hello.version, digest: hello.digest.slice(0, 12) });
    if (first) {
      state.setting = copyOf(hello.setting);
      tools();
      addEventListener("hashchange", () => { if (location.hash.length > 1 && location.hash !== state.link) { remember(); open(location.hash); } });
    }
    if (first || other) build();
    if (other) tell([say("other_file")]);
    paint();
    if (state.kept) send({ kind: "keep", setting: state.kept });
    if (first && location.hash.length > 1) open(location.hash);
    else ask(true);
  }
  function remember() {
    state.past.push(state.setting);
    state.future = [];
  }
  function shown(message) {
    const first = state.answered < message.number;
    if (state.opening || same(message.setting, state.setting)) state.setting = message.setting;
    state.opening = false;
    state.place = 0;
    state.futures = message.futures;
    state.of = message.of;
    state.link = message.link.startsWith("#") ? message.link : `#${message.link}`;
    state.command = message.command;
    state.shown = message.scene;
    if (!state.unsent) {
      history.replaceState(null, "", location.pathname + state.link);
      tell([message.elsewhere, message.slow].filter(Boolean));
    }
    scene(message.scene, first);
    paint();
    answered(message.number);
    status();
    document.documentElement.dataset.shown = `${message.number}/${message.futures}`;
  }
  function tell(faults) {
    fill(byId("faults"), ...faults.map((fault) => make("p", {}, fault)));
    status();
  }
  function status() {
    const place = byId("state");
    const playing = state.answered < state.number || state.futures < state.of;
    place.classList.toggle("lost", Boolean(state.lostWhy));
    place.classList.toggle("playing", playing && !state.lostWhy);
    if (state.lostWhy) place.textContent = state.lostWhy;
    else if (state.place) place.textContent = say("busy", { place: state.place });
    else if (state.futures) place.textContent = say("futures", { futures: state.futures, of: state.of });
    else place.textContent = say("playing");
  }

  // Controls

  function tools() {
    const kinds = [
      ["undo", undo], ["redo", redo], ["reset", () => { change(copyOf(state.hello.setting)); }],
      ["keep", keep], ["swap", swap], ["forget", forget],
      ["copy_link", () => { copy(location.origin + location.pathname + state.link); }],
      ["copy_command", () => { copy(state.command); }],
      ["save_overlay", () => { send({ kind: "save", what: "overlay" }); }],
      ["save_report", () => { send({ kind: "save", what: "report" }); byId("state").textContent = say("report_made"); }],
      ["print", () => { print(); }],
    ];
    fill(byId("tools"), ...kinds.map(([name, act]) => button(name, act, { id: `tool-${name}` })));
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || /^(text|number|date|textarea)$/.test(event.target.type ?? "")) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) redo();
      else return;
      event.preventDefault();
    });
  }
  function keep() {
    state.kept = copyOf(state.setting);
    send({ kind: "keep", setting: state.kept });
    paint();
  }
  function swap() {
    const other = state.kept;
    state.kept = copyOf(state.setting);
    send({ kind: "keep", setting: state.kept });
    change(copyOf(other));
  }
  function forget() {
    state.kept = null;
    send({ kind: "forget" });
    paint();
  }
  function build() {
    const parts = [policies()], wide = matchMedia("(min-width: 62rem)").matches;
    for (const about of ["policy", "assumption"]) {
      const controls = [...state.controls.values()].filter((control) => control.about === about && !control.added);
      if (!controls.length) continue;
      const groups = new Map();
      for (const control of controls) groups.set(control.group, [...(groups.get(control.group) ?? []), control]);
      const made = [...groups].map(([group, members], place) => make("details", { class: "group", open: wide && (about === "policy" || place === 0) },
        make("summary", {}, group), ...members.map(controlOf)));
      if (about === "policy") made.push(make("div", { id: "added" }), adding());
      parts.push(make("div", { class: `about ${about}` }, make("h3", {}, say(about)), make("p", { class: "help" }, say(`${about}_help`)), ...made.filter((each) => each !== null)));
    }
    fill(byId("form"), ...parts);
    byId("form").addEventListener("submit", (event) => { event.preventDefault(); });
  }
  function policies() {
    const rows = [make("span", { class: "head" }, say("policies_head")), make("span", { class: "head" }, say("played")), make("span", { class: "head" }, say("reference"))];
    state.hello.policies.forEach(({ name, title }, place) => {
      rows.push(
        make("span", { id: `policy-${place}` }, title),
        make("input", { type: "checkbox", id: `played-${place}`, "data-policy": name, "aria-label": say("play_policy", { policy: title }), on: { change: (event) => { play(name, event.target.checked); } } }),
        make("input", { type: "radio", name: "reference", id: `reference-${place}`, "data-reference": name, "aria-label": say("refer_to", { policy: title }), on: { change: () => { refer(name); } } }),
      );
    });
    return make("fieldset", {}, make("legend", {}, say("policies")), make("div", { class: "played" }, ...rows));
  }
  function play(name, on) {
    const setting = copyOf(state.setting), order = state.hello.policies.map((policy) => policy.name);
    const chosen = new Set(setting.policies);
    if (on) chosen.add(name); else chosen.delete(name);
    setting.policies = order.filter((policy) => chosen.has(policy) || policy === setting.reference);
    if (same(setting, state.setting)) paint(); else change(setting);
  }
  function refer(name) {
    const setting = copyOf(state.setting), order = state.hello.policies.map((policy) => policy.name);
    setting.reference = name;
    setting.policies = order.filter((policy) => setting.policies.includes(policy) || policy === name);
    change(setting);
  }
  const days = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY);
  const dateOf = (number) => new Date(number * DAY).toISOString().slice(0, 10);
  const isDate = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  const longDate = (text) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${text}T00:00:00Z`));
  const plain = (number) => String(Number(Number(number).toPrecision(12)));
  function numberIn(control, text) {
    if (text === null) return control.number;
    const digits = text.endsWith(control.suffix) ? text.slice(0, text.length - control.suffix.length) : text;
    return digits.trim() !== "" && Number.isFinite(Number(digits)) ? Number(digits) : null;
  }
  function clamped(value, least, most) { return Math.min(Math.max(value, least), most); }

  function controlOf(control) {
    const { id, path, title, kind } = control, set = (value) => { change(kind === "date" ? withDate(control, value) : withValue(path, value), path); };
    const common = { id, "aria-describedby": control.help ? `${id}-help` : null };
    const inputs = [];
    if (kind === "date") {
      inputs.push(
        make("input", { ...common, type: "date", min: control.least, max: control.most, required: true, on: { input: (event) => { if (isDate(event.target.value)) set(event.target.value); } } }),
        make("input", { type: "range", id: `${id}-range`, min: days(control.least), max: days(control.most), step: 1, "aria-label": title, on: { input: (event) => { set(dateOf(Number(event.target.value))); } } }),
      );
    } else if (kind === "number") {
      const written = (event) => { if (event.target.value !== "" && event.target.validity.valid) set(plain(event.target.value) + control.suffix); };
      inputs.push(
        make("input", { ...common, type: "number", step: "any", on: { input: written } }),
        make("span", { class: "unit" }, control.unit),
        make("input", { type: "range", id: `${id}-range`, min: control.least, max: control.most, step: control.step, "aria-label": title, on: { input: written } }),
      );
    } else if (kind === "choice") {
      inputs.push(make("select", { ...common, on: { change: (event) => { set(event.target.value); } } },
        ...[...new Set([control.value, ...control.choices])].map((choice) => make("option", { value: choice }, choice))));
    } else {
      inputs.push(make("input", { ...common, type: "checkbox", on: { change: (event) => { set(event.target.checked ? "true" : "false"); } } }));
    }
    const back = control.added ? null : button("back", () => { change(putBack(control)); byId(id).focus(); }, { id: `${id}-back`, class: "back", "aria-label": say("back_of", { title }) });
    const away = kind === "date" ? button("take_away", () => { takeAway(control); }, { id: `${id}-away`, class: "away", "aria-label": say("take_away_of", { title }) }) : null;
    return make("div", { class: "control", "data-path": path }, make("label", { for: id }, title),
      make("div", { class: "row" }, ...inputs, back, away), make("p", { class: "note was", id: `${id}-was` }),
      control.help ? make("p", { class: "help", id: `${id}-help` }, control.help) : null);
  }
  function putBack(control) {
    const setting = withValue(control.path, null);
    if (control.kind === "date") setting.overrides = setting.overrides.filter(([path]) => path !== measureOf(control));
    return setting;
  }
  function paintAdded() {
    const place = byId("added"), wanted = added(), there = [...place?.children ?? []].map((each) => each.dataset.path).join();
    for (const [id, control] of state.controls) if (control.added) state.controls.delete(id);
    for (const control of wanted) state.controls.set(control.id, control);
    if (place && there !== wanted.map((control) => control.path).join()) fill(place, ...wanted.map(controlOf));
  }
  function setInput(element, value) { if (element && element.value !== value) element.value = value; }
  function paint() {
    const { setting, hello } = state;
    if (!hello) return;
    hello.policies.forEach(({ name }, place) => {
      const box = byId(`played-${place}`);
      box.checked = setting.policies.includes(name) || name === setting.reference;
      box.disabled = name === setting.reference;
      byId(`reference-${place}`).checked = name === setting.reference;
    });
    paintAdded();
    for (const control of state.controls.values()) paintControl(control);
    const changed = setting.overrides.map(([path, value]) => {
      const control = state.byPath.get(path), away = value === "null" ? state.byPath.get(`${path}.on`) : null;
      const extra = [...state.controls.values()].find((each) => each.added && each.path === path);
      if (away) return say("differs_away", { title: `${away.group}: ${away.title}` });
      if (extra) return say("differs_added", { title: `${extra.group}: ${extra.title}`, date: longDate(valueOf(extra)) });
      return say("differs", { title: control ? `${control.group}: ${control.title}` : path, value: shownValue(control, value), was: control ? shownValue(control, null) : "–" });
    });
    fill(byId("differences"), ...(changed.length ? [make("h3", {}, say("differences")), make("ul", {}, ...changed.map((each) => make("li", {}, each)))] : []));
    byId("tool-undo").disabled = !state.past.length;
    byId("tool-redo").disabled = !state.future.length;
    byId("tool-reset").disabled = same(setting, hello.setting);
    byId("tool-keep").hidden = state.kept !== null;
    byId("tool-swap").hidden = byId("tool-forget").hidden = state.kept === null;
  }
  function shownValue(control, value) {
    if (!control) return value;
    const text = value ?? control.value;
    if (control.kind === "date" && isDate(text)) return longDate(text);
    const number = control.kind === "number" ? numberIn(control, value) : null;
    return number === null ? text : `${new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 6 }).format(number)} ${control.unit}`.trim();
  }
  function paintControl(control) {
    const { id, kind } = control, value = valueAt(control.path), text = valueOf(control), input = byId(id), focused = document.activeElement === input;
    if (!input) return;
    const away = isAway(control);
    if (kind === "date") for (const name of [id, `${id}-range`, `${id}-away`]) byId(name).disabled = away;
    if (kind === "date") {
      if (!focused || isDate(input.value)) setInput(input, text);
      const range = byId(`${id}-range`);
      if (isDate(text)) { setInput(range, String(days(text))); range.setAttribute("aria-valuetext", longDate(text)); }
    } else if (kind === "number") {
      const number = numberIn(control, value), range = byId(`${id}-range`);
      if (!focused || (input.value !== "" && Number(input.value) !== number)) setInput(input, number === null ? "" : plain(number));
      if (number !== null) setInput(range, String(clamped(number, control.least, control.most)));
      else setInput(range, String((control.least + control.most) / 2));
      range.setAttribute("aria-valuetext", shownValue(control, value));
    } else if (kind === "choice") setInput(input, text);
    else input.checked = text === "true";
    const changed = value !== null || away;
    input.closest(".control").classList.toggle("changed", changed);
    if (!control.added) byId(`${id}-back`).hidden = !changed;
    const was = byId(`${id}-was`), isWords = kind === "number" && control.number === null;
    was.textContent = control.added ? say("was_added", { policy: control.group }) : away ? say("was_away") : changed ? say("was", { value: shownValue(control, null) }) : isWords ? say("spread", { value: control.value }) : "";
    was.hidden = was.textContent === "";
  }

  // The scene

  const drawn = new Map();
  function scene(made, first) {
    fill(byId("sentences"), ...made.sentences.map((sentence) => make("p", {}, sentence)));
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
  function empty(id) {
    const parts = { marks: new Map(), heading: make("h3", { id: `figure-${id}` }), caption: make("figcaption"), table: make("div") };
    parts.svg = document.createElementNS(SVG, "svg");
    parts.svg.setAttribute("aria-labelledby", `figure-${id}`);
    parts.scroll = make("div", { class: "scroll", role: "group", "aria-labelledby": `figure-${id}` }, parts.svg);
    new ResizeObserver(() => {  // by keyboard, too, where it is wider than the page
      parts.scroll.toggleAttribute("tabindex", parts.scroll.scrollWidth > parts.scroll.clientWidth);
      if (parts.scroll.hasAttribute("tabindex")) parts.scroll.setAttribute("tabindex", "0");
    }).observe(parts.scroll);
    const saves = make("p", { class: "saves" },
      button("save_svg", () => { saveBlob(`${id}.svg`, new Blob([drawing(parts)], { type: "image/svg+xml" })); }),
      button("save_png", () => { savePicture(id, parts); }), button("save_csv", () => { saveTable(id, parts.figure.table); }));
    parts.whole = make("figure", { "data-figure": id }, parts.heading, parts.scroll, parts.caption, make("details", {}, make("summary", {}, say("numbers")), parts.table, saves));
    return parts;
  }
  function draw(parts, figure) {
    parts.figure = figure;
    parts.heading.textContent = figure.title;
    parts.caption.textContent = figure.caption;
    fill(parts.table, tableOf(figure.table));
    parts.svg.setAttribute("viewBox", `0 0 ${figure.width} ${figure.height}`);
    parts.svg.setAttribute("role", figure.marks.some((mark) => mark.about?.drag || mark.about?.flow) ? "group" : "img");
    const marks = figure.marks.filter((mark) => TAGS.has(mark.tag)), kept = new Set(marks.map((mark) => `${mark.tag}/${mark.key}`));
    for (const [key, element] of parts.marks) if (!kept.has(key)) { element.remove(); parts.marks.delete(key); }
    marks.forEach((mark, place) => {
      const key = `${mark.tag}/${mark.key}`;
      let element = parts.marks.get(key);
      if (!element) {
        element = document.createElementNS(SVG, mark.tag);
        parts.marks.set(key, element);
        interactive(element);
      }
      dress(element, mark);
      if (element === document.activeElement) {  // whoever is moved loses the focus and the drag: the others make way
        while (parts.svg.childNodes[place] !== element) parts.svg.append(parts.svg.childNodes[place]);
      } else if (parts.svg.childNodes[place] !== element) parts.svg.insertBefore(element, parts.svg.childNodes[place] ?? null);
    });
  }
  function dress(element, mark) {
    const wanted = { class: mark.class ?? "", ...mark.at }, about = mark.about ?? {};
    if (about.drag) {
      const control = state.controls.get(about.drag), on = control ? valueOf(control) : null;
      wanted["data-drag"] = about.drag;
      if (about.handle !== false && control) {
        Object.assign(wanted, { tabindex: "0", role: "slider", "aria-label": say("drag", { title: control.title }), "aria-valuemin": days(control.least), "aria-valuemax": days(control.most), "aria-valuenow": days(on), "aria-valuetext": longDate(on) });
      }
    } else if (about.flow) Object.assign(wanted, { "data-flow": about.flow, tabindex: "0", role: "button", "aria-label": say("which_orders", { way: about.title }) });
    for (const { name } of [...element.attributes]) if (!(name in wanted)) element.removeAttribute(name);
    for (const [name, value] of Object.entries(wanted)) {
      if (/^(on|href|style|xlink)/i.test(name)) continue;
      if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
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
  function interactive(element) {
    element.addEventListener("pointerdown", (event) => {
      const { drag, per_day: perDay } = element.about;
      if (!drag || !perDay || !state.controls.has(drag)) return;
      const control = state.controls.get(drag), scale = element.ownerSVGElement.getScreenCTM().a;
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
      if (flow && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        openOrders(element.about);
        return;
      }
      const control = drag ? state.controls.get(drag) : null;
      if (!control) return;
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30 }[event.key];
      const now = days(valueOf(control));
      if (by) moveTo(control, now + (event.shiftKey ? by * 30 : by));
      else if (event.key === "Home") moveTo(control, days(control.least));
      else if (event.key === "End") moveTo(control, days(control.most));
      else return;
      event.preventDefault();
    });
  }
  function moveTo(control, day) {
    change(withDate(control, dateOf(clamped(day, days(control.least), days(control.most)))), control.path);
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

  function dialog(title, ...content) {
    byId("dialog-title").textContent = title;
    fill(byId("dialog-content"), ...content);
    if (!byId("dialog").open) byId("dialog").showModal();
  }
  // Orders and their lives

  function openOrders(about) {
    state.asked += 1;
    state.flow = about;
    dialog(about.title, make("p", {}, say("looking")));
    send({ kind: "orders", number: state.asked, flow: about.flow });
  }
  function listOrders(orders) {
    const heads = [say("order"), say("value"), say("future"), say("under_reference"), say("under_policy")].map((head) => make("th", { scope: "col" }, head));
    const rows = orders.map((order) => make("tr", {},
      make("th", { scope: "row" }, make("button", { type: "button", on: { click: () => { openLife(order); } } }, `${order.title} ${order.order}`)),
      make("td", {}, order.value), make("td", {}, String(order.future)), make("td", { class: "words" }, order.reference_fate), make("td", { class: "words" }, order.policy_fate)));
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
    dialog(state.flow.title, orders.length ? make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": state.flow.title }, table) : make("p", {}, say("no_orders")), make("p", { class: "note" }, say("orders_note")));
  }
  function openLife(order) {
    state.asked += 1;
    state.title = `${order.title} ${order.order}`;
    send({ kind: "life", number: state.asked, future: order.future, line: order.line, order: order.order });
  }
  function tellLife(life) {
    const told = life.told.map((part) => {
      if (part.kind === "heading") return make("h3", {}, part.text);
      if (part.kind === "line") return make("p", {}, part.text);
      return make("div", { class: "day" }, make("h4", {}, part.date), make("div", { class: "lives" }, ...part.columns.map((column) => make("div", {}, ...column.map((each) => make("p", {}, each))))));
    });
    dialog(state.title, button("all_orders", () => { openOrders(state.flow); }, { id: "all-orders" }), ...told);
    byId("all-orders").focus();
  }

  // Measures that are added or taken away

  const ADDED = /^(policies\.(.+)\.measures\.added-\d+)$/;
  const ON = /\d{4}-\d{2}-\d{2}/;
  function added() {  // as controls of their dates, which stand within their values
    const found = [];
    for (const [path, value] of state.setting.overrides) {
      const [, , policy] = ADDED.exec(path) ?? [];
      const on = ON.exec(value)?.[0], addition = state.hello.additions.find((each) => on && each.value.replace("DATE", on) === value);
      if (!policy || !addition) continue;
      const known = [...state.hello.controls].find((control) => control.kind === "date");
      found.push({ id: `${path}.on`.replace(/[^A-Za-z0-9_-]/g, "-"), path, title: addition.words, kind: "date", added: true, policy, value: on,
        least: known ? known.least : on, most: known ? known.most : on, group: state.hello.policies.find((each) => each.name === policy)?.title ?? policy, about: "policy", help: "" });
    }
    return found;
  }
  function valueOf(control) {
    const value = valueAt(control.path);
    return control.added && value !== null ? ON.exec(value)[0] : value ?? control.value;
  }
  function withDate(control, date) {
    return control.added ? withValue(control.path, valueAt(control.path).replace(ON, date)) : withValue(control.path, date);
  }
  const measureOf = (control) => control.path.replace(/\.on$/, "");
  const isAway = (control) => !control.added && control.kind === "date" && valueAt(measureOf(control)) === "null";
  function takeAway(control) {
    let setting = copyOf(state.setting);
    setting.overrides = setting.overrides.filter(([path]) => path !== control.path);
    if (!control.added) setting.overrides.push([measureOf(control), "null"]);
    change(setting);
    byId("add-measure").focus();
  }
  function adding() {
    const { policies, additions } = state.hello, { least, most } = [...state.controls.values()].find((control) => control.kind === "date") ?? {};
    if (!additions.length) return null;
    const policy = make("select", { id: "add-policy" }, ...policies.map(({ name, title }) => make("option", { value: name }, title)));
    const measure = make("select", { id: "add-measure" }, ...additions.map(({ words: said, value }) => make("option", { value }, said)));
    const on = make("input", { type: "date", id: "add-date", min: least, max: most, value: least });
    policy.selectedIndex = Math.max(policies.findIndex(({ name }) => name !== state.hello.setting.reference), 0);
    const add = () => {
      if (!isDate(on.value)) return;
      const taken = new Set(state.setting.overrides.map(([path]) => path));
      let place = 1;
      while (taken.has(`policies.${policy.value}.measures.added-${place}`)) place += 1;
      const setting = copyOf(state.setting);
      setting.overrides.push([`policies.${policy.value}.measures.added-${place}`, measure.value.replace("DATE", on.value)]);
      change(setting);
    };
    return make("details", { class: "group" }, make("summary", {}, say("add_a_measure")),
      make("div", { class: "control" }, make("label", { for: "add-policy" }, say("add_policy")), policy),
      make("div", { class: "control" }, make("label", { for: "add-measure" }, say("add_what")), measure),
      make("div", { class: "control" }, make("label", { for: "add-date" }, say("add_date")), make("div", { class: "row" }, on, button("add", add, { id: "add" }))));
  }

  // Files

  function copy(text) {
    const by_hand = () => {
      const area = make("textarea", { readonly: true, "aria-label": say("copy_by_hand") });
      area.value = text;
      dialog(say("copy_by_hand"), area);
      area.select();
    };
    if (!navigator.clipboard) return by_hand();
    return navigator.clipboard.writeText(text).then(() => { byId("state").textContent = say("copied"); }, by_hand);
  }
  function saveBlob(name, blob) {
    const address = URL.createObjectURL(blob), link = make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => { URL.revokeObjectURL(address); }, 10000);
  }
  function saved(message) {
    saveBlob(message.name, new Blob([message.text], { type: `${message.type};charset=utf-8` }));
    status();
  }
  function saveTable(name, table) {
    const cell = (value) => {
      const text = cellText(value), safe = /^[=@\t\r]|^[+-](?![\d.])/.test(text) ? `'${text}` : text;  // no formula
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    const lines = [table.columns, ...table.rows].map((row) => row.map(cell).join(","));
    saveBlob(`${name}.csv`, new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" }));
  }
  const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-size", "font-weight", "font-family", "text-anchor"];
  function drawing(parts) {  // the figure with its looks as attributes, so that it stands alone
    const svg = parts.svg.cloneNode(true), theirs = parts.svg.querySelectorAll("*"), ours = svg.querySelectorAll("*");
    theirs.forEach((element, place) => {
      const looks = getComputedStyle(element);
      for (const look of LOOKS) ours[place].setAttribute(look, looks.getPropertyValue(look));
      for (const name of ["tabindex", "role", "data-drag", "data-flow"]) ours[place].removeAttribute(name);
    });
    const { width, height, title } = parts.figure, ground = document.createElementNS(SVG, "rect"), name = document.createElementNS(SVG, "title");
    ground.setAttribute("width", width);
    ground.setAttribute("height", height);
    ground.setAttribute("fill", getComputedStyle(document.documentElement).backgroundColor);
    name.textContent = title;
    svg.prepend(name, ground);
    svg.removeAttribute("aria-labelledby");
    for (const [name_, value] of [["xmlns", SVG], ["width", width], ["height", height], ["role", "img"]]) svg.setAttribute(name_, value);
    return new XMLSerializer().serializeToString(svg);
  }
  function savePicture(id, parts) {
    const address = URL.createObjectURL(new Blob([drawing(parts)], { type: "image/svg+xml" })), image = new Image();
    image.addEventListener("load", () => {
      const canvas = make("canvas", { width: 2 * parts.figure.width, height: 2 * parts.figure.height });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(address);
      canvas.toBlob((blob) => { saveBlob(`${id}.png`, blob); });
    });
    image.src = address;
  }

  byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("answer").focus(); });  // the address is the setting's
  if (location.search) history.replaceState(null, "", location.pathname + location.hash);  // the token is kept as a cookie
  connect();
})();
