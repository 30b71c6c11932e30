// One figure of metrics: its plot, and the table that says the same in words.
import Plotly from "plotly.js-cartesian-dist-min";
import { axis, base, OPTIONS } from "./look.js";

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
const FEW = 40; // points up to which each has a marker
const GAP = "–";

// With one job the colour tells the metric; with several it tells the job, and the dash the metric.
function traces(curves, jobs, palette) {
  const names = [...new Set(curves.map((curve) => curve.name))];
  return curves.map((curve) => {
    const job = jobs.indexOf(curve.job);
    const name = names.indexOf(curve.name);
    const [colour, dash] = jobs.length > 1 ? [job, name] : [name, Math.floor(name / palette.series.length)];
    const short = curve.name.slice(curve.name.lastIndexOf("/") + 1).replaceAll("_", " ");
    const label = jobs.length === 1 ? short : names.length === 1 ? curve.job : `${curve.job}: ${short}`;
    return {
      x: curve.steps,
      y: curve.values,
      name: label,
      type: "scatter",
      mode: curve.steps.length > FEW ? "lines" : "lines+markers",
      connectgaps: false,
      line: { color: palette.series[colour % palette.series.length], dash: DASHES[dash % DASHES.length], width: 1.5 },
      marker: { size: 5, symbol: colour % 8 },
      hovertemplate: "%{y:.4g}<extra>%{fullData.name}</extra>",
    };
  });
}

// Plotly shows what never changes, such as a learning rate of 0.001, between −1 and 1, where it reads as nothing.
function range(figure) {
  if (figure.is_share) return { range: [-0.02, 1.02] };
  const values = new Set(figure.curves.flatMap((curve) => curve.values).filter((value) => value !== null));
  const [only] = values;
  return values.size === 1 && only ? { range: only > 0 ? [0, 2 * only] : [2 * only, 0] } : {};
}

function layout(figure, palette) {
  const plain = axis(palette);
  return {
    ...base(palette),
    hovermode: "x unified",
    showlegend: figure.curves.length > 1,
    xaxis: { ...plain, title: { text: "step", font: { size: 11 }, standoff: 4 }, hoverformat: "d" },
    yaxis: { ...plain, ...range(figure) },
    uirevision: figure.key,
  };
}

export function draw(element, figure, jobs, palette) {
  Plotly.react(element.querySelector(".plot"), traces(figure.curves, jobs, palette), layout(figure, palette), OPTIONS);
}

export function save(element, figure) {
  Plotly.downloadImage(element.querySelector(".plot"), { format: "png", scale: 2, width: 900, height: 500, filename: figure.key });
}

// Four digits, as the server writes them.
function shown(value) {
  if (value === null) return GAP;
  const text = value && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
  return text.replace("-", "−");
}

function cell(text, css = "") {
  const made = document.createElement("td");
  made.textContent = text;
  made.className = css;
  return made;
}

export function tabulate(element, figure) {
  const rows = figure.curves.map((curve) => {
    const row = document.createElement("tr");
    const job = document.createElement("th");
    job.scope = "row";
    job.textContent = curve.job;
    const numbers = [curve.points, curve.first, curve.last, curve.lowest, curve.highest];
    row.append(job, cell(curve.name), ...numbers.map((number) => cell(shown(number), "num")));
    return row;
  });
  element.querySelector("tbody").replaceChildren(...rows);
  element.querySelector(".title").textContent = figure.title;
  const unit = element.querySelector(".unit");
  if (unit) unit.textContent = figure.unit;
  element.querySelector("[role=group]").setAttribute("aria-label", figure.title);
}
