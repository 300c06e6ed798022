"""What every script needs: a log, and input faults as a message instead of a traceback."""

from __future__ import annotations

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
    log.write_text("done\n", encoding="utf-8")
