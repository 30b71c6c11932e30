// Tabs by the ARIA pattern. Without JavaScript every panel shows, under its own heading.
import { enhance } from "./enhance.js";

function select(tabs, chosen, focus = false) {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
  if (focus) chosen.focus();
  chosen.dispatchEvent(new CustomEvent("qft:shown", { bubbles: true }));
}

enhance(".tabs", (root) => {
  const list = root.querySelector("[role=tablist]");
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const memory = root.id && `qft:tab:${root.id}`;
  for (const tab of tabs) {
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => {
      select(tabs, tab);
      if (memory) sessionStorage.setItem(memory, tab.id);
    });
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const ends = { Home: 0, End: tabs.length - 1 }[event.key];
    const at = tabs.indexOf(event.target.closest("[role=tab]"));
    if (step === undefined && ends === undefined) return;
    event.preventDefault();
    const next = tabs[ends ?? (at + step + tabs.length) % tabs.length];
    select(tabs, next, true);
  });
  const remembered = memory && tabs.find((tab) => tab.id === sessionStorage.getItem(memory));
  select(tabs, remembered || tabs.find((tab) => tab.getAttribute("aria-selected") === "true") || tabs[0]);
});
