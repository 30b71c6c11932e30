// A divider between two panes: drag it, or focus it and press the arrow keys. Its place is remembered by the split's id.
import { enhance } from "./enhance.js";

const LEAST = 20;
const MOST = 80;

enhance(".split", (split) => {
  const divider = split.querySelector(":scope > .divider");
  const memory = `qft:split:${split.id}`;

  const place = (percent) => {
    const at = Math.min(MOST, Math.max(LEAST, percent));
    split.style.setProperty("--split", `${at}%`);
    divider.setAttribute("aria-valuenow", String(Math.round(at)));
    if (split.id) localStorage.setItem(memory, String(at));
  };

  for (const [name, value] of Object.entries({
    role: "separator", tabindex: "0", "aria-orientation": "vertical",
    "aria-label": divider.getAttribute("aria-label") ?? "Width of the left pane", "aria-valuemin": LEAST, "aria-valuemax": MOST,
  })) divider.setAttribute(name, value);
  const stored = Number(split.id && localStorage.getItem(memory));
  const initial = Number(split.dataset.split);
  place(stored || initial || 50);

  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    divider.classList.add("is-dragging");
    event.preventDefault();
    divider.focus();
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = split.getBoundingClientRect();
    place(((event.clientX - box.left) / box.width) * 100);
  });
  divider.addEventListener("lostpointercapture", () => divider.classList.remove("is-dragging"));
  divider.addEventListener("dblclick", () => place(initial || 50));
  divider.addEventListener("keydown", (event) => {
    const now = Number(divider.getAttribute("aria-valuenow"));
    const next = { ArrowLeft: now - 2, ArrowRight: now + 2, Home: LEAST, End: MOST }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    place(next);
  });
});
