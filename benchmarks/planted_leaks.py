"""What the audit and the contamination report find of what was planted: copies, rewordings, contradictions and leaks.

    .venv/bin/python benchmarks/planted_leaks.py --checkpoint HOME/checkpoints/ID

Draws problems of the math domain, and of each a copy in other writing and rewordings of several kinds: one word in
fifteen replaced, other names and things, other sentences, and both. `--checkpoint` is a student that reads the
questions. Three tables:

    audit     a store that holds `--copies` exact copies, as many rewordings of one kind, and `--lies` contradictions,
              put there behind the memory's back: how many each look finds, and what it names besides
    door      the same learnt in the ordinary way: how many are merged with what they copy
    leaks     a practice pool into which `--items` evaluation items were planted in each disguise: how many each look
              finds, and its rate between splits that share nothing

Seeded; shares have Wilson's 95% interval. `--json` prints the counts as one line.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import update

from memory.audit import Auditor, Fault
from memory.contamination import Look, look_at_latents, look_at_words
from memory.sameness import question_key, solution_key
from memory.store.database import Database, open_database
from memory.store.examples import ExampleStore
from memory.store.tables import ExampleTable
from reasoner.config.settings import Settings
from reasoner.data.generated_source import GeneratedSource
from reasoner.data.held_out import HeldOutQuestions
from reasoner.domains.math.domain import MathDomain
from reasoner.evaluation.statistics import wilson
from reasoner.models.checkpoints import load_student
from reasoner.models.greedy import embed_questions
from reasoner.models.student import Student
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem

DOMAIN = MathDomain()
DISGUISES = ("writing", "words", "new_words", "new_sentences", "new")
REWORDINGS = DISGUISES[1:]
FILLER = ("indeed", "surely", "truly", "perhaps", "whatever")
SPACE = "planted"


def drawn(count: int, *, begin: int = 0, wording: str = "usual") -> list[Problem]:
    """Problems of one to four steps; the same seed draws the same story in every wording."""
    skills = DOMAIN.info.skills
    return [
        DOMAIN.draw(seed, {"difficulty": 1 + seed % 4, "skill": skills[seed % len(skills)], "wording": wording})
        for seed in range(begin, begin + count)
    ]


def disguised(count: int, disguise: str, *, begin: int = 0) -> list[Problem]:
    """The same problems in a disguise."""
    if disguise not in ("writing", "words"):
        return drawn(count, begin=begin, wording=disguise)
    dress = shouted if disguise == "writing" else one_in_fifteen
    return [p.model_copy(update={"question": dress(p.question)}) for p in drawn(count, begin=begin)]


def shouted(question: str) -> str:
    """Other case, blanks and punctuation; the same words."""
    return "  " + question.upper().replace(".", " ;\n")


def one_in_fifteen(question: str) -> str:
    """One word in fifteen replaced; numbers stay."""
    words, chance = question.split(), Random(question)
    places = [at for at, word in enumerate(words) if not any(c.isdigit() for c in word)]
    for at in chance.sample(places, max(1, len(words) // 15)):
        words[at] = chance.choice(FILLER)
    return " ".join(words)


def examples_of(problems: Sequence[Problem], name: str) -> list[Example]:
    """Examples with ids that say what they are."""
    return [
        Example(
            id=f"{name}-{number}",
            problem=problem,
            source="self",
            teacher="student",
            lineage=Lineage(run="planted", cycle=1),
        )
        for number, problem in enumerate(problems)
    ]


def lies_about(problems: Sequence[Problem]) -> list[Problem]:
    """The same questions with a false step and another answer."""
    return [p.model_copy(update={"steps": ("1+1=3",), "answer": f"{p.answer}1"}) for p in problems]


def slip_in(database: Database, examples: Sequence[Example], latents: np.ndarray) -> None:
    """Learnt as strangers, so that nothing stands for them, then given their own words behind the memory's back."""
    strangers = [
        e.problem.model_copy(update={"question": f"stranger {e.id}", "steps": (f"{n}+0={n}", e.id)})
        for n, e in enumerate(examples)
    ]
    given = [e.model_copy(update={"problem": p}) for e, p in zip(examples, strangers, strict=True)]
    ExampleStore(database).add(given, latents, space=SPACE)
    with database.session() as session:
        for example in examples:
            keys: dict[str, Any] = {
                "question_key": question_key(example.problem.question),
                "solution_key": solution_key(example.problem.steps, example.problem.answer),
                "answer": example.problem.answer,
                "record": example.model_dump(mode="json"),
            }
            session.execute(update(ExampleTable).where(ExampleTable.id == example.id).values(**keys))


class Reader:
    """Latents of problems by one student."""

    def __init__(self, student: Student):
        self._student = student

    def __call__(self, problems: Sequence[Problem]) -> np.ndarray:
        return embed_questions(self._student, [p.question for p in problems]).numpy()


def audited(read: Reader, disguise: str, copies: int, lies: int) -> dict[str, dict[str, int]]:
    """For exact copies, rewordings, contradictions and all that is not planted: how many each look names."""
    truth = drawn(copies)
    planted = {
        "copy": disguised(copies, "writing"),
        "reworded": disguised(copies, disguise),
        "lie": lies_about(truth[:lies]),
    }
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder))
        try:
            ExampleStore(database).add(examples_of(truth, "truth"), read(truth), space=SPACE)
            for name, problems in planted.items():
                slip_in(database, examples_of(problems, name), read(problems))
            auditor = Auditor(database, SPACE, {"math": DOMAIN}, lambda: HeldOutQuestions(()))
            return {look: named(auditor, look) for look in ("duplicates", "alike", "contradictions", "refuted")}
        finally:
            database.close()


def named(auditor: Auditor, look: Fault) -> dict[str, int]:
    """Of each kind, the ones that would go; for contradictions all that take part."""
    groups = auditor.look(look).groups
    ids = [id for group in groups for id in (group[1:] if look in ("duplicates", "alike") else group)]
    return {kind: len({id for id in ids if id.startswith(kind)}) for kind in ("truth", "copy", "reworded", "lie")}


def merged(read: Reader, disguise: str, copies: int) -> int:
    """How many of the disguised are counted under what they copy when they are learnt as usual."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder))
        try:
            store, truth, again = ExampleStore(database), drawn(copies), disguised(copies, disguise)
            store.add(examples_of(truth, "truth"), read(truth), space=SPACE)
            added = store.add(examples_of(again, "again"), read(again), space=SPACE)
            return copies - len(added.added)
        finally:
            database.close()


def leaked(read: Reader, disguise: str, items: int) -> dict[str, int]:
    """How many of the items that were planted in a practice pool each look finds."""
    evaluation = drawn(items)
    pool = [*clean_pool()[1], *disguised(items, disguise)]
    return {look.look: len(look.matches) for look in looks(read, evaluation, pool)}


def chance(read: Reader) -> dict[str, int]:
    """Matches between sealed and practice problems that share nothing."""
    return {look.look: len(look.matches) for look in looks(read, *clean_pool())}


def clean_pool() -> tuple[list[Problem], list[Problem]]:
    """The sealed set and the first practice pool of a configuration without settings."""
    source = GeneratedSource(Settings())
    return source.sealed(), source.practice(1)


def looks(read: Reader, first: Sequence[Problem], second: Sequence[Problem]) -> list[Look]:
    """All looks."""
    return [*look_at_words(first, second), look_at_latents(first, second, read(first), read(second))]


def share(found: int, of: int) -> str:
    """A count, its share and the share's interval."""
    low, high = wilson(found, of)
    return f"{found} of {of}, {found / of:.1%} [{100 * low:.1f}, {100 * high:.1f}]"


def show(title: str, rows: Mapping[str, Mapping[str, str]]) -> None:
    """A Markdown table, one row for each key."""
    columns = list(next(iter(rows.values())))
    print(f"\n| {title} | {' | '.join(columns)} |\n| --- |{' ---: |' * len(columns)}")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells[column] for column in columns)} |")


def main() -> None:
    """Plants, looks, and prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=1000)
    parser.add_argument("--lies", type=int, default=100)
    parser.add_argument("--items", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    read = Reader(load_student(given.checkpoint))
    audits = {d: audited(read, d, given.copies, given.lies) for d in REWORDINGS}
    doors = {d: merged(read, d, given.copies) for d in DISGUISES}
    found, clean = {d: leaked(read, d, given.items) for d in DISGUISES}, chance(read)
    if given.json:
        print(json.dumps({"audit": audits, "door": doors, "leaks": found, "clean": clean}))
        return
    for disguise, one in audits.items():
        show(f"audit, reworded by {disguise}", {k: {a: str(b) for a, b in v.items()} for k, v in one.items()})
    show("door", {d: {"merged": share(n, given.copies)} for d, n in doors.items()})
    rows = {d: {k: share(n, given.items) for k, n in v.items()} for d, v in found.items()}
    show("leaks", {**rows, "clean splits": {k: share(n, len(clean_pool()[0])) for k, n in clean.items()}})


if __name__ == "__main__":
    sys.exit(main())
