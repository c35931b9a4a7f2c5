"""A day's work in Python: a home is improved for a cycle, asked, measured and looked at.

python examples/python_api.py home
"""

import sys

import reasoner

QUESTION = "Ann has 3 apples. Ann buys 4 more apples. How many apples does Ann have now?"


def improve(r: reasoner.Reasoner) -> None:
    """One cycle, told as it goes; the second time it has finished and says so."""
    run = r.loop(cycles=1)
    for event in run:
        if event.words:
            print(event.words)
    outcome = run.wait()
    print(f"champion {outcome.champion}, report {outcome.report}")


def ask(r: reasoner.Reasoner) -> None:
    """A question, with the steps as they are found."""
    for event in r.stream(QUESTION, search="beam"):
        if isinstance(event, reasoner.RoundSeen):
            print(f"step {event.round.step}: {len(event.round.candidates)} candidates")
        elif isinstance(event, reasoner.StepTaken):
            print(f"  {event.step.text}")
        else:
            print(f"answer: {event.solution.answer or event.solution.doubt or 'none found'}")


def look(r: reasoner.Reasoner) -> None:
    """How good the champion is, and what the home remembers."""
    rate = r.evaluate(n=20).overall
    print(f"{rate.right} of {rate.n} right, 95% interval {rate.ci95[0]:.2f} to {rate.ci95[1]:.2f}")
    print(f"{r.memory.stats().examples} examples remembered, like this one:")
    for found in r.memory.search(QUESTION, k=1):
        print(f"  {found.example.problem.question}")


def main(home: str) -> None:
    """All three; an error says what to do."""
    try:
        with reasoner.open(home, config="tiny", overrides=["teacher.calls=4"]) as r:
            improve(r)
            ask(r)
            look(r)
    except reasoner.ReasonerError as error:
        raise SystemExit(f"error: {error}") from error


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".reasoner")
