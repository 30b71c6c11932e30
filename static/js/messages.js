// Toasts in #messages: those the server sent, and one for a request that failed. Nothing typed is touched.
const LIFETIME_MS = 6000;

export function toast(text, level = "info") {
  const list = document.getElementById("messages");
  if ([...list.querySelectorAll(".text")].some((shown) => shown.textContent === text)) return;
  const item = document.createElement("li");
  item.className = level;
  const body = document.createElement("span");
  body.className = "text";
  body.textContent = text;
  item.append(body);
  list.append(item);
}

function prepare(item) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button quiet icon small";
  close.textContent = "✕";
  close.setAttribute("aria-label", "Dismiss");
  close.addEventListener("click", () => item.remove());
  item.append(close);
  // An error stays until it is read; the rest leaves by itself, unless someone is looking at it.
  if (item.matches(".error, .warning")) return;
  const leave = () => (item.matches(":hover, :focus-within") ? setTimeout(leave, LIFETIME_MS) : item.remove());
  setTimeout(leave, LIFETIME_MS);
}

function failure(status) {
  if (status === 403) return "You may not do this, or your session has ended. Reload the page and log in again.";
  if (status === 404) return "This is no longer here. Reload the page.";
  if (status === 413) return "This is too large to send.";
  if (status === 429) return "Too many requests. Wait a moment and try again.";
  return "The server could not do this. What you typed is still here; try again in a moment.";
}

document.addEventListener("DOMContentLoaded", () => {
  const list = document.getElementById("messages");
  list.querySelectorAll("li").forEach(prepare);
  new MutationObserver((records) => {
    for (const record of records) for (const node of record.addedNodes) if (node.nodeType === 1) prepare(node);
  }).observe(list, { childList: true });
});
document.addEventListener("htmx:responseError", (event) => toast(failure(event.detail.xhr.status), "error"));
document.addEventListener("htmx:sendError", () => {
  toast("The server cannot be reached. What you typed is still here; try again in a moment.", "error");
});
document.addEventListener("htmx:timeout", () => toast("The server did not answer in time. Try again.", "error"));
