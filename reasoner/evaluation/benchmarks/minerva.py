r"""Final answers in mathematics as Minerva's protocol reads them (Lewkowycz et al. 2022, appendix D).

As in lm-eval's `minerva_math` 3.1: the sentence `Final Answer: The final answer is X. I hope it is correct.` and a
normalisation by fixed lists. `latex_equality` then compares.
"""

import re

from reasoner.domains.checkers.extraction import boxed_exactly

NO_ANSWER = "[invalidanswer]"
_END = "I hope it is correct."
_SENTENCE = re.compile(r"Final Answer: The final answer is(.*?). I hope it is correct.")
_REPLACED = (
    ("an ", ""), ("a ", ""), (".$", "$"), ("\\$", ""), (r"\ ", ""), (" ", ""), ("mbox", "text"),
    (",\\text{and}", ","), ("\\text{and}", ","), ("\\text{m}", "\\text{}"),
)  # fmt: skip
_REMOVED = (
    "square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units", "\\ldots", "sue", "points",
    "feet", "minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters", "meals", "edges", "students",
    "childrentickets", "multiples", "\\text{s}", "\\text{.}", "\\text{\ns}", "\\text{}^2", "\\text{}^3", "\\text{\n}",
    "\\text{}", r"\mathrm{th}", r"^\circ", r"^{\circ}", r"\;", r",\!", "{,}", '"', "\\dots",
)  # fmt: skip
_UNWRAPPED = (
    (re.compile(r"(.*?)(\$)(.*?)(\$)(.*)"), r"$\3$"),
    (re.compile(r"(\\text\{)(.*?)(\})"), r"\2"),
    (re.compile(r"(\\textbf\{)(.*?)(\})"), r"\2"),
    (re.compile(r"(\\overline\{)(.*?)(\})"), r"\2"),
    (re.compile(r"(\\boxed\{)(.*)(\})"), r"\2"),
    (re.compile(r"(frac)([^{])(.)"), r"frac{\2}{\3}"),
    (re.compile(r"(sqrt)(\[[^\]]*\])(\w)"), r"\1\2{\3}"),
    (re.compile(r"(sqrt)(?!\[)([^{])"), r"sqrt{\2}"),
)
_WORDS = {word: re.compile(rf"(?<!\\)\b{word}\b") for word in _REMOVED if word.isalpha()}
_COMMAND = re.compile(r"(\\[a-zA-Z]+)")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")
_SEVERAL = re.compile(r"\\boxed ")


def final_answer(text: str) -> str:
    """What stands in the sentence that the examples end with; `[invalidanswer]` where it is not said."""
    found = _SENTENCE.search(text + _END)
    return found[1].strip() if found else NO_ANSWER


def gold_answer(solution: str) -> str:
    r"""What a solution boxes last, normalised: `\boxed{5}`, `\boxed 5$`. Empty where nothing is in the box."""
    if _SEVERAL.search(solution):
        return normalised(_SEVERAL.split(solution)[-1].partition("$")[0])
    return normalised(boxed_exactly(solution))


def normalised(answer: str) -> str:
    """`normalize_final_answer` of appendix D."""
    answer = answer.rpartition("=")[2]
    for pattern in _WORDS.values():
        answer = pattern.sub("", answer)
    for before, after in _REPLACED:
        answer = answer.replace(before, after)
    for word in _REMOVED:
        answer = _outside_commands(answer, word) if word in _WORDS else answer.replace(word, "")
    for pattern, kept in _UNWRAPPED:
        answer = pattern.sub(kept, answer)
    answer = answer.replace("$", "")
    return answer.replace(",", "") if _GROUPED.fullmatch(answer) else answer


def _outside_commands(answer: str, word: str) -> str:
    r"""Without a unit's word, which is also part of commands: `ft` of `\left`."""
    parts = _COMMAND.split(answer)
    return "".join(part if at % 2 else part.replace(word, "") for at, part in enumerate(parts))
