"""The encoder student: a head to the optimum, calibrated; files that tell a change; a loop that asks for few labels."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hugging_face import tiny_bert
from typer.testing import CliRunner

from reasoner.bootstrap.student_named import settings_named
from reasoner.cli.main import app
from reasoner.config.loading import load_settings
from reasoner.config.settings import Settings
from reasoner.data.sources import open_source
from reasoner.domains.registry import trust_task
from reasoner.errors import NotFoundError, TrainingFailed, UsageError
from reasoner.storage.checkpoint_file import NAME, read_checkpoint
from reasoner.students import footprint_of, kind_named, kind_of, load, train
from reasoner.students.encoder.files import HEAD
from reasoner.students.encoder.head import fit
from reasoner.students.encoder.reader import open_reader
from reasoner.students.encoder.training import base_rows
from reasoner.training.work import Workplace

LABELS = ("red", "green", "blue")


def clouds(n: int, *, spread: float = 0.25, seed: int = 0) -> tuple[torch.Tensor, list[str]]:
    """Unit vectors around three directions."""
    noise = torch.Generator().manual_seed(seed)
    said = [LABELS[at % 3] for at in range(n)]
    centre = torch.eye(8)[:3]
    vectors = torch.stack([centre[LABELS.index(one)] for one in said]) + spread * torch.randn(n, 8, generator=noise)
    return torch.nn.functional.normalize(vectors, dim=-1), said


def test_a_head_finds_what_can_be_told_apart_and_the_same_rows_give_the_same_bits() -> None:
    vectors, said = clouds(300)
    first, again = fit(vectors, said, penalty=0.1), fit(vectors, said, penalty=0.1)
    assert torch.equal(first.head.weight_HC, again.head.weight_HC)
    fresh, truth = clouds(300, seed=1)
    said_fresh = [first.head.labels[at] for at in first.head.log_chances(fresh).argmax(-1).tolist()]
    assert sum(a == b for a, b in zip(said_fresh, truth, strict=True)) > 0.95 * len(truth)
    assert first.accuracy is not None
    assert first.held_out == 60


def test_its_chances_are_those_with_which_it_is_right() -> None:
    vectors, said = clouds(3000, spread=0.9)
    head = fit(vectors, said, penalty=0.1).head
    fresh, truth = clouds(3000, spread=0.9, seed=1)
    best = head.log_chances(fresh).exp().max(-1)
    right = sum(head.labels[at] == label for at, label in zip(best.indices.tolist(), truth, strict=True)) / len(truth)
    assert abs(float(best.values.mean()) - right) < 0.05


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """600 messages of three kinds that even a random encoder can tell apart."""
    file = tmp_path_factory.mktemp("rows") / "colours.csv"
    things = [f"{a}{b}" for a in "abcdefghijklmnopqrst" for b in "klmnopqrst"]
    words = {"red": "rrr the {t} zzz", "green": "ggg my {t} yyy", "blue": "bbb one {t} www"}
    lines = [f"{words[label].format(t=thing)},{label}" for thing in things for label in LABELS]
    file.write_text("text,label\n" + "\n".join(lines) + "\n")
    return file


@pytest.fixture(scope="module")
def config(rows: Path) -> Path:
    """What `init` proposes for them."""
    ended = CliRunner().invoke(app, ["init", "--task", str(rows), "--out", str(rows.parent)])
    assert ended.exit_code == 0, ended.output
    return rows.with_suffix(".yaml")


def settings_of(config: Path, model: str, *words: str) -> Settings:
    trust_task(str(config.with_suffix(".task.yaml")))
    given = ["student.kind=encoder", f"student.model={model}", "compute.threads=1", *words]
    return load_settings(str(config), given, {}, None)


def trained(settings: Settings, home: Path, *, should_stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    spec = kind_named("encoder").base_spec(settings, threads=1)
    folder = home / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    return train("base", spec.payload, Workplace(home, folder, lambda *_: None, should_stop))


def test_a_base_is_stored_and_comes_back_the_same(config: Path, model: str, tmp_path: Path) -> None:
    made = trained(settings_of(config, model), tmp_path)
    folder = tmp_path / "checkpoints" / made["checkpoint"]
    student, said = load(folder), read_checkpoint(folder)
    assert (student.kind, said.kind, set(said.settings["labels"])) == ("encoder", "encoder", set(LABELS))
    assert made["fingerprint"] == said.fingerprint == kind_of(folder).fingerprint_of(folder)
    questions = ["rrr the ak zzz", "bbb one bq www", "ggg my cm yyy"]
    solved = student.solve(questions)
    assert [one.steps for one in solved] == [("red",), ("blue",), ("green",)]
    assert all(one.finished and one.logprobs[0] <= 0 for one in solved)
    vectors = student.embed(questions)
    assert vectors.shape == (3, 24)
    assert torch.allclose(torch.tensor(vectors).norm(dim=-1), torch.ones(3), atol=2e-3)
    assert student.embed([]).shape == (0, 24)
    assert trained(settings_of(config, model), tmp_path / "other")["fingerprint"] == said.fingerprint


def test_a_changed_head_and_a_changed_encoder_are_refused(config: Path, model: str, tmp_path: Path) -> None:
    made = trained(settings_of(config, model), tmp_path)
    folder = tmp_path / "checkpoints" / made["checkpoint"]
    told = json.loads((folder / NAME).read_text())
    told["settings"]["temperature"] = 3.0
    (folder / NAME).write_text(json.dumps(told))
    with pytest.raises(NotFoundError, match="changed after it was saved"):
        load(folder)
    own = tiny_bert(tmp_path / "own", seed=1)
    made = trained(settings_of(config, own), tmp_path)
    tiny_bert(tmp_path / "own", seed=2)
    open_reader.cache_clear()
    with pytest.raises(NotFoundError, match="it was changed since"):
        load(tmp_path / "checkpoints" / made["checkpoint"])
    (tmp_path / "checkpoints" / made["checkpoint"] / HEAD).unlink()
    with pytest.raises(Exception, match="missing"):
        load(tmp_path / "checkpoints" / made["checkpoint"])


def test_what_stands_beside_a_question_changes_no_bit_of_its_vector(model: str) -> None:
    questions = ["rrr the ak zzz", "b", "ggg my cm yyy and much more of it than of any other one"]
    open_reader.cache_clear()
    together = open_reader(model, cache=None).vectors(questions)
    open_reader.cache_clear()
    alone = torch.cat([open_reader(model, cache=None).vectors([one]) for one in reversed(questions)]).flip(0)
    assert torch.equal(together, alone)


def test_a_base_can_begin_with_few_rows_of_each_label(config: Path, model: str) -> None:
    few = settings_of(config, model, "encoder.rows_per_label=4")
    chosen = base_rows(open_source(few), few)
    assert len({row.question for row in chosen}) == len(chosen) == 12
    assert len(base_rows(open_source(few), settings_of(config, model))) == len(
        {p.question for p in open_source(few).base_problems(2000, 1)}
    )


def test_reading_that_is_stopped_goes_on(config: Path, model: str, tmp_path: Path) -> None:
    settings = settings_of(config, model)
    with pytest.raises(KeyboardInterrupt):
        trained(settings, tmp_path, should_stop=lambda: True)
    whole = trained(settings, tmp_path / "other")
    assert trained(settings, tmp_path)["fingerprint"] == whole["fingerprint"]


def test_a_task_whose_solutions_are_no_labels_is_refused_in_words(model: str, tmp_path: Path) -> None:
    longer = ["data.difficulties=[1,2]", "data.base_difficulties=[1,2]"]
    settings = load_settings("tiny", ["student.kind=encoder", f"student.model={model}", *longer], {}, None)
    with pytest.raises(TrainingFailed, match="says labels"):
        trained(settings, tmp_path)


def test_it_has_one_mode_and_a_footprint(config: Path, model: str) -> None:
    assert footprint_of(settings_of(config, model)).weights > 1000


def test_what_a_name_means(model: str, tmp_path: Path) -> None:
    assert settings_named("latent") == {"student.kind": "latent"}
    assert settings_named("minilm") == {"student.kind": "encoder", "student.model": "minilm"}
    assert settings_named(model) == {"student.kind": "encoder", "student.model": model}
    assert settings_named("base-0123") == {"student.start": "base-0123"}
    with pytest.raises(UsageError, match="no such folder"):
        settings_named("./nowhere/at/all")
    with pytest.raises(UsageError, match="config\\.json"):
        settings_named(str(tmp_path))


@pytest.mark.slow
def test_a_loop_that_asks_for_what_it_believes_least_gets_better(config: Path, model: str, tmp_path: Path) -> None:
    words = ["teach.from=gold", "mine.strategy=uncertain", "teacher.calls=40", "encoder.rows_per_label=1"]
    given = ["--student", model, "compute.threads=1", *words]
    command = ["loop", "--cycles", "1", "--config", str(config), "--home", str(tmp_path), "--json", *given]
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code == 0, ended.output
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    sealed = [e["accuracy"] for e in events if e["event"] == "evaluation" and e["split"] == "sealed"]
    assert sealed[-1] >= sealed[0]
    asked = [e["asked"] for e in events if e["event"] == "failures"]
    assert asked
    assert all(n <= 40 for n in asked)
    assert events[-1]["event"] == "done"
    other = ["loop", "--cycles", "1", "--config", "tiny", "--home", str(tmp_path), "--student", events[-1]["champion"]]
    refused = CliRunner().invoke(app, [*other, "--fresh"])
    assert refused.exit_code == 2, refused.output
    assert "student.kind=encoder" in refused.output
