// Forms without autosave, form[data-keep]: what is typed stays in this browser until the server has it, and comes back
// into the form after a lost session, a refusal or a closed tab; a link [data-forget] of the form gives it up.
import { ago } from "./ago.js";
import { forget, keep, kept, restore } from "./drafts.js";
import { enhance } from "./enhance.js";

function say(form, draft) {
  const note = document.createElement("p");
  note.className = "kept-note row";
  note.setAttribute("role", "status");
  const text = document.createElement("span");
  text.className = "soft small";
  text.textContent = `Not sent yet: what you typed ${ago(draft.at)} is back.`;
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
  form.addEventListener("input", () => keep(form));
  form.querySelector("[data-forget]")?.addEventListener("click", () => forget(form));
  const draft = kept(form);
  if (!draft) return;
  restore(form, draft);
  say(form, draft);
});
