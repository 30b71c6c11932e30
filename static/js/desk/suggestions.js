// What a language model suggests: each mark is shown in the text as the model's, taken as one's own, or left.
export class Suggestions {
  constructor(root, { model, steps, painting, source, add, go }) {
    Object.assign(this, { model, steps, painting, source, add, go });
    this.all = [...root.querySelectorAll("[data-suggestion]")].map((row) => this.#read(row));
    this.at = -1;
    const on = (name, act) => root.querySelector(`[data-${name}-suggestion]`)?.addEventListener("click", act);
    on("next", () => this.next());
    on("take", () => this.take(this.all[this.at]));
    on("leave", () => this.leave(this.all[this.at]));
    this.render();
  }

  #read(row) {
    const { category, start, end, severity, propagates } = row.dataset;
    const text = (name) => row.querySelector(`[data-${name}]`)?.dataset[name] ?? "";
    const suggestion = {
      row, isLeft: false, category_id: Number(category), start: Number(start), end: Number(end), severity,
      propagates: propagates === "true", correction: text("correction"), note: text("note"),
    };
    const where = row.querySelector("[data-where]");
    where.textContent = [`step ${this.steps.at(suggestion.start).number}`, where.textContent.trim()].filter(Boolean).join(", ");
    const on = (name, act) => row.querySelector(`[data-${name}]`)?.addEventListener("click", act);
    on("show-suggestion", () => this.#show(suggestion));
    on("take", () => this.take(suggestion));
    on("leave", () => this.leave(suggestion));
    return suggestion;
  }

  isTaken({ category_id, start, end }) {
    return this.model.now.marks.some((mark) => mark.category_id === category_id && mark.start === start && mark.end === end);
  }

  take(suggestion) {
    if (!suggestion || this.isTaken(suggestion)) return;
    const { row, isLeft, ...mark } = suggestion;
    suggestion.isLeft = false;
    this.add(mark);
  }

  leave(suggestion) {
    if (!suggestion) return;
    suggestion.isLeft = true;
    this.render();
    this.next();
  }

  // The next one that is neither taken nor left, from the one shown last.
  next() {
    const { length } = this.all;
    for (let by = 1; by <= length; by += 1) {
      const suggestion = this.all[(this.at + by + length) % length];
      if (!suggestion.isLeft && !this.isTaken(suggestion)) return this.#show(suggestion);
    }
    this.at = -1;
    return this.render();
  }

  #show(suggestion) {
    this.at = this.all.indexOf(suggestion);
    this.go(this.steps.at(suggestion.start));
    this.render();
    suggestion.row.scrollIntoView({ block: "nearest" });
  }

  render() {
    for (const [index, suggestion] of this.all.entries()) {
      const isTaken = this.isTaken(suggestion);
      suggestion.row.classList.toggle("is-settled", isTaken || suggestion.isLeft);
      suggestion.row.classList.toggle("is-current", index === this.at);
      suggestion.row.querySelector("[data-said]").textContent = isTaken ? "taken" : suggestion.isLeft ? "left" : "";
      for (const button of suggestion.row.querySelectorAll("[data-take], [data-leave]")) button.hidden = isTaken;
    }
    const open = this.all.filter((each) => !each.isLeft && !this.isTaken(each));
    this.painting.paint("suggested", open.map(({ start, end }) => [start, end]));
  }
}
