"use strict";
/* Unpacking, words, numbers, the state in the URL, downloads. */
const DP = { meta: JSON.parse(document.getElementById("meta").textContent), hooks: [] };

DP.el = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
};

DP.unpack = async (text, type) => {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const response = new Response(stream);
  return type === "text" ? response.text() : response.arrayBuffer();
};

/* A blob: header length, header, then arrays with the bytes of like significance together. */
DP.readBlob = (buffer) => {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const out = { plain: header.plain, arrays: {}, levels: {} };
  let offset = 4 + length;
  for (const entry of header.arrays) {
    const width = Number(entry.kind.slice(1));
    const planes = new Uint8Array(buffer, offset, entry.n * width);
    const bytes = new Uint8Array(entry.n * width);
    for (let k = 0; k < width; k++) {
      const start = k * entry.n;
      for (let i = 0, at = k; i < entry.n; i++, at += width) bytes[at] = planes[start + i];
    }
    const Type = { f8: Float64Array, i4: Int32Array, i2: Int16Array }[entry.kind];
    out.arrays[entry.name] = new Type(bytes.buffer);
    if (entry.levels) out.levels[entry.name] = entry.levels;
    offset += entry.n * width;
  }
  return out;
};

const opened = {};
DP.open = (name) => {
  if (!(name in opened)) {
    const element = document.getElementById(`blob-${name}`);
    opened[name] = element
      ? DP.unpack(element.textContent, "bytes").then((buffer) => {
          element.remove();
          return DP.readBlob(buffer);
        })
      : Promise.resolve(null);
  }
  return opened[name];
};

/* A packed table as a count and a reader of cells. */
DP.frame = (blob, name) => {
  const about = blob && blob.plain[name];
  if (!about) return null;
  const readers = {};
  for (const column of about.columns) {
    const key = `${name}.${column}`;
    const values = blob.arrays[key] || blob.plain[key];
    const levels = blob.levels[key];
    readers[column] = levels
      ? (i) => (values[i] < 0 ? null : levels[values[i]])
      : (i) => (Number.isNaN(values[i]) ? null : values[i]);
  }
  const rows = (test) => {
    const kept = [];
    for (let i = 0; i < about.n; i++) if (test(i)) kept.push(i);
    return kept;
  };
  return { n: about.n, columns: about.columns, get: (column, i) => readers[column](i), rows };
};

const loaded = {};
DP.library = (name) => {
  if (!(name in loaded)) loaded[name] = loaders[name]();
  return loaded[name];
};
const loaders = {
  plotly: async () => {
    const element = document.getElementById("blob-plotly");
    const script = document.createElement("script");
    script.textContent = await DP.unpack(element.textContent, "text");
    document.head.append(script);
    element.remove();
    return window.Plotly;
  },
  datatables: async () => {
    const [code, css] = await Promise.all(
      ["dt-js", "dt-css"].map((id) =>
        DP.unpack(document.getElementById(`blob-${id}`).textContent, "text")
      )
    );
    const style = document.createElement("style");
    style.textContent = css;
    document.head.prepend(style);
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const module = await import(url);
    URL.revokeObjectURL(url);
    return module.default;
  },
};

/* Words. */
DP.language = () => document.documentElement.dataset.lang;
DP.say = (key, values = {}) => {
  const text = DP.meta.words[DP.language()][`js.${key}`];
  return (text === undefined ? key : text).replace(/\{(\w+)\}/g, (_, name) => values[name]);
};
DP.sayOr = (key, otherwise) => {
  const text = DP.meta.words[DP.language()][`js.${key}`];
  return text === undefined ? otherwise : text;
};
DP.setLanguage = (language) => {
  document.documentElement.dataset.lang = language;
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-attr]")) {
    for (const pair of node.dataset.attr.split(";")) {
      const [attribute, key] = pair.split(":");
      node.setAttribute(attribute, DP.meta.words[language][key]);
    }
  }
  DP.remember("diffpath-language", language);
};
DP.remember = (key, value) => {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {
    /* A page inside another document has no storage. */
  }
  return null;
};

/* Numbers; the same rules as the static tables. */
const minus = (text) => text.replace(/-/g, "−");
DP.number = (value, digits = 3) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return minus(value.toLocaleString("en-US"));
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e6) {
    const decimals = Math.min(Math.max(0, digits - 1 - Math.floor(Math.log10(size))), digits + 2);
    return minus(
      value.toLocaleString("en-US", {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
      })
    );
  }
  return minus(value.toExponential(digits - 1).replace("e+", "e"));
};
const LEVELS = [0.01, 0.05, 0.1]; // a p rounded onto one of these gets more digits
DP.p = (value) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value >= 0.995) return "1";
  if (value < 1e-300) return "<1e−300";
  if (value >= 1e-4) {
    let shown = Number(value.toPrecision(2));
    for (let digits = 3; digits < 16 && LEVELS.includes(shown) && shown !== value; digits++) shown = Number(value.toPrecision(digits));
    return String(shown);
  }
  return minus(value.toExponential(1));
};
DP.log2 = (value) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const text = value.toFixed(2);
  return minus(Number(text) === 0 ? "0.00" : value > 0 ? `+${text}` : text);
};

/* The state in the URL: #section?key=value. Within another document (snakemake --report)
   the address cannot be changed, so the state is kept here too. */
let address = location.hash;
const setAddress = (hash, push) => {
  address = hash;
  try {
    if (hash !== location.hash) history[push ? "pushState" : "replaceState"](null, "", hash);
  } catch {
    /* The page then works without a link to share. */
  }
};
DP.readHash = () => {
  const [section, query = ""] = address.slice(1).split("?");
  return { section: section || "overview", values: new URLSearchParams(query) };
};
DP.writeHash = (changes, section) => {
  const state = DP.readHash();
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "" || value === undefined) state.values.delete(key);
    else state.values.set(key, value);
  }
  const query = state.values.toString();
  setAddress(`#${section || state.section}${query ? `?${query}` : ""}`, false);
};
DP.onAddress = (run) => {
  for (const name of ["hashchange", "popstate"]) {
    addEventListener(name, () => {
      if (location.hash === address) return;
      address = location.hash;
      run();
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.dataset.skip !== undefined) return;
    event.preventDefault();
    setAddress(link.getAttribute("href"), true);
    run();
  });
};

/* Giving out. */
DP.save = (name, text, type = "text/tab-separated-values") => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = DP.el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};
DP.toTsv = (rows) =>
  rows
    .map((row) =>
      row.map((cell) => (cell === null || cell === undefined ? "" : String(cell).replace(/[\t\r\n]+/g, " "))).join("\t")
    )
    .join("\n") + "\n";
DP.copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = DP.el("textarea", {}, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  DP.announce(DP.say("copied"));
};
DP.announce = (text) => {
  document.getElementById("live").textContent = text;
};
DP.fileStem = () =>
  (DP.meta.simulated ? "SIMULATED_" : "") +
  ((DP.meta.contrast && DP.meta.contrast.contrast) || "index");
