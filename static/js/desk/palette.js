// The categories: a number puts a mark on the step or span, a second one makes it a finer kind.
export class Palette {
  constructor(root, { categories, choose, refine }) {
    this.root = root;
    this.categories = categories;
    this.choose = choose;
    this.refine = refine;
    this.open = null;
    this.title = root.querySelector("[data-palette-title]");
    this.tops = [...root.querySelectorAll("[data-top]")];
    this.keys = new Map(this.tops.map((button) => [button, button.dataset.key]));
    root.addEventListener("click", (event) => this.#click(event.target.closest("button")));
    for (const name of ["pointerover", "focusin"]) root.addEventListener(name, (event) => this.#define(event.target.closest("[data-category]")));
  }

  #click(button) {
    if (!button) return;
    if (button.matches("[data-no-finer]")) return this.close();
    const id = Number(button.dataset.category);
    if (!id) return;
    if (button.matches("[data-top]")) {
      this.choose(id);
      this.#unfold(button);
    } else {
      this.refine(id);
      this.close();
    }
  }

  // While the finer kinds wait for their number, the numbers are theirs.
  #unfold(button) {
    this.close();
    const finer = button.closest(".kind").querySelector("[data-finer]");
    if (!finer) return;
    finer.hidden = false;
    this.open = finer;
    for (const top of this.tops) top.removeAttribute("data-key");
  }

  close() {
    if (!this.open) return;
    // The focus stays in the palette when the button that had it goes.
    if (this.open.contains(document.activeElement)) this.open.closest(".kind").querySelector("[data-top]").focus();
    this.open.hidden = true;
    this.open = null;
    for (const [top, key] of this.keys) if (key) top.dataset.key = key;
  }

  #define(button) {
    if (!button) return;
    for (const text of this.root.querySelectorAll(".definition, [data-no-definition]")) text.hidden = true;
    this.root.querySelector(`#definition-${button.dataset.category}`).hidden = false;
  }

  say(title) {
    this.title.textContent = title;
  }
}
