"""The task families of the package reasoning-gym (arXiv:2505.24760) as one task; `--task gym`."""
