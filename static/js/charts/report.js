// Draws the figures of a report as they come, in the colours of the page; a click opens what stands behind a point.
import Plotly from "plotly.js-cartesian-dist-min";
import { colours, onSchemeChange } from "./colours.js";
import { axis, base, OPTIONS } from "./look.js";

const PATIENCE = 30000; // milliseconds that printing waits for figures
const COLOUR = /^@[a-z]+(-[a-z0-9]+)?(\/[\d.]+)?$/;
const PICTURE = { scale: 2, width: 900 };

// "@series-1", "@ink" and so on, wherever they stand, become colours; "@series-1/0.2" is one that lets light through.
function coloured(value, palette) {
  if (typeof value === "string" && COLOUR.test(value)) {
    const [name, share] = value.slice(1).split("/");
    const found = palette.named(name);
    if (!found) return value; // somebody's words
    return share ? found.replace("rgb(", "rgba(").replace(")", `, ${share})`) : found;
  }
  if (Array.isArray(value)) return value.map((one) => coloured(one, palette));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, palette)]));
  return value;
}

function layout(drawn, palette) {
  const said = coloured(drawn.layout, palette);
  const axes = Object.keys(said).filter((key) => /^[xy]axis\d*$/.test(key));
  const named = Object.fromEntries([...new Set(["xaxis", "yaxis", ...axes])].map((key) => [key, { ...axis(palette), ...said[key] }]));
  return { ...base(palette), showlegend: drawn.traces.filter((trace) => trace.showlegend !== false && trace.name).length > 1, ...said, ...named, height: drawn.height };
}

class Figure {
  constructor(element) {
    this.plot = element.querySelector(".plot");
    this.drawn = JSON.parse(this.plot.dataset.plot);
    this.plot.style.height = `${this.drawn.height}px`;
    for (const button of element.querySelectorAll("[data-picture]")) button.addEventListener("click", () => this.save(button.dataset.picture));
    this.show();
    this.plot.on("plotly_click", (event) => {
      const href = event.points[0]?.customdata;
      if (typeof href === "string" && href.startsWith("/")) location.assign(href);
    });
    this.plot.classList.toggle("leads", this.drawn.traces.some((trace) => trace.customdata));
  }

  show() {
    const palette = colours();
    Plotly.react(this.plot, coloured(this.drawn.traces, palette), layout(this.drawn, palette), OPTIONS);
  }

  save(format) {
    Plotly.downloadImage(this.plot, { ...PICTURE, format, height: this.drawn.height, filename: this.drawn.name });
  }
}

const shown = new Set();

const missing = () => [...document.querySelectorAll(".report-figure[aria-busy]")];

// Figures below the window have not been asked for yet; paper shows them all.
async function printAll(button) {
  button.disabled = true;
  for (const element of missing()) element.dispatchEvent(new Event("wanted"));
  const end = Date.now() + PATIENCE;
  while (missing().length && Date.now() < end) await new Promise((wake) => setTimeout(wake, 100));
  button.disabled = false;
  print();
}

export function drawReports() {
  const begin = (root) => {
    for (const element of root.querySelectorAll("figure[data-figure]:not([data-drawn])")) {
      element.dataset.drawn = "";
      shown.add(new Figure(element));
    }
  };
  begin(document);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches(".report-figure")) event.target.removeAttribute("aria-busy");
    begin(event.target);
  });
  document.querySelector("[data-print]")?.addEventListener("click", (event) => printAll(event.currentTarget));
  onSchemeChange(() => {
    for (const figure of shown) {
      if (figure.plot.isConnected) figure.show();
      else shown.delete(figure);
    }
  });
}
