"""Approved work, run in child processes that a crash of the parent does not touch."""
