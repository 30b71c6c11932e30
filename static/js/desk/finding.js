// Search in the source of the trace, LaTeX included: Enter goes to the next place, Shift+Enter to the one before.
const MOST = 500;

export class Finding {
  constructor(form, { source, steps, painting }) {
    Object.assign(this, { source, steps, painting });
    this.field = form.querySelector("input");
    this.said = form.querySelector("[data-found]");
    this.places = [];
    this.at = -1;
    this.field.addEventListener("input", () => this.find());
    form.addEventListener("submit", (event) => event.preventDefault());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.go(event.shiftKey ? -1 : 1);
    });
  }

  find() {
    const words = this.field.value.toLowerCase();
    const text = this.source.text.toLowerCase();
    // Letters whose small form is longer would shift the places behind them.
    const isSafe = text.length === this.source.text.length;
    const within = isSafe ? text : this.source.text;
    this.places = [];
    for (let at = within.indexOf(words); words && at >= 0 && this.places.length < MOST; at = within.indexOf(words, at + words.length)) {
      this.places.push([this.source.character(at), this.source.character(at + words.length)]);
    }
    this.at = -1;
    this.painting.paint("search-found", this.places);
    this.say(words);
  }

  say(words) {
    const count = this.places.length;
    if (!words) this.said.textContent = "";
    else if (!count) this.said.textContent = "nowhere";
    else this.said.textContent = `${this.at < 0 ? "" : `${this.at + 1} of `}${count}${count === MOST ? " or more" : ""}`;
  }

  go(by) {
    const count = this.places.length;
    if (!count) return;
    this.at = this.at < 0 ? (by > 0 ? 0 : count - 1) : (this.at + by + count) % count;
    const step = this.steps.at(this.places[this.at][0]);
    this.steps.go(step);
    this.field.focus({ preventScroll: true });
    this.say(this.field.value);
  }
}
