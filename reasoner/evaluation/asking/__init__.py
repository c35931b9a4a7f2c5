"""A benchmark is put to a model: who answers, in which form, what is kept of each item, what comes out."""
