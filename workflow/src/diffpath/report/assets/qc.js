"use strict";
/* Figures of the QC section. */
const unitBars = (values, title) => (node) => {
  const { unit } = DP.meta.units;
  const traces = ["test", "reference", "other"].map((group) => {
    const rows = unit.map((_, i) => i).filter((i) => DP.group(i) === group);
    return {
      type: "bar", name: DP.plain(DP.groupName(group)), x: rows.map((i) => DP.plain(unit[i])), y: rows.map(values),
      marker: { color: DP.colour[group], pattern: { shape: group === "reference" ? "/" : "" } },
      hovertemplate: "%{x}: %{y:.4g}<extra></extra>",
    };
  }).filter((trace) => trace.x.length);
  return DP.plot(node, traces, DP.layout({ showlegend: true, xaxis: { type: "category", tickangle: unit.join("").length > 44 ? -60 : 0 }, yaxis: { title: title() }, bargap: 0.25 }));
};
DP.figures.library = unitBars((i) => DP.meta.units.library_size[i] / 1e6, () => DP.say("axis.library"));
DP.figures.factors = unitBars((i) => DP.meta.units.size_factor[i], () => DP.say("axis.factor"));

DP.small = async (name) => DP.frame(await DP.open("tables"), name);

DP.figures.detected = async (node) => {
  const qc = await DP.small("sample_qc");
  const rows = qc.rows(() => true);
  return DP.plot(node, [{
    mode: "markers", x: rows.map((i) => qc.get("library_size", i) / 1e6), y: rows.map((i) => qc.get("detected_genes", i)),
    text: rows.map((i) => DP.plain(qc.get("sample", i))), marker: { color: DP.palette[0], size: 8 },
    hovertemplate: "%{text}<br>%{x:.3g} M, %{y}<extra></extra>",
  }], DP.layout({ xaxis: { title: DP.say("axis.library"), rangemode: "tozero" }, yaxis: { title: DP.say("axis.detected") } }));
};

const components = async () => {
  const frame = await DP.small("components");
  const out = new Map();
  for (const i of frame.rows(() => true)) {
    const name = frame.get("component", i);
    if (!out.has(name)) out.set(name, { share: frame.get("variance_fraction", i), score: new Map() });
    out.get(name).score.set(frame.get("unit", i), frame.get("score", i));
  }
  return out;
};
const fillSelect = (select, options, chosen) => {
  if (!select || select.options.length) return;
  for (const [value, text] of options) select.append(DP.el("option", { value, selected: value === chosen }, text));
};
DP.figures.pca = async (node) => {
  const parts = await components();
  const names = [...parts.keys()];
  const control = (name) => document.querySelector(`[data-control="${name}"]`);
  fillSelect(control("pca-colour"), ["group", ...DP.meta.covariates, "library_size"].map((c) => [c, DP.sayOr(`col.${c}`, c)]), "group");
  fillSelect(control("pca-x"), names.map((c) => [c, c]), names[0]);
  fillSelect(control("pca-y"), names.map((c) => [c, c]), names[1] || names[0]);
  for (const key of ["pca-colour", "pca-x", "pca-y"]) control(key).onchange = () => DP.draw(node);
  const [x, y, by] = [control("pca-x").value, control("pca-y").value, control("pca-colour").value];
  const units = DP.meta.units;
  const point = (i) => ({ x: parts.get(x).score.get(units.unit[i]), y: parts.get(y).score.get(units.unit[i]) });
  const rows = units.unit.map((_, i) => i).filter((i) => parts.get(x).score.has(units.unit[i]));
  const labels = rows.length <= 30;
  const span = (axis) => Math.max(...rows.map((i) => point(i)[axis])) - Math.min(...rows.map((i) => point(i)[axis])) || 1;
  const sides = labelSides(rows.map(point), span("x"), span("y"));
  const padded = (axis) => {
    const values = rows.map((i) => point(i)[axis]);
    return [Math.min(...values) - 0.1 * span(axis), Math.max(...values) + 0.1 * span(axis)];
  };
  const trace = (kept, name, marker) => ({
    mode: labels ? "markers+text" : "markers", name: DP.plain(name), x: kept.map((i) => point(i).x), y: kept.map((i) => point(i).y),
    text: kept.map((i) => DP.plain(units.unit[i])), textposition: kept.map((i) => sides[rows.indexOf(i)]), textfont: { size: 10 }, cliponaxis: false,
    marker: { size: 10, line: { width: 1, color: DP.css("--card") }, ...marker }, hovertemplate: "%{text}<br>%{x:.2f}, %{y:.2f}<extra></extra>",
  });
  const numeric = DP.meta.numeric.includes(by) || by === "library_size";
  const levels = numeric ? [] : [...new Set(rows.map((i) => String(units[by][i])))];
  const name = (level) => (by === "group" ? DP.groupName(level) : level);
  const traces = numeric
    ? [trace(rows, by, { color: rows.map((i) => units[by][i]), colorscale: "Cividis", showscale: true, colorbar: { title: { text: DP.plain(by) }, thickness: 12 } })]
    : levels.map((level, k) => trace(rows.filter((i) => String(units[by][i]) === level), name(level), {
        color: by === "group" ? DP.colour[level] : DP.palette[k % DP.palette.length], symbol: DP.symbols[k % DP.symbols.length],
      }));
  const axis = (c) => `${c} (${(100 * parts.get(c).share).toFixed(1)}%)`;
  return DP.plot(node, traces, DP.layout({ showlegend: !numeric && levels.length <= 16, xaxis: { title: axis(x), range: padded("x") }, yaxis: { title: axis(y), range: padded("y") } }));
};
/* Each label on the side away from the nearest other point. */
const labelSides = (points, wide, high) => points.map((p, i) => {
  const near = points.filter((_, k) => k !== i).map((q) => [(p.x - q.x) / wide, (p.y - q.y) / high])
    .sort((a, b) => Math.hypot(...a) - Math.hypot(...b))[0] || [0, 1];
  return near[1] >= 0 ? "top center" : "bottom center";
});
DP.figures.scree = async (node) => {
  const parts = await components();
  const names = [...parts.keys()];
  return DP.plot(node, [{ type: "bar", x: names, y: names.map((c) => 100 * parts.get(c).share), marker: { color: DP.palette[0] }, hovertemplate: "%{x}: %{y:.1f}%<extra></extra>" }],
    DP.layout({ yaxis: { title: DP.say("axis.variance"), rangemode: "tozero" } }));
};
DP.figures.associations = async (node) => {
  const frame = await DP.small("associations");
  const pick = (name) => [...new Set(frame.rows(() => true).map((i) => frame.get(name, i)))];
  const [x, y] = [pick("component"), pick("covariate").reverse()];
  const cell = new Map(frame.rows(() => true).map((i) => [`${frame.get("component", i)}\n${frame.get("covariate", i)}`, i]));
  const at = (c, v, name) => (cell.has(`${c}\n${v}`) ? frame.get(name, cell.get(`${c}\n${v}`)) : null);
  const z = y.map((v) => x.map((c) => at(c, v, "r_squared")));
  const text = y.map((v) => x.map((c) => {
    const p = at(c, v, "pvalue");
    const r2 = at(c, v, "r_squared");
    return `${r2 === null ? "" : r2.toFixed(2)}${p !== null && p < 0.05 ? " *" : ""}`;
  }));
  const hover = y.map((v) => x.map((c) => `${DP.plain(v)}, ${c}<br>R² ${DP.number(at(c, v, "r_squared"), 3)}, p ${DP.p(at(c, v, "pvalue"))}`));
  return DP.plot(node, [{ type: "heatmap", x, y: y.map(DP.plain), z, text, texttemplate: "%{text}", customdata: hover, hovertemplate: "%{customdata}<extra></extra>", zmin: 0, zmax: 1, colorscale: [[0, "#f4f7fa"], [1, "#0072B2"]], colorbar: { title: { text: "R²" }, thickness: 12 }, xgap: 1, ygap: 1 }],
    DP.layout({ yaxis: { type: "category" } }));
};
DP.figures.distances = async (node) => {
  const blob = await DP.open("tables");
  const names = blob.plain.distance_units;
  const n = names.length, values = blob.arrays.distance;
  const z = names.map((_, i) => Array.from(values.slice(i * n, (i + 1) * n), (v, j) => (i === j ? null : v)));
  return DP.plot(node, [{ type: "heatmap", x: names.map(DP.plain), y: names.map(DP.plain), z, colorscale: "Cividis", reversescale: true, hovertemplate: "%{x} – %{y}: %{z:.1f}<extra></extra>", colorbar: { title: { text: DP.say("axis.distance"), side: "right" }, thickness: 12 }, xgap: n < 40 ? 1 : 0, ygap: n < 40 ? 1 : 0 }],
    DP.layout({ xaxis: { type: "category", tickangle: -60 }, yaxis: { type: "category", autorange: "reversed" } }));
};
DP.figures.biotypes = async (node) => {
  const frame = await DP.small("biotypes");
  const rows = frame.rows(() => true);
  const samples = [...new Set(rows.map((i) => frame.get("sample", i)))];
  const totals = new Map();
  for (const i of rows) totals.set(frame.get("biotype", i), (totals.get(frame.get("biotype", i)) || 0) + frame.get("fraction", i));
  const kinds = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a));
  const cell = new Map(rows.map((i) => [`${frame.get("sample", i)}\n${frame.get("biotype", i)}`, frame.get("fraction", i)]));
  const traces = kinds.map((kind, k) => ({
    type: "bar", name: DP.plain(kind), x: samples.map(DP.plain), y: samples.map((s) => 100 * (cell.get(`${s}\n${kind}`) || 0)),
    marker: { color: DP.palette[k % DP.palette.length], pattern: { shape: k < DP.palette.length ? "" : "/" } }, hovertemplate: `%{x}<br>${DP.plain(kind)}: %{y:.2f}%<extra></extra>`,
  }));
  return DP.plot(node, traces, DP.layout({ barmode: "stack", showlegend: true, xaxis: { type: "category", tickangle: -60 }, yaxis: { title: DP.say("axis.share") }, bargap: 0.15 }));
};
