"""reasoner: make a latent reasoner better, cycle by cycle, and prove it."""

import os

from reasoner.config.exporters import keep_exporters_off

__version__ = "0.1.0"

# Here, because libraries read these variables while they are imported, and every room imports this one first.
# OpenMP reads its own once, when torch is loaded. Otherwise threads spin while they wait, which takes the time that the
# thread they wait for needs: two threads on two busy cores took six times as long as one (docs/lab-book.md, entry 30).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
keep_exporters_off(os.environ)
