"""A checker of one's own: an estimate is right within five percent. Run as a program, it writes rows for it.

python examples/estimates.py > estimates.jsonl
reasoner tasks check examples/estimates.task.yaml task.rows=estimates.jsonl
"""

import json
from random import Random


def close_enough(question: dict, answer: str) -> bool:
    truth = float(question["answer"])
    try:
        return abs(float(answer) - truth) <= 0.05 * truth
    except ValueError:  # no number: wrong, not a failure of the checker
        return False


if __name__ == "__main__":
    rng = Random(0)
    for _ in range(500):
        a, b = rng.randint(20, 99), rng.randint(20, 99)
        print(json.dumps({"question": f"About how much is {a} times {b}?", "answer": a * b}))
