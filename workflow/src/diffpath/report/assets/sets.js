"use strict";
/* Themes, panels and collections. */
DP.runningFigure = (set) => {
  const sum = DP.runningSum(set.genes);
  const traces = [
    { mode: "lines", x: sum.x, y: sum.y, line: { color: DP.palette[2], width: 2 }, hoverinfo: "skip" },
    { mode: "markers", x: sum.hits, y: sum.hits.map(() => 0), yaxis: "y2", text: sum.hits.map((rank) => DP.plain(DP.genes.names[DP.ranking().order[rank]])), hovertemplate: "%{text}, %{x}<extra></extra>", marker: { symbol: "line-ns-open", size: 12, color: DP.css("--ink") } },
  ];
  const layout = DP.layout({
    xaxis: { title: DP.say("axis.rank", { n: DP.number(sum.n), ...DP.meta.contrast }), range: [0, sum.n], anchor: "y2" },
    yaxis: { title: DP.say("axis.running"), domain: [0.18, 1], zeroline: true }, yaxis2: { domain: [0, 0.14], showticklabels: false, showgrid: false, ticks: "" },
  });
  return { traces, layout, edge: sum.edge };
};
DP.geneLinks = (genes, limit = 80) => {
  const shown = genes.slice(0, limit).flatMap((gene, k) => [k ? ", " : "", DP.el("a", { href: `#genes?g=${encodeURIComponent(DP.genes.ids[gene])}` }, DP.genes.names[gene])]);
  return DP.el("p", { class: "links" }, ...shown, genes.length > limit ? ` … (+${genes.length - limit})` : "");
};
DP.showSet = async (holder, collection, name, level = 3) => {
  await DP.loadSets();
  const set = DP.sets.get(collection) && DP.sets.get(collection).get(name);
  if (!set) return;
  const gsea = await DP.small("gsea");
  const row = gsea ? gsea.rows((i) => gsea.get("collection", i) === collection && gsea.get("gene_set", i) === name)[0] : undefined;
  const { traces, layout, edge } = DP.runningFigure(set);
  const plot = DP.el("div", { class: "plot", role: "group", "aria-label": set.title });
  const lines = [DP.el(`h${level}`, {}, set.title)];
  if (set.source) lines.push(DP.el("p", { class: "hint" }, set.source));
  if (set.sign < 0) lines.push(DP.el("p", { class: "caveat" }, DP.say("negative_set")));
  if (row !== undefined) lines.push(DP.el("p", {}, DP.say("gsea_line", { nes: DP.number(gsea.get("nes", row)), p: DP.p(gsea.get("pvalue", row)), padj: DP.p(gsea.get("padj", row)), n: gsea.get("n_tested", row) })));
  lines.push(plot, DP.el("p", { class: "caveat" }, DP.say("running_caveat")), DP.el(`h${level + 1}`, {}, DP.say("leading_edge", { n: edge.length })), DP.geneLinks(edge));
  const rest = [...set.genes].filter((gene) => !edge.includes(gene));
  lines.push(DP.el("details", {}, DP.el("summary", {}, DP.say("other_genes", { n: rest.length })), DP.geneLinks(rest, 400)));
  holder.replaceChildren(...lines);
  holder.hidden = false;
  holder.dataset.set = name;
  await DP.plot(plot, traces, layout, `running_${name.replace(/[^\w.-]/g, "_")}`);
};

const isUnion = (value) => value === null || value === "";
DP.figures.scores = async (node) => {
  const frame = await DP.small("theme_scores");
  const theme = node.dataset.theme;
  const rows = frame ? frame.rows((i) => frame.get("theme", i) === theme && isUnion(frame.get("gene_set", i))) : [];
  if (!rows.length) return node.replaceWith(DP.el("p", { class: "absent" }, DP.say("no_scores")));
  const of = new Map(rows.map((i) => [frame.get("unit", i), frame.get("adjusted", i) === null ? frame.get("score", i) : frame.get("adjusted", i)]));
  const values = DP.meta.units.unit.map((unit) => (of.has(unit) ? of.get(unit) : NaN));
  const { traces, layout } = DP.expressionFigure(null, values);
  layout.yaxis.title.text = DP.say("axis.score");
  return DP.plot(node, traces, layout, `scores_${theme}`);
};
const intervals = (node, names, effects, lows, highs, colours, title) => {
  const room = DP.wide(node);
  const lines = names.map((name) => DP.wrap(name, room > 450 ? 52 : 22));
  const most = Math.max(1, ...lines.map((parts) => parts.length));
  node.style.height = `${Math.max(200, (DP.paper ? 12 * most + 3 : Math.max(26, 13 * most + 5)) * lines.length + 80)}px`;
  return DP.plot(node, [{
    mode: "markers", x: effects, y: lines.map((parts) => parts.map(DP.plain).join("<br>")), marker: { size: 10, color: colours },
    error_x: { type: "data", symmetric: false, array: highs.map((v, i) => v - effects[i]), arrayminus: lows.map((v, i) => effects[i] - v), color: DP.css("--muted"), thickness: 1.5, width: 4 },
    hovertemplate: "%{y}: %{x:.2f}<extra></extra>",
  }], DP.layout({ margin: { l: 120, r: 14, t: 22, b: 48 }, xaxis: { title, zeroline: true }, yaxis: { type: "category", autorange: "reversed", tickfont: { size: DP.paper ? 10 : 11 } } }), `${node.dataset.plot}_${node.dataset.theme}`);
};
const side = (value) => (value > 0 ? DP.colour.up : DP.colour.down);
DP.figures.forest = async (node) => {
  const frame = await DP.small("theme_sets");
  const rows = frame ? frame.rows((i) => frame.get("theme", i) === node.dataset.theme && frame.get("effect", i) !== null) : [];
  const column = (name) => rows.map((i) => frame.get(name, i));
  const supported = rows.map((i) => (frame.get("p_two_key", i) < DP.meta.alpha ? side(frame.get("effect", i)) : DP.colour.flat));
  return intervals(node, rows.map((i) => frame.get("title", i) || frame.get("gene_set", i)), column("effect"), column("effect_low"), column("effect_high"), supported, DP.say("axis.effect", DP.meta.contrast));
};
DP.figures.loo = async (node) => {
  const frame = await DP.small("leave_one_out");
  const rows = frame ? frame.rows((i) => frame.get("theme", i) === node.dataset.theme && isUnion(frame.get("gene_set", i)) && frame.get("effect", i) !== null) : [];
  if (!rows.length) return node.replaceWith(DP.el("p", { class: "absent" }, DP.say("no_loo")));
  const effects = rows.map((i) => frame.get("effect", i));
  node.style.height = `${Math.max(DP.paper ? 220 : 260, (DP.paper || rows.length > 12 ? 16 : 24) * rows.length + 90)}px`;
  return DP.plot(node, [{
    mode: "markers", x: effects, y: rows.map((i) => DP.plain(DP.say("without", { donor: frame.get("left_out", i) }))), marker: { size: 10, color: effects.map(side) },
    customdata: rows.map((i) => DP.p(frame.get("p_two_key", i))), hovertemplate: "%{y}: %{x:.2f}, p %{customdata}<extra></extra>",
  }], DP.layout({ margin: { l: 110, r: 14, t: 22, b: 48 }, xaxis: { title: DP.say("axis.effect", DP.meta.contrast), zeroline: true, rangemode: "tozero" }, yaxis: { type: "category", autorange: "reversed" } }), `loo_${node.dataset.theme}`);
};
/* The strongest genes of the theme, units in donor order, each gene minus its mean. */
DP.figures.heatmap = async (node) => {
  const [genes, expression, sets] = [await DP.loadGenes(), await DP.loadExpression(), await DP.loadSets()];
  if (!genes || !expression || !sets.has(node.dataset.theme)) return node.replaceWith(DP.el("p", { class: "absent" }, DP.say("no_expression")));
  const union = new Set([...sets.get(node.dataset.theme).values()].flatMap((set) => [...set.genes]));
  const rows = [...union].filter((i) => expression.has(i) && !Number.isNaN(genes.stat[i]) && !Number.isNaN(genes.p[i])).sort((a, b) => genes.p[a] - genes.p[b] || a - b).slice(0, 40).sort((a, b) => genes.stat[b] - genes.stat[a] || a - b);
  const rank = { reference: 0, test: 1, other: 2 };
  const donors = DP.meta.units[DP.meta.donor];
  const order = donors.map((_, i) => i).sort((a, b) => rank[DP.group(a)] - rank[DP.group(b)] || String(donors[a]).localeCompare(String(donors[b]), "en", { numeric: true }));
  const z = rows.map((i) => {
    const values = expression.of(i);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return order.map((k) => values[k] - mean);
  });
  node.style.height = `${Math.max(280, 15 * rows.length + 120)}px`;
  return DP.plot(node, [{
    type: "heatmap", x: order.map((k) => DP.plain(DP.meta.units.unit[k])), y: rows.map((i) => DP.plain(genes.names[i])), z, zmid: 0,
    zmin: -2, zmax: 2, colorscale: [[0, "#0072B2"], [0.5, "#f5f5f5"], [1, "#D55E00"]], colorbar: { title: { text: DP.say("axis.relative"), side: "right" }, thickness: 12 }, xgap: 1, ygap: 1, hovertemplate: "%{y}, %{x}: %{z:.2f}<extra></extra>",
  }], DP.layout({ margin: { l: 90, r: 14, t: 22, b: 60 }, xaxis: { type: "category", tickangle: -60 }, yaxis: { type: "category", autorange: "reversed", tickfont: { size: 10 } } }), `heatmap_${node.dataset.theme}`);
};
/* Small multiples, set after set: each gene of a panel, each unit a point. */
const KEY_MARKERS = ["CDKN2A", "CDKN1A", "LMNB1", "MKI67", "TP53", "HMGB1", "GLB1", "IL6"];
const SHOWN = 6;
const multiples = (rows) => {
  const { genes, expression } = DP;
  return DP.el("div", { class: "multiples" }, ...rows.map((gene) => DP.el("div", { class: "multiple" },
    DP.el("a", { href: `#genes?g=${encodeURIComponent(genes.ids[gene])}` }, genes.names[gene]),
    DP.el("small", {}, `${DP.log2(genes.lfc[gene])}, padj ${DP.p(genes.padj[gene])}`), miniDots(expression.of(gene), genes.names[gene]))));
};
DP.figures.panel = async (node) => {
  const [genes, expression, sets] = [await DP.loadGenes(), await DP.loadExpression(), await DP.loadSets()];
  if (!genes || !expression) return node.replaceWith(DP.el("p", { class: "absent" }, DP.say("no_expression")));
  const known = (symbols) => symbols.map((symbol) => genes.byName.get(symbol.toLowerCase())).filter((i) => i !== undefined && expression.has(i));
  const parts = [];
  const panel = sets.get(node.dataset.panel);
  if (!panel) parts.push(multiples(known(DP.meta.markers)));
  else {
    const union = new Set([...panel.values()].flatMap((set) => [...set.genes]));
    const key = known(KEY_MARKERS).filter((gene) => union.has(gene));
    if (key.length) parts.push(DP.el("h4", {}, DP.say("key_markers")), multiples(key));
    const rank = (gene) => (Number.isNaN(genes.p[gene]) ? 2 : genes.p[gene]);
    for (const set of panel.values()) {
      const rows = [...set.genes].filter((gene) => expression.has(gene)).sort((a, b) => rank(a) - rank(b) || a - b);
      if (!rows.length) continue;
      parts.push(DP.el("h4", {}, set.title), DP.el("p", { class: "hint" }, DP.say("smallest_first", { n: Math.min(SHOWN, rows.length), total: rows.length })), multiples(rows.slice(0, SHOWN)));
      if (rows.length > SHOWN) {
        const rest = DP.el("details", {}, DP.el("summary", {}, DP.say("other_genes", { n: rows.length - SHOWN })));
        rest.addEventListener("toggle", () => { if (rest.children.length === 1) rest.append(multiples(rows.slice(SHOWN))); });
        parts.push(rest);
      }
    }
  }
  node.replaceChildren(...parts);
  node.dataset.drawn = "true";
  return node;
};
const miniDots = (values, name) => {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 150 106");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", name);
  const low = Math.min(...values), high = Math.max(...values), range = high - low || 1;
  const y = (v) => 84 - ((v - low) / range) * 74;
  const add = (name, attributes, text) => {
    const node = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    svg.append(node);
    return node;
  };
  const groups = ["reference", "test", "other"].filter((g) => DP.meta.units.group.includes(g));
  groups.forEach((group, k) => {
    const rows = values.map((_, i) => i).filter((i) => DP.group(i) === group);
    const x = 34 + ((k + 0.5) * 112) / groups.length;
    rows.forEach((i, j) => {
      const dot = add("circle", { class: group, cx: x + ((j % 5) - 2) * 5, cy: y(values[i]), r: 3.4 });
      const title = document.createElementNS(space, "title");
      title.textContent = `${DP.meta.units.unit[i]}: ${values[i].toFixed(2)}`;
      dot.append(title);
    });
    const mean = rows.reduce((sum, i) => sum + values[i], 0) / rows.length;
    add("line", { class: "mean", x1: x - 15, x2: x + 15, y1: y(mean), y2: y(mean) });
    const label = DP.groupName(group);
    add("text", { x, y: 103, "text-anchor": "middle" }, label.length > 9 ? `${label.slice(0, 8)}…` : label);
  });
  add("text", { x: 0, y: 13 }, high.toFixed(1));
  add("text", { x: 0, y: 87 }, low.toFixed(1));
  return svg;
};

DP.openThemes = async () => {
  const blocks = [...document.querySelectorAll(".theme")];
  if (!blocks.length) return;
  const state = DP.readHash().values;
  const chosen = blocks.some((b) => b.dataset.theme === state.get("t")) ? state.get("t") : blocks[0].dataset.theme;
  for (const block of blocks) block.classList.toggle("off", block.dataset.theme !== chosen);
  for (const link of document.querySelectorAll("[data-theme-link]")) {
    if (link.dataset.themeLink === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const block = blocks.find((b) => b.dataset.theme === chosen);
  await DP.openTheme(block);
  if (state.get("set")) block.querySelector(".set-card").scrollIntoView({ block: "center" });
};
/* The set's curve and the table of genes of one theme. */
DP.openTheme = async (block) => {
  const state = DP.readHash().values, chosen = block.dataset.theme;
  const select = block.querySelector("[data-control=theme-set]");
  if (select) {
    if (state.get("set") && [...select.options].some((o) => o.value === state.get("set"))) select.value = state.get("set");
    const show = () => DP.showSet(block.querySelector(".set-card"), chosen, select.value, 5);
    select.onchange = () => { DP.writeHash({ t: chosen, set: select.value }); show(); };
    await show();
  }
  const table = block.querySelector("table.theme-genes");
  if (table && !table.dataset.ready) {
    table.dataset.ready = "true";
    const frame = await DP.small("theme_genes");
    await DP.loadGenes();
    const columns = ["symbol", "log2FoldChange", "low", "high", "stat", "padj", "leading_edge", "loo_recurrence", "gene_sets"];
    await DP.makeTable(table, {
      columns, rows: frame.rows((i) => frame.get("theme", i) === chosen), get: (name, i) => frame.get(name, i), order: [[columns.indexOf("padj"), "asc"]],
      link: { column: "symbol", href: (i) => `#genes?g=${encodeURIComponent(frame.get("gene_id", i))}` },
    });
  }
};

DP.openCollections = async () => {
  const select = document.querySelector("[data-control=collection]");
  if (!select) return;
  const state = DP.readHash().values;
  if (state.get("c") && [...select.options].some((o) => o.value === state.get("c"))) select.value = state.get("c");
  const table = document.getElementById("collection-table");
  select.onchange = () => { DP.writeHash({ c: select.value, set: null }); fillCollection(table, select.value); };
  if (table.dataset.collection !== select.value) await fillCollection(table, select.value);
  if (state.get("set")) await DP.showSet(document.getElementById("collection-set"), select.value, state.get("set"));
};
const fillCollection = async (element, collection) => {
  element.dataset.collection = collection;
  document.getElementById("collection-set").hidden = true;
  const [gsea, ora, wide] = [await DP.small("gsea"), await DP.small("ora"), await DP.small("exploratory")];
  const rows = gsea.rows((i) => gsea.get("collection", i) === collection);
  const index = (frame, key) => new Map(frame ? frame.rows((i) => frame.get("collection", i) === collection).map((i) => [key(frame, i), i]) : []);
  const byName = index(wide, (f, i) => f.get("gene_set", i));
  const byWay = index(ora, (f, i) => `${f.get("gene_set", i)}\n${f.get("direction", i)}`);
  const name = (i) => gsea.get("gene_set", i);
  const look = (frame, map, key, column) => (map.has(key) ? frame.get(column, map.get(key)) : null);
  const columns = ["gene_set", "n_tested"];
  if (wide) columns.push("direction", "effect", "camera_p", "camera_padj", "p_fry", "donor_supported");
  columns.push("nes", "gsea_padj");
  if (ora) columns.push("ora_up_overlap", "ora_up_padj", "ora_down_overlap", "ora_down_padj");
  const get = (column, i) => {
    if (column === "camera_p") return look(wide, byName, name(i), "pvalue");
    if (column === "camera_padj") return look(wide, byName, name(i), "padj");
    if (["direction", "effect", "p_fry", "donor_supported"].includes(column)) return look(wide, byName, name(i), column);
    if (column === "gsea_padj") return gsea.get("padj", i);
    const way = column.match(/^ora_(up|down)_(overlap|padj)$/);
    if (way) return look(ora, byWay, `${name(i)}\n${way[1]}`, way[2] === "padj" ? "padj" : "n_overlap");
    return gsea.get(column, i);
  };
  const sortBy = columns.indexOf(wide ? "camera_p" : "gsea_padj");
  await DP.makeTable(element, { columns, rows, get, order: [[sortBy, "asc"]], words: { direction: "direction" }, link: { column: "gene_set", href: (i) => `#collections?c=${encodeURIComponent(collection)}&set=${encodeURIComponent(name(i))}` } });
};
