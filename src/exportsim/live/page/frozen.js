"use strict";

// A page in one file: what is sent is answered by what was played before, which the file holds in packed parts.

const unpacking = new Map();
let putBackWords = "";
function part(number) {
  if (!unpacking.has(number)) unpacking.set(number, unpacked(byId(`part-${number}`).textContent));
  return unpacking.get(number);
}
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}
async function connect() {
  try {
    const hello = await part(0);
    fill(byId("played"), ...hello.frozen.about.map((each) => make("p", { class: "note" }, each)));
    heard(hello);
  } catch (error) {
    byId("old").hidden = false;
    throw error;
  }
}
function send(message) {
  if (message.kind === "set") answer(message.number, message.setting);
  else if (message.kind === "open") answerLink(message.number, message.link);
}
async function answer(number, setting, elsewhere = "") {
  const { futures, frozen } = state.hello, key = keyOf(setting), place = frozen.where[key] + 1;
  const [first, own] = await Promise.all([part(1), part(place)]), found = own.answers[key];
  const figures = found.figures.map(([at, kind, which]) => (at === 0 ? first : own).figures[kind][which]);
  const changed = [found.changed, putBackWords].filter(Boolean).join(" ");
  putBackWords = "";
  heard({ kind: "scene", number, futures, of: futures, setting, link: found.link, command: found.command, elsewhere, measures: {}, differences: {}, elsewhere_set: found.elsewhere_set ?? {}, scene: { ...found, figures, changed } });
}
function answerLink(number, link) {
  const parts = new URLSearchParams(link.replace(/^#/, "")), { hello } = state, { setting, frozen } = hello;
  const policies = parts.has("policy") ? parts.getAll("policy") : setting.policies, looked = policies.find((name) => name !== setting.reference);
  const overrides = parts.getAll("set").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  const asked = { ...setting, overrides: overrides.filter(([path, value]) => state.byPath.get(path)?.value !== value), policies: frozen.looks[looked] ?? setting.policies };
  const there = isPlayed(asked) && (parts.get("reference") ?? setting.reference) === setting.reference && same([...policies].sort(), [...asked.policies].sort());
  const otherFile = parts.has("of") && !hello.digest.startsWith(parts.get("of")), otherVersion = parts.has("version") && parts.get("version") !== hello.version;
  const made = { made: parts.get("version"), version: hello.version };
  const other = otherFile && otherVersion ? say("link_other_file_and_version", made) : otherFile ? say("link_other_file") : otherVersion ? say("link_other_version", made) : "";
  answer(number, there ? asked : copyOf(setting), there ? other : [say("link_not_played"), other].filter(Boolean).join(" "));
}

// What was played

function keyOf({ overrides, policies, reference }) {
  const order = [...state.byPath.keys()], place = ([path]) => order.indexOf(path);
  const looked = policies.find((name) => name !== reference) ?? reference;
  return JSON.stringify([looked, ...[...overrides].sort((one, other) => place(one) - place(other))]);
}
const isPlayed = (setting) => Object.hasOwn(state.hello.frozen.where, keyOf(setting));
function fitted(wanted, path) {  // what was moved last is looked at and stays; what was not played with it is put back
  const own = state.byPath.get(path)?.policy, setting = { ...wanted, policies: state.hello.frozen.looks[own] ?? wanted.policies };
  if (isPlayed(setting)) return setting;
  const alone = { ...setting, overrides: setting.overrides.filter(([at]) => at === path) };
  if (!isPlayed(alone)) {
    tell([say("not_played")]);
    paint();
    return state.setting;
  }
  const back = setting.overrides.filter(([at]) => at !== path).map(([at]) => state.byPath.get(at));
  putBackWords = say("put_back", { titles: back.map((control) => `${control.group}: ${control.title}`).join("; ") });
  return alone;
}
function lookAt(name) {
  change({ ...copyOf(state.setting), policies: state.hello.frozen.looks[name] });
}
function lookedAt() {
  const { policies, setting } = state.hello, titles = new Map(policies.map(({ name, title }) => [name, title]));
  const rows = Object.keys(state.hello.frozen.looks).map((name, place) => make("div", {}, make("label", { class: "tick" },
    make("input", { type: "radio", name: "looked", id: `looked-${place}`, "data-policy": name, on: { change: () => { lookAt(name); } } }), titles.get(name))));
  return make("fieldset", {}, make("legend", {}, say("look_at", { reference: titles.get(setting.reference) })), ...rows);
}
function paintLooked() {
  const looked = state.setting.policies.find((name) => name !== state.setting.reference) ?? state.setting.reference;
  for (const input of byId("form").querySelectorAll("[name=looked]")) input.checked = input.dataset.policy === looked;
}

// Controls over the values that were played

function overValues(control, common, set) {
  const { id, title, values, value } = control;
  return [
    make("select", { ...common, on: { change: (event) => { set(event.target.value); } } },
      ...values.map((each) => make("option", { value: each }, shownValue(control, each === value ? null : each)))),
    make("input", { type: "range", id: `${id}-range`, min: 0, max: values.length - 1, step: 1, "aria-label": title, on: { input: (event) => { set(values[Number(event.target.value)]); } } }),
  ];
}
function paintValues(control, value) {
  const range = byId(`${control.id}-range`), select = byId(control.id);
  if (![...select.options].some((option) => option.value === value)) select.append(make("option", { value }, shownValue(control, value)));
  setInput(select, value);
  setInput(range, String(control.values.indexOf(value)));
  range.setAttribute("aria-valuetext", shownValue(control, value === control.value ? null : value));
}
function nearest(control, day, by) {  // of the dates that were played; by keys, the next one that way
  const now = days(valueOf(control)), ahead = control.values.filter((each) => !by || Math.sign(days(each) - now) === Math.sign(by));
  return ahead.reduce((best, each) => (Math.abs(days(each) - day) < Math.abs(days(best) - day) ? each : best), ahead[0] ?? valueOf(control));
}
