// Drafts save themselves a second after typing stops; until the server confirms, a copy stays in this browser.
import { ago } from "./ago.js";
import { enhance } from "./enhance.js";
import { csrfToken } from "./csrf.js";
import { fingerprint, forget, keep, kept, restore } from "./drafts.js";

const PAUSE_MS = 1000;
const RETRY_MS = 5000;
// After this long a submission that has not left the page has been stopped, or the server never answered.
const STOPPED_MS = 15_000;

// A browser's room is some megabytes; a copy that did not fit must not be promised.
function copied(form) {
  return keep(form) ? "a copy is kept in this browser" : "this browser has no room for a copy, so leave the page open";
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.state = "saved";
    this.sending = false;
    this.again = false;
    this.submitting = false;
    this.blocked = false;
    this.waiting = false;
    this.overwrite = false;
    form.addEventListener("input", () => this.typed());
    form.addEventListener("change", () => this.typed());
    form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("pageshow", () => { this.submitting = false; });
    const retry = () => this.state === "failed" && !this.blocked && this.save();
    window.addEventListener("online", retry);
    // Back from the tab where one logged in again.
    window.addEventListener("focus", retry);
    window.addEventListener("beforeunload", (event) => {
      if (this.isUnsaved() && !this.submitting) event.preventDefault();
    });
    const draft = kept(form);
    if (draft) this.offer(draft);
  }

  isUnsaved() {
    return this.state !== "saved";
  }

  typed() {
    keep(this.form);
    if (this.blocked) return;
    this.show("unsaved", "Unsaved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), this.submitting ? STOPPED_MS : PAUSE_MS);
  }

  // What is submitted holds everything. A save under way goes first, or the two would look like two tabs in conflict.
  submit(event) {
    clearTimeout(this.timer);
    if (this.sending) {
      event.preventDefault();
      this.submitter = event.submitter;
      this.waiting = true;
    } else this.submitting = true;
  }

  places() {
    const all = [...document.querySelectorAll("[data-autosave-status]")];
    return all.filter((place) => [undefined, "", this.form.id].includes(place.dataset.autosaveStatus));
  }

  show(state, text) {
    this.state = state;
    for (const place of this.places()) {
      place.dataset.state = state;
      place.textContent = text;
    }
  }

  offerLogin() {
    for (const place of this.places()) {
      const link = document.createElement("a");
      link.href = document.body.dataset.loginUrl;
      link.target = "_blank";
      link.textContent = "Log in in a new tab";
      place.append(" ", link);
    }
  }

  async save() {
    clearTimeout(this.timer);
    if (this.sending) {
      this.again = true;
      return;
    }
    this.sending = true;
    this.submitting = false;
    this.again = false;
    this.show("saving", "Saving…");
    const body = new FormData(this.form);
    if (this.overwrite) body.set("overwrite", "yes");
    body.delete("csrfmiddlewaretoken");
    const sent = fingerprint(this.form);
    let response;
    try {
      response = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body,
        redirect: "manual",
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken(this.form), "X-Requested-With": "fetch" },
      });
      await this.answered(response, sent);
    } catch {
      this.failed("the server cannot be reached");
      this.retryLater();
    } finally {
      this.sending = false;
      this.goOn();
    }
  }

  // What waited for the end of a save: a submission, which a conflict calls off, or another save.
  goOn() {
    const { waiting } = this;
    this.waiting = false;
    if (this.blocked) return;
    if (waiting) {
      clearTimeout(this.timer);
      this.form.requestSubmit(this.submitter);
    } else if (this.again) this.save();
  }

  async answered(response, sent) {
    const { status } = response;
    const isJson = response.headers.get("Content-Type")?.includes("application/json");
    if (status === 200 && isJson) return this.saved(await response.json(), sent);
    if (status === 409 && isJson) return this.conflict(await response.json());
    if (status === 422 && isJson) return this.refused(await response.json());
    if (response.type === "opaqueredirect" || status === 401 || status === 403 || (status === 200 && !isJson)) {
      this.failed("you are logged out");
      return this.offerLogin();
    }
    if (status === 413) return this.failed("the text is too large", "shorten it");
    if (status === 404) return this.failed("this draft no longer exists");
    this.failed("the server could not save it");
    this.retryLater();
  }

  saved(answer, sent) {
    this.overwrite = false;
    this.setRevision(answer.revision);
    this.showErrors({});
    const time = new Date(answer.saved_at ?? Date.now()).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    if (fingerprint(this.form) === sent) {
      forget(this.form);
      this.show("saved", `Saved ${time}`);
    } else this.show("unsaved", "Unsaved");
    this.form.dispatchEvent(new CustomEvent("qft:saved", { bubbles: true, detail: answer }));
  }

  refused(answer) {
    this.showErrors(answer.errors ?? {});
    this.failed("see the marked fields");
  }

  conflict(answer) {
    this.blocked = true;
    keep(this.form);
    this.failed("it was changed elsewhere", "choose below");
    const region = this.region();
    region.innerHTML = answer.html ?? "";
    window.htmx.process(region);
    region.dispatchEvent(new CustomEvent("qft:added", { bubbles: true }));
    region.querySelector("[data-keep-mine]")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.keepMine();
    });
    region.querySelector("[data-take-theirs]")?.addEventListener("click", (event) => {
      event.preventDefault();
      forget(this.form);
      this.show("saved", "");
      location.reload();
    });
    region.focus();
  }

  // The revision stays the old one: the server then keeps what is written over in the history.
  keepMine() {
    this.blocked = false;
    this.overwrite = true;
    this.region().replaceChildren();
    this.save();
  }

  region() {
    let region = this.form.querySelector("[data-conflict]");
    if (!region) {
      region = document.createElement("div");
      region.dataset.conflict = "";
      this.form.prepend(region);
    }
    region.tabIndex = -1;
    return region;
  }

  failed(reason, remedy = copied(this.form)) {
    this.show("failed", `Not saved: ${reason}; ${remedy}.`);
  }

  retryLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), RETRY_MS);
  }

  setRevision(revision) {
    const field = this.form.elements.namedItem("revision");
    if (field && revision !== undefined) field.value = revision;
  }

  showErrors(errors) {
    for (const list of this.form.querySelectorAll("[data-autosave-error]")) list.remove();
    for (const marked of this.form.querySelectorAll("[data-autosave-invalid]")) {
      marked.removeAttribute("aria-invalid");
      marked.removeAttribute("data-autosave-invalid");
      marked.dispatchEvent(new CustomEvent("qft:validity", { bubbles: true }));
    }
    for (const [name, reasons] of Object.entries(errors)) this.showError(name, reasons);
  }

  showError(name, reasons) {
    const found = this.form.elements.namedItem(name);
    const element = found instanceof RadioNodeList ? found[0] : found;
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.dataset.autosaveError = "";
    list.setAttribute("role", "alert");
    for (const reason of reasons) {
      const item = document.createElement("li");
      item.textContent = reason;
      list.append(item);
    }
    const place = element?.closest(".field");
    if (!place) return this.form.prepend(list);
    place.querySelectorAll(".errorlist").forEach((old) => old.remove());
    place.append(list);
    element.setAttribute("aria-invalid", "true");
    element.dataset.autosaveInvalid = "";
    element.dispatchEvent(new CustomEvent("qft:validity", { bubbles: true }));
  }

  offer(draft) {
    const note = document.createElement("div");
    note.className = "conflict row spread";
    note.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = `This browser holds text that you typed ${ago(draft.at)} and that was never saved.`;
    const choices = document.createElement("span");
    choices.className = "row";
    for (const [title, act] of [
      ["Restore it", () => { restore(this.form, draft); this.typed(); }],
      ["Discard it", () => forget(this.form)],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = title;
      button.addEventListener("click", () => { note.remove(); act(); });
      choices.append(button);
    }
    note.append(text, choices);
    this.form.prepend(note);
  }
}

enhance("form[data-autosave]", (form) => new Autosave(form));
