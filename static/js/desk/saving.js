// Saves the annotation a second after the last change; until the server confirms, a copy stays in this browser.
import { csrfToken } from "../csrf.js";
import { drop, keyAt, read } from "../drafts.js";
import { same } from "./model.js";

const PAUSE_MS = 1000;
const RETRY_MS = 5000;
const LARGEST_KEPT_ALIVE = 20_000;

export class Saving extends EventTarget {
  constructor(desk, { model, clock, state }) {
    super();
    Object.assign(this, { desk, model, clock });
    this.revision = state.revision;
    this.stored = model.said;
    this.key = keyAt(new URL(desk.dataset.save, location).pathname);
    this.status = document.querySelector("[data-autosave-status=desk]");
    this.blocked = false;
    this.leaving = false;
    this.overwrite = false;
    this.sent = null;
    this.takeUp();
    model.addEventListener("change", () => this.changed());
    const retry = () => !this.blocked && this.isUnsaved && this.save();
    addEventListener("online", retry);
    // Back from the tab where one logged in again.
    addEventListener("focus", retry);
    document.addEventListener("visibilitychange", () => document.hidden && !this.blocked && this.isUnsaved && this.save());
    addEventListener("beforeunload", (event) => {
      if (this.isUnsaved && !this.leaving) event.preventDefault();
    });
  }

  get isUnsaved() {
    return !same(this.model.said, this.stored);
  }

  // What was marked here and never arrived, because the browser or the session ended: it goes on from there. Where
  // another tab or machine has saved since, the person chooses.
  takeUp() {
    const copy = read(this.key);
    if (!copy?.state) return;
    if (same(copy.state, this.stored)) return drop(this.key);
    if (copy.revision === this.revision || (copy.sent && same(copy.sent, this.stored))) {
      this.model.replace(copy.state);
      this.say("unsaved", "What you marked last was not sent yet; it is back.");
      this.timer = setTimeout(() => this.save(), PAUSE_MS);
    } else {
      const stored = { ...this.stored, revision: this.revision };
      this.revision = copy.revision;
      this.model.replace(copy.state);
      queueMicrotask(() => this.conflict("This browser holds marks that were never sent, and others were saved since.", stored));
    }
  }

  changed() {
    clearTimeout(this.timer);
    if (!this.isUnsaved && !this.blocked) {
      drop(this.key);
      return this.say("saved", "Saved");
    }
    const isKept = this.keep();
    if (this.blocked) return undefined;
    this.say("unsaved", isKept ? "Unsaved" : "Unsaved; this browser has no room for a copy, so leave the page open.");
    this.timer = setTimeout(() => this.save(), PAUSE_MS);
    return undefined;
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), revision: this.revision, sent: this.sent, state: this.model.said }));
      return true;
    } catch {
      return false;
    }
  }

  say(state, text) {
    this.status.dataset.state = state;
    this.status.textContent = text;
  }

  async #post(address, state) {
    const body = JSON.stringify({ ...state, revision: this.revision, seconds: this.clock.seconds, overwrite: this.overwrite });
    return fetch(address, {
      method: "POST",
      body,
      redirect: "manual",
      // A request that outlives its page is bounded by the browser.
      keepalive: body.length < LARGEST_KEPT_ALIVE,
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
    });
  }

  save() {
    clearTimeout(this.timer);
    return this.#next(() => this.#save());
  }

  // Saves what is there and submits it, in one transaction, and goes on to the next trace.
  submit() {
    clearTimeout(this.timer);
    return this.#next(() => this.#submit());
  }

  // One request at a time: a second one would look like another tab.
  #next(act) {
    this.underWay = (this.underWay ?? Promise.resolve()).then(act);
    return this.underWay;
  }

  async #save() {
    if (this.blocked || this.leaving || (!this.isUnsaved && !this.overwrite)) return;
    const state = this.model.said;
    this.say("saving", "Saving…");
    await this.#send(this.desk.dataset.save, state, (answer) => {
      this.#arrived(state, answer.revision);
      if (this.isUnsaved) return this.changed();
      const time = new Date(answer.saved_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      this.say("saved", `Saved ${time}`);
    });
  }

  #arrived(state, revision) {
    this.revision = revision;
    this.stored = state;
    this.overwrite = false;
    this.dispatchEvent(new CustomEvent("saved", { detail: revision }));
    if (this.isUnsaved) this.keep();
    else drop(this.key);
  }

  async #submit() {
    if (this.blocked || this.leaving) return;
    this.say("saving", "Submitting…");
    await this.#send(this.desk.dataset.submit, this.model.said, (answer) => this.leave(answer.next));
  }

  leave(address) {
    this.leaving = true;
    clearTimeout(this.timer);
    drop(this.key);
    if (address) location.assign(address);
  }

  async #send(address, state, done) {
    let response;
    let answer;
    this.sent = state;
    try {
      response = await this.#post(address, state);
      answer = response.headers.get("Content-Type")?.includes("application/json") ? await response.json() : null;
    } catch {
      return this.#failed("the server cannot be reached", { again: true });
    }
    const { status } = response;
    this.refused([]);
    if (status === 200 && answer) return done(answer);
    // A save of a page that is gone, which arrived after all.
    if (status === 409 && answer?.state && same(answer.state, state)) {
      this.revision = answer.state.revision;
      return this.#send(address, state, done);
    }
    if (status === 409 && answer) return this.conflict(answer.reason, answer.state);
    if (status === 422 && answer) {
      this.refused(answer.reasons);
      return this.isUnsaved ? this.changed() : this.say("saved", "Saved, not submitted");
    }
    if (response.type === "opaqueredirect" || status === 401 || status === 403) return this.#loggedOut();
    this.#failed(status === 404 ? "this annotation no longer exists" : "the server could not save it", { again: status >= 500 });
  }

  #failed(reason, { again = false } = {}) {
    const copy = this.keep() ? "a copy is kept in this browser" : "this browser has no room for a copy, so leave the page open";
    this.say("failed", `Not saved: ${reason}; ${copy}.`);
    clearTimeout(this.timer);
    if (again) this.timer = setTimeout(() => this.save(), RETRY_MS);
  }

  #loggedOut() {
    this.#failed("you are logged out");
    const link = document.createElement("a");
    link.href = document.body.dataset.loginUrl;
    link.target = "_blank";
    link.textContent = "Log in in a new tab";
    this.status.append(" ", link);
  }

  // Until the person chooses, nothing more is sent. Without `theirs` it was submitted elsewhere, and stands.
  conflict(reason, theirs) {
    this.blocked = true;
    this.keep();
    this.say("failed", "Not saved: it was changed elsewhere; choose above.");
    this.dispatchEvent(new CustomEvent("conflict", { detail: { reason, theirs } }));
  }

  keepMine() {
    this.blocked = false;
    this.overwrite = true;
    this.save();
  }

  takeTheirs(theirs) {
    this.blocked = false;
    this.revision = theirs.revision;
    this.stored = theirs;
    this.model.replace(theirs);
    clearTimeout(this.timer);
    drop(this.key);
    this.say("saved", "This is what was saved elsewhere; Undo brings yours back.");
  }

  refused(reasons) {
    const place = document.querySelector("[data-refused]");
    place.textContent = reasons.join(" ");
    place.hidden = !reasons.length;
  }
}
