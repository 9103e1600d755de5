"""Truceline watches over a ceasefire: observations in, a signed and reproducible daily report out."""

import hashlib
import os
from pathlib import Path

__version__ = "0.1.0"

COMPILED = ("geo", "physics", "fusion", "simulation")  # the rooms that hold kernels


def _kernel_cache() -> str:
    """Where compiled kernels are kept: a folder named by what all of them say.

    Numba looks only at the file of a kernel itself, so after a change it would go on using what other files had put
    into it before: results would be those of code that nobody can read any more.
    """
    here = Path(__file__).parent
    running = hashlib.sha256()
    for room in COMPILED:
        for file in sorted((here / room).rglob("*.py")):
            running.update(file.read_bytes())
    return str(here / "__pycache__" / f"kernels-{running.hexdigest()[:12]}")


# Same bytes on every machine: numba must not specialise kernels for the processor it happens to run on.
# Both have to be set before numba is first imported.
os.environ.setdefault("NUMBA_CPU_NAME", "generic")
os.environ.setdefault("NUMBA_CACHE_DIR", _kernel_cache())
