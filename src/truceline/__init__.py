"""Truceline watches over a ceasefire: observations in, a signed and reproducible daily report out."""

import os

# Same bytes on every machine: numba must not specialise kernels for the processor it happens to run on.
# It has to be set before numba is first imported, and importing os costs nothing.
os.environ.setdefault("NUMBA_CPU_NAME", "generic")

__version__ = "0.1.0"
