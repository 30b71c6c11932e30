// The desk: the server's page with the trace comes alive. Each part draws what the model says and changes nothing else.
import { enhance } from "../enhance.js";
import "./adjudication.js";
import { Clock } from "./clock.js";
import { chooseAfterConflict } from "./conflict.js";
import { Finding } from "./finding.js";
import { MarkList } from "./list.js";
import { Model } from "./model.js";
import { Painting } from "./painting.js";
import { Palette } from "./palette.js";
import { Saving } from "./saving.js";
import { Source } from "./source.js";
import { Span } from "./span.js";
import { Steps, reveal } from "./steps.js";
import { Suggestions } from "./suggestions.js";

// As many characters of a claim are quoted as the server keeps.
const LONGEST_CLAIM = 4000;

const data = (id) => JSON.parse(document.getElementById(id).textContent);

class Desk {
  constructor(root) {
    this.root = root;
    this.isReadOnly = "readOnly" in root.dataset;
    const state = data("desk-state");
    this.categories = new Map(data("desk-categories").map((category) => [category.id, category]));
    this.source = new Source(data("trace-text"));
    this.model = new Model(state);
    this.steps = new Steps(root.querySelector(".trace"), this.source);
    this.painting = new Painting(this.steps);
    this.finding = new Finding(root.querySelector("#trace-search"), this);
    this.list = new MarkList(root, { ...this.parts, onSelect: (key) => this.select(key) });
    if (!this.isReadOnly) this.#letWrite(state);
    this.suggestions = new Suggestions(root, {
      ...this.parts, source: this.source, painting: this.painting, go: (step) => this.steps.go(step), add: (mark) => this.add(mark),
    });
    root.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")?.dataset.act));
    this.steps.onGo(() => this.atStep());
    for (const name of ["change", "select"]) this.model.addEventListener(name, () => this.render());
    this.render();
    this.atStep();
  }

  get parts() {
    const { model, steps, categories } = this;
    return { model, steps, categories };
  }

  #letWrite(state) {
    const { root, model, source } = this;
    this.span = new Span(this.steps, source);
    this.span.addEventListener("change", () => this.renderSpan());
    this.palette = new Palette(root.querySelector("#palette"), {
      choose: (id) => this.choose(id), refine: (id) => this.refine(id),
    });
    this.comment = root.querySelector("#desk-comment");
    this.comment.addEventListener("input", () => model.setComment(this.comment.value));
    this.verdicts = [...root.querySelectorAll("[name=verdict]")];
    for (const radio of this.verdicts) radio.addEventListener("change", () => model.setVerdict(radio.value));
    this.saving = new Saving(root, { model, clock: new Clock(state.seconds), state });
    this.saving.addEventListener("conflict", ({ detail }) => chooseAfterConflict(root, { ...this.parts, ...detail, list: this.list, saving: this.saving }));
    const form = root.querySelector("#submit-form");
    this.saving.addEventListener("saved", ({ detail }) => { form.elements.revision.value = detail; });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.saving.submit();
    });
    const menu = root.querySelector("#skip-menu");
    menu.addEventListener("toggle", () => menu.open && menu.querySelector("[name=reason]").focus());
    menu.querySelector("form").addEventListener("submit", () => this.saving.leave());
    root.querySelector("#span-bar").addEventListener("click", (event) => this.#chooseSpan(event.target.closest("[data-span]")?.dataset.span));
  }

  #chooseSpan(act) {
    const acts = {
      begin: () => this.span.begin(), left: () => this.span.move(-1), right: () => this.span.move(1),
      shrink: () => this.span.move(-1, true), grow: () => this.span.move(1, true), end: () => this.span.end(),
    };
    acts[act]?.();
  }

  act(name) {
    const { model } = this;
    const acts = {
      "next-step": () => this.steps.move(1),
      "step-before": () => this.steps.move(-1),
      "next-mark": () => this.stepMarks(1),
      "mark-before": () => this.stepMarks(-1),
      undo: () => model.undo(),
      redo: () => model.redo(),
      severity: () => model.edit(model.selected, { severity: model.mark.severity === "major" ? "minor" : "major" }),
      propagates: () => model.edit(model.selected, { propagates: !model.mark.propagates }),
      recategorise: () => this.recategorise(),
      remove: () => model.remove(model.selected),
    };
    const isOfMark = ["severity", "propagates", "recategorise", "remove"].includes(name);
    if (!acts[name] || (isOfMark && !model.mark)) return;
    acts[name]();
  }

  // A category on the span or the step; while another category is asked for, on the mark that has one already.
  choose(id) {
    if (this.isChanging) {
      this.isChanging = false;
      this.model.edit(this.model.selected, { category_id: id });
      return;
    }
    const place = this.span.place;
    if (!place) return;
    const [start, end] = place;
    this.span.end();
    this.add({ category_id: id, start, end });
  }

  add(mark) {
    const { start, end } = mark;
    this.model.add({ ...mark, claim: this.source.slice(start, Math.min(end, start + LONGEST_CLAIM)) });
  }

  refine(id) {
    if (this.model.mark) this.model.edit(this.model.selected, { category_id: id });
  }

  recategorise() {
    this.palette.close();
    this.isChanging = !this.isChanging;
    this.renderSpan();
  }

  select(key) {
    this.model.select(key);
    const { mark } = this.model;
    const step = this.steps.at(mark.start);
    this.steps.go(step, { quietly: true });
    reveal(step.element);
  }

  stepMarks(by) {
    const { marks } = this.model.now;
    if (!marks.length) return;
    const at = marks.findIndex((mark) => mark.key === this.model.selected);
    this.select(marks[at < 0 ? (by > 0 ? 0 : marks.length - 1) : (at + by + marks.length) % marks.length].key);
  }

  // At another step, its first mark is the one that m, p and e are about.
  atStep() {
    this.palette?.close();
    this.isChanging = false;
    const { mark } = this.model;
    const { current } = this.steps;
    if (!mark || this.steps.at(mark.start) !== current) {
      this.model.select(this.model.now.marks.find((each) => this.steps.at(each.start) === current)?.key ?? null);
    }
    this.renderSpan();
  }

  render() {
    const { now, mark } = this.model;
    this.list.render();
    const spans = now.marks.filter((each) => !this.isWholeStep(each));
    for (const severity of ["major", "minor"]) {
      this.painting.paint(`mark-${severity}`, spans.filter((each) => each.severity === severity).map(({ start, end }) => [start, end]));
    }
    this.suggestions?.render();
    this.painting.paint("mark-selected", mark && !this.isWholeStep(mark) ? [[mark.start, mark.end]] : []);
    if (this.isReadOnly) return;
    if (!mark) this.isChanging = false;
    for (const radio of this.verdicts) radio.checked = radio.value === now.verdict;
    if (this.comment.value !== now.comment) this.comment.value = now.comment;
    this.root.querySelector("[data-act=undo]").disabled = !this.model.canUndo;
    this.root.querySelector("[data-act=redo]").disabled = !this.model.canRedo;
    this.renderSpan();
  }

  isWholeStep({ start, end }) {
    const step = this.steps.at(start);
    return start <= step.start && end >= step.end;
  }

  renderSpan() {
    const { current, all } = this.steps;
    const step = this.root.querySelector("[data-current-step]");
    if (step) step.value = current?.number ?? "";
    this.root.querySelector("[data-at]").textContent = current ? `Step ${current.number} of ${all.length}` : "";
    if (this.isReadOnly) return;
    const { isChosen, range, text } = this.span;
    this.painting.paint("span-chosen", isChosen ? [range] : []);
    this.root.querySelector("[data-span-keys]").hidden = !isChosen;
    const quote = this.root.querySelector("[data-quote]");
    quote.hidden = !isChosen;
    quote.textContent = text;
    const place = isChosen ? "the span" : `step ${current?.number ?? ""}`;
    this.palette.say(this.isChanging ? "Another category for the mark" : `What is wrong in ${place}`);
  }
}

enhance("#desk", (root) => new Desk(root));
