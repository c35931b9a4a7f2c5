"""Checkers of answers, from which a task chooses one by name."""
