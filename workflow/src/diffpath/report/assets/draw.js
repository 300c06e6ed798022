"use strict";
/* Plotly figures: drawn when their section opens, again when language or colours change. */
DP.palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D00", "#6B6B6B"];
DP.symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down"];
DP.colour = { test: "#D55E00", reference: "#0072B2", other: "#8c8c8c", up: "#D55E00", down: "#0072B2", flat: "#9aa0a6" };
DP.figures = {};
DP.css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/* Plotly reads a little markup in texts; names must not become any. */
DP.plain = (text) =>
  String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/%\{/g, "% {");
DP.group = (i) => DP.meta.units.group[i];
DP.groupName = (group) => (group === "other" ? DP.say("other") : DP.meta.contrast[group]);

DP.layout = (changes = {}) => {
  const ink = DP.css("--ink"), soft = DP.css("--line");
  const axis = (given = {}) => ({
    gridcolor: soft, zerolinecolor: DP.css("--muted"), linecolor: DP.css("--muted"), zeroline: false,
    automargin: true, ticks: "outside", tickcolor: soft, ...given,
    title: { text: given.title || "", standoff: 8 },
  });
  const { xaxis, yaxis, yaxis2, annotations = [], ...rest } = changes;
  const layout = {
    font: { family: "system-ui, 'Noto Sans', 'Noto Sans CJK JP', sans-serif", size: DP.paper ? 10 : 12, color: ink },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 56, r: 14, t: 22, b: 48 }, hovermode: "closest", showlegend: false,
    legend: { orientation: "h", y: 1.06, yanchor: "bottom", x: 0, traceorder: "normal", font: { size: DP.paper ? 9 : 12 } },
    hoverlabel: { bgcolor: DP.css("--card"), bordercolor: DP.css("--muted"), font: { color: ink } },
    xaxis: axis(xaxis), yaxis: axis(yaxis), annotations: [...annotations], ...rest,
  };
  if (yaxis2) layout.yaxis2 = axis(yaxis2);
  if (DP.meta.simulated) {
    layout.annotations.push({
      text: DP.say("simulated"), xref: "paper", yref: "paper", x: 1, y: 1, xanchor: "right",
      yanchor: "bottom", yshift: 1, showarrow: false, font: { size: 10, color: DP.css("--muted") },
    });
  }
  return layout;
};

DP.wide = (node) => node.clientWidth || DP.paper || 500;
/* A long text over several lines of at most so many letters, broken between words. */
DP.wrap = (text, letters) => {
  const lines = [""];
  for (const word of String(text).split(" ")) {
    if (lines[lines.length - 1] && lines[lines.length - 1].length + word.length >= letters) lines.push("");
    lines[lines.length - 1] += `${lines[lines.length - 1] ? " " : ""}${word}`;
  }
  return lines;
};
DP.plot = async (node, traces, layout, name) => {
  const Plotly = await DP.library("plotly");
  const config = {
    displaylogo: false, responsive: true, showTips: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    toImageButtonOptions: { format: "svg", filename: `${DP.fileStem()}_${name || node.dataset.plot}` },
  };
  const width = DP.wide(node);
  if (DP.paper) layout.width = width;
  const title = layout.xaxis.title;
  title.text = DP.wrap(title.text, (width - Math.max(layout.margin.l, width < 450 ? 130 : 0) - 20) / 6.5).join("<br>");
  await Plotly.react(node, traces, layout, config);
  node.dataset.drawn = "true";
  return node;
};

DP.draw = async (node) => {
  const figure = DP.figures[node.dataset.plot];
  if (!figure) return;
  try {
    await figure(node);
  } catch (error) {
    console.error(`figure ${node.dataset.plot}: ${error.stack || error}`);
  }
};
DP.drawSection = async (section) => {
  if (!section) return;
  for (const node of section.querySelectorAll("[data-plot]")) {
    if (!node.dataset.drawn && node.offsetParent !== null) await DP.draw(node);
  }
};
DP.redraw = async () => {
  for (const node of document.querySelectorAll("[data-drawn]")) {
    if (node.offsetParent !== null) await DP.draw(node);
    else delete node.dataset.drawn;
  }
};

/* Points by group, sideways shifted so that none hides another. */
DP.spread = (n) => Array.from({ length: n }, (_, i) => (n < 2 ? 0 : ((i % 5) - 2) * 0.07));
