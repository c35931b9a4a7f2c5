"""Settings that are possible one by one but not together."""

from reasoner.config.settings import SCRATCH, Settings
from reasoner.domains.powers import drawn_range
from reasoner.domains.registry import get_domain
from reasoner.types.domain import Draws, power


def contradictions(settings: Settings) -> list[tuple[str, str]]:
    """Pairs of dotted key and what is wrong with its value, in a sentence."""
    return [*_shape(settings), *_difficulties(settings)]


def _shape(settings: Settings) -> list[tuple[str, str]]:
    student, found = settings.student, list[tuple[str, str]]()
    if student.kind == "language" and not student.model:
        needs = "student.kind=language stands on a causal language model: a folder or a hub name"
        found.append(("student.model", f"got {student.model!r}; {needs}."))
    for name in ("heads", "step_heads"):
        heads = getattr(student, name)
        if student.width % (2 * heads):
            multiple = f"a multiple of twice student.{name}={heads}"
            found.append(("student.width", f"got {student.width}; it should be {multiple}."))
    if student.question_encoder != SCRATCH and student.question_text != "pieces":
        given = student.question_text
        found.append(
            ("student.question_text", f"got {given!r}; a pretrained question encoder reads pieces of its own.")
        )
    if student.lora_rank and student.decoder == SCRATCH:
        found.append(
            ("student.lora_rank", f"got {student.lora_rank}; student.decoder names no language model to add to.")
        )
    if student.anchor and student.step_encoder != SCRATCH:
        found.append(
            ("student.anchor", f"got true; only a fresh step encoder can be one, not {student.step_encoder!r}.")
        )
    if settings.loss.pass_weight and (student.predictor_passes == 1 or student.predictor != "transformer"):
        needs = "there are earlier passes only with student.predictor=transformer and student.predictor_passes above 1"
        found.append(("loss.pass_weight", f"got {settings.loss.pass_weight}; {needs}."))
    others = {name: getattr(student, name) for name in ("question_encoder", "step_encoder", "decoder")}
    lent = [f"student.{name}={other!r}" for name, other in others.items() if other != SCRATCH]
    lent += [f"student.predictor={student.predictor!r}"] if student.predictor != "transformer" else []
    if student.one_space and lent:
        found.append(("student.one_space", f"got true; only fresh transformers begin so, not {', '.join(lent)}."))
    train = settings.train
    if train.decoder_updates + train.predictor_updates >= train.base_updates:
        given = train.base_updates
        found.append(("train.base_updates", f"got {given}; the decoder and predictor stages take them all."))
    if train.merge_after and not (train.adapter_rank and train.parent == "champion"):
        needs = "merging needs additions that build on one another: train.adapter_rank and train.parent=champion"
        found.append(("train.merge_after", f"got {train.merge_after}; {needs}."))
    longest = max(settings.data.difficulties)
    if student.max_steps <= longest:
        found.append(
            (
                "student.max_steps",
                f"got {student.max_steps}; problems of {longest} steps and an end step need {longest + 1}.",
            )
        )
    return found


def _difficulties(settings: Settings) -> list[tuple[str, str]]:
    found = list[tuple[str, str]]()
    domain = get_domain(settings.task.name)
    draws = power(domain, Draws) is not None
    most = drawn_range(domain, settings.options).max_difficulty if draws else settings.student.max_steps
    for name in ("difficulties", "base_difficulties"):
        given: tuple[int, ...] = getattr(settings.data, name)
        if len(set(given)) < len(given) or not set(given) <= set(range(1, most + 1)):
            found.append((f"data.{name}", f"got {list(given)}; it should hold different numbers from 1 to {most}."))
    return found
