"use strict";

// Measures: those of the file and those added, when they act, what they do and what they reach. All of that is set as
// other values are: of the file's measures key by key, of an added one as its one value, written as JSON.

const AT_MEASURE = /^(?:policies\.([^.]+)\.measures|history)\.([^.]*[^.\d][^.]*)$/;
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
function readValue(text) {  // what a value as it is set means; a list may be written without quotes
  if (["null", "", "~"].includes(text.trim())) return undefined;
  try { return JSON.parse(text); } catch { /* it is text */ }
  const listed = /^\[([^[\]{}"']*)\]$/.exec(text);
  return listed ? listed[1].split(",").map((each) => each.trim()).filter(Boolean) : text;
}
const writeValue = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const idOf = (path) => path.replace(/[^A-Za-z0-9_-]/g, "-");
const measureAt = (path) => state.hello.measures.find((each) => path === each.path || path.startsWith(`${each.path}.`));
const titleOfPolicy = (name) => state.hello.policies.find((each) => each.name === name)?.title ?? name;

function added() {  // as measures, which say nothing but what is set
  const found = [];
  for (const [path, text] of state.setting.overrides) {
    const [, policy] = AT_MEASURE.exec(path) ?? [];
    const value = readValue(text);
    if (!policy || measureAt(path) || !isObject(value)) continue;
    const like = state.hello.additions.find((each) => same(JSON.parse(each.value), { ...value, on: "DATE" }));
    found.push({ path, id: idOf(path), policy, group: titleOfPolicy(policy), title: state.said[path] ?? like?.words ?? path,
      help: "", on: isDate(String(value.on)) ? value.on : null, acts: [{ path, title: "", does: {} }], reach: {}, except: [], added: true });
  }
  return found;
}
function controlOfMeasure(measure) {  // of its date, if it has one
  const common = { title: measure.title, group: measure.group, policy: measure.policy, about: measure.policy === null ? "assumption" : "policy", help: measure.help, added: measure.added, value: measure.on ?? "" };
  if (measure.on === null) return { ...common, id: measure.id, path: measure.path, kind: "measure" };
  const { least, most } = state.hello.period;
  return { ...common, id: `${measure.id}-on`, path: measure.path, kind: "date", least: measure.on < least ? measure.on : least, most };
}
function valueOf(control) {
  const value = valueAt(control.path);
  return control.added && value !== null ? readValue(value).on ?? "" : value ?? setElsewhere(control.path)?.value ?? control.value;
}
function withDate(control, date) {
  return withValue(control.path, control.added ? JSON.stringify({ ...readValue(valueAt(control.path)), on: date }) : date);
}
function controlFor(about) {  // of a measure in the figure of exports: one of a link may have no control on the page
  const known = state.controls.get(about.drag) ?? state.byPath.get(about.path);
  return known ?? { id: about.drag, path: about.path, title: about.title, kind: "date", value: about.date, least: about.least, most: about.most };
}
const isOfMeasure = (control) => control.kind === "measure" || control.kind === "date";
const measureOf = (control) => control.path.replace(/\.on$/, "");
const isAway = (control) => isOfMeasure(control) && !control.added && valueAt(measureOf(control)) === "null";
const isWithin = (path, measure) => path === measure || path.startsWith(`${measure}.`);
const isTouched = (measure) => state.setting.overrides.some(([path]) => isWithin(path, measure));
function takeAway(control) {
  const setting = copyOf(state.setting), measure = measureOf(control);
  setting.overrides = setting.overrides.filter(([path]) => !isWithin(path, measure));
  if (!control.added) setting.overrides.push([measure, "null"]);
  change(setting);
  byId(control.added ? "add-measure" : `${control.id}-back`)?.focus();
}

// What a measure does, and what it reaches

function placeOf(measure, act) {  // where the values of an act are read and set
  const whole = () => readValue(valueAt(measure.path) ?? "");
  const isWhole = () => act.path === measure.path && isObject(whole());
  const file = act.does;
  return {
    get(key) {
      if (isWhole()) return whole()[key];
      const text = valueAt(`${act.path}.${key}`);
      return text === null ? file[key] : readValue(text);
    },
    set(key, value) {
      if (isWhole()) {
        const { [key]: _, ...others } = whole();
        change(withValue(measure.path, JSON.stringify(value === undefined ? others : { ...others, [key]: value })), measure.path);
        return;
      }
      const path = `${act.path}.${key}`, text = same(value, file[key]) ? null : value === undefined ? "null" : writeValue(value);
      change(withValue(path, text), path);
    },
  };
}
function editorOf(measure) {  // made when it is opened for the first time: a file may have many measures
  const title = make("summary", { "aria-label": say("acts_of", { title: measure.title }) }, say("acts")), whole = make("details", { class: "acts", id: `${measure.id}-acts` }, title);
  whole.addEventListener("toggle", () => {
    if (whole.children.length > 1 || !whole.open) return;
    const painters = [], made = measure.acts.flatMap((act, place) => actOf(measure, act, `${measure.id}-${place}`, painters));
    const scope = placeOf(measure, { path: measure.path, does: { ...measure.reach, except: measure.except.length ? measure.except : undefined } });
    whole.append(...made, ...reaching(scope, `${measure.id}-reach`, painters));
    state.editors.set(whole, () => { for (const each of painters) each(); });
    state.editors.get(whole)();
  });
  return whole;
}
function paintEditors() {
  for (const [whole, painted] of state.editors) {
    if (whole.isConnected) painted();
    else state.editors.delete(whole);
  }
}
function actOf(measure, act, id, painters) {
  const place = placeOf(measure, act), fields = (some) => some.map((field) => fieldOf(field, place, `${id}-${field.key}${field.stage ? `-${idOf(field.stage)}` : ""}`, painters));
  const own = state.hello.fields.filter((field) => !field.stage), staged = state.hello.fields.filter((field) => field.stage);
  return [act.title ? make("h4", {}, act.title) : null, ...fields(own),
    staged.length ? make("details", {}, make("summary", {}, say("by_stage")), ...fields(staged)) : null].filter(Boolean);
}
function fieldOf(field, place, id, painters) {
  const { amount, choices, stage } = field, OWN = "number";
  const read = () => {
    const value = place.get(field.key);
    return stage ? (isObject(value) ? value[stage] : undefined) : isObject(value) ? undefined : value;
  };
  const write = (value) => {
    if (!stage) return place.set(field.key, value);
    const was = place.get(field.key), all = { ...(isObject(was) ? was : {}) };
    if (value === undefined) delete all[stage];
    else all[stage] = value;
    return place.set(field.key, Object.keys(all).length ? all : undefined);
  };
  const parts = (value) => /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(String(value ?? ""));
  const set = (number) => {
    const suffix = parts(read())?.[2] || amount.suffix, written = plain(number / amount.times);
    write(suffix ? written + suffix : Number(written));
  };
  const select = choices.length ? make("select", { id, on: { change: ({ target: { value } }) => { if (value === OWN) set(amount.start); else write(value === "" ? undefined : value); } } },
    make("option", { value: "" }, say("as_before")), ...choices.map((choice) => make("option", { value: choice.value }, choice.words)),
    amount ? make("option", { value: OWN }, say("own_number")) : null) : null;
  const unit = make("span", { class: "unit" });
  const number = amount ? make("input", { type: "number", id: select ? `${id}-number` : id, min: amount.least, max: amount.most, step: "any", "aria-label": select ? field.title : null,
    on: { input: ({ target }) => { if (target.value === "") { if (!select && !target.validity.badInput) write(undefined); } else if (target.validity.valid) set(Number(target.value)); } } }) : null;
  const whole = make("div", { class: "field" }, make("label", { for: id }, field.title), make("div", { class: "row" }, select, number, unit));
  painters.push(() => {
    const value = read(), found = amount ? parts(value) : null, { beside } = field;
    whole.hidden = value === undefined && beside.length > 0 && !beside.includes(place.get("applications"));
    if (select) {
      const text = value === undefined ? "" : found ? OWN : writeValue(value);
      if (![...select.options].some((option) => option.value === text)) select.append(make("option", { value: text }, text));
      setInput(select, text);
    }
    if (!number) return;
    number.hidden = unit.hidden = Boolean(select) && !found;
    const shown = found ? plain(Number(found[1]) * amount.times) : "";
    if (document.activeElement !== number || (number.value !== "" && number.validity.valid && Number(number.value) !== Number(shown))) setInput(number, shown);
    unit.textContent = amount.unit || state.hello.units[found?.[2] || amount.suffix] || "";
  });
  return whole;
}
function reaching(place, id, painters) {
  const { axes } = state.hello;
  if (!axes.length) return [];
  const groups = make("div"), exceptions = make("details", {}, make("summary", {}, say("except")), make("p", { class: "help" }, say("except_help")), groups);
  const excepted = () => { const list = place.get("except"); return Array.isArray(list) ? list : isObject(list) ? [list] : []; };
  let painted = [];
  const except = (at, axis, names) => {  // the last is empty: what is ticked there is a further exception
    const list = copyOf(excepted()), { [axis]: _, ...others } = list[at] ?? {};
    list[at] = names.length ? { ...others, [axis]: names } : others;
    const kept = list.filter((scope) => Object.keys(scope).length);
    place.set("except", kept.length ? kept : undefined);
  };
  painters.push(() => {
    const wanted = excepted().length + 1, focused = document.activeElement?.id;
    if (groups.children.length !== wanted) {
      painted = [];
      fill(groups, ...Array.from({ length: wanted }, (_, at) => make("div", { class: "exception" }, ...axes.map((axis) =>
        axisOf(axis, `${id}-except-${at}`, say("except_of", { number: at + 1, axis: axis.title }), () => excepted()[at]?.[axis.key], (names) => { except(at, axis.key, names); }, painted, "")))));
      byId(focused)?.focus();
    }
    for (const each of painted) each();
  });
  if (excepted().length) exceptions.open = true;
  return [...axes.map((axis) => axisOf(axis, id, axis.title, () => place.get(axis.key), (names) => { place.set(axis.key, names.length ? names : undefined); }, painters, say("all_of_them"))), exceptions];
}
function axisOf(axis, id, title, read, write, painters, all) {
  const named = () => { const names = read(); return Array.isArray(names) ? names : []; };
  const boxes = axis.choices.map(({ value, words: said }, at) => {
    const box = make("input", { type: "checkbox", id: `${id}-${axis.key}-${at}`, on: { change: () => {
      const ticked = new Set(named());
      if (box.checked) ticked.add(value); else ticked.delete(value);
      write([...ticked]);
    } } });
    painters.push(() => { box.checked = named().includes(value); });
    return make("label", { class: "tick" }, box, said);
  });
  const note = make("span", { class: "note" });
  painters.push(() => { note.textContent = named().length ? "" : all; });
  return make("fieldset", { class: "axis" }, make("legend", {}, title, " ", note), make("div", { class: "ticks" }, ...boxes));
}

// A measure that is added

function adding() {
  const { policies: named, additions, period } = state.hello;
  if (!additions.length) return null;
  const { least, most } = period;
  const policy = make("select", { id: "add-policy" }, ...named.map(({ name, title }) => make("option", { value: name }, title)));
  const measure = make("select", { id: "add-measure" }, ...additions.map(({ words: said, value }) => make("option", { value }, said)));
  const on = make("input", { type: "date", id: "add-date", min: least, max: most, value: least });
  policy.selectedIndex = Math.max(named.findIndex(({ name }) => name !== state.hello.setting.reference), 0);
  const add = () => {
    if (!isDate(on.value)) return;
    const taken = new Set([...state.setting.overrides.map(([path]) => path), ...state.hello.measures.map(({ path }) => path)]);
    let place = 1;
    while (taken.has(`policies.${policy.value}.measures.added-${place}`)) place += 1;
    const path = `policies.${policy.value}.measures.added-${place}`, setting = copyOf(state.setting);
    setting.overrides.push([path, measure.value.replace("DATE", on.value)]);
    change(setting);
    byId(`${idOf(path)}-acts`).open = true;
  };
  return make("details", { class: "group" }, make("summary", {}, say("add_a_measure")),
    make("div", { class: "control" }, make("label", { for: "add-policy" }, say("add_policy")), policy),
    make("div", { class: "control" }, make("label", { for: "add-measure" }, say("add_what")), measure),
    make("div", { class: "control" }, make("label", { for: "add-date" }, say("add_date")), make("div", { class: "row" }, on, button("add", add, { id: "add" }))),
    make("p", { class: "help" }, say("add_help")));
}
