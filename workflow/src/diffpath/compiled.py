"""Choice between compiled kernels and plain ones that give the same answers."""

from __future__ import annotations

import os
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
        user = os.getuid() if hasattr(os, "getuid") else "user"
        numba.config.CACHE_DIR = str(Path(tempfile.gettempdir()) / f"diffpath-numba-{user}")
        return compiled()
