"use strict";
/* Navigation, search, language, dark mode. */
DP.showSection = (name, focus) => {
  const sections = [...document.querySelectorAll("main > section")];
  const section = sections.find((s) => s.id === name) || sections[0];
  for (const other of sections) other.classList.toggle("off", other !== section);
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#${section.id}`) {
      link.setAttribute("aria-current", "page");
      const list = link.closest("ul");
      list.scrollLeft = link.offsetLeft - list.offsetLeft - 24;
    } else link.removeAttribute("aria-current");
  }
  if (focus) {
    window.scrollTo(0, 0);
    section.focus({ preventScroll: true });
  }
  return section;
};
const route = async (focus) => {
  const { section: name, values } = DP.readHash();
  if (["en", "ja"].includes(values.get("lang")) && values.get("lang") !== DP.language()) DP.setLanguage(values.get("lang"));
  const section = DP.showSection(name, focus);
  if (section.id === "genes" && DP.openGenes) {
    await DP.loadGenes();
    const wanted = values.get("g") && DP.genes ? DP.genes.byName.get(values.get("g").toLowerCase()) : undefined;
    if (wanted !== undefined && wanted !== DP.chosen) await DP.chooseGene(wanted);
    await DP.drawSection(section);
    await DP.openGenes();
    if (wanted !== undefined && focus) document.getElementById("gene-card").scrollIntoView({ block: "start" });
  } else {
    if (section.id === "themes" && DP.openThemes) await DP.openThemes();
    if (section.id === "collections" && DP.openCollections) await DP.openCollections();
    await DP.drawSection(section);
  }
  document.body.dataset.ready = section.id;
};

const prepareFind = () => {
  const input = document.getElementById("find"), list = document.getElementById("found");
  if (!input) return;
  let found = [], at = -1;
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const choose = (gene) => { close(); input.value = DP.genes.names[gene]; DP.chooseGene(gene).then(() => { DP.drawSection(document.getElementById("genes")); DP.openGenes(); }); window.scrollTo(0, 0); };
  const mark = () => {
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", `found-${at}`);
  };
  input.addEventListener("focus", () => DP.loadGenes());
  input.addEventListener("input", async () => {
    if (!(await DP.loadGenes())) return;
    found = DP.findGenes(input.value);
    at = found.length ? 0 : -1;
    list.replaceChildren(...found.map((gene, k) => DP.el("li", { role: "option", id: `found-${k}`, onmousedown: (event) => { event.preventDefault(); choose(gene); } },
      DP.el("b", {}, DP.genes.names[gene]), DP.el("small", {}, ` ${DP.log2(DP.genes.lfc[gene])} · padj ${DP.p(DP.genes.padj[gene])}`))));
    if (!found.length && input.value.trim()) list.replaceChildren(DP.el("li", { role: "option", "aria-disabled": "true" }, DP.say("not_found")));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = found.length ? (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length : -1;
      mark();
    } else if (event.key === "Enter" && at >= 0) { event.preventDefault(); choose(found[at]); }
    else if (event.key === "Escape") close();
  });
  input.addEventListener("blur", close);
};

DP.setDark = (dark) => {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.classList.toggle("dark", dark);
};
document.documentElement.classList.add("js");
const darkWish = DP.remember("diffpath-dark");
DP.setDark(darkWish === null ? matchMedia("(prefers-color-scheme: dark)").matches : darkWish === "true");
DP.setLanguage(["en", "ja"].includes(DP.remember("diffpath-language")) ? DP.remember("diffpath-language") : DP.meta.language);
document.getElementById("dark").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme !== "dark";
  DP.setDark(dark);
  DP.remember("diffpath-dark", String(dark));
  DP.redraw();
});
document.getElementById("language").addEventListener("click", async () => {
  DP.setLanguage(DP.language() === "ja" ? "en" : "ja");
  DP.writeHash({ lang: DP.language() });
  DP.geneTable = undefined;
  for (const table of document.querySelectorAll("table.theme-genes")) delete table.dataset.ready;
  const collection = document.getElementById("collection-table");
  if (collection) delete collection.dataset.collection;
  await DP.redraw();
  await route(false);
  if (DP.chosen !== undefined && DP.readHash().section === "genes") await DP.chooseGene(DP.chosen, true);
});
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault();
  document.querySelector("main > section:not(.off)").focus();
});
DP.prepareStatic();
if (DP.prepareGenes) DP.prepareGenes();
prepareFind();
DP.onAddress(() => route(true));
route(false).then(() => {
  document.body.dataset.started = "true";
  /* What a click will soon need is unpacked while the reader reads. */
  const idle = window.requestIdleCallback || ((run) => setTimeout(run, 300));
  idle(DP.warm);
});
