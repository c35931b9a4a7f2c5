"""The bar for language students: three cycles of additions to a small Llama, most of them promoted by the usual gate.

The model is a Llama of a million weights that transformers itself makes and that has been to school for two minutes: it
writes the steps of the task in their form and gets two of five right. Seeds, rates and sizes were chosen on practice
and gate figures; the sealed set is only reported.
"""

from pathlib import Path

import pytest
from language_maker import school, word_llama
from loop_runs import command
from school_settings import MODULES, school_settings

from reasoner.data.sources import open_source
from reasoner.students import load
from reasoner.students.language.student import LanguageStudent

pytestmark = pytest.mark.slow

LOOP = [
    "loop", "--cycles", "3", "--task", "formal_math", f"domains.formal_math.modules=[{','.join(MODULES)}]",
    "data.difficulties=[1]", "data.base_difficulties=[1]", "data.practice_size=100", "data.gate_size=200",
    "data.sealed_size=200", "student.kind=language", "student.mode=talk", "language.batch_size=16",
    "language.lora_rank=16", "language.lora_alpha=32", "language.learning_rate=0.005", "language.epochs=4",
    "language.replay_share=0", "language.max_new_tokens=40", "language.max_prompt_tokens=60", "teacher.calls=20",
    "teacher.problems_per_call=20", "compute.threads=1",
]  # fmt: skip


def schooled(folder: Path, *, seed: int) -> str:
    """A Llama that has learnt a little of the task; its folder as text."""
    problems = list(open_source(school_settings(seed)).base_problems(3000, 7))
    texts = [*(problem.question for problem in problems), *["Question: Answer:"] * 9]
    model = word_llama(folder, texts, width=192, layers=2, seed=seed)
    school(model, [(problem.question, problem.steps) for problem in problems], updates=120, rate=3e-3, seed=seed)
    return model


@pytest.mark.parametrize("seed", [0])
def test_most_additions_are_promoted_and_the_model_beneath_stays_as_it_was(tmp_path: Path, seed: int) -> None:
    model, home = schooled(tmp_path / "model", seed=seed), tmp_path / "home"
    ended = command(home, *LOOP, f"seed={seed}", f"student.model={model}")
    assert ended.code == 0, ended.words
    promoted = [one["candidate"] for one in ended.of("decision") if one["verdict"] == "promote"]
    assert len(promoted) >= 2
    sealed = [one["accuracy"] for one in ended.of("evaluation") if one["split"] == "sealed"]
    assert max(sealed) - sealed[0] >= 0.15

    questions = [problem.question for problem in open_source(school_settings(seed)).practice(1)[:40]]
    champion = load(home / "checkpoints" / promoted[-1])
    bases = [path for path in (home / "checkpoints").iterdir() if not (path / "adapter_config.json").exists()]
    (bare,) = [load(path) for path in bases]
    assert isinstance(champion, LanguageStudent)
    assert champion.adapter is not None
    learnt, before = champion.solve(questions), bare.solve(questions)
    with champion.adapter.off():
        assert champion.solve(questions) == before
    assert champion.solve(questions) == learnt != before
    with champion.adapter.off():
        assert champion.solve(questions) == before
