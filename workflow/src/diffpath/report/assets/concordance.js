"use strict";
/* Two contrasts against each other. */
DP.figures.concordance = async (node) => {
  const blob = await DP.open("tables");
  const names = DP.meta.contrasts;
  const [first, second] = ["first", "second"].map((name) => document.querySelector(`[data-control="${name}"]`));
  for (const select of [first, second]) select.onchange = () => { DP.writeHash({ a: first.value, b: second.value }); DP.draw(node); };
  const [a, b] = [first.value, second.value].map((value) => names.indexOf(value));
  const [x, y, hitX, hitY] = [blob.arrays[`lfc${a}`], blob.arrays[`lfc${b}`], blob.arrays[`hit${a}`], blob.arrays[`hit${b}`]];
  const line = document.getElementById("scatter-line");
  if (!x || !y) { line.textContent = ""; return null; }
  const both = [], one = [];
  let n = 0, agree = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) continue;
    n++;
    if (hitX[i] && hitY[i]) { both.push(i); if (x[i] * y[i] > 0) agree++; } else if (hitX[i] || hitY[i]) one.push(i);
  }
  line.textContent = DP.say("scatter_line", { n: DP.number(n), both: DP.number(both.length), agree: DP.number(agree) });
  const trace = (rows, marker) => ({ mode: "markers", x: rows.map((i) => x[i]), y: rows.map((i) => y[i]), text: rows.map((i) => DP.plain(blob.plain.genes[i])), hovertemplate: "%{text}<br>%{x:.2f}, %{y:.2f}<extra></extra>", marker });
  return DP.plot(node, [trace(one.slice(0, 5000), { color: DP.colour.flat, size: 5, opacity: 0.6 }), trace(both.slice(0, 5000), { color: DP.palette[2], size: 6, symbol: "diamond", opacity: 0.85 })],
    DP.layout({ xaxis: { title: DP.say("axis.lfc_of", { name: DP.plain(names[a]) }), zeroline: true }, yaxis: { title: DP.say("axis.lfc_of", { name: DP.plain(names[b]) }), zeroline: true } }), "concordance");
};
