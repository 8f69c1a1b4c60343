"use strict";

// What all parts of the page share: its state, the making of elements, and days and numbers as text.
// The scripts are read one after the other, as the page names them; what one says at its outermost, all know.

const SVG = "http://www.w3.org/2000/svg", DAY = 86400000, PATIENCE = 1000, MOST_STEPS = 200;
const TAGS = new Set(["path", "rect", "line", "text", "circle", "polyline", "polygon", "g"]);
const byId = (id) => document.getElementById(id);
let words = {};
const state = {
  hello: null, controls: new Map(), byPath: new Map(), setting: null, kept: null, past: [], future: [],
  number: 0, answered: 0, sentAt: 0, unsent: false, link: "", command: "", shown: null, wait: 500, failures: 0,
  lastChange: { path: null, at: 0 }, goesOn: false, drag: null, asked: 1 << 30, flow: "",  // questions are numbered apart from settings
  opening: false, refused: false, notice: [], said: {}, differences: {}, elsewhere: {}, editors: new Map(),
};
let timer = null;

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
// What stays as it is must not be set again: the browser would lay it out anew.
const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const setAttribute = (element, name, value) => { if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value); };
const fill = (element, ...children) => { element.replaceChildren(...children.filter((child) => child !== null)); };
const say = (name, values = {}) => (words[name] ?? name).replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const button = (name, heard, more = {}) => make("button", { type: "button", on: { click: heard }, ...more }, say(name));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const copyOf = (setting) => JSON.parse(JSON.stringify(setting));

const days = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY);
const dateOf = (number) => new Date(number * DAY).toISOString().slice(0, 10);
const isDate = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
function longDate(text) {  // as the sentences of the server have it
  const [year, month, day] = text.split("-").map(Number);
  return say(day === 1 ? "first_day" : "day", { day, month: words.months.split(" ")[month - 1], year });
}
let inSixDigits = null;  // made once: it takes longer than all that it writes
function amountOf(number) {
  inSixDigits ??= new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 6 });
  return inSixDigits.format(number);
}
const plain = (number) => String(Number(Number(number).toPrecision(12)));
function numberIn(control, text) {
  if (text === null) return control.number;
  const digits = text.endsWith(control.suffix) ? text.slice(0, text.length - control.suffix.length) : text;
  return digits.trim() !== "" && Number.isFinite(Number(digits)) ? Number(digits) : null;
}
function clamped(value, least, most) { return Math.min(Math.max(value, least), most); }

function dialog(title, ...content) {
  byId("dialog-title").textContent = title;
  fill(byId("dialog-content"), ...content);
  if (!byId("dialog").open) byId("dialog").showModal();
}
