"""Prompts to the byte, and where their examples come from."""

import json
from pathlib import Path

import pytest
from made_up_rows import CHOICES, SCIENCE, SUMS, TASKS, lines, write

from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.registry import get_benchmark
from reasoner.types.benchmark import Item


def first(name: str, path: Path, *, shots: int) -> Item:
    return get_benchmark(name).read(path, shots=shots)[0]


def test_gsm8k_asks_after_five_different_examples_in_the_same_form(tmp_path: Path) -> None:
    path = write("gsm8k", tmp_path)
    (tmp_path / "train.jsonl").write_text(lines(SUMS[1:]))
    *shown, asked = first("gsm8k", path, shots=5).prompt.split("\n\n")
    assert asked == "Question: Ada has 501 pens and buys 501. How many has she?\nAnswer:"
    known = {f"Question: {row['question']}\nAnswer: {row['answer']}" for row in SUMS[1:]}
    assert len(shown) == len(set(shown)) == 5
    assert set(shown) <= known


def test_examples_from_the_file_itself_leave_the_question_out(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(lines(SUMS))
    for item in get_benchmark("gsm8k").read(path, shots=5):
        assert item.prompt.count(item.question) == 1


def test_a_missing_file_of_examples_is_told_with_the_way_round_it(tmp_path: Path) -> None:
    path = write("gsm8k", tmp_path)
    with pytest.raises(DataError, match=r"given no train\.jsonl, expected one.*--shots 0"):
        get_benchmark("gsm8k").read(path, shots=5)


def test_math_asks_in_minervas_form_and_names_the_training_rows_that_it_lacks(tmp_path: Path) -> None:
    path = write("math", tmp_path)
    assert first("math", path, shots=0).prompt == "Problem:\nWhat is $1+1$?\n\nSolution:"
    (tmp_path / "train.jsonl").write_text(path.read_text())
    with pytest.raises(DataError, match=r"without an example of the protocol.*--shots 0"):
        get_benchmark("math").read(path, shots=4)


def test_mmlu_shows_the_subjects_first_development_rows(tmp_path: Path) -> None:
    path = write("mmlu", tmp_path)
    (tmp_path / "dev.jsonl").write_text(lines(CHOICES[:6]))
    item = first("mmlu", path, shots=2)
    assert item.prompt == (
        "The following are multiple choice questions (with answers) about made up science.\n\n"
        "Which is number 0?\nA. w\nB. x\nC. y\nD. z\nAnswer: A\n\n"
        "Which is number 1?\nA. w\nB. x\nC. y\nD. z\nAnswer: B\n\n"
        "Which is number 0?\nA. w\nB. x\nC. y\nD. z\nAnswer:"
    )
    assert (item.options, item.gold) == ((" A", " B", " C", " D"), "A")


def test_mmlu_reads_tables_with_and_without_a_header_alike(tmp_path: Path) -> None:
    plain = tmp_path / "plain" / "test" / "made_up_science_test.csv"
    headed = tmp_path / "headed" / "test" / "made_up_science.csv"
    for file, text in (
        (plain, 'Which?,w,x,y,"z, or more",D\n'),
        (headed, 'question,choice0,choice1,choice2,choice3,answer\nWhich?,w,x,y,"z, or more",3\n'),
    ):
        file.parent.mkdir(parents=True)
        file.write_text(text)
    one, other = (get_benchmark("mmlu").read(tmp_path / name, shots=0) for name in ("plain", "headed"))
    assert one == other
    assert (one[0].gold, one[0].subject) == ("D", "made_up_science")


def test_arc_asks_the_stem_alone_and_shows_the_right_texts(tmp_path: Path) -> None:
    path = write("arc", tmp_path)
    item = first("arc", path, shots=0)
    assert item.prompt == "Question: What warms 0?\nAnswer:"
    assert (item.options, item.gold, item.accepted) == ((" the moon", " the sun"), "B", ("the sun",))
    (tmp_path / "ARC-Easy-Train.jsonl").write_text(lines(SCIENCE[1:]))
    assert (
        first("arc", path, shots=1).prompt
        == "Question: What warms 1?\nAnswer: a fire\n\nQuestion: What warms 0?\nAnswer:"
    )


def test_bbh_puts_the_tasks_sentence_before_the_question(tmp_path: Path) -> None:
    sentence = (
        "Given a series of navigation instructions, determine whether one would end up back at the starting point."
    )
    path = write("bbh", tmp_path)
    assert first("bbh", path, shots=0).prompt == f"{sentence}\n\nQ: Turn.\nOptions:\n- Yes\n- No\nA:"
    with pytest.raises(DataError, match="bbh_cot"):
        get_benchmark("bbh").read(path, shots=3)


def test_bbh_with_steps_takes_its_examples_from_the_published_folder(tmp_path: Path) -> None:
    path = write("bbh_cot", tmp_path)
    with pytest.raises(DataError, match=r"navigate\.txt: no such file.*--shots 0"):
        get_benchmark("bbh_cot").read(path, shots=3)
    folder = tmp_path / "cot-prompts"
    folder.mkdir()
    shown = [f"Q: Step {n}.\nA: Let's think step by step.\nIt is so.\nSo the answer is No." for n in range(3)]
    (folder / "navigate.txt").write_text("a canary\n-----\nWhere does one end?\n\n" + "\n\n".join(shown))
    assert first("bbh_cot", path, shots=2).prompt == (
        "Where does one end?\n\n" + "\n\n".join(shown[:2]) + "\n\nQ: Turn.\nA: Let's think step by step.\n"
    )


def test_mbpp_shows_its_three_examples_and_asks_only_rows_of_the_test_part(tmp_path: Path) -> None:
    path = write("mbpp", tmp_path)
    items = get_benchmark("mbpp").read(path, shots=1)
    assert [item.id for item in items] == ["MBPP/11", "MBPP/12"]
    asked = (
        "You are an expert Python programmer, and here is your task: Write a function to add {n}. Your code should pass"
    )
    assert items[0].prompt == (
        asked.format(n=2) + " these tests:\n\nassert add(0) == 2\nassert add(1) == 3\nassert add(2) == 4\n[BEGIN]\n"
        "def add(x):\r\n    return x + 2\n[DONE]\n\n"
        + asked.format(n=11) + " these tests:\n\nassert add(0) == 11\n"
        "assert add(1) == 12\nassert add(2) == 13\n[BEGIN]\n"
    )  # fmt: skip
    path.write_text(lines(TASKS[3:]))
    with pytest.raises(DataError, match=r"no row with task_id 2.*--shots 0"):
        get_benchmark("mbpp").read(path, shots=3)


def test_cruxeval_asks_in_its_papers_form(tmp_path: Path) -> None:
    path = write("cruxeval_o", tmp_path)
    outputs, inputs = first("cruxeval_o", path, shots=2).prompt, first("cruxeval_i", path, shots=2).prompt
    assert outputs.endswith("\n\n[PYTHON]\ndef f(x):\n    return x * 2\nassert f(3) == ??\n[/PYTHON]\n[ANSWER]\n")
    assert inputs.endswith("\n\n[PYTHON]\ndef f(x):\n    return x * 2\nassert f(??) == 6\n[/PYTHON]\n[ANSWER]\n")
    assert outputs.count("[/ANSWER]\n") == inputs.count("[/ANSWER]\n") == 2


def test_hotpotqa_puts_paragraphs_before_the_question_if_asked(tmp_path: Path) -> None:
    path = write("hotpotqa", tmp_path)
    assert first("hotpotqa", path, shots=0).prompt == "Question: Who drew the map?\nAnswer:"
    context = "Map: It was drawn. By a fox.\n\nFox: Red.\n\nQuestion: Who drew the map?\nAnswer:"
    assert first("hotpotqa_context", path, shots=0).prompt == context


def test_other_prompts(tmp_path: Path) -> None:
    assert (
        first("deepmind_math", write("deepmind_math", tmp_path), shots=0).prompt == "Question: What is 2 + 2?\nAnswer:"
    )
    item = first("prosqa", write("prosqa", tmp_path), shots=0)
    assert item.prompt == f"{item.question}\n"
    assert item.options == ("### Tom is a dumpus.", "### Tom is a gorpus.")
    banking = first("banking77", write("banking77", tmp_path), shots=0)
    assert banking.prompt.endswith(" available.\n\nQuery: where is it\nLabel:")
    assert banking.options == (" card arrival", " lost card")


def test_deepminds_examples_are_the_first_pairs_of_the_module(tmp_path: Path) -> None:
    path = write("deepmind_math", tmp_path)
    source = tmp_path / "train-easy" / path.name
    source.parent.mkdir()
    source.write_text("What is 1 + 1?\n2\nWhat is 1 + 2?\n3\n")
    assert (
        first("deepmind_math", path, shots=1).prompt
        == "Question: What is 1 + 1?\nAnswer: 2\n\nQuestion: What is 2 + 2?\nAnswer:"
    )


def test_a_folder_of_mathematics_with_a_file_a_problem_is_read(tmp_path: Path) -> None:
    for number in range(2):
        file = tmp_path / "test" / "algebra" / f"{number}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"problem": f"What is ${number}$?", "solution": f"$\\boxed{{{number}}}$"}))
    assert [item.gold for item in get_benchmark("math").read(tmp_path, shots=0)] == ["0", "1"]
