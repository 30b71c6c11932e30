// The steps of a trace: j and k go from one to the next, and the address follows.
const TEXT = ".compared-run, .trace";
const links = () => [...document.querySelectorAll(".steps .step-number")];
const barHeight = () => parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;

export const hasSteps = () => Boolean(document.querySelector(".steps .step-number"));

const isInSight = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > barHeight() && top < innerHeight;
};

// The step to go on from: the one in focus, else the one that was linked to, else the last that begins above the window.
function current(all) {
  const linked = document.querySelector(".step:target");
  const step = document.activeElement.closest?.(".step") ?? (linked && isInSight(linked) ? linked : null);
  if (step) return all.indexOf(step.querySelector(".step-number"));
  const edge = barHeight() + 8;
  return all.findLastIndex((link) => link.getBoundingClientRect().top <= edge);
}

export function goToStep(by) {
  const all = links();
  const here = document.activeElement.closest?.(".steps") ?? all[0];
  const column = all.filter((link) => link.closest(TEXT) === here.closest(TEXT));
  const next = column[Math.min(column.length - 1, Math.max(0, current(column) + by))];
  if (!next) return false;
  history.replaceState(history.state, "", next.hash);
  next.focus({ preventScroll: true });
  next.closest(".step").scrollIntoView({ block: "start" });
  return true;
}
