"""Kinds of students: what a checkpoint is, is said by its files, and whoever loads one need not know."""

from reasoner.students.kinds import kind_named, kind_of, load

__all__ = ["kind_named", "kind_of", "load"]
