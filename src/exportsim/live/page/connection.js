"use strict";

// The connection to the server: it comes back by itself. What is sent is answered by `heard`.

let socket = null;
function send(message) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
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
  tellState();
  setTimeout(connect, state.wait);
  state.wait = Math.min(state.wait * 1.6, 5000);
}
