"""The verdicts as lines of text, for the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from diffpath.tables import STATUS, THEME_VERDICTS, read_table


def tell_verdicts(folder: str | Path, contrasts: Sequence[str]) -> str:
    """Return where the pages are and the verdicts of each contrast that has them.

    Parameters
    ----------
    folder
        Folder of the results.
    contrasts
        Names of the contrasts, in the order to show.
    """
    folder = Path(folder)
    # A run of named targets need not come so far as the verdicts, or the pages.
    index = folder / "index.html"
    lines = [f"Index: {index}"] if index.is_file() else []
    for contrast in contrasts:
        place = folder / "contrasts" / contrast
        if not (place / "themes" / "verdicts.tsv").is_file():
            continue
        status = read_table(place / "status.tsv", STATUS).iloc[0]
        page = place / "report.html"
        lines += ["", f"{contrast}: {page if page.is_file() else 'no page yet'}"]
        if status["fitted"]:
            lines.append(
                f"  {status['n_up'] + status['n_down']} of {status['n_tested']} genes significant, "
                f"{status['n_up']} up, {status['n_down']} down"
            )
        else:
            lines.append(f"  genes not tested: {status['reason']}")
        verdicts = read_table(place / "themes" / "verdicts.tsv", THEME_VERDICTS)
        lines += [f"  {sentence}" for sentence in verdicts["sentence"]]
    return "\n".join(lines)
