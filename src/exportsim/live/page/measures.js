"use strict";

// Measures that are added to a policy, or taken away.

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
