// The marks as a list, the fields of the one that is selected, and their names beside the steps.
export class MarkList {
  constructor(root, { model, steps, categories, onSelect }) {
    Object.assign(this, { root, model, steps, categories, onSelect });
    this.list = root.querySelector("[data-marks]");
    this.row = root.querySelector("[data-mark-row]");
    this.detail = root.querySelector("[data-detail]");
    this.fields = [...this.detail.querySelectorAll("[data-field]")];
    for (const field of this.fields) {
      field.addEventListener("input", () => model.mark && model.edit(model.mark.key, { [field.dataset.field]: field.value }));
    }
  }

  nameOf({ category_id: id }) {
    const { name, parent } = this.categories.get(id);
    return parent ? `${this.categories.get(parent).name}: ${name.toLowerCase()}` : name;
  }

  render() {
    const { marks } = this.model.now;
    this.root.querySelector("[data-mark-count]").textContent = marks.length;
    this.#keepFocus(() => {
      this.list.replaceChildren(...marks.map((mark) => this.#row(mark)));
      this.#renderMargin(marks);
    });
    this.#renderFirstError(marks);
    this.#renderDetail();
  }

  // Rows are made anew; the one that had the focus has it again.
  #keepFocus(change) {
    const { activeElement } = document;
    const place = activeElement?.dataset.mark && [activeElement.className, activeElement.dataset.mark];
    change();
    if (place) document.querySelector(`.${place[0].split(" ")[0]}[data-mark="${place[1]}"]`)?.focus({ preventScroll: true });
  }

  #row(mark) {
    const row = this.row.content.firstElementChild.cloneNode(true);
    const button = row.querySelector("[data-mark]");
    this.#fill(button, mark);
    const badge = row.querySelector("[data-severity]");
    badge.classList.add(mark.severity);
    badge.textContent = mark.severity;
    row.querySelector("[data-name]").textContent = this.nameOf(mark);
    row.querySelector("[data-where]").textContent = `step ${this.steps.at(mark.start).number}${mark.propagates ? ", propagates" : ""}`;
    return row;
  }

  #fill(button, mark) {
    button.dataset.mark = mark.key;
    const isSelected = mark.key === this.model.selected;
    button.classList.toggle("is-selected", isSelected);
    button.setAttribute("aria-pressed", String(isSelected));
    button.addEventListener("click", () => this.onSelect(mark.key));
  }

  #renderMargin(marks) {
    for (const old of this.steps.root.querySelectorAll(".step-marks")) old.remove();
    const margins = new Map();
    for (const mark of marks) {
      const { element } = this.steps.at(mark.start);
      if (!margins.has(element)) {
        const margin = document.createElement("div");
        margin.className = "step-marks";
        element.append(margin);
        margins.set(element, margin);
      }
      margins.get(element).append(this.#chip(mark));
    }
  }

  #chip(mark) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `mark-chip ${mark.severity}`;
    const severity = document.createElement("span");
    severity.className = "sr-only";
    severity.textContent = `${mark.severity}, `;
    button.append(severity, this.categories.get(mark.category_id).name, mark.propagates ? " ↓" : "");
    this.#fill(button, mark);
    return button;
  }

  #renderFirstError(marks) {
    const first = marks[0];
    this.root.querySelector("[data-first-error]").textContent = first
      ? `First error: step ${this.steps.at(first.start).number}, ${this.nameOf(first)}.`
      : "No step is marked.";
  }

  #renderDetail() {
    const { mark } = this.model;
    this.detail.hidden = !mark;
    if (!mark) return;
    const number = this.model.now.marks.indexOf(mark) + 1;
    this.detail.querySelector("[data-detail-title]").textContent = `Mark ${number}: ${this.nameOf(mark)}`;
    for (const field of this.fields) {
      if (field.value !== mark[field.dataset.field]) field.value = mark[field.dataset.field];
    }
    const severity = this.detail.querySelector("[data-severity-now]");
    if (!severity) return;
    severity.textContent = mark.severity === "major" ? "Major" : "Minor";
    this.detail.querySelector("[data-act=propagates]").setAttribute("aria-pressed", String(mark.propagates));
  }
}
