"""What every script needs: a log, and input faults as a message instead of a traceback."""

from __future__ import annotations

import re
import resource
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diffpath.findings import InputError


@contextmanager
def logged(path: str) -> Iterator[None]:
    """Write what goes wrong to the log and to the terminal, and exit with 1."""
    log = Path(path)
    log.write_text("started\n", encoding="utf-8")  # all that a job killed from outside leaves
    try:
        yield
    except Exception as error:
        text = str(error) if isinstance(error, InputError) else traceback.format_exc()
        log.write_text(text + "\n", encoding="utf-8")
        print(text, file=sys.stderr)
        sys.exit(1)
    log.write_text(f"done{_spent()}\n", encoding="utf-8")


def _spent() -> str:
    """Return CPU and peak memory of this job as the kernel counts them, where it tells.

    Snakemake's benchmark looks twice a second for 15 s, then every 30 s: of a job that took
    25.3 CPU seconds it saw 14.7.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return ""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in used)
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return f": {cpu:.2f} CPU s, peak {int(peak[1]) / 1024:.1f} MB" if peak else ""
