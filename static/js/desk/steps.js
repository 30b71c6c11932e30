// The steps on the page: which one is current, moving between them, and the marks beside each.
import { Step } from "./step.js";

export class Steps {
  constructor(root, source) {
    this.root = root;
    this.all = [...root.querySelectorAll(".step")].map((element, index) => new Step(element, source, index + 1));
    this.byElement = new Map(this.all.map((step) => [step.element, step]));
    this.current = this.all[0] ?? null;
    this.listeners = [];
    root.addEventListener("pointerdown", (event) => this.go(this.of(event.target), { quietly: true }));
    root.addEventListener("focusin", (event) => this.go(this.of(event.target), { quietly: true }));
    this.mark();
  }

  onGo(listener) {
    this.listeners.push(listener);
  }

  // The step that an element or text of the page belongs to.
  of(node) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return this.byElement.get(element?.closest(".step")) ?? null;
  }

  // The step in which a character stands; between two steps, the one before.
  at(character) {
    return this.all.findLast((step) => step.start <= character) ?? this.all[0];
  }

  move(by) {
    this.go(this.all[this.all.indexOf(this.current) + by] ?? null);
  }

  go(step, { quietly = false } = {}) {
    if (!step) return;
    const isNew = step !== this.current;
    this.current = step;
    this.mark();
    if (!quietly) {
      step.element.querySelector(".step-number").focus({ preventScroll: true });
      reveal(step.element);
    }
    if (isNew) for (const listener of this.listeners) listener(step);
  }

  mark() {
    for (const { element } of this.all) {
      if (element.classList.contains("is-current")) element.removeAttribute("aria-current");
      element.classList.remove("is-current");
    }
    this.current?.element.classList.add("is-current");
    this.current?.element.setAttribute("aria-current", "step");
  }
}

// Into the middle of the window unless all of it can be seen: a step is read with what stands around it.
export function reveal(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const bar = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  if (top >= bar && bottom <= innerHeight - 24) return;
  element.scrollIntoView({ block: bottom - top > innerHeight - bar ? "start" : "center" });
}
