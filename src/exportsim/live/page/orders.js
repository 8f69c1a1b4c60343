"use strict";

// The orders that went one way, and the life of one of them.

function openOrders(about) {
  state.asked += 1;
  state.flow = about;
  dialog(about.title, make("p", {}, say("looking")));
  send({ kind: "orders", number: state.asked, flow: about.flow });
}
function listOrders(orders) {
  const heads = [say("order"), say("value"), say("future"), say("under_reference"), say("under_policy")].map((head) => make("th", { scope: "col" }, head));
  const rows = orders.map((order) => make("tr", {},
    make("th", { scope: "row" }, make("button", { type: "button", on: { click: () => { openLife(order); } } }, `${order.title} ${order.called}`)),
    make("td", {}, order.value), make("td", {}, String(order.future)), make("td", { class: "words" }, order.reference_fate), make("td", { class: "words" }, order.policy_fate)));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
  dialog(state.flow.title, orders.length ? make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": state.flow.title }, table) : make("p", {}, say("no_orders")), make("p", { class: "note" }, say("orders_note")));
}
function openLife(order) {
  state.asked += 1;
  state.title = `${order.title} ${order.called}`;
  send({ kind: "life", number: state.asked, future: order.future, line: order.line, order: order.order });
}
function tellLife(life) {
  const told = life.told.map((part) => {
    if (part.kind === "heading") return make("h3", {}, part.text);
    if (part.kind === "line") return make("p", {}, part.text);
    return make("div", { class: "day" }, part.date ? make("h3", {}, part.date) : null, make("div", { class: "lives" }, ...part.columns.map((column) => make("div", {}, ...column.map((each) => make("p", {}, each))))));
  });
  dialog(state.title, button("all_orders", () => { openOrders(state.flow); }, { id: "all-orders" }), ...told);
  byId("all-orders").focus();
}
