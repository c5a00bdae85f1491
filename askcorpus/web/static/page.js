// Runs before textual.js: says where the terminal connects to, and bounds what it may open.
"use strict";

(() => {
  // The token did its work when the page was asked for; the address line needn't keep it.
  const address = new URL(window.location.href);
  const size = Number.parseInt(address.searchParams.get("fontsize") ?? "", 10);
  address.searchParams.delete("token");
  window.history.replaceState(null, "", address.pathname + address.search);

  const terminal = document.getElementById("terminal");
  const scheme = address.protocol === "https:" ? "wss:" : "ws:";
  terminal.dataset.sessionWebsocketUrl = `${scheme}//${address.host}/ws`;
  terminal.dataset.fontSize = String(Math.min(Math.max(size || 16, 8), 40));

  // Why a chat ended stands in the closing frame, which textual.js doesn't look at.
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      this.addEventListener("open", () => terminal.querySelector("textarea")?.focus());
      this.addEventListener("close", (event) => {
        const lost = event.code === 1006 ? "The connection was lost." : "The chat has ended.";
        document.getElementById("why").textContent = event.reason || lost;
        document.body.classList.add("-closed");
        const again = document.getElementById("again");
        again.hidden = event.code === 1001; // the server has gone: nothing would answer
        again.focus();
      });
    }
  };

  // The terminal makes whatever looks like an address in a document into a link. A slip of the
  // mouse must not tell a stranger who reads it: only what the chat itself asks for is opened.
  const open = window.open.bind(window);
  window.open = (url, target) => (url ? open(url, target, "noopener,noreferrer") : null);

  document.getElementById("again").addEventListener("click", () => window.location.reload());
})();
