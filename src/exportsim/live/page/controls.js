"use strict";

// What can be changed: tools, policies and controls, which are painted as the setting has them.

const OF_SERVER = new Set(["keep", "swap", "forget", "save_overlay", "save_report"]);  // what a page in one file has not
function tools() {
  const kinds = [
    ["undo", undo], ["redo", redo], ["reset", () => { change(copyOf(state.hello.setting)); }],
    ["keep", keep], ["swap", swap], ["forget", forget],
    ["copy_link", () => { copy(location.href.split("#")[0] + state.link); }],
    ["copy_command", () => { copy(state.command); }],
    ["save_overlay", () => { send({ kind: "save", what: "overlay" }); }],
    ["save_report", () => { send({ kind: "save", what: "report" }); byId("state").textContent = say("report_made"); }],
    ["print", () => { print(); }],
  ].filter(([name]) => !state.hello.frozen || !OF_SERVER.has(name));
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

function build() {
  const parts = [state.hello.frozen ? lookedAt() : policies()], wide = matchMedia("(min-width: 62rem)").matches;
  for (const about of ["policy", "assumption"]) {
    const controls = [...state.controls.values()].filter((control) => control.about === about && !control.added);
    if (!controls.length && about === "assumption") continue;
    const made = groupsOf(controls.filter((control) => control.chosen !== false), (place) => wide && (about === "policy" || place === 0));
    const others = groupsOf(controls.filter((control) => control.chosen === false), () => false);
    if (others.length) made.push(make("details", { class: "group more" }, make("summary", {}, say("more_controls")), ...others));
    if (about === "policy") made.push(make("div", { id: "added" }), adding());
    parts.push(make("div", { class: `about ${about}` }, make("h3", {}, say(about)), make("p", { class: "help" }, say(`${about}_help`)), ...made.filter((each) => each !== null)));
  }
  state.editors.clear();
  fill(byId("form"), ...parts);
}
function groupsOf(controls, isOpen) {
  const groups = new Map();
  for (const control of controls) groups.set(control.group, [...(groups.get(control.group) ?? []), control]);
  return [...groups].map(([group, members], place) => make("details", { class: "group", open: isOpen(place) }, make("summary", {}, group), ...members.map(controlOf)));
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

function controlOf(control) {
  const { id, path, title, kind } = control, measure = control.added ? added().find((each) => each.path === path) : isOfMeasure(control) ? measureAt(measureOf(control)) : null, set = (value) => { change(kind === "date" ? withDate(control, value) : withValue(path, value), path); };
  const common = { id, "aria-describedby": control.help ? `${id}-help` : null };
  const inputs = [];
  if (control.values) inputs.push(...overValues(control, common, set));
  else if (kind === "date") {
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
  }
  const back = control.added ? null : button("back", () => { change(putBack(control)); (byId(id) ?? byId(`${id}-away`)).focus(); }, { id: `${id}-back`, class: "back", "aria-label": say("back_of", { title }) });
  const away = measure ? button("take_away", () => { takeAway(control); }, { id: `${id}-away`, class: "away", "aria-label": say("take_away_of", { title }) }) : null;
  return make("div", { class: "control", "data-path": path }, make(inputs.length ? "label" : "span", { class: "title", id: `${id}-title`, for: inputs.length ? id : null }, title),
    make("div", { class: "row" }, ...inputs, back, away), make("p", { class: "note was", id: `${id}-was` }),
    control.help ? make("p", { class: "help", id: `${id}-help` }, control.help) : null, measure ? editorOf(measure) : null);
}
function putBack(control) {
  const setting = withValue(control.path, null);
  if (isOfMeasure(control)) setting.overrides = setting.overrides.filter(([path]) => !isWithin(path, measureOf(control)));
  return setting;
}
function paintAdded() {
  const place = byId("added"), wanted = added().map(controlOfMeasure), there = new Map([...place?.children ?? []].map((each) => [each.dataset.path, each]));
  for (const [id, control] of state.controls) if (control.added) state.controls.delete(id);
  for (const control of wanted) state.controls.set(control.id, control);
  if (place && [...there.keys()].join() !== wanted.map((control) => control.path).join()) fill(place, ...wanted.map((control) => there.get(control.path) ?? controlOf(control)));
}
function setInput(element, value) { if (element && element.value !== value) element.value = value; }
function paint() {
  const { setting, hello } = state;
  if (!hello) return;
  if (hello.frozen) paintLooked();
  else hello.policies.forEach(({ name }, place) => {
    const box = byId(`played-${place}`);
    box.checked = setting.policies.includes(name) || name === setting.reference;
    box.disabled = name === setting.reference;
    byId(`reference-${place}`).checked = name === setting.reference;
  });
  paintAdded();
  for (const control of state.controls.values()) paintControl(control);
  paintEditors();
  paintDifferences();
  byId("tool-undo").disabled = !state.past.length;
  byId("tool-redo").disabled = !state.future.length;
  byId("tool-reset").disabled = same(setting, hello.setting);
  if (hello.frozen) return;
  byId("tool-keep").hidden = state.kept !== null;
  byId("tool-swap").hidden = byId("tool-forget").hidden = state.kept === null;
}
function paintDifferences() {  // what has no control is put back from here
  const place = byId("differences"), found = new Map(), { overrides } = state.setting;
  for (const [path, value] of overrides) found.set(differenceAt([path, value]), hasControl(path) ? null : path);
  const wanted = [...found], written = JSON.stringify(wanted), isThere = place.contains(document.activeElement);
  if (place.written === written) return;  // the focus stays where it is
  place.written = written;
  const backTo = (path) => () => { change(withValue(path, null)); };
  const item = ([text, path]) => make("li", {}, text, path === null ? null : button("back", backTo(path), { class: "back", "aria-label": say("back_of", { title: text }) }));
  fill(place, ...(wanted.length ? [make("h3", { tabindex: "-1" }, say("differences")), make("ul", {}, ...wanted.map(item))] : []));
  if (isThere) (place.querySelector("button") ?? place.querySelector("h3") ?? byId("tool-undo")).focus();
}
function hasControl(path) {
  const isAdded = [...state.controls.values()].some((each) => each.added && isWithin(path, each.path));
  return isAdded || state.byPath.has(path) || measureAt(path) !== undefined;
}
function differenceAt([path, value]) {  // what is changed of one measure is said once
  const control = state.byPath.get(path), measure = measureAt(path), extra = [...state.controls.values()].find((each) => each.added && isWithin(path, each.path));
  if (control && control.kind !== "measure") return say("differs", { title: `${control.group}: ${control.title}`, value: shownValue(control, value), was: shownValue(control, null) });
  if (extra) return extra.kind === "date" ? say("differs_added", { title: `${extra.group}: ${extra.title}`, date: longDate(valueOf(extra)) }) : `${extra.group}: ${extra.title}`;
  if (!measure) return state.differences[path] ?? `${path}: ${value}`;
  const title = `${measure.group}: ${measure.title}`;
  if (valueAt(measure.path) === "null") return say("differs_away", { title });
  return say("differs_acts", { title, does: state.said[measure.path] ?? "…" });
}
function shownValue(control, value) {
  if (!control) return value;
  const text = value ?? control.value;
  if (control.kind === "date" && isDate(text)) return longDate(text);
  const number = control.kind === "number" ? numberIn(control, value) : null;
  return number === null ? text : `${amountOf(number)} ${control.unit}`.trim();
}
function paintControl(control) {
  const { id, kind } = control, own = valueAt(control.path), elsewhere = own === null ? setElsewhere(control.path) : null, value = own ?? elsewhere?.value ?? null, text = valueOf(control), input = byId(id), focused = document.activeElement === input;
  if (!byId(`${id}-title`)) return;
  const away = isAway(control), measure = isOfMeasure(control) ? measureOf(control) : null;
  if (measure) for (const name of [id, `${id}-range`, `${id}-away`]) if (byId(name)) byId(name).disabled = away;
  const editor = measure ? byId(`${idOf(measure)}-acts`) : null;
  if (editor) editor.hidden = away;
  if (control.added) setText(byId(`${id}-title`), control.title);
  if (control.values) paintValues(control, text);
  else if (kind === "date") {
    if (!focused || isDate(input.value)) setInput(input, text);
    const range = byId(`${id}-range`);
    if (isDate(text)) { setInput(range, String(days(text))); setAttribute(range, "aria-valuetext", longDate(text)); }
  } else if (kind === "number") {
    const number = numberIn(control, value), range = byId(`${id}-range`);
    if (!focused || (input.value !== "" && Number(input.value) !== number)) setInput(input, number === null ? "" : plain(number));
    if (number !== null) setInput(range, String(clamped(number, control.least, control.most)));
    else setInput(range, String((control.least + control.most) / 2));
    setAttribute(range, "aria-valuetext", shownValue(control, value));
  } else if (kind === "choice") setInput(input, text);
  const acts = measure && !control.added && !away ? state.said[measure] : undefined;
  const changed = own !== null || away || (measure !== null && isTouched(measure));
  byId(`${id}-title`).closest(".control").classList.toggle("changed", changed || elsewhere !== null);
  if (!control.added) byId(`${id}-back`).hidden = !changed;
  const was = byId(`${id}-was`), isWords = kind === "number" && control.number === null;
  const notes = control.added ? [say("was_added", { policy: control.group })] : away ? [say("was_away")] : [
    elsewhere ? say("set_elsewhere", { by: elsewhere.called, value: shownValue(control, value) }) : "",
    value !== null && kind !== "measure" ? say("was", { value: shownValue(control, null) }) : isWords ? say("spread", { value: control.value }) : "",
    acts !== undefined && acts !== measureAt(measure)?.title ? say("does_now", { does: acts }) : ""];
  const noted = notes.filter(Boolean).join(" ");
  setText(was, noted);
  was.hidden = noted === "";
}
