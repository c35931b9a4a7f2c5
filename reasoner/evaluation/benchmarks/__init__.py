"""Public benchmarks: their files, prompts and scores, one file each. They know nothing of models."""
