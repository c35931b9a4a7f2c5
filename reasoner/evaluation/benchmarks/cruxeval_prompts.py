"""The fixed words of CRUXEval's direct prompts (prompts.py of its repository): an instruction and two examples each."""

TASK_O = (
    "You are given a Python function and an assertion containing an input to the function. Complete the assertion "
    "with a "
    "literal (no unsimplified expressions, no function calls) containing the output when executing the provided "
    "code on "
    "the given input, even if the function is incorrect or incomplete. Do NOT output any extra information. Provide "
    "the "
    "full assertion with the correct output in [ANSWER] and [/ANSWER] tags, following the examples."
)
TASK_I = (
    "You will be given a function f and an output in the form f(??) == output. Find any input such that executing f on "
    "the input leads to the given output. There may be multiple answers, but you should only output one. In "
    "[ANSWER] and "
    "[/ANSWER] tags, complete the assertion with one such input that will produce the output when executing the "
    "function."
)


def _example(code: str, asked: str, answer: str) -> str:
    return f"[PYTHON]\n{code}\nassert {asked}\n[/PYTHON]\n[ANSWER]\nassert {answer}\n[/ANSWER]"


EXAMPLES_O = (
    _example("def f(n):\n    return n", "f(17) == ??", "f(17) == 17"),
    _example('def f(s):\n    return s + "a"', 'f("x9j") == ??', 'f("x9j") == "x9ja"'),
)
EXAMPLES_I = (
    _example(
        "def f(my_list):\n    count = 0\n    for i in my_list:\n        if len(i) % 2 == 0:\n            count += 1\n"
        "    return count",
        "f(??) == 3",
        'f(["mq", "px", "zy"]) == 3',
    ),
    _example("def f(s1, s2):\n    return s1 + s2", 'f(??) == "banana"', 'f("ba", "nana") == "banana"'),
)
