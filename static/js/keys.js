// Keys: an element with data-key="n" is clicked by n, one with data-key="n ctrl+enter" by either. `?` lists them, `/`
// goes to the search, Escape leaves a field, j and k step through the rows of a list, or through the steps of a trace.
import { enhance } from "./enhance.js";
import { goToStep, hasSteps } from "./steps.js";

const MODIFIERS = ["ctrl", "alt", "shift"];

function pressed(event) {
  const name = event.key.toLowerCase();
  const held = MODIFIERS.filter((modifier) => event[`${modifier}Key`] || (modifier === "ctrl" && event.metaKey));
  // Shift is part of a sign such as `?`, not a key of its own.
  const prefix = event.key.length === 1 ? held.filter((modifier) => modifier !== "shift") : held;
  return [...prefix, name].join("+");
}

function isTyping(target) {
  if (target.isContentEditable || target.closest("[contenteditable=true], .cm-editor")) return true;
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
}

function isUsable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.checkVisibility();
}

function press(element) {
  if (element.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) {
    element.focus();
    element.select?.();
  } else if (element.matches("form")) element.requestSubmit();
  else element.click();
}

function find(key, scope) {
  if (/\s/.test(key)) return undefined;
  const within = scope?.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`) ?? [];
  const all = [...within, ...document.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`)];
  return all.find(isUsable);
}

function nameOf(element) {
  if (element.dataset.keyName) return element.dataset.keyName;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .sr-only").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ") || element.getAttribute("aria-label") || element.title;
}

function printed(key) {
  const names = { ctrl: "Ctrl", alt: "Alt", shift: "Shift", enter: "Enter", escape: "Esc", delete: "Del", arrowleft: "←", arrowright: "→" };
  return key.split("+").map((part) => names[part] ?? part).join("+");
}

// The links of the rows of a list, of which Enter then follows one.
const rowLinks = () => [...document.querySelectorAll("main .table tbody tr > :first-child a, main .table tbody th a")].filter(isUsable);

function step(by) {
  if (hasSteps()) return goToStep(by);
  const links = rowLinks();
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

export function showKeys() {
  const dialog = document.getElementById("keys");
  if (dialog.open) return;
  const keys = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!isUsable(element)) continue;
    for (const key of element.dataset.key.split(" ")) if (!keys.has(key)) keys.set(key, nameOf(element));
  }
  if (!keys.has("/") && document.querySelector("input[type=search]")) keys.set("/", "Search");
  if (hasSteps()) keys.set("j", "Next step").set("k", "Step before");
  else if (rowLinks().length) keys.set("j", "Next row; Enter opens it").set("k", "Row before");
  keys.set("escape", "Leave a field; in an editor, Tab then moves on");
  keys.set("?", "This list");
  const list = dialog.querySelector("[data-keys-list]");
  list.replaceChildren();
  for (const [key, name] of keys) {
    const term = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = printed(key);
    term.append(cap);
    const description = document.createElement("dd");
    description.textContent = name;
    list.append(term, description);
  }
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || !event.key) return;
  const key = pressed(event);
  const typing = isTyping(event.target);
  if (typing && key === "escape" && !event.target.closest(".cm-editor")) return event.target.blur();
  // Single keys never act while someone types; with Ctrl or Alt they do.
  if (typing && !/^(ctrl|alt)\+/.test(key)) return;
  const modal = document.querySelector("dialog[open]");
  if (modal && !modal.contains(event.target)) return;
  const target = find(key, event.target.closest("form")) ?? (key === "/" ? document.querySelector("input[type=search]") : null);
  if (target && (!modal || modal.contains(target))) {
    event.preventDefault();
    press(target);
  } else if ((key === "j" || key === "k") && !modal && step(key === "j" ? 1 : -1)) event.preventDefault();
  else if (key === "?" && !modal) {
    event.preventDefault();
    showKeys();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-keys]")) showKeys();
});

// A key is announced to assistive technology, and printed where the template has not printed it.
enhance("[data-key]", (element) => {
  const [key] = element.dataset.key.split(" ");
  element.setAttribute("aria-keyshortcuts", element.dataset.key.split(" ").map(printed).join(" ").replace("Ctrl", "Control"));
  if (!element.matches(".button") || element.querySelector("kbd")) return;
  const cap = document.createElement("kbd");
  cap.setAttribute("aria-hidden", "true");
  cap.textContent = printed(key);
  element.append(cap);
});
