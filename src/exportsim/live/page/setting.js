"use strict";

// The setting: what is put in place of the file's values; each step of it can be undone.

const valueAt = (path) => state.setting.overrides.find(([at]) => at === path)?.[1] ?? null;
function setElsewhere(path) {  // what is there by a draw, or by a whole that something was put in place of
  const found = Object.hasOwn(state.elsewhere, path) ? state.elsewhere[path] : null;
  return found !== null && valueAt(found.by) !== null ? found : null;
}
function withValue(path, value) {
  const setting = copyOf(state.setting);
  const place = setting.overrides.findIndex(([at]) => at === path);
  const control = state.byPath.get(path);
  if (value === null || (control && value === (setElsewhere(path)?.value ?? control.value))) {
    if (place >= 0) setting.overrides.splice(place, 1);
  } else if (place >= 0) setting.overrides[place] = [path, value];
  else setting.overrides.push([path, value]);
  return setting;
}
function change(wanted, path = null) {
  const setting = state.hello.frozen ? fitted(wanted, path) : wanted;
  if (same(setting, state.setting)) return;
  const now = performance.now(), last = state.lastChange;
  if (path === null || last.path !== path || (now - last.at > 1000 && !state.drag)) {  // a drag is one step to undo
    state.goesOn = false;
    state.past.push(state.setting);
    if (state.past.length > MOST_STEPS) state.past.shift();
    state.future = [];
  }
  state.lastChange = { path, at: now };
  put(setting);
}
function put(setting) {
  state.setting = setting;
  state.notice = [];
  ask();  // the server works on it while the page is painted
  paint();
}
function step(from, to) {
  if (!from.length) return;
  to.push(state.setting);
  state.lastChange = { path: null, at: 0 };
  state.goesOn = false;
  put(from.pop());
}
const undo = () => step(state.past, state.future);
const redo = () => step(state.future, state.past);

function remember() {
  state.past.push(state.setting);
  state.future = [];
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
