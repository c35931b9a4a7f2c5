"""Answers to benchmark items for `lm_eval_parity.py`, made from the gold answers by a seeded generator.

Right ones in many spellings, near misses, and what filters stumble over: dates at the end, two numbers, fences, two
marks, thousands with commas, negative numbers, LaTeX spellings, letters in brackets, nothing at all.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from reasoner.types.benchmark import Item

Make = Callable[[Item, Random], str]


def answers_to(name: str, items: Sequence[Item], seed: int) -> list[str]:
    """A written answer to each item of a benchmark."""
    generator = Random(f"{seed} {name}")
    return [MAKERS[name](item, generator) for item in items]


def weights_of(items: Sequence[Item], seed: int) -> list[tuple[float, ...]]:
    """Loglikelihoods of each item's options: negative, some equal, the right one often near the top."""
    generator = Random(f"{seed} weights")
    made: list[tuple[float, ...]] = []
    for item in items:
        drawn = [-generator.expovariate(0.05) * generator.choice((1, 1, 3)) for _ in item.options]
        if generator.random() < 0.4:
            drawn[item.material["gold_index"]] = max(drawn) / 2
        if generator.random() < 0.1:
            drawn = [round(one, -1) - 10 for one in drawn]
        made.append(tuple(drawn))
    return made


def _gsm8k(item: Item, draw: Random) -> str:
    gold = item.gold
    near = str(int(gold.replace("-", "") or 0) + draw.choice((-1, 1, 10))) if gold.lstrip("-").isdigit() else "7"
    grouped = f"{int(gold):,}" if gold.lstrip("-").isdigit() else gold
    said = draw.choice(
        (gold, gold, gold, grouped, f"${gold}", f"${grouped}.00", f"-{gold}", near, f"{gold}.", f"{gold}%")
    )
    forms = (
        f" First 3 + 4 = 7.\n#### {said}", f" The answer is {said}.", f" #### {near}\n#### {said}",
        f"#### {said} apples",
        f" {said}", f" It is {said}, as computed on May 5, 2021.", f" Either {near} or {said}", f"####{said}",
        f" ```\n#### {said}\n```", f" #### {said}\n\nQuestion: what is 1 + 1?\nAnswer: #### 2", " I do not know.", "",
        f" #### ${said}", f" \\boxed{{{said}}}", f" **{said}**", f" x = {said} dollars, {near} cents", f" #### {said},",
        item.material["solution"], f" Answer: {said} </s> 99", f" #### -{said}", f" {said} - {near} = 1.",
        " ####  5", " .",
    )  # fmt: skip
    return draw.choice(forms)


def _math(item: Item, draw: Random) -> str:
    gold = item.gold
    said = draw.choice((
        gold, gold, gold, gold.replace("\\frac", "\\dfrac"), f"{gold} ", f"{gold}\\text{{ cm}}", f"{gold} units",
        f"x={gold}",
        f"\\boxed{{{gold}}}", gold.replace("frac{1}{2}", "frac12"), f"-{gold}", f"{gold}+1", f"2\\cdot({gold})/2",
        gold.replace(",", ", "), f"\\left({gold}\\right)", f"{gold}^\\circ", f"{gold}.0", f"\\text{{{gold}}}", "17", "",
        f"{gold}\\%", gold.replace("\\sqrt", "sqrt"), f"{gold}, {gold}", f"[{gold}]", f"\\$ {gold}",
    ))  # fmt: skip
    forms = (
        f" We compute.\nFinal Answer: The final answer is ${said}$. I hope it is correct.",
        f"Final Answer: The final answer is {said}. I hope it is correct.",
        f" Final Answer: The final answer is ${said}$",
        f" so the result is $\\boxed{{{said}}}$.",
        f" The answer is ${said}$.",
        f" {item.material['solution']}\nFinal Answer: The final answer is ${said}$. I hope it is correct.",
        f" $\\boxed{{3}}$ at first, but then $\\boxed{{{said}}}$",
        f" Final Answer: The final answer is $7$. I hope it is correct.\n"
        f"Final Answer: The final answer is ${said}$. I hope",
        f" Final Answer: The final answer is ${said}$. I hope it is correct.\n\nProblem:\nWhat is $1$?",
        f" ${said}$", "", f" {said}", f" ```latex\n{said}\n```",
    )  # fmt: skip
    return draw.choice(forms)


def _bbh(item: Item, draw: Random) -> str:
    gold = item.gold
    texts = [line.partition(") ")[2] for line in item.question.splitlines() if line.startswith("(")]
    own = texts[ord(gold[1]) - ord("A")] if texts and gold.startswith("(") else gold
    words = {"8": "eight", "4": "four", "5": "five", "3": "three", "10": "ten", "12": "twelve"}
    other = draw.choice(("(A)", "(C)", "True", "False", "yes", "No", "7", "twenty one", "valid"))
    said = draw.choice(
        (gold, gold, gold, gold.lower(), own, own.lower(), words.get(gold, gold), gold.strip("()"), other)
    )
    forms = (
        said, f" {said}", f"{said}.", f" The answer is {said}.", f" So the answer is {said}", f' "{said}"',
        f"**{said}**",
        f" {other} is wrong, so {said}", f" {said} and not {other}", f"Answer: {said.strip('()')}",
        f" {said}\n\nQ: more\nA: {other}",
        f" not {said}", f" It is: {own}", "", f"```\n{said}\n```", f" tells the truth: {said}", f" {said} </s> {other}",
        f" sentence is not plausible, {said}", f" {said} {said}", f" one hundred and five or {said}", f"\\{said}",
    )  # fmt: skip
    return draw.choice(forms)


def _bbh_cot(item: Item, draw: Random) -> str:
    return draw.choice((
        f" So the answer is {item.gold}.", f"So the answer is {item.gold}", f"the answer is (D). {item.gold}",
        f" the answer is {item.gold}. the answer is no.", f"The answer is {item.gold}.", "", f"{item.gold}",
        f" Steps.\nSo the answer is {item.gold}.\n\nQ: again", f" the answer is {item.gold.lower()}.",
    ))  # fmt: skip


def _humaneval(item: Item, draw: Random) -> str:
    body = item.gold
    return draw.choice((
        body, body, body, f"{body}\n\n\ndef other():\n    return 1\n", f"{body}\nprint('done')\n",
        f"{body}\n# the end\n",
        f"```python\n{item.prompt}{body}\n```",
        f"Here is the function:\n```python\n{item.prompt}{body}\n```\nIt works.",
        "    pass\n", "", "    return None\n", f"{body}\nif __name__ == '__main__':\n    main()\n",
        f"{item.prompt}{body}",
        body.replace("return", "yield", 1), body.replace("+", "-", 1), body.rstrip() + "\n```",
        "    raise ValueError\n",
        body.replace("    ", "\t"), f"  {body}",
    ))  # fmt: skip


def _mbpp(item: Item, draw: Random) -> str:
    code = item.gold
    return draw.choice((
        code, code, code, f"{code}\n[DONE]\nmore", f"```python\n{code}\n```", f"Sure:\n{code}", "", code.replace("+",
        "-", 1),
        f"[BEGIN]\n{code}\n[DONE]", "def f(): return 1", code.replace("return", "yield"), f"{code}\nprint('done')",
    ))  # fmt: skip


MAKERS: Mapping[str, Make] = {
    "gsm8k": _gsm8k, "math": _math, "bbh": _bbh, "bbh_cot": _bbh_cot, "humaneval": _humaneval, "mbpp": _mbpp,
}  # fmt: skip


def made_up_arc(count: int, seed: int) -> list[dict[str, Any]]:
    """Rows of ARC's form about nothing, for where no file of ARC is at hand: 3 to 5 options, letters or digits."""
    draw = Random(f"{seed} arc")
    signs = (
        "heat",
        "the Moon",
        "a lever",
        "\N{DEGREE SIGN}C",
        "caf\N{LATIN SMALL LETTER E WITH ACUTE}",
        "soil",
        "H2O",
        "very slow growth of roots",
    )
    rows: list[dict[str, Any]] = []
    for number in range(count):
        labels = draw.choice(("ABCD", "1234", "ABC", "ABCDE"))
        texts = [" ".join(draw.choices(signs, k=draw.randint(1, 6))) for _ in labels]
        choices = [{"label": label, "text": text} for label, text in zip(labels, texts, strict=True)]
        stem = f"Which of these belongs to experiment {number}?"
        rows.append(
            {"id": f"made-{number}", "question": {"stem": stem, "choices": choices}, "answerKey": draw.choice(labels)}
        )
    return rows
