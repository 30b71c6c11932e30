// Sets every `.math` element; a formula that cannot be set shows its source and the reason.
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

enhance(".math", typeset);
