"use strict";
/* The genes section: linked figures, table, card of one gene. */
const DRAWN = 2500; // genes that are not significant and drawn; the rest lies on top of these
const thinned = (rows, x, y) => {
  if (rows.length <= DRAWN) return rows;
  // One gene a cell of a grid, the grid as fine as the number allows.
  let low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (const i of rows) {
    low = [Math.min(low[0], x(i)), Math.min(low[1], y(i))];
    high = [Math.max(high[0], x(i)), Math.max(high[1], y(i))];
  }
  for (let cells = 160; ; cells *= 0.85) {
    const seen = new Map();
    for (const i of rows) {
      const a = Math.floor(((x(i) - low[0]) / (high[0] - low[0] || 1)) * cells);
      const b = Math.floor(((y(i) - low[1]) / (high[1] - low[1] || 1)) * cells);
      if (!seen.has(a * 1000 + b)) seen.set(a * 1000 + b, i);
    }
    if (seen.size <= DRAWN) return [...seen.values()];
  }
};
const strongest = (rows) => {
  if (rows.length <= 3 * DRAWN) return rows;
  return rows.sort((a, b) => DP.genes.p[a] - DP.genes.p[b] || a - b).slice(0, 3 * DRAWN);
};
const extentOf = (rows, f) => rows.reduce(([low, high], i) => [Math.min(low, f(i)), Math.max(high, f(i))], [Infinity, -Infinity]);
/* Genes whose labels stand clear of one another, the first ones first, at most ten. */
const apart = (wanted, x, y, rows, node) => {
  const wide = 80 / Math.max(DP.wide(node) - 80, 100);
  const all = [...rows.up, ...rows.down, ...rows.flat];
  const [left, right] = extentOf(all, x), [low, high] = extentOf(all, y);
  const kept = [];
  for (const i of wanted) {
    if (Number.isNaN(x(i)) || Number.isNaN(y(i)) || kept.length >= 10) continue;
    if (kept.every((k) => Math.abs(x(k) - x(i)) > wide * (right - left) || Math.abs(y(k) - y(i)) > 0.055 * (high - low))) kept.push(i);
  }
  return kept;
};
const cloud = async (node, x, y, layout) => {
  const genes = await DP.loadGenes();
  const rows = { up: [], down: [], flat: [] };
  for (let i = 0; i < genes.n; i++) {
    if (Number.isNaN(genes.p[i]) || Number.isNaN(x(i)) || Number.isNaN(y(i))) continue;
    rows[genes.padj[i] < DP.meta.alpha ? (genes.lfc[i] > 0 ? "up" : "down") : "flat"].push(i);
  }
  const total = rows.flat.length;
  rows.flat = thinned(rows.flat, x, y);
  const trace = (kind, size, opacity) => ({
    mode: "markers", x: rows[kind].map(x), y: rows[kind].map(y), customdata: rows[kind],
    text: rows[kind].map((i) => DP.plain(genes.names[i])), name: kind,
    marker: { color: DP.colour[kind], size, opacity, symbol: { up: "triangle-up", down: "triangle-down", flat: "circle" }[kind] },
    hovertemplate: "%{text}<br>%{x:.2f}, %{y:.3g}<extra></extra>",
  });
  for (const kind of ["up", "down"]) rows[kind] = strongest(rows[kind]);
  const chosen = DP.chosen === undefined ? [] : [DP.chosen];
  const best = [...rows.up, ...rows.down].sort((a, b) => genes.p[a] - genes.p[b] || a - b).slice(0, 40);
  const labelled = apart([...chosen, ...best], x, y, rows, node);
  const traces = [trace("flat", 4, 0.45), trace("down", 6, 0.8), trace("up", 6, 0.8), {
    mode: "text", x: labelled.map(x), y: labelled.map(y), text: labelled.map((i) => DP.plain(genes.names[i])), textposition: "top center",
    textfont: { size: 10 }, hoverinfo: "skip", cliponaxis: false,
  }];
  const all = [...rows.up, ...rows.down, ...rows.flat];
  const range = (f, pad) => {
    const [low, high] = extentOf(all, f);
    return [low - 0.04 * (high - low || 1), high + pad * (high - low || 1)];
  };
  const made = layout();
  // With given ranges the mark of the chosen gene can move without the points drawn anew.
  Object.assign(made.xaxis, { range: range(x, 0.04) });
  Object.assign(made.yaxis, { range: range(y, 0.08) });
  await DP.plot(node, traces, { ...made, shapes: [ringAt(...chosen.flatMap((i) => [x(i), y(i)]))] });
  node.removeAllListeners && node.removeAllListeners("plotly_click");
  node.on("plotly_click", (event) => {
    const gene = event.points[0].customdata;
    if (gene !== undefined) DP.chooseGene(gene);
  });
  const note = node.parentNode.querySelector(".thinned");
  const text = total > rows.flat.length ? DP.say("thinned", { drawn: DP.number(rows.flat.length), total: DP.number(total) }) : "";
  if (note) note.textContent = text;
  else node.parentNode.append(DP.el("p", { class: "hint thinned" }, text));
};
/* A p below 1e-300 may have no logarithm any more; its gene is drawn at the edge. */
const logP = (i) => Math.min(-Math.log10(DP.genes.p[i]), 300);
DP.figures.volcano = (node) => cloud(
  node, (i) => DP.genes.lfc[i], logP,
  () => DP.layout({ xaxis: { title: DP.say("axis.lfc", DP.meta.contrast), zeroline: true }, yaxis: { title: DP.say(DP.genes.p.some((p) => p <= 1e-300) ? "axis.logp_cut" : "axis.logp"), rangemode: "tozero" } })
);
DP.figures.ma = (node) => cloud(
  node, (i) => Math.log10(DP.genes.mean[i]), (i) => DP.genes.lfc[i],
  () => DP.layout({ xaxis: { title: DP.say("axis.mean") }, yaxis: { title: DP.say("axis.lfc", DP.meta.contrast), zeroline: true } })
);
DP.figures.pvalues = async (node) => {
  const genes = await DP.loadGenes();
  const counts = new Array(40).fill(0);
  for (const p of genes.p) if (!Number.isNaN(p)) counts[Math.min(39, Math.floor(p * 40))]++;
  return DP.plot(node, [{ type: "bar", x: counts.map((_, i) => (i + 0.5) / 40), y: counts, width: 1 / 40, marker: { color: DP.palette[0], line: { width: 1, color: DP.css("--card") } }, hovertemplate: "p ≈ %{x:.3f}: %{y}<extra></extra>" }],
    DP.layout({ xaxis: { title: DP.say("axis.p"), range: [0, 1] }, yaxis: { title: DP.say("axis.genes") } }));
};
DP.figures.dispersion = async (node) => {
  const genes = await DP.loadGenes();
  const column = (name) => (i) => { const v = genes.frame.get(name, i); return v === null ? NaN : Math.log10(v); };
  const x = (i) => Math.log10(genes.mean[i]);
  const rows = [];
  for (let i = 0; i < genes.n; i++) if (genes.mean[i] > 0 && !Number.isNaN(column("dispersion")(i)) && !Number.isNaN(column("dispersion_gene")(i))) rows.push(i);
  const points = thinned(rows, x, column("dispersion_gene"));
  const trend = [...points].sort((a, b) => genes.mean[a] - genes.mean[b]);
  const trace = (name, kept, extra) => ({ name: DP.say(`dispersion.${name}`), x: kept.map(x), y: kept.map(column(name)), hoverinfo: "skip", ...extra });
  return DP.plot(node, [
    trace("dispersion_gene", points, { mode: "markers", marker: { size: 4, color: DP.colour.flat, opacity: 0.6 } }),
    trace("dispersion", points, { mode: "markers", marker: { size: 4, color: DP.palette[0], opacity: 0.6, symbol: "diamond" } }),
    trace("dispersion_trend", trend, { mode: "lines", line: { color: DP.colour.up, width: 2 } }),
  ], DP.layout({ showlegend: true, xaxis: { title: DP.say("axis.mean") }, yaxis: { title: DP.say("axis.dispersion") } }));
};

/* One gene's values in every unit; donors in both groups are joined. */
DP.expressionFigure = (gene, values) => {
  const units = DP.meta.units;
  const groups = ["reference", "test", "other"].filter((g) => units.group.includes(g));
  const position = units.unit.map(() => 0);
  const traces = groups.map((group, k) => {
    const rows = units.unit.map((_, i) => i).filter((i) => units.group[i] === group);
    DP.spread(rows.length).forEach((shift, j) => { position[rows[j]] = k + shift; });
    return {
      mode: "markers", name: DP.plain(DP.groupName(group)), x: rows.map((i) => position[i]), y: rows.map((i) => values[i]),
      text: rows.map((i) => DP.plain(units.unit[i])), hovertemplate: "%{text}: %{y:.2f}<extra></extra>",
      marker: { size: 10, color: DP.colour[group], symbol: { test: "circle", reference: "square", other: "diamond" }[group], line: { width: 1, color: DP.css("--card") } },
    };
  });
  const shapes = groups.map((group, k) => {
    const kept = values.filter((_, i) => units.group[i] === group);
    const mean = kept.reduce((sum, v) => sum + v, 0) / kept.length;
    return { type: "line", x0: k - 0.22, x1: k + 0.22, y0: mean, y1: mean, line: { color: DP.css("--ink"), width: 2 } };
  });
  const pairs = { mode: "lines", x: [], y: [], hoverinfo: "skip", line: { color: DP.css("--muted"), width: 1 } };
  const donors = units[DP.meta.donor];
  for (const donor of new Set(donors)) {
    const rows = donors.map((d, i) => (d === donor && units.group[i] !== "other" ? i : -1)).filter((i) => i >= 0);
    if (new Set(rows.map((i) => units.group[i])).size < 2) continue;
    pairs.x.push(...rows.map((i) => position[i]), null);
    pairs.y.push(...rows.map((i) => values[i]), null);
  }
  const layout = DP.layout({
    shapes, xaxis: { tickvals: groups.map((_, k) => k), ticktext: groups.map((g) => DP.plain(DP.groupName(g))), range: [-0.5, groups.length - 0.5], showgrid: false },
    yaxis: { title: DP.say("axis.expression") },
  });
  return { traces: pairs.x.length ? [pairs, ...traces] : traces, layout };
};

DP.chooseGene = async (gene, keepPage = false) => {
  const genes = await DP.loadGenes();
  DP.chosen = gene;
  DP.writeHash({ g: genes.ids[gene] }, "genes");
  DP.showSection("genes", false);
  const card = document.getElementById("gene-card");
  if (!card) return;
  const get = (name) => genes.frame.get(name, gene);
  const fact = (name, text) => [DP.el("dt", {}, DP.sayOr(`col.${name}`, name)), DP.el("dd", { "data-value": name }, text)];
  const facts = DP.el("dl", { class: "facts compact" },
    ...fact("gene_id", genes.ids[gene]), ...fact("biotype", get("biotype") || "–"), ...fact("baseMean", DP.number(get("baseMean"))),
    ...fact("log2FoldChange", `${DP.log2(get("log2FoldChange"))} (SE ${DP.number(get("lfcSE"), 2)})`),
    ...fact("log2FoldChange_shrunken", DP.log2(get("log2FoldChange_shrunken"))),
    ...fact("pvalue", DP.p(get("pvalue"))), ...fact("padj", DP.p(get("padj"))));
  if (get("reason")) facts.append(...fact("reason", DP.sayOr(`reason.${get("reason")}`, get("reason"))));
  // The figure of the gene before is kept: new values cost less than a new figure.
  const plot = card.querySelector(".plot.gene") || DP.el("div", { class: "plot gene", role: "group" });
  plot.setAttribute("aria-label", genes.names[gene]);
  const list = DP.el("div", { class: "sets" });
  card.replaceChildren(
    DP.el("h3", {}, genes.names[gene]), DP.el("div", { class: "split" }, DP.el("div", {}, facts, list), plot)
  );
  card.hidden = false;
  const expression = await DP.loadExpression();
  if (expression && expression.has(gene)) {
    const { traces, layout } = DP.expressionFigure(gene, expression.of(gene));
    await DP.plot(plot, traces, layout, `gene_${genes.names[gene].replace(/[^\w.-]/g, "_")}`);
  } else plot.replaceWith(DP.el("p", { class: "absent" }, DP.say("no_expression")));
  card.dataset.gene = genes.ids[gene];
  DP.announce(`${genes.names[gene]}: ${DP.log2(get("log2FoldChange"))}`);
  await DP.loadSets();
  const sets = DP.setsOf(gene);
  list.replaceChildren(DP.el("h4", {}, DP.say("sets_of", { n: sets.length })), DP.el("ul", {}, ...sets.slice(0, 60).map(([collection, set]) => {
    const theme = DP.meta.themes.some((pair) => pair[0] === collection);
    const href = theme ? `#themes?t=${encodeURIComponent(collection)}&set=${encodeURIComponent(set.name)}` : `#collections?c=${encodeURIComponent(collection)}&set=${encodeURIComponent(set.name)}`;
    return DP.el("li", {}, DP.meta.panels.some((pair) => pair[0] === collection) ? set.title : DP.el("a", { href }, set.title), DP.el("small", {}, ` ${DP.titleOf(collection)}`));
  })));
  for (const node of document.querySelectorAll("[data-plot=volcano],[data-plot=ma]")) if (node.dataset.drawn) markChosen(node);
  if (!keepPage) showRow(gene);
  if (DP.geneTable) markRows(DP.geneTable);
};
/* A ring of fixed size around a point; out of sight where there is none. */
const ringAt = (x = NaN, y = NaN) => ({
  type: "circle", xsizemode: "pixel", ysizemode: "pixel", xanchor: Number.isNaN(x) ? 0 : x, yanchor: Number.isNaN(y) ? 0 : y,
  x0: -9, x1: 9, y0: -9, y1: 9, visible: !(Number.isNaN(x) || Number.isNaN(y)), line: { width: 3, color: DP.css("--ink") },
});
const markChosen = async (node) => {
  const Plotly = await DP.library("plotly");
  const genes = DP.genes, i = DP.chosen;
  const [x, y] = node.dataset.plot === "volcano" ? [genes.lfc[i], logP(i)] : [Math.log10(genes.mean[i]), genes.lfc[i]];
  await Plotly.relayout(node, { "shapes[0]": ringAt(x, y) });
};
const showRow = (gene) => {
  if (!DP.geneTable) return;
  // The table was given every gene in order: its row numbers are the genes'.
  const at = DP.geneTable.rows({ search: "applied", order: "applied" }).indexes().indexOf(gene);
  if (at >= 0) DP.geneTable.page(Math.floor(at / DP.geneTable.page.len())).draw("page");
};

const GENE_COLUMNS = ["symbol", "gene_id", "biotype", "baseMean", "log2FoldChange", "lfcSE", "log2FoldChange_shrunken", "stat", "pvalue", "padj", "reason"];
const readFilter = () => {
  const value = (name) => document.querySelector(`[data-filter="${name}"]`).value.trim();
  const number = (text) => (text === "" || Number.isNaN(Number(text)) ? null : Number(text));
  const names = value("list").split(/[\s,;]+/).filter(Boolean).map((name) => name.toLowerCase());
  return { padj: number(value("padj")), lfc: number(value("lfc")), names: names.length ? new Set(names) : null };
};
DP.applyFilter = () => {
  if (!DP.geneTable) return;
  const wanted = readFilter();
  const { genes } = DP;
  const test = (i) =>
    (wanted.padj === null || genes.padj[i] <= wanted.padj) && (wanted.lfc === null || Math.abs(genes.lfc[i]) >= wanted.lfc) &&
    (wanted.names === null || wanted.names.has(genes.lower[i]) || wanted.names.has(genes.ids[i].toLowerCase()));
  const free = wanted.padj === null && wanted.lfc === null && wanted.names === null;
  DP.geneTable.search.fixed("numbers", free ? null : (_, data) => test(data[0])).draw();
  const text = (name) => document.querySelector(`[data-filter="${name}"]`).value.trim();
  DP.writeHash({ padj: text("padj"), lfc: text("lfc"), list: text("list") });
};
DP.openGenes = async () => {
  const element = document.getElementById("gene-table");
  if (!element || DP.geneTable) return;
  const genes = await DP.loadGenes();
  const rows = Array.from({ length: genes.n }, (_, i) => i);
  const table = await DP.makeTable(element, {
    columns: GENE_COLUMNS, rows, get: (name, i) => genes.frame.get(name, i), order: [[GENE_COLUMNS.indexOf("pvalue"), "asc"]], words: { reason: "reason" },
  });
  DP.geneTable = table;
  const state = DP.readHash().values;
  for (const input of document.querySelectorAll("[data-filter]")) input.value = state.get(input.dataset.filter) || "";
  if (state.get("q")) table.search(state.get("q"));
  DP.applyFilter();
  table.on("draw", () => markRows(table));
  table.on("search", () => { if (DP.geneTable === table) DP.writeHash({ q: table.search() }); });
  markRows(table);
  if (DP.chosen !== undefined) showRow(DP.chosen);
};
const markRows = (table) => {
  for (const row of table.table().body().rows) {
    row.tabIndex = 0;
    row.classList.toggle("chosen", Number(row.dataset.row) === DP.chosen);
  }
};
DP.prepareGenes = () => {
  const tsv = document.getElementById("genes-tsv");
  if (!tsv) return;
  tsv.addEventListener("click", () => {
    const { frame } = DP.genes;
    const shown = DP.geneTable.rows({ search: "applied", order: "applied" }).data().toArray();
    const number = (v) => (typeof v === "number" && !Number.isInteger(v) ? Number(v.toPrecision(6)) : v);
    DP.save(`${DP.fileStem()}_genes.tsv`, DP.toTsv([frame.columns, ...shown.map(([i]) => frame.columns.map((c) => number(frame.get(c, i))))]));
  });
  document.getElementById("share").addEventListener("click", () => DP.copy(location.href));
  document.getElementById("clear-filter").addEventListener("click", () => {
    for (const input of document.querySelectorAll("[data-filter]")) input.value = "";
    DP.geneTable.search("");
    DP.writeHash({ q: "" });
    DP.applyFilter();
  });
  document.getElementById("gene-filter").addEventListener("submit", (event) => event.preventDefault());
  for (const input of document.querySelectorAll("[data-filter]")) input.addEventListener("input", DP.applyFilter);
  const element = document.getElementById("gene-table");
  element.addEventListener("click", (event) => {
    const row = event.target.closest("tbody tr");
    const data = row && DP.geneTable.row(row).data();
    if (data) DP.chooseGene(data[0], true);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest("tbody tr")) event.target.click();
  });
};
