"""One path from a question to tokens and back, for every kind of tokenizer."""

from pathlib import Path
from typing import Any

import pytest
from language_maker import character_llama
from tiny_writer import tiny_writer
from transformers import AutoTokenizer

from reasoner.config.settings import LanguageSettings
from reasoner.errors import ConfigError
from reasoner.models.continuing import Continued
from reasoner.students.language.template import UNSUPERVISED, Form, Template, form_of, template_of

CHAT = (
    "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% endif %}"
)
MAKERS = {
    "characters, with a first token": character_llama,
    "byte pairs, first token unsaid": lambda folder: tiny_writer(folder, kind="llama"),
    "byte pairs, first token said": lambda folder: tiny_writer(folder, kind="llama", begins=True),
    "a chat template": lambda folder: tiny_writer(folder, kind="llama", begins=True),
}


def made(tokenizer: Any, form: Form = "lines", positions: int = 512, **how: Any) -> Template:
    return template_of(tokenizer, LanguageSettings(**{"max_new_tokens": 64, **how}), form=form, positions=positions)


@pytest.fixture(params=list(MAKERS))
def tokenizer(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    found = AutoTokenizer.from_pretrained(MAKERS[request.param](tmp_path / "model"))
    if request.param == "a chat template":
        found.chat_template = CHAT
    return found


@pytest.mark.parametrize("instruction", ["", "Work it out."])
def test_a_row_begins_with_its_prompt_and_ends_with_the_end(tokenizer: Any, instruction: str) -> None:
    template = made(tokenizer, instruction=instruction)
    prompt, row = template.prompt("What is 3 + 4?"), template.row("What is 3 + 4?", ["3+4=7", "7+0=7"])
    assert row is not None
    assert row.ids[: len(prompt.ids)] == prompt.ids
    assert row.targets[: row.start] == (UNSUPERVISED,) * len(prompt.ids)
    assert row.targets[row.start :] == row.ids[row.start :]
    assert row.ids[-1] == tokenizer.eos_token_id
    assert row.ids.count(tokenizer.bos_token_id) == 1
    assert row.ids[0] == tokenizer.bos_token_id
    assert tokenizer.decode(row.ids[row.start : -1]) == "3+4=7\n7+0=7"
    assert instruction in tokenizer.decode(prompt.ids)


def test_what_is_written_is_read_as_the_steps_that_were_learnt(tokenizer: Any) -> None:
    template = made(tokenizer)
    row = template.row("?", ["3+4=7", "7*2=14"])
    assert row is not None
    said = row.ids[row.start : -1]
    logprobs = tuple(-0.5 for _ in said)
    ended = template.read(Continued(said, (*logprobs, -0.25), ended=True))
    assert ended.steps == ("3+4=7", "7*2=14")
    assert ended.finished
    assert len(ended.logprobs) == 3
    assert ended.logprobs[-1] == -0.25
    assert sum(ended.logprobs) == pytest.approx(-0.5 * len(said) - 0.25)
    unended = template.read(Continued(said, logprobs, ended=False))
    assert not unended.finished
    assert len(unended.logprobs) == 2


def test_a_steps_logprob_is_that_of_its_own_tokens_and_its_lines_end(tmp_path: Path) -> None:
    template = made(AutoTokenizer.from_pretrained(character_llama(tmp_path / "model")))
    said = tuple(template.tokenizer.encode("ab\n\nc", add_special_tokens=False))
    found = template.read(Continued(said, (-1.0, -2.0, -4.0, -8.0, -16.0, -32.0), ended=True))
    assert found.steps == ("ab", "c")
    assert found.logprobs == (-7.0, -24.0, -32.0)


def test_a_block_is_one_step_with_all_its_lines(tokenizer: Any) -> None:
    template = made(tokenizer, "block")
    row = template.row("?", ["def f():\n    return 1"])
    assert row is not None
    written = Continued(row.ids[row.start : -1], tuple(-1.0 for _ in row.ids[row.start :]), ended=True)
    assert template.read(written).steps == ("def f():\n    return 1",)
    assert template.read(Continued((), (-1.0,), ended=True)).steps == ()


def test_a_question_that_is_too_long_keeps_its_first_token_and_its_end_and_does_not_teach(tokenizer: Any) -> None:
    template = made(tokenizer, max_prompt_tokens=40)
    long = "the cat sat on the mat and " * 20 + "why?"
    prompt = template.prompt(long)
    assert prompt.cut
    assert len(prompt.ids) == 40
    assert prompt.ids[0] == tokenizer.bos_token_id
    assert "why?" in tokenizer.decode(prompt.ids)
    assert template.row(long, ["because"]) is None
    assert template.row("why?", ["because " * 40]) is None
    assert template.row("why?", ["", " "]) is None


@pytest.mark.parametrize(
    ("solutions", "form"),
    [
        ([("a", "b"), ("c",)], "lines"),
        ([("a",), ("c",)], "block"),
        ([("a\nb", "c"), ("d", "e")], "block"),
        ([(), ("a", "b")], "lines"),
        ([], "lines"),
    ],
)
def test_steps_are_lines_where_lines_are_steps(solutions: list[tuple[str, ...]], form: str) -> None:
    assert form_of(solutions) == form


def test_what_cannot_be_put_is_refused_in_words(tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(character_llama(tmp_path / "model"))
    with pytest.raises(ConfigError, match="has no chat template"):
        made(tokenizer, template="chat")
    with pytest.raises(ConfigError, match="reads 32 tokens in all"):
        made(tokenizer, positions=32)
    tokenizer.eos_token = None
    with pytest.raises(ConfigError, match="names no end token"):
        made(tokenizer).row("?", ["a"])
