"""The smallest settings of a whole loop."""

TINY = [
    "--config",
    "tiny",
    "data.practice_size=40",
    "data.gate_size=50",
    "data.sealed_size=50",
    "train.base_updates=40",
    "train.decoder_updates=20",
    "train.finetune_updates=12",
    "train.checkpoint_every=4",
    "train.min_round_trip=0",
    "teacher.calls=4",
    "teacher.problems_per_call=2",
    # Hardly a gate at all: half of the candidates that differ from the champion are promoted.
    "gate.alpha=0.499",
    "gate.veto_margin=0.9",
]
"""Every part of the loop; nothing is learnt well."""
