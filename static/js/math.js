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

const blockOf = (element) => {
  const lazy = element.closest("[data-lazy-math]");
  return lazy && (element.closest("[data-lazy-math] > *, tr") ?? element);
};

// Measured together, once all are set: a formula wider than its text scrolls in a box of its own.
const unmeasured = [];

function isWide(element) {
  if (element.dataset.display === "true") return element.scrollWidth > element.clientWidth;
  const room = element.parentElement.closest("p, li, td, th, dd, div, article, blockquote")?.clientWidth;
  return [...element.querySelectorAll(".katex-base")].some((base) => base.offsetWidth > room);
}

// What the browser has not laid out, being far from the window, is measured once it has: asking sooner would make it.
function laidOut(element) {
  if (element.checkVisibility({ contentVisibilityAuto: true })) return true;
  blockOf(element)?.addEventListener("contentvisibilityautostatechange", () => {
    if (!unmeasured.length) requestAnimationFrame(measure);
    unmeasured.push(element);
  }, { once: true });
  return false;
}

function measure() {
  const found = unmeasured.splice(0).filter((element) => element.isConnected && laidOut(element));
  const wide = found.filter(isWide);
  for (const element of wide) {
    element.classList.add("is-wide");
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Formula, scrolls");
  }
}

// The blocks of a lazy text, its direct children, are set in slices that leave a frame its time: what is in the window
// first, what is near it next, the rest while nothing else is to be done; all are there before the text is printed.
const SLICE_MS = 8;
const waiting = new Set();
const shown = new Set();
const near = new Set();

const watch = (found, rootMargin) => new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) found.delete(target);
    else if (waiting.has(target)) found.add(target);
  }
  if (found.size) askSlice();
}, { rootMargin });

const observers = [watch(shown, "100px 0px"), watch(near, "1200px 0px")];

const unset = (block) => block.querySelector(".math:not(.is-set, .is-unset)");

function done(block) {
  for (const blocks of [waiting, shown, near]) blocks.delete(block);
  for (const observer of observers) observer.unobserve(block);
}

// Sets formulas of these blocks until the time is over; returns whether any is left.
function setSome(blocks, isOver) {
  for (const block of blocks) {
    for (let formula = unset(block); formula; formula = unset(block)) {
      if (isOver()) return true;
      typeset(formula);
    }
    done(block);
  }
  return false;
}

let isSliceAsked = false;

// Between two slices the browser draws, if it is time; a slow one need not wait for its next frame with the next slice.
function askSlice() {
  if (isSliceAsked) return;
  isSliceAsked = true;
  setTimeout(() => {
    isSliceAsked = false;
    const end = performance.now() + SLICE_MS;
    const isOver = () => performance.now() > end;
    if (setSome(shown, isOver) || setSome(near, isOver)) askSlice();
  });
}

let isIdleAsked = false;

function askIdle() {
  if (isIdleAsked || !waiting.size || !("requestIdleCallback" in window)) return;
  isIdleAsked = true;
  requestIdleCallback((deadline) => {
    isIdleAsked = false;
    const end = performance.now() + SLICE_MS;
    setSome(waiting, () => performance.now() > end || deadline.timeRemaining() < 1);
    askIdle();
  });
}

addEventListener("beforeprint", () => setSome(waiting, () => false));

enhance(".math", (element) => {
  const block = blockOf(element);
  if (!block) return typeset(element);
  if (waiting.has(block)) return undefined;
  waiting.add(block);
  for (const observer of observers) observer.observe(block);
  return askIdle();
});
