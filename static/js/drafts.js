// What was typed and not yet confirmed by the server, kept in the browser by person and by the address of its form.
import { enhance } from "./enhance.js";

const PREFIX = "qft:draft";
// Nobody comes back for what is older; the names of accounts and items in the keys would only pile up.
const LIFETIME_MS = 30 * 24 * 3600 * 1000;
// What the page says of itself, which nobody typed.
const OF_THE_PAGE = new Set(["csrfmiddlewaretoken", "revision", "content_hash"]);

export const keyAt = (address) => `${PREFIX}:${document.body.dataset.person}:${address}`;
const keyOf = (form) => keyAt(new URL(form.getAttribute("action") ?? "", location).pathname);

function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (OF_THE_PAGE.has(name) || typeof value !== "string") continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

// Equal for two states of a form that differ in nothing a person typed.
export function fingerprint(form) {
  return JSON.stringify(fieldsOf(form));
}

export function keep(form) {
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), fields: fieldsOf(form) }));
    return true;
  } catch {
    return false;
  }
}

export function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // A browser without storage kept nothing.
  }
}

export function forget(form) {
  drop(keyOf(form));
}

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

// The kept copy, if it differs from what the page holds now.
export function kept(form) {
  const draft = read(keyOf(form));
  if (!draft?.fields) return null;
  const now = fieldsOf(form);
  const names = new Set([...Object.keys(now), ...Object.keys(draft.fields)]);
  const differs = [...names].some((name) => JSON.stringify(now[name] ?? []) !== JSON.stringify(draft.fields[name] ?? []));
  if (!differs) forget(form);
  return differs ? draft : null;
}
// Formset rows the page does not have yet are added first, by their own buttons.
function addRows(form, fields) {
  for (const [name, [value]] of Object.entries(fields)) {
    if (!name.endsWith("-TOTAL_FORMS")) continue;
    const total = form.elements.namedItem(name);
    const add = form.querySelector(`[data-formset="${CSS.escape(name.replace(/-TOTAL_FORMS$/, ""))}"] [data-row-add]`);
    for (let count = Number(total?.value); add && count < Number(value); count += 1) add.click();
  }
}

// Rows that came to the page after the copy was made stay: their number is the page's.
const isOfThePage = (name) => OF_THE_PAGE.has(name) || name.endsWith("-TOTAL_FORMS");

export function restore(form, draft) {
  addRows(form, draft.fields);
  const total = (name) => Number(draft.fields[`${name.match(/^(.*)-\d+-/)?.[1]}-TOTAL_FORMS`]?.[0] ?? Infinity);
  for (const element of [...form.elements]) {
    const { name, type } = element;
    if (!name || isOfThePage(name) || type === "submit" || type === "file") continue;
    if (Number(name.match(/-(\d+)-/)?.[1] ?? -1) >= total(name)) continue;
    const values = draft.fields[name] ?? [];
    if (type === "checkbox" || type === "radio") element.checked = values.includes(element.value);
    else if (type === "select-multiple") for (const option of element.options) option.selected = values.includes(option.value);
    else if (values.length) [element.value] = values;
    // An editor mirrors its textarea when told so.
    element.dispatchEvent(new CustomEvent("qft:restored", { bubbles: true }));
  }
  for (const root of form.querySelectorAll("[data-formset]")) root.dispatchEvent(new CustomEvent("qft:restored"));
}

function dropOld() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`${PREFIX}:`) && !(Date.now() - read(key)?.at < LIFETIME_MS)) drop(key);
  }
}

try {
  dropOld();
} catch {
  // A browser without storage has nothing old.
}

// A message that something was done names the forms whose text has arrived.
enhance("[data-done]", (message) => {
  for (const address of message.dataset.done.split(" ")) drop(keyAt(address));
});
