"""Choice between compiled kernels and plain ones that give the same answers."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType


def choose_kernels(compiled: Callable[[], ModuleType], plain: ModuleType) -> ModuleType:
    """Import the compiled kernels, or give the plain ones where Numba cannot work.

    Ask at the first use, not at import: Numba alone takes 0.25 s of a job's start.

    Parameters
    ----------
    compiled
        Imports the module of compiled kernels and returns it.
    plain
        The same functions in NumPy.
    """
    try:
        import numba
    except ImportError:
        return plain
    if numba.config.DISABLE_JIT:
        return plain
    try:
        return compiled()
    except RuntimeError:
        # Neither the package's folder nor the home folder can hold the compiled code.
        try:
            numba.config.CACHE_DIR = str(_own_folder())
            return compiled()
        except (OSError, RuntimeError):
            return plain


def _own_folder() -> Path:
    """Return a folder for compiled code that nobody else can have written to.

    What is loaded from it is run: one that another user made first is not taken.
    """
    user = os.getuid() if hasattr(os, "getuid") else None
    folder = Path(tempfile.gettempdir()) / f"diffpath-numba-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if user is None or not stat.S_ISDIR(seen.st_mode) or seen.st_uid != user or seen.st_mode & 0o77:
        return Path(tempfile.mkdtemp(prefix="diffpath-numba-"))
    return folder
