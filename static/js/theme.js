// Runs in the head, before the first paint: applies the stored colour scheme and works the switch.
const KEY = "qft:theme";
const root = document.documentElement;

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function apply(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
}

function showChoice() {
  const current = root.dataset.theme ?? "auto";
  for (const input of document.querySelectorAll("input[name='theme']")) input.checked = input.value === current;
}

apply(stored());
document.addEventListener("DOMContentLoaded", showChoice);
document.addEventListener("change", (event) => {
  if (event.target.name !== "theme") return;
  apply(event.target.value);
  try {
    localStorage.setItem(KEY, event.target.value);
  } catch {
    // Without storage the choice holds for this page only.
  }
});
