// What the checks say, shown at the fields of the draft they speak of: the problems of the contract, and links to mend.
import { enhance } from "./enhance.js";

// Rows are counted as the server reads them: those that are filled and not removed.
function filledRows(form, prefix) {
  const isFilled = (field) => field.type !== "hidden" && field.type !== "checkbox" && field.tagName !== "SELECT"
    && !/-(ORDER|DELETE)$/.test(field.name) && field.value.trim();
  return [...form.querySelectorAll(`[data-formset="${prefix}"] [data-formset-row]`)].filter(
    (row) => !row.hidden && [...row.querySelectorAll("input, textarea")].some(isFilled),
  );
}

function fieldOf(form, name) {
  const [, prefix, index, part] = name.match(/^(symbols|tests)-(\d+)-(\w+)$/) ?? [];
  if (part) return filledRows(form, prefix)[Number(index)]?.querySelector(`[name$="-${part}"]`);
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
  // What is not filled in yet is not scolded: it shows in the checks only.
  const isFilled = field?.type === "checkbox" ? field.checked : String(field?.value ?? "").trim();
  if (!place || !isFilled) return;
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
  // A draft that nobody has written on yet is quiet.
  if (form.elements.namedItem("revision").value === "0") return;
  for (const [name, messages] of Object.entries(JSON.parse(carrier.dataset.errors))) mark(form, name, messages);
});

// An answer that was tried becomes a test that expects what came out.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-test]");
  if (!button) return;
  const tests = document.querySelector('[data-formset="tests"]');
  const detail = JSON.parse(button.dataset.addTest);
  tests.dispatchEvent(new CustomEvent("qft:add-row", { detail }));
  tests.querySelector("[data-formset-row]:last-child").scrollIntoView({ block: "center" });
});

// A link of a check leads to its field, an editor as well as a box.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-field]");
  const form = document.getElementById("draft");
  const field = link && form && (fieldOf(form, link.dataset.field) ?? form.elements.namedItem(link.dataset.field));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
  if (field.hidden) field.dispatchEvent(new Event("focus"));
  else field.focus();
});
