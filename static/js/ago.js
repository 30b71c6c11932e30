// How long ago, as the server says it: "3 minutes ago", a date after five weeks.
const UNITS = [["minute", 60, 60], ["hour", 3600, 24], ["day", 86_400, 7], ["week", 604_800, 5]];
const words = new Intl.RelativeTimeFormat("en-GB");

export function ago(at) {
  const seconds = (Date.now() - at) / 1000;
  if (seconds < 45) return "just now";
  for (const [unit, length, limit] of UNITS) {
    const count = Math.max(1, Math.round(seconds / length));
    if (count < limit) return words.format(-count, unit);
  }
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}
