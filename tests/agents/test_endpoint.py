"""A model behind an OpenAI-compatible endpoint, with a real server on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from completion_server import CompletionServer, completing, weights_of

from agents.endpoint.answerer import EndpointAnswerer, most_usd
from agents.endpoint.kept_answers import KeptAnswers
from agents.endpoint.requests import Api, Endpoint, Said
from agents.endpoint.weights import NoWeights, loglikelihood
from agents.teachers.patience import Patience
from agents.teachers.reserving import Reservations
from memory.store.database import Database, open_database
from memory.store.ledger import BenchmarkLedger
from reasoner.config.settings import LimitSettings, TeacherSettings
from reasoner.errors import BudgetReached, DamagedError, TeacherError
from reasoner.types.benchmark import Item

SUMS = [Item(id=f"s{i}", question=f"{i}+1", prompt=f"Question: {i}+1\nAnswer:", gold="7") for i in range(6)]
CHOICES = [
    Item(id=f"c{i}", question=q, prompt=f"{q}:", options=(" no", " certainly not"), gold="no")
    for i, q in enumerate(["is it", "was it so"])
]
HOW = {"stops": ("\n\n", "Question:"), "most_tokens": 16}


@pytest.fixture
def server() -> Iterator[CompletionServer]:
    with completing() as server:
        yield server


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "home")
    yield database
    database.close()


class Desk:
    """Makes answerers that share a folder and a ledger, as starts of one command do."""

    def __init__(self, server: CompletionServer, database: Database, folder: Path) -> None:
        self._server, self._folder = server, folder
        self.ledger = BenchmarkLedger(database, "benchmark/test")

    def answerer(
        self, *, api: Api = "completions", limits: LimitSettings | None = None, price: float = 0.0, retries: int = 1
    ) -> EndpointAnswerer:
        settings = TeacherSettings(
            model="openai/m",
            api_base=self._server.address,
            retries=retries,
            timeout=10,
            concurrency=3,
            usd_per_million_input=price,
            usd_per_million_output=price,
        )
        endpoint = Endpoint(settings, api)
        reservations = Reservations(
            endpoint.model,
            self.ledger,
            limits=limits or LimitSettings(),
            patience=Patience(retries=retries, first_delay=0.01, seed=0),
            whom="endpoint",
        )
        return EndpointAnswerer(
            endpoint, reservations, self.ledger, KeptAnswers(self._folder / "answers.jsonl"), concurrency=3
        )


@pytest.fixture
def desk(server: CompletionServer, database: Database, tmp_path: Path) -> Desk:
    return Desk(server, database, tmp_path)


def write(answerer: EndpointAnswerer, *, samples: int = 1, temperature: float = 0.0) -> list[tuple[str, ...]]:
    replies = answerer.generate(SUMS, samples=samples, temperature=temperature, **HOW)  # pyright: ignore[reportArgumentType]
    assert not [reply.error for reply in replies if reply.error]
    return [reply.texts for reply in replies]


def test_prompts_are_continued_to_the_letter_and_cut_before_the_first_stop(
    desk: Desk, server: CompletionServer
) -> None:
    assert write(desk.answerer()) == [(" #### 7",)] * 6
    asked = {body["prompt"] for path, body in server.requests if path == "/v1/completions"}
    assert asked == {item.prompt for item in SUMS}
    assert server.requests[0][1]["temperature"] == 0
    assert server.requests[0][1]["max_tokens"] == 16


def test_a_chat_is_shown_the_prompt_as_a_users_message(desk: Desk, server: CompletionServer) -> None:
    assert write(desk.answerer(api="chat")) == [(" #### 7",)] * 6
    path, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert body["messages"][0]["role"] == "user"
    assert "response_format" not in body


def test_samples_are_requests_of_their_own_with_seeds(desk: Desk, server: CompletionServer) -> None:
    assert write(desk.answerer(), samples=3, temperature=0.8) == [(" #### 7",) * 3] * 6
    assert sorted({body["seed"] for _, body in server.requests}) == [0, 1, 2]
    assert len(server.requests) == 18


def test_options_are_weighed_by_the_tokens_after_the_prompt(desk: Desk, server: CompletionServer) -> None:
    answerer = desk.answerer()
    assert answerer.gives("loglikelihood")
    found = [reply.loglikelihoods for reply in answerer.loglikelihoods(CHOICES)]
    # A token weighs a tenth of its characters: ` no` has 3, ` certainly not` 14.
    assert found == [pytest.approx((-0.3, -1.4)), pytest.approx((-0.3, -1.4))]


@pytest.mark.parametrize("echoes", ["bare", "not", "refused"])
def test_an_endpoint_that_does_not_weigh_its_prompt_is_found_out(
    echoes: str, desk: Desk, server: CompletionServer
) -> None:
    server.echoes = echoes
    answerer = desk.answerer()
    assert not answerer.gives("loglikelihood")
    assert answerer.gives("generate")
    before = len(server.requests)
    assert not desk.answerer().gives("loglikelihood"), "the second look costs nothing"
    assert len(server.requests) == before


def test_a_chat_weighs_nothing_and_nothing_is_asked_for_that(desk: Desk, server: CompletionServer) -> None:
    assert not desk.answerer(api="chat").gives("loglikelihood")
    assert server.requests == []


def test_what_was_answered_is_never_asked_again(desk: Desk, server: CompletionServer) -> None:
    first = write(desk.answerer())
    asked = len(server.requests)
    assert write(desk.answerer()) == first
    assert len(server.requests) == asked == 6


def test_an_answer_is_on_the_disk_before_it_is_booked(
    desk: Desk, server: CompletionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(key: str, **how: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(desk.ledger, "pay", killed)
        with pytest.raises(KeyboardInterrupt):
            write(desk.answerer())
    asked = len(server.requests)
    assert asked >= 1
    write(desk.answerer())
    assert len(server.requests) == 6, "those that were answered before are not asked again"


def test_no_limit_of_requests_is_passed_and_a_higher_one_asks_only_the_rest(
    desk: Desk, server: CompletionServer
) -> None:
    with pytest.raises(BudgetReached, match="max_calls"):
        write(desk.answerer(limits=LimitSettings(max_calls=4)))
    assert len(server.requests) == 4
    assert write(desk.answerer(limits=LimitSettings(max_calls=6))) == [(" #### 7",)] * 6
    assert len(server.requests) == 6
    assert desk.ledger.spent().requests == 6


def test_dollars_are_reserved_at_the_worst_price_and_booked_at_the_real_one(
    desk: Desk, server: CompletionServer
) -> None:
    write(desk.answerer(price=10.0))
    # The server counts the words of a prompt and one more, and 4 tokens of its answer: 3 + 1 + 4 of each.
    assert desk.ledger.spent().usd == pytest.approx(6 * 8 * 10 / 1e6)
    answerer = desk.answerer(price=10.0)
    assert most_usd(answerer._endpoint, SUMS, "generate", most_tokens=16, samples=1) > desk.ledger.spent().usd
    answerer = desk.answerer(price=10.0, limits=LimitSettings(max_usd=0.0005))
    with pytest.raises(BudgetReached, match="max_usd"):
        answerer.generate(SUMS, stops=(), most_tokens=17, samples=1, temperature=0.0)
    assert desk.ledger.spent().usd <= 0.0005


def test_a_failure_is_tried_again_and_what_still_fails_is_an_error_of_its_item(
    desk: Desk, server: CompletionServer
) -> None:
    server.script.extend(["ok", "503", "503", "503", "503", "503", "503"])
    replies = desk.answerer(retries=1).generate(SUMS, samples=1, temperature=0.0, **HOW)  # pyright: ignore[reportArgumentType]
    errors = [reply.error for reply in replies if reply.error]
    assert 1 <= len(errors) < 6
    assert all("503" in error for error in errors)
    assert len(server.requests) > 6


def test_an_endpoint_without_completions_is_said_with_the_other_way_in(desk: Desk, server: CompletionServer) -> None:
    server.has_completions = False
    with pytest.raises(TeacherError, match=r"check --model and --endpoint; .*--api chat"):
        write(desk.answerer())


def test_nobody_at_the_address_ends_the_command_in_words(desk: Desk, server: CompletionServer) -> None:
    server.http.socket.close()
    with pytest.raises(TeacherError, match="--endpoint="):
        write(desk.answerer(retries=0))


def test_a_damaged_file_of_answers_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text('{"key": "a", "said": {"text": 7}}\n')
    with pytest.raises(DamagedError, match="no answer of an endpoint"):
        desk.answerer()


def said(written: str, **changed: object) -> Said:
    weights = weights_of(written)
    told = {"tokens": weights["tokens"], "logprobs": weights["token_logprobs"], "offsets": weights["text_offset"]}
    return Said.model_validate(
        {"text": written, "prompt_tokens": 1, "completion_tokens": 1, "usd": 0, "seconds": 0} | told | changed
    )


def test_weights_need_no_places_where_the_tokens_make_up_the_text() -> None:
    whole = said("the sky is blue more")
    bare = said("the sky is blue more", offsets=[])
    assert loglikelihood(whole, context="the sky is", continuation=" blue") == pytest.approx(-0.5)
    assert loglikelihood(bare, context="the sky is", continuation=" blue") == pytest.approx(-0.5)


def test_a_token_across_the_border_counts_to_the_continuation() -> None:
    assert loglikelihood(said("the sky is blue"), context="the sky is bl", continuation="ue") == pytest.approx(-0.5)


def test_a_token_that_begins_the_text_from_outside_shifts_it() -> None:
    begun = said("<s>the sky is blue")
    assert loglikelihood(begun, context="the sky is", continuation=" blue") == pytest.approx(-0.5)


@pytest.mark.parametrize(
    "changed",
    [
        {"tokens": [], "logprobs": [], "offsets": []},
        {"logprobs": [None, -0.1, -0.1, None]},
        {"tokens": ["a", "b", "c", "d"], "offsets": []},
        {"text": " blue"},
    ],
)
def test_weights_that_are_not_all_there_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(NoWeights):
        loglikelihood(said("the sky is blue", **changed), context="the sky is", continuation=" blue")


def test_a_key_of_the_environment_goes_with_the_request_and_stands_in_no_file(
    desk: Desk, server: CompletionServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-tests-0123456789")
    write(desk.answerer())
    assert server.keys[0] == "Bearer sk-of-the-tests-0123456789"
    kept = (tmp_path / "answers.jsonl").read_text()
    assert "sk-of-the-tests" not in kept
    assert len([json.loads(line) for line in kept.splitlines()]) == 6
