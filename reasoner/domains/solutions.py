"""The one rule whether a worked solution may teach, whoever wrote it: teacher, student, search, file or generator."""

from collections.abc import Sequence

from reasoner.domains.powers import judge_steps
from reasoner.types.domain import Domain
from reasoner.types.problem import Outcome, Problem
from reasoner.types.tried import Tried

NO_STEPS = "no steps"
NO_ANSWER = "no answer"
TOO_LONG = "too many steps"
FALSE_STEP = "false step"
UNKNOWN_OPERAND = "unknown operand"
LOOSE_ANSWER = "answer is not the last result"
WRONG_ANSWER = "wrong answer"
CHECKER_FAILED = "checker failed"


def solution_fault(problem: Problem, steps: Sequence[str], answer: str, domain: Domain) -> str:
    """What is wrong with a solution of a problem whose answer is known; empty for nothing."""
    fault = standing_fault(problem, steps, answer, domain)
    return fault or fault_of_outcome(domain.check(problem, answer).outcome)


def tried_fault(tried: Tried, domain: Domain) -> str:
    """The same of an attempt, whose answer has been judged already."""
    problem, attempt = tried.problem, tried.attempt
    return standing_fault(problem, attempt.steps, attempt.answer, domain) or fault_of_outcome(attempt.outcome)


def standing_fault(problem: Problem, steps: Sequence[str], answer: str, domain: Domain) -> str:
    """What is wrong with a solution as it stands: the problem's own answer is not looked at."""
    if not steps:
        return NO_STEPS if answer.strip() else NO_ANSWER
    if len(steps) > domain.brief().most_steps:
        return TOO_LONG
    verdicts = judge_steps(domain, problem.question, steps)
    if not all(verdict.true for verdict in verdicts):
        return FALSE_STEP
    if any(verdict.unknown for verdict in verdicts):
        return UNKNOWN_OPERAND
    if not answer.strip():
        return NO_ANSWER
    return "" if same_answer(problem, domain.answer_of(steps), answer, domain) == "right" else LOOSE_ANSWER


def same_answer(problem: Problem, truth: str, answer: str, domain: Domain) -> Outcome:
    """What the domain's checker says of an answer if another one than the problem's were the gold answer."""
    return domain.check(problem.model_copy(update={"answer": truth}), answer).outcome


def fault_of_outcome(outcome: Outcome) -> str:
    """The fault that an outcome is; empty for `right`."""
    return {"right": "", "wrong": WRONG_ANSWER, "error": CHECKER_FAILED}[outcome]


def is_sane(question: str, domain: Domain) -> bool:
    """Whether a new question is as long as the domain's are."""
    fewest, most = domain.brief().question_length
    return fewest <= len(question) <= most


def canonical_steps(steps: Sequence[str], domain: Domain) -> tuple[str, ...]:
    """Each step in the one spelling that the student learns."""
    return tuple(map(domain.canonical, steps))
