// How every plot looks: axes, type and hover in the colours of the page.

export const OPTIONS = { displayModeBar: false, responsive: true, doubleClick: "reset" };

export function axis(palette) {
  return { gridcolor: palette.line, zerolinecolor: palette.line, linecolor: palette.line, tickfont: { size: 11 }, automargin: true, exponentformat: "power" };
}

export function base(palette) {
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: palette.soft },
    margin: { l: 44, r: 8, t: 8, b: 36 },
    hoverlabel: { bgcolor: palette.paper, bordercolor: palette.line, font: { color: palette.ink } },
    legend: { orientation: "h", y: 1, yanchor: "bottom", x: 0, font: { size: 11 } },
  };
}
