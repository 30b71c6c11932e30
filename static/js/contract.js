// What the checks say of the contract, shown at the fields they speak of.
import { enhance } from "./enhance.js";

// Symbols are counted as the server reads them: rows that are filled and not removed.
function filledRows(form) {
  const isFilled = (field) => field.type !== "hidden" && field.type !== "checkbox" && field.tagName !== "SELECT"
    && !/-(ORDER|DELETE)$/.test(field.name) && field.value.trim();
  return [...form.querySelectorAll("[data-formset-row]")].filter(
    (row) => !row.hidden && [...row.querySelectorAll("input, select")].some(isFilled),
  );
}

function fieldOf(form, name) {
  const [, index, part] = name.match(/^symbols-(\d+)-(\w+)$/) ?? [];
  if (part) return filledRows(form)[Number(index)]?.querySelector(`[name$="-${part}"]`);
  return form.elements.namedItem(name);
}

function clear(form) {
  for (const list of form.querySelectorAll("[data-contract-error]")) list.remove();
  for (const field of form.querySelectorAll("[data-contract-invalid]")) {
    field.removeAttribute("aria-invalid");
    delete field.dataset.contractInvalid;
    field.dispatchEvent(new CustomEvent("qft:validity", { bubbles: true }));
  }
}

function mark(form, name, messages) {
  const field = fieldOf(form, name);
  const place = field?.closest(".field");
  // An untouched page of a new draft is not scolded: what is empty shows in the checks only.
  if (!place || !String(field.value).trim()) return;
  const list = document.createElement("ul");
  list.className = "errorlist";
  list.dataset.contractError = "";
  for (const message of messages) {
    const item = document.createElement("li");
    item.textContent = message;
    list.append(item);
  }
  place.append(list);
  field.setAttribute("aria-invalid", "true");
  field.dataset.contractInvalid = "";
  field.dispatchEvent(new CustomEvent("qft:validity", { bubbles: true }));
}

enhance("#contract-errors", (carrier) => {
  const form = document.getElementById("draft");
  if (!form) return;
  clear(form);
  for (const [name, messages] of Object.entries(JSON.parse(carrier.dataset.errors))) mark(form, name, messages);
});
