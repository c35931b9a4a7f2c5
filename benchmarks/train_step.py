"""Tokens a second of one training step (forward and backward): the student against Hugging Face's GPT-2.

    .venv/bin/python benchmarks/train_step.py --config nano --threads 2

GPT-2 gets the student's number of trainable weights within 5% (same width, as many layers as fit), no dropout, the same
problems as question and solution in one row, and its loss on every token. Both are stepped in turn on the same batches,
so that what else the machine does falls on both. Tokens are counted alike: question and step tokens of the batch, no
padding. Prints medians, the ratio, and the student's share of the machine's measured matrix-multiply peak.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.models.student import Student, new_student
from reasoner.models.tokenizers import PAD
from reasoner.training.feed import Batch, Batches, FreshFeed
from reasoner.training.losses import losses
from reasoner.training.recipe import Recipe
from reasoner.training.trainer import noise_of
from reasoner.training.work import recipe_of

PEAK_SIZE = 2048


def gpt2(student: Student, *, longest: int) -> nn.Module:
    """A GPT-2 of the student's width with about as many weights."""
    from transformers import GPT2Config, GPT2LMHeadModel

    width, heads = student.shape.width, student.shape.heads
    vocabulary = student.shape.question_tokens + student.shape.step_tokens
    embeddings = (vocabulary + longest + 2) * width
    layers = max(1, round((student.parameters - embeddings) / (12 * width * width + 13 * width)))
    config = GPT2Config(
        vocab_size=vocabulary, n_positions=longest, n_embd=width, n_layer=layers, n_head=heads, use_cache=False,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    return GPT2LMHeadModel(config).train()


def rows(student: Student, batch: Batch) -> Tensor:
    """Question and solution of each problem in one row, [B, L]; step tokens are numbered after the question's."""
    texts = []
    for question, steps in zip(batch.question.tokens_BL, batch.steps_BTL, strict=True):
        said = steps.flatten()
        texts.append(torch.cat([question[question != PAD], said[said != PAD] + student.shape.question_tokens]))
    return nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=PAD)


def student_step(student: Student, batch: Batch, recipe: Recipe) -> None:
    noise = noise_of(recipe, 0)
    losses(student.net, batch.question, batch.steps_BTL, recipe=recipe, stage="joint", noise=noise).total.backward()
    student.net.zero_grad()


def gpt2_step(model: Any, tokens_BL: Tensor) -> None:
    logits = model(tokens_BL[:, :-1], attention_mask=(tokens_BL[:, :-1] != PAD).long()).logits
    F.cross_entropy(logits.flatten(0, 1), tokens_BL[:, 1:].flatten(), ignore_index=PAD).backward()
    model.zero_grad()


def timed(step: Callable[[], object]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def peak() -> float:
    """Floating-point operations a second of a large float32 product, the best of five."""
    a, b = torch.randn(PEAK_SIZE, PEAK_SIZE), torch.randn(PEAK_SIZE, PEAK_SIZE)
    return 2 * PEAK_SIZE**3 / min(timed(lambda: torch.mm(a, b)) for _ in range(6))


def operations(step: Callable[[], object]) -> int:
    """Matrix-multiply operations of a step, as torch counts them."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops()


def main() -> None:
    """Steps both in turn and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="nano")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batches", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    settings = load_settings(given.config, ["data.base_difficulties=[1,2,3,4]"], {}, None)
    source = open_source(settings)
    student = new_student(settings.student, [p.question for p in source.base_problems(2000, 1)], seed=settings.seed)
    student.net.train()
    recipe = recipe_of(settings, threads=given.threads, updates=settings.train.base_updates)
    feed = FreshFeed(student.tokenizers, lambda n, seed: list(source.base_problems(n, seed)), seed=0)
    batches = [Batches(feed, batch_size=recipe.batch_size, seed=0).at(i) for i in range(given.batches)]
    texts = [rows(student, batch) for batch in batches]
    model = gpt2(student, longest=max(t.shape[1] for t in texts))
    tokens = sum(int((t != PAD).sum()) for t in texts)
    student_step(student, batches[0], recipe)
    gpt2_step(model, texts[0])
    ours, theirs = [], []
    for _ in range(given.rounds):
        ours.append(sum(timed(lambda b=b: student_step(student, b, recipe)) for b in batches))
        theirs.append(sum(timed(lambda t=t: gpt2_step(model, t)) for t in texts))
    done = sum(operations(lambda b=b: student_step(student, b, recipe)) for b in batches)
    our_seconds, their_seconds, best = statistics.median(ours), statistics.median(theirs), peak()
    weights = sum(p.numel() for p in model.parameters())
    layers = len(model.get_submodule("transformer.h")._modules)
    print(f"{tokens} tokens in {len(batches)} batches, {given.threads} threads, median of {given.rounds} rounds")
    print("| model | weights | tokens a second | seconds |")
    print("| --- | --- | --- | --- |")
    print(f"| student ({given.config}) | {student.parameters:,} | {tokens / our_seconds:,.0f} | {our_seconds:.2f} |")
    print(f"| GPT-2, {layers} layers | {weights:,} | {tokens / their_seconds:,.0f} | {their_seconds:.2f} |")
    each = ", ".join(f"{t / o:.2f}" for o, t in zip(ours, theirs, strict=True))
    rate = done / our_seconds
    print(f"ratio {their_seconds / our_seconds:.2f} (rounds: {each})")
    print(f"student: {rate / 1e9:.0f} of {best / 1e9:.0f} GFLOP/s, {rate / best:.0%} of the peak")


if __name__ == "__main__":
    main()
