"""Language students made here: a Llama-shaped model that reads characters, and the settings of a run with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors

from reasoner.config.settings import Settings
from reasoner.training.work import Workplace

CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))
FIRST = ["<pad>", "<s>", "</s>", "<unk>"]


def character_llama(folder: Path, *, width: int = 32, layers: int = 2, positions: int = 512, seed: int = 0) -> str:
    """A Llama with random weights and one token a character, with a first token; its folder as text."""
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    vocabulary = {word: i for i, word in enumerate([*FIRST, *CHARACTERS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
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
