// The span within a step that the next mark is put on: by mouse, or by v and the arrows, a word or formula at a time.
import { FORMULA } from "./step.js";

const LEAST_DRAG = 4;

export class Span extends EventTarget {
  constructor(steps, source) {
    super();
    this.steps = steps;
    this.source = source;
    this.step = null;
    this.range = null;
    document.addEventListener("selectionchange", () => this.#followSelection());
    steps.root.addEventListener("pointerdown", (event) => {
      this.pressed = event;
      this.end();
    });
    steps.root.addEventListener("pointerup", (event) => this.#takeFormula(event));
    // The current step goes elsewhere: what was chosen in another one is given up.
    steps.onGo((step) => step !== this.step && this.end());
  }

  get isChosen() {
    return this.range !== null;
  }

  get text() {
    return this.range ? this.source.slice(...this.range) : "";
  }

  // What a mark covers now: the span, else the whole current step.
  get place() {
    if (this.range) return this.range;
    const step = this.steps.current;
    return step ? [step.start, step.end] : null;
  }

  #set(step, range, ends = null) {
    this.step = step;
    this.range = range;
    this.ends = ends;
    this.dispatchEvent(new Event("change"));
  }

  // A selection that runs over several steps counts in its first: a mark lies in one step.
  #followSelection() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    for (const step of this.steps.all) {
      const covered = range.intersectsNode(step.body) && step.covered(range);
      if (!covered) continue;
      this.#set(step, covered);
      this.steps.go(step, { quietly: true });
      return;
    }
  }

  // What is built of boxes, as a formula in a frame, a browser may not let one select by dragging over it.
  #takeFormula({ target, clientX, clientY }) {
    const formula = this.pressed?.target.closest(FORMULA);
    const isDragged = formula && Math.hypot(clientX - this.pressed.clientX, clientY - this.pressed.clientY) > LEAST_DRAG;
    const step = isDragged && this.steps.of(formula);
    if (!step || !getSelection().isCollapsed || target.closest(FORMULA) !== formula) return;
    this.#set(step, [Number(formula.dataset.start), Number(formula.dataset.end)]);
  }

  begin() {
    const step = this.steps.current;
    const words = step?.words ?? [];
    if (!words.length) return;
    getSelection().removeAllRanges();
    this.#setWords(step, words, 0, 0);
  }

  // `by` words on; with `grow` only the far end goes.
  move(by, grow) {
    const step = this.steps.current;
    const words = step?.words ?? [];
    if (!words.length) return;
    const [anchor, head] = this.#wordsOf(words);
    const next = Math.min(words.length - 1, Math.max(0, head + by));
    getSelection().removeAllRanges();
    this.#setWords(step, words, grow ? anchor : next, next);
  }

  // The words at the ends: remembered, or those that a mouse has chosen.
  #wordsOf(words) {
    if (this.ends) return this.ends;
    if (!this.range) return [0, 0];
    const first = words.findIndex(([, end]) => end > this.range[0]);
    const last = words.findLastIndex(([start]) => start < this.range[1]);
    return [Math.max(0, first), Math.max(0, last)];
  }

  #setWords(step, words, anchor, head) {
    const [first, last] = [Math.min(anchor, head), Math.max(anchor, head)];
    this.#set(step, [words[first][0], words[last][1]], [anchor, head]);
  }

  end() {
    if (!this.range) return;
    getSelection().removeAllRanges();
    this.#set(null, null);
  }
}
