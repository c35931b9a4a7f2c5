"""reasoner: make a latent reasoner better, cycle by cycle, and prove it."""

__version__ = "0.1.0"
