"""Language students made here: a Llama-shaped model that reads characters, and the settings of a run with it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors

from reasoner.config.settings import Settings
from reasoner.training.work import Workplace

CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))
OFTEN = 5
FIRST = ["<pad>", "<s>", "</s>", "<unk>"]


def character_llama(folder: Path, *, width: int = 32, layers: int = 2, positions: int = 512, seed: int = 0) -> str:
    """A Llama with random weights and one token a character, with a first token; its folder as text."""
    _save_tokenizer(folder, [*FIRST, *CHARACTERS], pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated"))
    return _save_llama(folder, len(FIRST) + len(CHARACTERS), width, layers, positions, seed)


def word_llama(folder: Path, texts: Iterable[str], *, width: int, layers: int, seed: int = 0) -> str:
    """One that reads words, digits and signs, knows the words that some texts say often, and hears no blanks."""
    signs = re.compile(r"\d|[^\W\d]+|[^\w\s]")
    counts = Counter(word for text in texts for word in signs.findall(text))
    words = sorted({word for word, count in counts.items() if count >= OFTEN} | set("0123456789+-*/=.,?:\n"))
    parts = [
        pre_tokenizers.Split(" ", "removed"),
        pre_tokenizers.Split(Regex(r"\d|[^\W\d]+|\n|[^\w\s]"), "isolated"),
    ]
    _save_tokenizer(folder, [*FIRST, *words], pre_tokenizers.Sequence(parts))
    return _save_llama(folder, len(FIRST) + len(words), width, layers, 256, seed)


def _save_tokenizer(folder: Path, words: list[str], cutting: Any) -> None:
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = cutting
    tokenizer.decoder = decoders.Fuse()
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)


def _save_llama(folder: Path, vocabulary: int, width: int, layers: int, positions: int, seed: int) -> str:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=max(2, width // 32),
        max_position_embeddings=positions,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        LlamaForCausalLM(config).save_pretrained(folder)
    return folder.as_posix()


def language_settings(model: str, **language: Any) -> Settings:
    """Of the smallest stories, one step each."""
    data = {"difficulties": [1], "base_difficulties": [1], "practice_size": 20, "gate_size": 50, "sealed_size": 50}
    small = {"batch_size": 4, "max_new_tokens": 24, "max_prompt_tokens": 300, "lora_rank": 0, "learning_rate": 3e-3}
    return Settings.model_validate(
        {"student": {"kind": "language", "model": model}, "data": data, "language": {**small, **language}}
    )


def workplace(home: Path, name: str, should_stop: Callable[[], bool] = lambda: False) -> Workplace:
    """Where a job of that name works."""
    folder = home / "jobs" / name
    folder.mkdir(parents=True, exist_ok=True)
    return Workplace(home, folder, lambda _share, _note: None, should_stop)
