"""Kinds of students: what a checkpoint is, is said by its files, and whoever loads one need not know."""

from reasoner.students.kinds import footprint_of, kind_named, kind_of, load, train
from reasoner.students.port import Candidate

__all__ = ["Candidate", "footprint_of", "kind_named", "kind_of", "load", "train"]
