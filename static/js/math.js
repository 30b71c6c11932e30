// Sets every `.math` element; a formula that cannot be set shows its source and the reason. Those of a long text,
// [data-lazy-math], are set as they come near the window: a trace may hold a thousand.
import { enhance } from "./enhance.js";
import { reasonOf, setFormula } from "./formula.js";

export function typeset(element) {
  const source = element.textContent;
  try {
    element.innerHTML = setFormula(source, element.dataset.display === "true");
    element.classList.add("is-set");
  } catch (error) {
    const reason = document.createElement("span");
    reason.className = "math-reason";
    reason.textContent = reasonOf(error);
    element.append(reason);
    element.classList.add("is-unset");
  }
  element.dataset.source = source;
  if (!unmeasured.length) requestAnimationFrame(measure);
  unmeasured.push(element);
}

// Measured together, once all are set: a formula wider than its text scrolls in a box of its own.
const unmeasured = [];

function isWide(element) {
  if (element.dataset.display === "true") return element.scrollWidth > element.clientWidth;
  const room = element.parentElement.closest("p, li, td, th, dd, div, article, blockquote")?.clientWidth;
  return [...element.querySelectorAll(".katex-base")].some((base) => base.offsetWidth > room);
}

function measure() {
  const wide = unmeasured.splice(0).filter((element) => element.isConnected && isWide(element));
  for (const element of wide) {
    element.classList.add("is-wide");
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Formula, scrolls");
  }
}

// The direct children of a lazy text come near one by one; all are there before the text is printed.
const NEAR = "1200px 0px";
const waiting = new Set();

const nearby = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) setAll(entry.target);
}, { rootMargin: NEAR });

function setAll(block) {
  nearby.unobserve(block);
  waiting.delete(block);
  block.querySelectorAll(".math:not(.is-set, .is-unset)").forEach(typeset);
}

// The rest is set while nothing else is to be done, so that scrolling finds it ready.
const IDLE_LEFT_MS = 8;
let isIdleAsked = false;

function setIdly(deadline) {
  isIdleAsked = false;
  for (const block of waiting) {
    if (deadline.timeRemaining() < IDLE_LEFT_MS) break;
    setAll(block);
  }
  askIdle();
}

function askIdle() {
  if (isIdleAsked || !waiting.size || !("requestIdleCallback" in window)) return;
  isIdleAsked = true;
  requestIdleCallback(setIdly);
}

const blockOf = (element) => {
  const lazy = element.closest("[data-lazy-math]");
  return lazy && (element.closest("[data-lazy-math] > *, tr") ?? element);
};

addEventListener("beforeprint", () => waiting.forEach(setAll));

enhance(".math", (element) => {
  const block = blockOf(element);
  if (!block) return typeset(element);
  if (waiting.has(block)) return undefined;
  waiting.add(block);
  askIdle();
  return nearby.observe(block);
});
