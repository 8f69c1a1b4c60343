"use strict";

// What is copied and what is saved: links, tables and figures.

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
  tellState();
}
function plainNumber(text) {  // as programs read it: −1,234.5 is -1234.5, and −67 % is -67%
  const form = new RegExp(`^([+${say("minus")}]?)(\\d+(?:[${say("thousands")}]\\d{3})*)(?:[${say("decimal")}](\\d+))?(?:\\s?(%))?$`);
  const found = form.exec(text);
  if (!found) return text;
  const [, sign, whole, part, percent] = found;
  return `${sign && sign !== "+" ? "-" : ""}${whole.replace(/\D/g, "")}${part ? `.${part}` : ""}${percent ?? ""}`;
}
function saveTable(name, table) {
  const cell = (value) => {
    const text = plainNumber(cellText(value)), safe = /^[=@\t\r]|^[+-](?![\d.])/.test(text) ? `'${text}` : text;  // no formula
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [table.columns, ...table.rows].map((row) => row.map(cell).join(","));
  saveBlob(`${name}.csv`, new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" }));
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
  for (const aria of ["aria-labelledby", "aria-describedby"]) svg.removeAttribute(aria);
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
