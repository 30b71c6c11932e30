// The colours of the page as they are now: custom properties resolved for the scheme that is shown.
const SERIES = 8;

export function colours() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const resolved = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    ink: resolved("--ink"),
    soft: resolved("--ink-soft"),
    line: resolved("--line"),
    paper: resolved("--raised"),
    series: Array.from({ length: SERIES }, (_, index) => resolved(`--series-${index + 1}`)),
  };
  const more = Object.fromEntries(["accent", "good", "bad", "warn", "surface"].map((name) => [name, resolved(`--${name}`)]));
  probe.remove();
  const named = { ink: found.ink, "ink-soft": found.soft, line: found.line, raised: found.paper, ...more };
  found.named = (name) => named[name] ?? found.series[name.replace("series-", "") - 1];
  return found;
}

// Calls `changed` whenever the person or the system chooses the other scheme.
export function onSchemeChange(changed) {
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
