"use strict";
/* Genes, sets and expression of a contrast. */
DP.loadGenes = async () => {
  if (DP.genes) return DP.genes;
  const blob = await DP.open("genes");
  if (!blob || DP.genes) return DP.genes || null;
  const frame = DP.frame(blob, "results");
  const column = (name) => blob.arrays[`results.${name}`];
  const texts = (name) => Array.from({ length: frame.n }, (_, i) => frame.get(name, i));
  const symbols = texts("symbol");
  const ids = texts("gene_id");
  const byName = new Map();
  for (let i = 0; i < frame.n; i++) byName.set(ids[i].toLowerCase(), i);
  for (let i = frame.n - 1; i >= 0; i--) if (symbols[i]) byName.set(symbols[i].toLowerCase(), i);
  const names = symbols.map((symbol, i) => symbol || ids[i]);
  const lower = names.map((name) => name.toLowerCase());
  const alphabetical = lower.map((_, i) => i).sort((a, b) => (lower[a] < lower[b] ? -1 : lower[a] > lower[b] ? 1 : a - b));
  DP.genes = {
    n: frame.n, frame, symbols, ids, names, lower, byName, alphabetical,
    lfc: column("log2FoldChange"), se: column("lfcSE"), stat: column("stat"), p: column("pvalue"),
    padj: column("padj"), mean: column("baseMean"),
  };
  return DP.genes;
};

/* Names that begin with the text, then those that contain it; ids too. */
DP.findGenes = (text, limit = 10) => {
  const { lower, alphabetical, byName, names } = DP.genes;
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = byName.has(wanted) ? [byName.get(wanted)] : [];
  for (const test of [(name) => name.startsWith(wanted), (name) => name.includes(wanted)]) {
    for (const i of alphabetical) {
      if (found.length >= limit) return found;
      if (test(lower[i]) && !found.includes(i)) found.push(i);
    }
  }
  if (!found.length && /\d{4}/.test(wanted)) {
    for (let i = 0; i < names.length && found.length < limit; i++) {
      if (DP.genes.ids[i].toLowerCase().includes(wanted)) found.push(i);
    }
  }
  return found;
};

DP.loadExpression = async () => {
  if (DP.expression) return DP.expression;
  const blob = await DP.open("expression");
  if (!blob || DP.expression) return DP.expression || null;
  const { units, step } = blob.plain;
  const { base, difference } = blob.arrays;
  const order = DP.meta.units.unit.map((unit) => units.indexOf(unit));
  DP.expression = {
    has: (gene) => base[gene] !== -32768,
    of: (gene) => order.map((k) => {
      const folded = difference[gene * units.length + k];
      return Math.round((base[gene] + ((folded >>> 1) ^ -(folded & 1))) * step * 100) / 100;
    }),
  };
  return DP.expression;
};

DP.loadSets = async () => {
  if (DP.sets) return DP.sets;
  const [blob] = await Promise.all([DP.open("sets"), DP.loadGenes()]);
  if (!blob || DP.sets) return DP.sets || null;
  const collections = new Map();
  let at = 0;
  for (const [name, about] of Object.entries(blob.plain.collections)) {
    const sets = new Map();
    about.names.forEach((set, i) => {
      const genes = new Int32Array(about.sizes[i]);
      let last = 0;
      for (let k = 0; k < genes.length; k++) genes[k] = last += blob.arrays.steps[at++];
      sets.set(set, { name: set, title: about.titles[i] || set, sign: about.signs[i], source: about.sources[i], genes });
    });
    collections.set(name, sets);
  }
  DP.sets = collections;
  return collections;
};
DP.setsOf = (gene) => {
  const found = [];
  for (const [collection, sets] of DP.sets) {
    for (const set of sets.values()) {
      if (set.genes.includes(gene)) found.push([collection, set]);
    }
  }
  return found;
};
DP.titleOf = (name) => {
  const all = [...DP.meta.themes, ...DP.meta.panels, ...DP.meta.collections];
  const found = all.find((pair) => pair[0] === name);
  return found ? found[1] : name;
};

/* The ranking of the enrichment: tested genes with a symbol, falling statistic, ties by symbol. */
DP.ranking = () => {
  if (!DP.ranked) {
    const { n, stat, p, symbols } = DP.genes;
    const kept = [];
    for (let i = 0; i < n; i++) if (symbols[i] && !Number.isNaN(p[i]) && !Number.isNaN(stat[i])) kept.push(i);
    kept.sort((a, b) => stat[b] - stat[a] || (symbols[a] < symbols[b] ? -1 : 1));
    const position = new Map(kept.map((gene, rank) => [gene, rank]));
    DP.ranked = { order: kept, position };
  }
  return DP.ranked;
};

/* Running sum of a set (weight 1) and its leading edge, from the extreme inwards. */
DP.runningSum = (genes) => {
  const { order, position } = DP.ranking();
  const hits = [...genes].map((gene) => position.get(gene)).filter((rank) => rank !== undefined).sort((a, b) => a - b);
  const weights = hits.map((rank) => Math.abs(DP.genes.stat[order[rank]]));
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const miss = 1 / Math.max(order.length - hits.length, 1);
  const x = [0], y = [0];
  let step = 0, top = -Infinity, low = Infinity, topAt = 0, lowAt = 0;
  hits.forEach((rank, k) => {
    const before = step - (rank - k) * miss;
    step += weights[k] / total;
    const after = step - (rank - k) * miss;
    x.push(rank, rank);
    y.push(before, after);
    if (after > top) [top, topAt] = [after, k];
    if (before < low) [low, lowAt] = [before, k];
  });
  x.push(order.length);
  y.push(0);
  const edge = top >= -low ? hits.slice(0, topAt + 1) : hits.slice(lowAt).reverse();
  return { x, y, hits, n: order.length, edge: edge.map((rank) => order[rank]) };
};
