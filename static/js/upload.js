// A form with a file, form[data-upload]: a bar while it is sent, with how fast and how long still, and a way to stop.
import htmx from "./htmx.js";

const UNITS = ["bytes", "kB", "MB", "GB"];

function bytes(count) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** power).toFixed(power ? 1 : 0)} ${UNITS[power]}`;
}

function time(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const show = (form, isSending) => {
  form.querySelector("[data-upload-progress]").hidden = !isSending;
  form.querySelector("[data-upload-stop]").hidden = !isSending;
  form.querySelector("[type=submit]").disabled = isSending;
};

document.addEventListener("htmx:beforeSend", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  if (!form) return;
  form.dataset.sentFrom = performance.now();
  show(form, true);
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  const { loaded, total, lengthComputable } = event.detail;
  if (!form?.dataset.sentFrom || !lengthComputable || !total) return;
  const seconds = (performance.now() - Number(form.dataset.sentFrom)) / 1000;
  const rate = loaded / Math.max(seconds, 0.001);
  const left = loaded < total ? `${time((total - loaded) / Math.max(rate, 1))} left` : "reading its first rows";
  form.querySelector("progress").value = loaded / total;
  form.querySelector("[data-upload-numbers]").textContent = `${bytes(loaded)} of ${bytes(total)} · ${bytes(rate)} a second · ${left}`;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  if (!form) return;
  delete form.dataset.sentFrom;
  show(form, false);
});

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-upload-stop]")?.closest("form");
  if (form) htmx.trigger(form, "htmx:abort");
});
