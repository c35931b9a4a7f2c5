"""School mathematics by modules, as in Saxton et al. 2019 (arXiv:1904.01557): drawn, worked and checked exactly."""
