"""How much memory training a student takes, reckoned from settings alone, before anything is loaded."""

from reasoner.config.settings import Settings
from reasoner.types.record import Record

FLOAT = 4
"""Bytes."""
SAVED = 13.2
"""Floats kept for the backward pass per token, layer and width; 13.1 to 13.2 counted on three shapes."""
QUESTION_TOKENS, STEP_TOKENS = 60, 10
"""Of a generated story and an equation; longer texts take more in proportion."""
CROSS_SHARE, KEYS_SHARE = 1.3, 0.15
"""A block with cross-attention keeps more per slot, and something per question token that it looks at."""
EMBEDDED_PLACES = 66
"""Rows of the table of digits: six places, eleven kinds."""
STEP_VOCABULARY = 23


class Footprint(Record):
    """Bytes at the peak of an update, without the interpreter and its libraries (about 350 MB)."""

    weights: int
    """How many numbers are trained."""
    state_bytes: int
    """Weights, gradients, two optimizer moments and the target encoder."""
    activation_bytes: int
    """What the forward pass of one batch keeps for the backward pass."""

    @property
    def total_bytes(self) -> int:
        """Both."""
        return self.state_bytes + self.activation_bytes

    def words(self) -> str:
        """For people."""
        return (
            f"{self.weights / 1e6:.1f}M weights, about {self.total_bytes / 2**30:.2f} GiB in training "
            f"({self.state_bytes / 2**30:.2f} state, {self.activation_bytes / 2**30:.2f} activations of one batch)"
        )


def footprint(settings: Settings) -> Footprint:
    """The footprint of a student whose parts are all trained from scratch."""
    weights = _weights(settings)
    return Footprint(weights=weights, state_bytes=5 * FLOAT * weights, activation_bytes=_activations(settings))


def _weights(settings: Settings) -> int:
    s = settings.student
    D, K, places = s.width, s.slots, s.max_step_tokens
    block, cross, square = 12 * D * D + 13 * D, 4 * D * D + 6 * D, D * D + D
    question = (s.question_vocabulary + EMBEDDED_PLACES + 2) * D + s.question_layers * block
    step = (STEP_VOCABULARY + places + K) * D + s.step_layers * block + square
    if s.slot_words:
        step += (EMBEDDED_PLACES - K) * D
    predictor = (2 * K + s.max_steps + 2) * D + s.predictor_layers * (block + cross) + square
    decoder = (2 * STEP_VOCABULARY + K + places + 2) * D + s.decoder_layers * block + square + STEP_VOCABULARY
    return question + step + predictor + decoder


def _activations(settings: Settings) -> int:
    s, B = settings.student, settings.train.batch_size
    solution = sum(settings.data.difficulties) / len(settings.data.difficulties) + 1
    question, steps, texts = B * QUESTION_TOKENS, B * solution, s.slots + STEP_TOKENS
    layers = (
        question * (s.question_layers + KEYS_SHARE * s.predictor_layers)
        + CROSS_SHARE * steps * s.slots * s.predictor_layers
        + steps * texts * (s.step_layers + s.decoder_layers)
    )
    return round(FLOAT * SAVED * s.width * layers)
