// A long list of choices, select[data-filterable="a topic"]: a box above it leaves those that hold every word typed.
import { enhance } from "./enhance.js";

const MOST_SHOWN = 8;

enhance("select[data-filterable]", (select) => {
  const all = [...select.children].map((child) => child.cloneNode(true));
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = `Find ${select.dataset.filterable}`;
  box.setAttribute("aria-label", box.placeholder);
  box.setAttribute("aria-controls", select.id);
  box.autocomplete = "off";
  select.before(box);

  const isFound = (option, words) => words.every((word) => option.textContent.toLowerCase().includes(word));

  const show = (words) => {
    const { value } = select;
    const shown = all.map((child) => child.cloneNode(true));
    for (const option of shown.flatMap((child) => (child.matches("optgroup") ? [...child.children] : [child]))) {
      if (words.length && option.value !== value && !isFound(option, words)) option.remove();
    }
    select.replaceChildren(...shown.filter((child) => !child.matches("optgroup") || child.children.length));
    select.value = value;
    const lines = select.querySelectorAll("option, optgroup").length;
    select.size = words.length ? Math.max(2, Math.min(MOST_SHOWN, lines)) : 0;
  };

  const close = () => {
    box.value = "";
    show([]);
  };

  // The form knows of the choice, not of the search for it.
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    show(box.value.toLowerCase().split(/\s+/).filter(Boolean));
  });
  box.addEventListener("change", (event) => event.stopPropagation());
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && select.size) {
      event.preventDefault();
      select.focus();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const first = [...select.options].find((option) => option.value && words.length && isFound(option, words));
    if (!first) return;
    select.value = first.value;
    close();
    select.focus();
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && select.size) {
      event.preventDefault();
      close();
    }
  });
  select.addEventListener("blur", () => select.size && close());
  select.addEventListener("click", () => select.size && close());
});
