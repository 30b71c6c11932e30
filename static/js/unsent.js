// Forms without autosave, form[data-keep]: what is typed or ticked stays in this browser until the server has it, and comes back
// into the form after a lost session, a refusal or a closed tab; a link [data-forget] of the form gives it up.
import { ago } from "./ago.js";
import { fingerprint, forget, keep, kept, restore } from "./drafts.js";
import { enhance } from "./enhance.js";

function say(form, draft) {
  const note = document.createElement("p");
  note.className = "kept-note row";
  note.setAttribute("role", "status");
  const text = document.createElement("span");
  text.className = "soft small";
  text.textContent = `Not sent yet: what you entered ${ago(draft.at)} is back.`;
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button quiet small";
  discard.textContent = "Discard it";
  note.append(text, discard);
  form.prepend(note);
  discard.addEventListener("click", () => {
    note.remove();
    forget(form);
    form.reset();
    form.querySelector("input:not([type=hidden]), textarea:not([hidden])")?.focus();
  });
}

enhance("form[data-keep]", (form) => {
  form.querySelector("[data-forget]")?.addEventListener("click", () => forget(form));
  const draft = kept(form);
  if (!draft) return;
  const before = fingerprint(form);
  restore(form, draft);
  // Boxes of a list that shows other rows by now cannot come back.
  if (fingerprint(form) !== before) say(form, draft);
});

// On the document, since the boxes of a list stand outside the form that they belong to.
document.addEventListener("input", ({ target }) => {
  const form = target.form ?? target.closest("form");
  if (form?.matches("[data-keep]")) keep(form);
});
