// Rows of a Django formset: added from its <template>, removed (and DELETE checked), moved; the counters stay right.
import { enhance } from "./enhance.js";

enhance("[data-formset]", (root) => {
  const prefix = root.dataset.formset;
  const rows = root.querySelector("[data-formset-rows]");
  const template = root.querySelector("template");
  const total = root.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const changed = (row) => row.dispatchEvent(new Event("input", { bubbles: true }));
  const visible = () => [...rows.children].filter((row) => !row.hidden);

  const order = () => {
    visible().forEach((row, index) => {
      const field = row.querySelector('[name$="-ORDER"]');
      if (field) field.value = index + 1;
      const title = row.querySelector("[data-row-number]");
      if (title) title.textContent = index + 1;
      row.querySelector("[data-row-up]")?.toggleAttribute("disabled", index === 0);
      row.querySelector("[data-row-down]")?.toggleAttribute("disabled", index === visible().length - 1);
    });
  };

  const add = (values = {}) => {
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.content.firstElementChild;
    rows.append(row);
    for (const [name, value] of Object.entries(values)) row.querySelector(`[name$="-${name}"]`).value = value;
    total.value = Number(total.value) + 1;
    order();
    window.htmx.process(row);
    row.dispatchEvent(new CustomEvent("qft:added", { bubbles: true }));
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    changed(row);
  };

  const remove = (row) => {
    const after = visible()[visible().indexOf(row) + 1] ?? visible()[visible().indexOf(row) - 1];
    // The row stays in the form, hidden, so that the indices of the others remain those the server knows.
    row.querySelector('[name$="-DELETE"]').checked = true;
    row.hidden = true;
    order();
    changed(row);
    (after?.querySelector("input:not([type=hidden]), select, textarea") ?? root.querySelector("[data-row-add]"))?.focus();
  };

  const move = (row, step) => {
    const neighbour = visible()[visible().indexOf(row) + step];
    if (!neighbour) return;
    if (step < 0) neighbour.before(row);
    else neighbour.after(row);
    order();
    changed(row);
    const button = row.querySelector(step < 0 ? "[data-row-up]" : "[data-row-down]");
    (button.disabled ? row.querySelector("[data-row-up]:enabled, [data-row-down]:enabled") : button)?.focus();
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.closest("[data-formset]") !== root) return;
    const row = button.closest("[data-formset-row]");
    if (button.matches("[data-row-add]")) add();
    else if (row && button.matches("[data-row-remove]")) remove(row);
    else if (row && button.matches("[data-row-up]")) move(row, -1);
    else if (row && button.matches("[data-row-down]")) move(row, 1);
  });
  root.addEventListener("qft:add-row", (event) => add(event.detail));
  const hideRemoved = () => {
    for (const row of rows.children) row.hidden = Boolean(row.querySelector('[name$="-DELETE"]')?.checked);
  };
  root.addEventListener("qft:restored", (event) => {
    if (event.target !== root) return;
    const place = (row) => Number(row.querySelector('[name$="-ORDER"]')?.value) || Infinity;
    rows.append(...[...rows.children].sort((a, b) => place(a) - place(b)));
    hideRemoved();
    order();
  });
  hideRemoved();
  order();
});
