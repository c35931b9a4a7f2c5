"""Domains: where problems come from and what makes an answer right."""
