// Shows marks, the chosen span and what a search found on the trace. Words are painted by highlights, which leave the
// page as it is and may overlap; a formula has a background of its own.
const STATE = { suggested: "suggested", "mark-minor": "minor", "mark-major": "major", "mark-selected": "selected", "span-chosen": "chosen", "search-found": "found" };
const NAMES = Object.keys(STATE);

export class Painting {
  #painted = new Map();

  constructor(steps) {
    this.steps = steps;
  }

  // Paints [start, end] pairs under a name, in place of what was painted under it.
  paint(name, spans) {
    const ranges = [];
    const elements = new Set();
    for (const [start, end] of spans) {
      for (const step of this.steps.all) {
        if (step.end <= start || step.start >= end) continue;
        const shown = step.shown(start, end);
        ranges.push(...shown.ranges);
        shown.elements.forEach((element) => elements.add(element));
      }
    }
    this.#setFormulas(name, elements);
    if (!CSS.highlights) return;
    const highlight = new Highlight(...ranges);
    highlight.priority = NAMES.indexOf(name);
    CSS.highlights.set(name, highlight);
  }

  #setFormulas(name, elements) {
    const state = `is-${STATE[name] ?? name}`;
    for (const element of this.#painted.get(name) ?? []) element.classList.remove(state);
    for (const element of elements) element.classList.add(state);
    this.#painted.set(name, elements);
  }
}
