// The steps of a trace: j and k go from one to the next, and the address follows.
const links = () => [...document.querySelectorAll(".steps .step-number")];
const barHeight = () => parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;

export const hasSteps = () => Boolean(document.querySelector(".steps .step-number"));

// The step to go on from: the one in focus, else the last that begins above the middle of the window's top quarter.
function current(all) {
  const focused = document.activeElement.closest?.(".step")?.querySelector(".step-number");
  if (focused) return all.indexOf(focused);
  const edge = barHeight() + 8;
  return all.findLastIndex((link) => link.getBoundingClientRect().top <= edge);
}

export function goToStep(by) {
  const all = links();
  const focused = document.activeElement.closest?.(".steps");
  const column = all.filter((link) => link.closest(".compared-run, .trace") === (focused ?? all[0]).closest(".compared-run, .trace"));
  const next = column[Math.min(column.length - 1, Math.max(0, current(column) + by))];
  if (!next) return false;
  history.replaceState(history.state, "", next.hash);
  next.focus({ preventScroll: true });
  next.closest(".step").scrollIntoView({ block: "start" });
  return true;
}
