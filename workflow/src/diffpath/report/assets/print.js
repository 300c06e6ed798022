"use strict";
/* Paper: every section at once, in light colours, at a fixed width. Browsers print as soon as
   `beforeprint` returns, so nothing here may wait once the page is warm. */
const PAPER = 700; // px; A4 with margins of 12 mm holds 703
let screenTheme = null;

DP.warm = async () => {
  if (DP.loadGenes) {
    await DP.loadGenes();
    await DP.loadExpression();
    await DP.loadSets();
  }
  await DP.open("tables");
  await DP.library("plotly");
  await DP.library("datatables");
  document.body.dataset.warm = "true";
};
/* Figures that belong to what was chosen (a gene, a set) keep their traces and take new sizes. */
const resize = (changes) => {
  for (const node of document.querySelectorAll(".plot:not([data-plot])")) if (node.layout) window.Plotly.relayout(node, changes);
};
const cutColumns = (table, away) => {
  if (!table.tHead) return;
  [...table.tHead.rows[0].cells].forEach((cell, k) => {
    if (cell.classList.contains("screen")) for (const row of table.rows) row.cells[k].hidden = away;
  });
};
/* A table that is too wide is set smaller, so that no column leaves the sheet. */
const fitTables = () => {
  for (const table of document.querySelectorAll("table.data")) {
    cutColumns(table, true);
    const room = table.parentNode.clientWidth;
    if (room && table.offsetWidth > room) table.style.zoom = room / table.offsetWidth;
  }
};
DP.drawAll = async () => {
  if (!DP.paper) {
    DP.paper = PAPER;
    screenTheme = document.documentElement.dataset.theme;
    DP.setDark(false);
    document.documentElement.classList.add("printing");
  }
  if (DP.openGenes && document.getElementById("gene-table")) await DP.openGenes();
  for (const block of document.querySelectorAll(".theme")) await DP.openTheme(block);
  if (DP.openCollections) await DP.openCollections();
  for (const node of document.querySelectorAll("[data-plot]")) await DP.draw(node);
  resize({ width: PAPER, "font.color": DP.css("--ink") });
  fitTables();
  document.body.dataset.printed = "true";
};
const backToScreen = async () => {
  DP.paper = undefined;
  DP.setDark(screenTheme === "dark");
  document.documentElement.classList.remove("printing");
  delete document.body.dataset.printed;
  for (const table of document.querySelectorAll("table.data")) {
    table.style.zoom = "";
    cutColumns(table, false);
  }
  resize({ autosize: true, width: null, "font.color": DP.css("--ink") });
  await DP.redraw();
};
const printPage = async () => {
  await DP.warm();
  await DP.drawAll();
  window.print();
};
addEventListener("beforeprint", () => { if (!document.body.dataset.printed) DP.drawAll(); });
addEventListener("afterprint", backToScreen);
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "p" && !document.body.dataset.warm) {
    event.preventDefault();
    printPage();
  }
});
document.getElementById("print").addEventListener("click", printPage);
