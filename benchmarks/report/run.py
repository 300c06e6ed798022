"""Size and speed of contrast pages in headless Chromium.

    python benchmarks/report/run.py [--rounds 3] [--sizes 20000x24 60000x200]

Each size is a simulated contrast with every table filled; the page is written to a file and
opened anew each round in a fresh context. The table of README.md is made from the figures.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "workflow" / "src"), str(ROOT)]

from diffpath.report.contrast import render_contrast  # noqa: E402
from tests.report import factory  # noqa: E402

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
COLUMNS = (
    "first paint", "ready", "ready, CPU", "lookup, cold", "lookup", "lookup, genes open",
    "the same, CPU",
)  # fmt: skip
N_LOOKUPS = 6
LOOKUPS = """async () => {
  const time = async (name) => {
    const start = performance.now();
    await DP.chooseGene(DP.findGenes(name)[0]);
    return performance.now() - start;
  };
  const cold = await time('IL6'), rest = [];
  for (const name of ['IL1B', 'GENE15000', 'COL1A1', 'GENE777', 'CDKN2A'])
    rest.push(await time(name));
  return { cold, warm: rest.sort((a, b) => a - b)[2] };
}"""


def spend(browser: Browser) -> float:
    """Return the CPU milliseconds the browser's processes for pages have spent so far.

    They count all threads, and other work on the machine hardly moves them.
    """
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return 1000 * sum(one["cpuTime"] for one in told["processInfo"] if one["type"] == "renderer")


def measure(browser: Browser, address: str) -> dict[str, float]:
    """Open a page once; return milliseconds from the start of navigation.

    ``ready`` is when everything is unpacked and all libraries stand.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    before = spend(browser)
    page.goto(address)
    page.wait_for_selector("body[data-warm]", state="attached", timeout=120_000)
    ready = page.evaluate("performance.now()")
    spent = spend(browser) - before
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    lookup: dict[str, float] = page.evaluate(LOOKUPS)
    page.evaluate("location.hash = 'genes'")
    page.wait_for_selector("body[data-ready=genes]", state="attached", timeout=120_000)
    before = spend(browser)
    shown: dict[str, float] = page.evaluate(LOOKUPS)
    each = (spend(browser) - before) / N_LOOKUPS
    context.close()
    values = (paint, ready, spent, lookup["cold"], lookup["warm"], shown["warm"], each)
    return dict(zip(COLUMNS, values, strict=True))


def tell(size: str, megabytes: float, rounds: list[dict[str, float]]) -> str:
    """Return a row of the table: medians, and the range in brackets."""
    cells = []
    for name in COLUMNS:
        values = [one[name] for one in rounds]
        cells.append(f"{median(values):.0f} ({min(values):.0f} to {max(values):.0f})")
    return f"| {size} | {megabytes:.2f} | {' | '.join(cells)} |"


def main() -> None:
    """Measure every size and rewrite the table of README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="+", default=["20000x24", "60000x200"])
    arguments: Any = parser.parse_args()
    lines = [
        f"| genes x samples | MB | {' | '.join(f'{name} (ms)' for name in COLUMNS)} |",
        "|" + "---|" * (2 + len(COLUMNS)),
    ]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for size in arguments.sizes:
            genes, samples = (int(part) for part in size.split("x"))
            report = factory.make_report(n_genes=genes, per_group=samples // 2, broad=1500)
            path = Path(folder, f"{size}.html")
            path.write_text(render_contrast(report), encoding="utf-8")
            rounds = [measure(browser, path.as_uri()) for _ in range(arguments.rounds)]
            lines.append(tell(size, path.stat().st_size / 1e6, rounds))
        browser.close()
    print("\n".join(lines))
    readme = HERE / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text("\n".join([before + BEGIN, *lines, END + after]), encoding="utf-8")


if __name__ == "__main__":
    main()
