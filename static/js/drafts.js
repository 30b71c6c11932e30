// What was typed and not yet confirmed by the server, kept in the browser by the address of its form.
const PREFIX = "qft:draft:";

export function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken" || typeof value !== "string") continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

// Equal for two states of a form that differ in nothing a person typed.
export function fingerprint(form) {
  const { revision, ...typed } = fieldsOf(form);
  return JSON.stringify(typed);
}

export function keep(form) {
  try {
    localStorage.setItem(PREFIX + form.dataset.autosave, JSON.stringify({ at: Date.now(), fields: fieldsOf(form) }));
    return true;
  } catch {
    return false;
  }
}

export function forget(form) {
  try {
    localStorage.removeItem(PREFIX + form.dataset.autosave);
  } catch {
    // A browser without storage kept nothing.
  }
}

// The kept copy, if it differs from what the page holds now.
export function kept(form) {
  let draft;
  try {
    draft = JSON.parse(localStorage.getItem(PREFIX + form.dataset.autosave));
  } catch {
    return null;
  }
  if (!draft?.fields) return null;
  const now = fieldsOf(form);
  const names = new Set([...Object.keys(now), ...Object.keys(draft.fields)]);
  names.delete("revision");
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
const UNTOUCHED = /^(csrfmiddlewaretoken|revision|.*-TOTAL_FORMS)$/;

export function restore(form, draft) {
  addRows(form, draft.fields);
  const total = (name) => Number(draft.fields[`${name.match(/^(.*)-\d+-/)?.[1]}-TOTAL_FORMS`]?.[0] ?? Infinity);
  for (const element of [...form.elements]) {
    const { name, type } = element;
    if (!name || UNTOUCHED.test(name) || type === "submit" || type === "file") continue;
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
