// Draws the figures of reports, and the curves of training jobs, which it keeps fresh while a job goes on.
import { colours, onSchemeChange } from "./colours.js";
import { draw, save, tabulate } from "./figure.js";
import { drawReports } from "./report.js";

const EVERY = 5000; // milliseconds between questions for new points

class Charts {
  constructor(root) {
    this.root = root;
    this.address = new URL(root.dataset.curves, location.href);
    this.heard = "";
    this.isLive = "live" in root.dataset;
  }

  async begin() {
    await this.load();
    onSchemeChange(() => this.show());
    while (this.isLive) {
      await new Promise((wake) => setTimeout(wake, EVERY));
      // Nobody looks at a page in the background; it catches up when it is looked at.
      if (!document.hidden) await this.load();
    }
  }

  async load() {
    this.address.searchParams.set("heard", this.heard);
    try {
      const answer = await fetch(this.address, { headers: { Accept: "application/json" } });
      if (answer.status !== 200) return;
      this.data = await answer.json();
    } catch {
      return; // the next question comes soon
    }
    this.heard = this.data.heard;
    this.isLive = this.data.is_live;
    this.show(true);
  }

  show(isNew = false) {
    if (!this.data) return;
    const palette = colours();
    for (const figure of this.data.figures) {
      const element = this.element(figure);
      draw(element, figure, this.data.jobs, palette);
      if (isNew) tabulate(element, figure);
    }
  }

  element(figure) {
    const found = [...this.root.querySelectorAll("figure")].find((one) => one.dataset.key === figure.key) ?? this.added(figure);
    if (!found.querySelector("figcaption .button")) this.addButton(found, figure);
    return found;
  }

  added(figure) {
    const template = this.root.querySelector("template");
    const made = template.content.firstElementChild.cloneNode(true);
    made.dataset.key = figure.key;
    template.before(made);
    this.root.querySelector("[data-none]")?.remove();
    return made;
  }

  addButton(element, figure) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small";
    button.textContent = "PNG";
    button.setAttribute("aria-label", `${figure.title} as PNG`);
    button.addEventListener("click", () => save(element, figure));
    element.querySelector("figcaption").append(button);
  }
}

for (const root of document.querySelectorAll("[data-curves]")) new Charts(root).begin();
drawReports();
