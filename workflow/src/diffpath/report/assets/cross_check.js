"use strict";
/* Genes that one engine calls and the other does not; drawn like a figure, anew in each language. */
const CROSS_COLUMNS = ["symbol", "themes", "log2FoldChange", "log2FoldChange_check", "lfcSE", "lfcSE_check", "padj", "padj_check", "missing"];
DP.figures["cross-check"] = async (node) => {
  node.dataset.drawn = "true";
  if (node.dataset.language === DP.language()) return node;
  node.dataset.language = DP.language();
  const frame = await DP.small("cross_check");
  const name = (column, i) => (column === "symbol" ? frame.get("symbol", i) || frame.get("gene_id", i) : frame.get(column, i));
  const rows = frame.rows(() => true);
  const table = await DP.makeTable(document.getElementById("cross-genes"), {
    columns: CROSS_COLUMNS, rows, get: name, order: [], words: { missing: "reason" },
    link: { column: "symbol", href: (i) => `#genes?g=${encodeURIComponent(frame.get("gene_id", i))}` },
  });
  document.getElementById("cross-genes-tsv").onclick = () => {
    const shown = table.rows({ search: "applied", order: "applied" }).data().toArray();
    const number = (v) => (typeof v === "number" && !Number.isInteger(v) ? Number(v.toPrecision(6)) : v);
    DP.save(`${DP.fileStem()}_cross_check.tsv`, DP.toTsv([frame.columns, ...shown.map(([i]) => frame.columns.map((c) => number(frame.get(c, i))))]));
  };
  return node;
};
