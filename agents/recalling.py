"""The memory as a search asks it: solutions of problems like a question, never of the question itself."""

from collections.abc import Collection, Sequence

from memory.latent_memory import LatentMemory
from memory.sameness import resemblance
from memory.store.merging import ALIKE_WORDS
from reasoner.types.domain import Domain
from reasoner.types.example import Example, WrongAttempt
from reasoner.types.ports import Recall
from reasoner.types.student import Student

Item = Example | WrongAttempt


def recall_from(
    memory: LatentMemory, encoder: Student, domain: Domain, *, among: Collection[str] | None = None
) -> Recall:
    """Recalls from one memory.

    Args:
        memory: in the space of `encoder`.
        encoder: ready for inference.
        domain: says what a structure is.
        among: ids of what may be recalled; None for all.
    """

    def ask(questions: Sequence[str], k: int) -> list[list[tuple[str, ...]]]:
        vectors_BD = encoder.embed(questions)
        found = [
            memory.search(vector, k=k, among=among, leave_out=lambda i, q=question: is_twin(i, q, domain))
            for question, vector in zip(questions, vectors_BD, strict=True)
        ]
        return [[recollection.example.problem.steps for recollection in of] for of in found]

    return ask


def is_twin(item: Item, question: str, domain: Domain) -> bool:
    """Whether a question asks what the item's problem asks, nearly in its words, or but for names and numbers."""
    problem = item.problem
    same = resemblance(question, problem.question) >= ALIKE_WORDS
    # Not `problem.structure`: that is of the worked steps, which own or a teacher's may have replaced since.
    return same or domain.structure(question, problem.steps) == domain.structure(problem.question, problem.steps)
