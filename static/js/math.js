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
  if (element.dataset.display === "true" && element.scrollWidth > element.clientWidth) {
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Formula, scrolls");
  }
}

enhance(".math", typeset);
