"use strict";

// What is asked, and what comes back: the newest setting is sent as soon as the one before it is answered.

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
  send({ kind: "set", number: state.number, setting: state.setting, goes_on: state.goesOn });
  state.goesOn = true;
  tellState();
}
function openLink(link) {
  state.number += 1;
  state.sentAt = performance.now();
  state.opening = true;
  send({ kind: "open", number: state.number, link });
}
function answered(number) {
  state.answered = Math.max(state.answered, number);
  if (state.unsent) ask();
}
function heard(message) {
  switch (message.kind) {
    case "hello": return greeted(message);
    case "scene": return message.number === state.number ? shown(message) : undefined;
    case "faults":
      if (message.number === state.asked) return dialog(say("warnings"), ...message.faults.map((fault) => make("p", {}, fault)));
      if (message.number === null || message.number === state.number) tell(message.faults);
      if (message.number !== null) {
        state.refused = message.number === state.number;  // no more futures of it come
        answered(message.number);
        tellState();
      }
      if (message.number === state.number && state.shown === null) fromFile(message.faults);
      return undefined;
    case "orders": return message.number === state.asked ? listOrders(message.orders) : undefined;
    case "life": return message.number === state.asked ? tellLife(message.life) : undefined;
    case "file": return saved(message);
    case "busy": state.place = message.place; return tellState();
    default: return undefined;
  }
}
function fromFile(faults) {  // a link that does not fit: it is said, and the file shown as it is
  if (same(state.setting, state.hello.setting) && !state.opening) return;
  state.setting = copyOf(state.hello.setting);
  state.notice = faults;
  ask(true);
}
function greeted(hello) {
  const first = state.hello === null;
  if (!first && (hello.digest !== state.hello.digest || hello.version !== state.hello.version)) {
    location.reload();  // nothing of two files or versions is mixed: the link is opened there, and says what it was made of
    return;
  }
  state.hello = hello;
  state.lostWhy = "";
  words = hello.language;
  const controls = [...hello.controls, ...hello.measures.filter((measure) => measure.on === null).map(controlOfMeasure)];
  state.controls = new Map(controls.map((control) => [control.id, control]));
  state.byPath = new Map(controls.map((control) => [control.path, control]));
  document.title = hello.title;
  byId("title").textContent = hello.title;
  byId("origin").textContent = say("origin", { version: hello.version, digest: hello.digest.slice(0, 12) });
  if (first) {
    state.setting = copyOf(hello.setting);
    tools();
    addEventListener("hashchange", () => { if (location.hash.length > 1 && location.hash !== state.link) { remember(); openLink(location.hash); } });
  }
  if (first) build();
  paint();
  if (state.kept) send({ kind: "keep", setting: state.kept });
  if (first && location.hash.length > 1) openLink(location.hash);
  else ask(true);
}

function shown(message) {
  const first = state.answered < message.number;
  if (state.opening || same(message.setting, state.setting)) state.setting = message.setting;
  state.opening = state.refused = false;
  state.place = 0;
  state.futures = message.futures;
  state.of = message.of;
  state.link = message.link.startsWith("#") ? message.link : `#${message.link}`;
  state.command = message.command;
  state.shown = message.scene;
  state.said = message.measures;
  state.differences = message.differences;
  state.elsewhere = message.elsewhere_set;
  if (!state.unsent) {
    history.replaceState(null, "", state.link);
    tell([...state.notice, message.elsewhere, message.slow].filter(Boolean));
  }
  scene(message.scene, first);
  paint();
  answered(message.number);
  tellState();
  document.documentElement.dataset.shown = `${message.number}/${message.futures}`;
}
function tell(faults) {
  paragraphs(byId("faults"), faults);
  tellState();
}
function tellState() {
  const place = byId("state");
  const playing = state.answered < state.number || (state.futures < state.of && !state.refused);
  place.classList.toggle("lost", Boolean(state.lostWhy));
  place.classList.toggle("playing", playing && !state.lostWhy);
  if (state.lostWhy) place.textContent = state.lostWhy;
  else if (state.place) place.textContent = say("busy", { place: state.place });
  else if (state.futures) place.textContent = say("futures", { futures: state.futures, of: state.of });
  else place.textContent = say("playing");
}

byId("form").addEventListener("submit", (event) => { event.preventDefault(); });
byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("answer").focus(); });  // the address is the setting's
if (location.search) history.replaceState(null, "", location.pathname + location.hash);  // the token is kept as a cookie
connect();
