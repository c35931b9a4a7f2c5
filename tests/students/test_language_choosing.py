"""Answers that are weighed, not written: what each is worth, and when a student does so."""

import pytest
import torch
from language_maker import character_llama, language_settings
from tiny_writer import tiny_writer

from reasoner.errors import ConfigError, UsageError
from reasoner.models.causal import load_causal
from reasoner.students.language.student import LanguageStudent, Origin
from reasoner.students.language.template import UNSUPERVISED, template_of

QUESTIONS = [
    "Where is it?",
    "A long story of 12 cats and 5 dogs that ran in the rain all day. Where did they run?",
    "?",
]
OFFERED = [("home", "away"), ("in the rain", "nowhere at all", "A", "under the very old bridge"), ("B", "B", "A")]
MAKERS = {"llama": character_llama, "gpt2": lambda folder: tiny_writer(folder, positions=400)}


@pytest.fixture(scope="module", params=list(MAKERS))
def student(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LanguageStudent:
    model = load_causal(
        MAKERS[request.param](tmp_path_factory.mktemp("model") / "model"), device="cpu", dtype=torch.float32
    )
    settings = language_settings("m", max_new_tokens=48, max_prompt_tokens=200).language
    template = template_of(model.tokenizer, settings, form="block", positions=model.positions)
    return LanguageStudent(model, template, Origin("m", model.mark))


def test_answers_are_worth_the_same_alone_and_among_others(student: LanguageStudent) -> None:
    together = student.weigh(QUESTIONS, OFFERED)
    for question, offered, said in zip(QUESTIONS, OFFERED, together, strict=True):
        for answer, of_answer in zip(offered, said, strict=True):
            ((alone,),) = student.weigh([question], [[answer]])
            assert of_answer == pytest.approx(alone, abs=1e-4)


def test_an_answers_sum_is_what_transformers_own_loss_gives_for_its_training_row(student: LanguageStudent) -> None:
    for question, offered, said in zip(QUESTIONS, OFFERED, student.weigh(QUESTIONS, OFFERED), strict=True):
        for answer, of_answer in zip(offered, said, strict=True):
            row = student.template.row(question, [answer])
            assert row is not None
            assert row.targets.count(UNSUPERVISED) == row.start
            assert len(of_answer) == row.taught
            with torch.no_grad():
                loss = student.model.network(input_ids=torch.tensor([row.ids]), labels=torch.tensor([row.targets])).loss
            assert sum(of_answer) == pytest.approx(-float(loss) * row.taught, abs=1e-3)


def test_the_likeliest_answer_is_chosen_and_the_first_of_equals(student: LanguageStudent) -> None:
    chosen = student.choose(QUESTIONS, OFFERED)
    for offered, said, one in zip(OFFERED, student.weigh(QUESTIONS, OFFERED), chosen, strict=True):
        sums = [sum(each) for each in said]
        assert one.steps == (offered[sums.index(max(sums))],)
        assert sum(one.logprobs) == pytest.approx(max(sums))
        assert len(one.logprobs) == 2
        assert one.finished
    assert student.choose([], []) == []


def test_a_mean_does_not_favour_short_answers(student: LanguageStudent) -> None:
    from dataclasses import replace

    by_mean = replace(student, score_by="mean").choose(QUESTIONS, OFFERED)
    for offered, said, one in zip(OFFERED, student.weigh(QUESTIONS, OFFERED), by_mean, strict=True):
        means = [sum(each) / len(each) for each in said]
        assert one.steps == (offered[means.index(max(means))],)


def test_it_writes_where_answers_are_not_few_or_its_work_is_shown(student: LanguageStudent) -> None:
    from dataclasses import replace

    written = student.solve(QUESTIONS)
    assert student.choose(QUESTIONS, [()] * 3) == written
    assert student.choose(QUESTIONS, [tuple(map(str, range(201)))] * 3) == written
    assert replace(student, answer_by="write").choose(QUESTIONS, OFFERED) == written
    lines = replace(student, template=replace(student.template, form="lines"))
    assert lines.choose(QUESTIONS, OFFERED) == lines.solve(QUESTIONS)
    mixed = student.choose(QUESTIONS, [OFFERED[0], (), ()])
    assert mixed[0].steps[0] in OFFERED[0]
    assert mixed[1].steps == written[1].steps
    with pytest.raises(UsageError, match="does not say which answers"):
        replace(student, answer_by="score").choose(QUESTIONS, [()] * 3)


def test_an_answer_that_could_not_be_learnt_is_refused_in_words(student: LanguageStudent) -> None:
    with pytest.raises(ConfigError, match=r"language\.max_new_tokens=48: the answer 'long long"):
        student.choose(["?"], [("long " * 30, "short")])
