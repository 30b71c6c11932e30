// Calls `start` once for every element that matches: on the page now, and in whatever htmx swaps in later.
export function enhance(selector, start) {
  const seen = new WeakSet();
  const visit = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (seen.has(element)) continue;
      seen.add(element);
      start(element);
    }
  };
  const begin = () => {
    visit(document.body);
    document.body.addEventListener("htmx:load", (event) => visit(event.detail.elt));
    document.body.addEventListener("qft:added", (event) => visit(event.target));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
}
