"""reasoner: make a latent reasoner better, cycle by cycle, and prove it."""

import os

from reasoner.config.exporters import keep_exporters_off

__version__ = "0.1.0"

# Here, because some libraries read these variables while they are imported, and every room imports this one.
keep_exporters_off(os.environ)
