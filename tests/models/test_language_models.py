"""Language models of Hugging Face as benchmarks ask them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tiny_writer import tiny_writer

from reasoner.errors import ConfigError, UsageError
from reasoner.models.causal import CausalModel, load_causal

PAIRS = [
    ("the cat sat", " on the mat"),
    ("the cat sat", " in the rain"),
    ("the cat sat ", "on the mat"),
    ("What is 3 + 4? Answer:", " 7"),
    ("What is 3 + 4? Answer:", " 8"),
    ("a", " dog ran in the rain and 12 apples"),
    ("", "the cat"),
]


def loaded(folder: Path, batch: int = 16, **how: object) -> CausalModel:
    return load_causal(
        tiny_writer(folder, **how),  # pyright: ignore[reportArgumentType]
        device="cpu",
        dtype=torch.float32,
        batch=batch,
    )


@pytest.fixture(params=["gpt2", "llama", "llama that begins"])
def model(request: pytest.FixtureRequest, tmp_path: Path) -> CausalModel:
    kind, _, begins = request.param.partition(" ")
    return loaded(tmp_path / "model", kind=kind, begins=bool(begins))


def reference(folder: str, context: str, continuation: str) -> float:
    """Token by token, one text at a time, with nothing but the model's logits."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    if context:
        bare = tokenizer(context.rstrip())["input_ids"]
        whole = tokenizer(context + continuation)["input_ids"]
    else:
        bare = [tokenizer.bos_token_id]
        whole = bare + tokenizer(continuation, add_special_tokens=False)["input_ids"]
    total = 0.0
    for place in range(len(bare), len(whole)):
        with torch.no_grad():
            logits = model(torch.tensor([whole[:place]])).logits[0, -1]
        total += float(torch.log_softmax(logits, -1)[whole[place]])
    return total


def test_loglikelihoods_are_those_of_the_model_token_by_token(model: CausalModel) -> None:
    found = [one.loglikelihood for one in model.loglikelihoods(PAIRS)]
    assert found == pytest.approx([reference(model.name, *pair) for pair in PAIRS], abs=1e-4)
    assert len({round(x, 3) for x in found}) > 4


def test_a_pair_weighs_the_same_alone_and_in_a_batch(model: CausalModel) -> None:
    together = [one.loglikelihood for one in model.loglikelihoods(PAIRS)]
    alone = [model.loglikelihoods([pair])[0].loglikelihood for pair in PAIRS]
    assert together == pytest.approx(alone, abs=1e-4)


def test_spaces_at_the_contexts_end_belong_to_the_continuation(model: CausalModel) -> None:
    (moved,) = model.loglikelihoods([("the cat sat ", "on the mat")])
    (plain,) = model.loglikelihoods([("the cat sat", " on the mat")])
    assert moved.loglikelihood == pytest.approx(plain.loglikelihood, abs=1e-5)


def test_a_long_context_loses_its_beginning_and_that_is_told(tmp_path: Path) -> None:
    model = loaded(tmp_path / "model", positions=16)
    long = " ".join(["the cat sat on the mat"] * 8)
    cut, short = model.loglikelihoods([(long, " 7"), ("the cat", " 7")])
    assert (cut.cut, short.cut) == (True, False)
    tokens = model._encode(long + " 7")
    logits = model._model(torch.tensor([tokens[-17:-1]])).logits[0, -1]
    assert cut.loglikelihood == pytest.approx(float(torch.log_softmax(logits, -1)[tokens[-1]].detach()), abs=1e-4)


def test_a_continuation_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected 1 to 16"):
        loaded(tmp_path / "model", positions=16).loglikelihoods([("a", " rain" * 40)])


def test_greedy_texts_are_the_same_alone_and_in_a_batch(model: CausalModel) -> None:
    prompts = ["the cat", "What is 3 + 4? Answer:", "a", "12 apples and 5 pears cost"]
    together = model.generate(prompts, stops=(), most_tokens=12)
    alone = [model.generate([prompt], stops=(), most_tokens=12)[0] for prompt in prompts]
    assert together == alone
    assert all(len(one.texts) == 1 for one in together)


def test_greedy_texts_are_the_likeliest_token_at_each_place(model: CausalModel) -> None:
    tokens = model._encode("the cat")
    for _ in range(6):
        with torch.no_grad():
            tokens.append(int(model._model(torch.tensor([tokens])).logits[0, -1].argmax()))
    expected = model._tokenizer.decode(tokens[len(model._encode("the cat")) :], skip_special_tokens=True)
    assert model.generate(["the cat"], stops=(), most_tokens=6)[0].texts == (expected,)


def test_a_text_ends_before_its_first_stop_and_the_prompt_does_not_count(model: CausalModel) -> None:
    (whole,) = model.generate(["the cat"], stops=(), most_tokens=12)[0].texts
    stop = whole[3:5]
    (cut,) = model.generate(["the cat"], stops=(stop, "never said"), most_tokens=12)[0].texts
    assert cut == whole[: whole.find(stop)]
    assert model.generate(["the cat"], stops=("the cat",), most_tokens=12)[0].texts == (whole,)


def test_drawn_texts_differ_and_come_again_with_their_seed(model: CausalModel) -> None:
    def draw(seed: int) -> tuple[str, ...]:
        return model.generate(["the cat"], stops=(), most_tokens=8, samples=6, temperature=1.0, seed=seed)[0].texts

    first = draw(0)
    assert len(first) == 6
    assert len(set(first)) > 1
    assert draw(0) == first != draw(1)


def test_what_leaves_no_room_to_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--max-tokens"):
        loaded(tmp_path / "model", positions=16).generate(["a"], stops=(), most_tokens=16)


def test_vectors_have_length_one_and_padding_does_not_change_them(model: CausalModel) -> None:
    texts = ["the cat sat on the mat", "a", "rain"]
    together, alone = model.embed(texts), torch.cat([model.embed([text]) for text in texts])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)
    torch.testing.assert_close(together.norm(dim=-1), torch.ones(3))


def test_other_weights_or_tokens_are_another_mark(tmp_path: Path) -> None:
    one = loaded(tmp_path / "a").mark
    assert one == load_causal(str(tmp_path / "a"), device="cpu", dtype=torch.float32).mark
    assert len({one, loaded(tmp_path / "b", seed=1).mark, loaded(tmp_path / "c", begins=True).mark}) == 3


def test_half_precision_weights_have_a_mark_too(tmp_path: Path) -> None:
    folder = tiny_writer(tmp_path / "model")
    assert len(load_causal(folder, device="cpu", dtype=torch.bfloat16).mark) == 16


def _nothing(folder: Path) -> str:
    return str(folder / "missing")


def _empty(folder: Path) -> str:
    return str(folder)


def _hub_name(folder: Path) -> str:
    return "nobody/has-this-model"


@pytest.mark.parametrize(
    ("name", "said"),
    [(_nothing, "there is no such folder"), (_empty, "holds no model"), (_hub_name, "no network gave it")],
)
def test_a_model_that_is_not_there_is_said_with_what_to_do(
    name: Callable[[Path], str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match=said):
        load_causal(name(tmp_path), device="cpu", dtype=torch.float32)
