"""Written answers: what each filter reads, and what it is worth."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from made_up_rows import write

from reasoner.evaluation.benchmarks.bbh_filters import flexible
from reasoner.evaluation.benchmarks.minerva import final_answer, gold_answer, normalised
from reasoner.evaluation.benchmarks.number_words import number_in_words
from reasoner.evaluation.benchmarks.registry import get_benchmark
from reasoner.types.benchmark import Item, Reply


def score_of(name: str, folder: Path, text: str, *, item: int = 0) -> dict[str, float]:
    benchmark: Any = get_benchmark(name)
    items = benchmark.read(write(name, folder), shots=0)
    return benchmark.score(items[item], Reply(texts=(text,)), "generate").values


GSM8K = [  # the gold answer is 1002
    (" 501 + 501\n#### 1002", 1, 1),
    (" #### 1,002", 1, 1),
    (" #### 1002.", 1, 1),
    ("#### $1002", 0, 1),
    (" The answer is $1,002.", 0, 1),
    (" It is 1002, as was known on May 5, 2021.", 0, 0),
    (" #### 1002\nWritten in 2021", 1, 0),
    (" #### 7\n#### 1002", 0, 1),
    (" ```\n#### 1002\n```", 1, 1),
    (" #### -1002", 0, 0),
    (" #### 1002\n\nQuestion: and 1 + 1?\nAnswer: #### 2", 1, 1),
    ("####1002", 0, 1),
    (" I do not know.", 0, 0),
]


@pytest.mark.parametrize(("text", "strict", "flexible"), GSM8K)
def test_gsm8k_reads_the_marked_number_and_the_last_one(text: str, strict: int, flexible: int, tmp_path: Path) -> None:
    values = score_of("gsm8k", tmp_path, text)
    assert values == {"exact_match/strict": strict, "exact_match/flexible": flexible}


def test_several_samples_give_the_share_of_right_ones(tmp_path: Path) -> None:
    benchmark: Any = get_benchmark("gsm8k")
    item = benchmark.read(write("gsm8k", tmp_path), shots=0)[0]
    score = benchmark.score(item, Reply(texts=("#### 1002", "#### 3", "#### 4", "#### 1002")), "generate")
    assert score.values["exact_match/strict"] == 0.5
    assert score.extracted["strict"] == "1002"


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        ("x = \\frac12", "\\frac{1}{2}"),
        ("$5$ cm", "5"),
        ("1,000", "1000"),
        ("1,2", "1,2"),
        ("\\left(1, 2\\right)", "\\left(1,2\\right)"),
        ("\\sqrt[3]8", "\\sqrt[3]{8}"),
        ("\\sqrt2", "\\sqrt{2}"),
        ("90^\\circ", "90"),
        ("\\text{red}", "red"),
        ("\\boxed{7}", "7"),
    ],
)
def test_minervas_normalisation(answer: str, plain: str) -> None:
    assert normalised(answer) == plain


def test_the_gold_answer_is_what_is_boxed_last() -> None:
    assert gold_answer("$\\boxed{1}$, so $\\boxed{\\frac12}$") == "\\frac{1}{2}"
    assert gold_answer("$\\boxed 5$") == "5"
    assert gold_answer("$\\boxed{}$") == ""


def test_the_final_sentence_is_read_as_minerva_does() -> None:
    assert final_answer("Final Answer: The final answer is $2$. I hope it is correct.") == "$2$"
    assert final_answer("The answer is 2.") == "[invalidanswer]"


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("Final Answer: The final answer is $2$. I hope it is correct.", 1),
        ("so $\\boxed{2}$", 1),
        ("$2$", 1),
        ("It is two.\n\nProblem:\n2", 0),
        ("", 0),
    ],
)
def test_maths_flexible_filter_needs_no_package(text: str, worth: int, tmp_path: Path) -> None:
    assert score_of("math", tmp_path, text)["exact_match/flexible"] == worth


def test_a_missing_package_is_named_and_counts_as_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reasoner.evaluation.benchmarks.hendrycks_math.find_spec", lambda _: None)
    benchmark: Any = get_benchmark("math")
    item = benchmark.read(write("math", tmp_path), shots=0)[0]
    score = benchmark.score(item, Reply(texts=("$2$",)), "generate")
    assert "math_verify" not in score.values
    assert "pip install 'reasoner[math-verify]'" in score.errors["math_verify"]


@pytest.mark.skipif(find_spec("math_verify") is None, reason="math-verify is not installed (extra math-verify)")
def test_math_verify_finds_equal_answers_in_free_text(tmp_path: Path) -> None:
    assert score_of("math", tmp_path, "So it is $\\boxed{0.5}$.", item=1)["math_verify"] == 1
    assert score_of("math", tmp_path, "So it is $\\boxed{0.6}$.", item=1)["math_verify"] == 0


@pytest.mark.skipif(find_spec("antlr4") is None, reason="antlr4 is not installed (extra math-verify)")
def test_minervas_match_simplifies(tmp_path: Path) -> None:
    text = "Final Answer: The final answer is ${}$. I hope it is correct."
    assert score_of("math", tmp_path, text.format("\\frac{2}{4}"), item=1)["exact_match"] == 1
    assert score_of("math", tmp_path, text.format("\\frac{2}{3}"), item=1)["exact_match"] == 0


BBH = [
    ("truth", "", "So it is False, not True", "False"),
    ("yes_no", "", "the answer is no. Yes", "no"),
    ("validity", "", "This is invalid.", "invalid"),
    ("number", "", "There are 12 of 15", "12"),
    ("number", "", "There are twenty five", "25"),
    ("number", "", "nothing at all", "[invalid]"),
    ("letter", "Which?\n(A) a cat\n(B) a dog", "It is (B)", "(B)"),
    ("letter", "Which?\n(A) a cat\n(B) a dog", "It is a Dog.", "(B)"),
    ("letter", "Which?\n(A) red\n(B) red hat", "the red hat", "(B)"),
    ("letter", "Which?\n(A) a cat\n(B) a dog", "Answer: B", "(B)"),
    ("letter", "Which?\n(A) a cat\n(B) a dog", "neither", "[invalid]"),
    ("plausible", "", "It is not plausible", "no"),
    ("plausible", "", "It is plausible", "yes"),
    ("honest", "", "Yes, Ann tells the truth", "yes"),
    ("honest", "", "Ann is not telling the truth", "no"),
    ("words", "Sort: List: pear apple fig", "apple fig pear", "apple fig pear"),
    ("words", "Sort: List: pear apple fig", "fig, then apple; fig, pear", "apple fig pear"),
    ("words", "Sort: List: a( b", "a( b", "[invalid]"),
    ("bracket", "", " ) ]", ") ]"),
]


@pytest.mark.parametrize(("kind", "question", "text", "read"), BBH)
def test_bbhs_flexible_filter(kind: Any, question: str, text: str, read: str) -> None:
    assert flexible(kind, question, text) == read


@pytest.mark.parametrize(
    ("text", "strict", "flexible"),
    [
        ("Yes", 1, 1),
        ("yes.", 1, 1),
        (" Yes", 0, 1),
        ("I think so: Yes", 0, 1),
        ("Yes\n\nQ: more", 1, 1),
        ("No", 0, 0),
        ("", 0, 0),
    ],
)
def test_bbh_compares_the_whole_text_and_what_is_found_in_it(
    text: str, strict: int, flexible: int, tmp_path: Path
) -> None:
    # After `A:` a model writes a blank first, which lm-eval's strict filter keeps, too.
    assert score_of("bbh", tmp_path, text.replace("\n\nQ", "Q")) == {
        "exact_match/strict": strict,
        "exact_match/flexible": flexible,
    }


@pytest.mark.parametrize(
    ("words", "number"),
    [("seventeen", "17"), ("two hundred and five", "205"), ("one million two thousand three", "1002003"),
     ("twenty, five", "5"), ("thousand five", ""), ("one thousand two thousand", ""), ("nothing", ""), ("six", "")],
)  # fmt: skip
def test_numbers_in_words_are_read_as_word2number_reads_them(words: str, number: str) -> None:
    assert number_in_words(words) == number


@pytest.mark.parametrize(
    ("text", "em", "f1"),
    [("the red fox", 1, 1), ("Red fox.", 1, 1), ("A fox\nQuestion: next", 0, 2 / 3), ("yes", 0, 0), ("", 0, 0)],
)
def test_hotpotqa_scores_as_its_script(text: str, em: float, f1: float, tmp_path: Path) -> None:
    values = score_of("hotpotqa", tmp_path, text)
    assert values == pytest.approx({"em": em, "f1": f1})


def test_a_yes_among_other_words_shares_nothing_with_yes(tmp_path: Path) -> None:
    assert score_of("hotpotqa", tmp_path, "yes they are", item=1) == {"em": 0, "f1": 0}


@pytest.mark.parametrize(
    ("text", "strict", "flexible"),
    [
        ("### Tom is a dumpus.", 1, 1),
        ("Tom is a lempus.\n### Tom is a dumpus.", 1, 1),
        ("A dumpus", 0, 1),
        ("Tom is a gorpus.", 0, 0),
    ],
)
def test_prosqa_takes_what_follows_the_mark_or_the_kind(text: str, strict: int, flexible: int, tmp_path: Path) -> None:
    assert score_of("prosqa", tmp_path, text) == {"exact_match/strict": strict, "exact_match/flexible": flexible}


@pytest.mark.parametrize(
    ("name", "text", "worth"),
    [
        ("mmlu", "A", 1), ("mmlu", " (A) w", 1), ("mmlu", "The answer is A", 1), ("mmlu", "B", 0), ("mmlu", "A or B",
        0),
        ("mmlu", "", 0), ("arc", "The sun.", 1), ("arc", "B", 0), ("banking77", "card_arrival", 1), ("banking77",
        "lost card", 0),
    ],
)  # fmt: skip
def test_options_that_are_written_instead_of_weighed(name: str, text: str, worth: int, tmp_path: Path) -> None:
    assert score_of(name, tmp_path, text)["acc"] == worth


@pytest.mark.parametrize(("text", "strict", "flexible"), [(" 4", 1, 1), ("So\nthe answer is 4.", 0, 1), ("5", 0, 0)])
def test_deepminds_answers_are_compared_by_character(text: str, strict: int, flexible: int, tmp_path: Path) -> None:
    values = score_of("deepmind_math", tmp_path, text)
    assert values == {"exact_match/strict": strict, "exact_match/flexible": flexible}


def test_the_length_of_an_options_text_counts_in_characters_without_its_blank() -> None:
    benchmark: Any = get_benchmark("arc")
    item = Item(
        id="x",
        question="q",
        prompt="p",
        options=(" ab", " abcd"),
        gold="B",
        material={"gold_index": 1, "lengths": [2, 4]},
    )
    values = benchmark.score(item, Reply(loglikelihoods=(-3.0, -5.0)), "loglikelihood").values
    assert values == {"acc": 0.0, "acc_norm": 1.0}
