"use strict";
/* Tables: DataTables where there are many rows, plain HTML with sorting where there are few. */
DP.strings = () => ({
  search: DP.say("table.search"), info: DP.say("table.info"), infoEmpty: DP.say("table.empty"),
  infoFiltered: DP.say("table.filtered"), lengthMenu: DP.say("table.length"),
  zeroRecords: DP.say("table.none"), emptyTable: DP.say("table.none"),
  paginate: { first: "«", previous: "‹", next: "›", last: "»" },
});
const LISTS = new Set(["gene_sets"]);
DP.show = (name, value) => {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return DP.say(value ? "yes" : "no");
  if (LISTS.has(name)) return value.replace(/,/g, ", ");
  if (typeof value !== "number") return value;
  if (/^(p_|pvalue|padj|loo_max_p|permutation)|_padj$|_p$/.test(name) || name === "p") return DP.p(value);
  return DP.number(value);
};

/* A table of packed rows: `rows` are positions, `get(column, row)` reads a cell. */
DP.makeTable = async (element, { columns, rows, get, order, words = {}, link, length = 15 }) => {
  const DataTable = await DP.library("datatables");
  missingLast(DataTable);
  const numeric = Object.fromEntries(columns.map((name) => [name, typeof firstValue(rows, get, name) === "number"]));
  if (DataTable.isDataTable(element)) new DataTable(element).destroy();
  element.replaceChildren();
  const table = new DataTable(element, {
    data: rows.map((row) => [row]),
    columns: columns.map((name) => ({
      title: DP.el("span", {}, DP.sayOr(`col.${name}`, name)).outerHTML,
      name,
      className: numeric[name] ? "n" : "",
      searchable: !numeric[name],
      type: "missing-last",
      data: (cell, type) => {
        const value = get(name, cell[0]);
        if (type === "sort" || type === "type") return value;
        if (type === "filter") return value === null ? "" : String(value);
        return words[name] && value !== null ? DP.sayOr(`${words[name]}.${value}`, value) : DP.show(name, value);
      },
      render: { display: DataTable.render.text().display },
      createdCell: link && link.column === name
        ? (cell, _, data) => {
            const text = cell.textContent;
            cell.replaceChildren(DP.el("a", { href: link.href(data[0]) }, text));
          }
        : undefined,
    })),
    createdRow: (row, data) => { row.dataset.row = data[0]; },
    order, pageLength: length, deferRender: true, autoWidth: false, language: DP.strings(),
    lengthMenu: [10, 15, 50, 200], layout: { topStart: "pageLength", topEnd: "search", bottomStart: "info", bottomEnd: "paging" },
    orderMulti: false,
  });
  return table;
};
const missingLast = (DataTable) => {
  const compare = (way) => (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return way * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
  };
  DataTable.type("missing-last", { order: { asc: compare(1), desc: compare(-1) } });
};
const firstValue = (rows, get, name) => {
  for (let i = 0; i < Math.min(rows.length, 2000); i++) {
    const value = get(name, rows[i]);
    if (value !== null) return value;
  }
  return null;
};

/* Static tables: a click on a header sorts, buttons give out what the cells stand for. */
const cellValue = (cell) => (cell.dataset.order !== undefined ? cell.dataset.order : cell.textContent);
DP.sortStatic = (table, index) => {
  const body = table.tBodies[0];
  const header = table.tHead.rows[0].cells[index];
  const falling = header.getAttribute("aria-sort") === "ascending";
  const rows = [...body.rows].map((row) => [row, cellValue(row.cells[index])]);
  const numeric = rows.every(([, value]) => value === "" || !Number.isNaN(Number(value)));
  rows.sort(([, a], [, b]) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const order = numeric ? Number(a) - Number(b) : a.localeCompare(b, "en", { numeric: true });
    return falling ? -order : order;
  });
  body.append(...rows.map(([row]) => row));
  for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", falling ? "descending" : "ascending");
};
DP.prepareStatic = () => {
  for (const table of document.querySelectorAll("table.data")) {
    if (!table.tHead) continue;
    [...table.tHead.rows[0].cells].forEach((cell, index) => {
      const button = DP.el("button", { type: "button", class: "sort" });
      button.append(...cell.childNodes);
      button.addEventListener("click", () => DP.sortStatic(table, index));
      cell.append(button);
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-download]");
    if (button) {
      const table = document.getElementById(button.dataset.download);
      const head = [...table.tHead.rows[0].cells].map((cell) => cell.dataset.name);
      const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map(cellValue));
      DP.save(`${DP.fileStem()}_${table.id}.tsv`, DP.toTsv([head, ...rows]));
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) DP.copy(document.getElementById(copy.dataset.copy).textContent);
  });
};
