"""The memory as a search asks it: solutions of problems like a question, never of the question itself."""

from collections.abc import Callable, Sequence

from memory.latent_memory import LatentMemory
from reasoner.models.student import Student
from reasoner.search.greedy import embed_questions
from reasoner.types.example import Example, WrongAttempt
from reasoner.types.ports import Domain, Recall

Item = Example | WrongAttempt


def recall_from(
    memory: LatentMemory, encoder: Student, domain: Domain, *, known: Callable[[Item], bool] = lambda _: True
) -> Recall:
    """Recalls from one memory.

    Args:
        memory: in the space of `encoder`.
        encoder: ready for inference.
        domain: says what a structure is.
        known: what may be recalled.
    """

    def ask(questions: Sequence[str], k: int) -> list[list[tuple[str, ...]]]:
        vectors_BD = embed_questions(encoder, questions).numpy()
        found = [
            memory.search(vector, k=k, leave_out=lambda i, q=question: not known(i) or is_twin(i, q, domain))
            for question, vector in zip(questions, vectors_BD, strict=True)
        ]
        return [[recollection.example.problem.steps for recollection in of] for of in found]

    return ask


def is_twin(item: Item, question: str, domain: Domain) -> bool:
    """Whether a question asks what the item's problem asks, or differs from it in names and numbers only."""
    problem = item.problem
    same = " ".join(question.lower().split()) == " ".join(problem.question.lower().split())
    return same or domain.structure(question, problem.steps) == problem.structure
