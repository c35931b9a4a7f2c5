"""Rows with unit tests: small functions, described in words. The answer is a program, and the tests run in the sandbox.

python examples/programs.py > programs.jsonl
reasoner init --task programs.jsonl
reasoner tasks check programs.task.yaml
"""

import json

from reasoner.domains.powers import drawing
from reasoner.domains.registry import get_domain

code, rows = get_domain("code"), {}
for seed in range(400):
    recipe = {"skill": code.info.skills[seed % 3], "difficulty": 1 + seed % 3, "ask": "write"}
    try:
        problem = drawing(code).draw(seed, recipe)
    except ValueError:  # no such program from this seed
        continue
    if problem.structure in rows:
        continue
    rows[problem.structure] = {
        "question": problem.question,
        "answer": problem.answer,
        "tests": problem.material["tests"][:3],
        "split": ["train", "validation", "test"][len(rows) % 3],
    }
for row in list(rows.values())[:180]:
    print(json.dumps(row))
