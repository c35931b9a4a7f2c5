"""Tiny causal language models of Hugging Face with random weights and a tokenizer learnt here, without a network."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

SENTENCES = [
    "the cat sat on the mat",
    "a dog ran in the rain",
    "What is 3 + 4? Answer: 7",
    "12 apples and 5 pears cost 17",
]


def tiny_writer(folder: Path, *, kind: str = "gpt2", positions: int = 64, seed: int = 0, begins: bool = False) -> str:
    """A causal language model with random weights and a tokenizer learnt here; its folder as text.

    Args:
        folder: where it is saved.
        kind: `gpt2` or `llama`.
        positions: tokens that it reads.
        seed: of the weights.
        begins: whether its tokenizer puts a first token before every text.
    """
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=340, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES * 4, trainer)
    if begins:
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>").save_pretrained(folder)
    size = tokenizer.get_vocab_size()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if kind == "gpt2":
            config = GPT2Config(
                vocab_size=size, n_embd=16, n_layer=2, n_head=2, n_positions=positions, bos_token_id=0, eos_token_id=1
            )
            model = GPT2LMHeadModel(config)
        else:
            config = LlamaConfig(
                vocab_size=size,
                hidden_size=16,
                intermediate_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                max_position_embeddings=positions,
                bos_token_id=0,
                eos_token_id=1,
            )
            model = LlamaForCausalLM(config)
        # Wider than usual, so that tokens differ in their chances.
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
        model.save_pretrained(folder)
    return str(folder)
