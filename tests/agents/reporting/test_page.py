"""`report.html`: one file that opens offline, whatever a teacher or a question says, and stays small in a long run."""

import base64
import hashlib
import itertools
import json
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from a_run import RUN, fruitless_run, whole_run
from big_run import HOSTILE, sealed_set, write_big_run

from agents.reporting.page import latents
from agents.reporting.page.markup import element, island
from agents.reporting.page.page import page as page_of
from agents.reporting.page.page import write_page
from agents.reporting.page.sources import Sources
from agents.reporting.page.tape import read_tape
from agents.run_folder import RunFolder
from reasoner.types.step import StepVerdict

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Read(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open[-1:] == ["script"] else self.words).append(data)

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a small run in which everything that can be written was written by somebody hostile."""
    home = tmp_path_factory.mktemp("hostile")
    write_big_run(home, hostile=True, cycles=6, events=600)
    return page(sources(home, hostile=True))


def page(given: Sources) -> str:
    return page_of(given, read_tape(given.folder.root))


def judge_steps(question: str, steps: Sequence[str]) -> list[StepVerdict]:
    assert question
    return [StepVerdict(true="=" in step and step != "1+1=3") for step in steps]


def sources(home: Path, *, hostile: bool = False) -> Sources:
    return Sources(RunFolder(home, RUN), sealed_set(hostile=hostile), judge_steps)


def played(home: Path, events: list[dict]) -> Sources:
    folder = RunFolder(home, RUN)
    folder.root.mkdir(parents=True)
    (folder.root / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return Sources(folder, [], judge_steps)


def test_what_others_wrote_stays_text(hostile: str) -> None:
    read = Read(hostile)
    assert sum(HOSTILE in words for words in read.words) > 10
    assert not any("stolen" in value for _, attributes in read.tags for value in attributes.values() if "<" in value)
    assert not [attributes for tag, attributes in read.tags if tag == "img"]
    assert not [name for _, attributes in read.tags for name in attributes if name.startswith("on")]
    kinds = [attributes.get("type", "code") for tag, attributes in read.tags if tag == "script"]
    assert kinds == ["application/json", "application/json", "code"]
    for text in read.scripts[:2]:
        assert "<" not in text
        assert json.loads(text)


def test_nothing_is_asked_of_anybody(hostile: str) -> None:
    read = Read(hostile)
    for name in ("src", "srcset", "data", "action", "formaction", "poster", "background", "xlink:href", "style"):
        assert read.attributes(name) == []
    assert all(link.startswith("#") or link == "data:," for link in read.attributes("href"))
    style = re.search(r"<style>(.*?)</style>", hostile, re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import|image-set", style.group(1))
    assert not re.search(r"fetch\(|XMLHttp|WebSocket|sendBeacon|import\(|innerHTML|eval\(|https?:", read.scripts[-1])


def test_the_content_policy_allows_this_script_and_this_style_only(hostile: str) -> None:
    (policy,) = [a["content"] for t, a in Read(hostile).tags if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (text,) = re.findall(rf"<{kind}>(.*?)</{kind}>", hostile, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"


def test_it_can_be_read_without_eyes_or_mouse(hostile: str) -> None:
    read = Read(hostile)
    tags = [tag for tag, _ in read.tags]
    assert tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-4]", tag)]
    assert all(after <= before + 2 for before, after in itertools.pairwise(levels))
    assert tags.count("table") == tags.count("caption") > 5
    pictures = [attributes for tag, attributes in read.tags if tag == "svg"]
    assert all(picture.get("aria-label") or picture.get("aria-hidden") for picture in pictures)
    assert {"lang": "en"} in [attributes for tag, attributes in read.tags if tag == "html"]
    scrolled = [attributes for _, attributes in read.tags if attributes.get("class") == "scroll"]
    assert all(box.get("tabindex") == "0" and box.get("aria-label") for box in scrolled)
    ids = read.attributes("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in read.attributes("href") if link.startswith("#")} <= set(ids)


def test_the_page_says_whether_it_is_better_and_by_which_test(tmp_path: Path) -> None:
    words = " ".join(" ".join(Read(page(played(tmp_path, whole_run()))).words).split())
    assert "+52.0 points on the sealed set" in words
    assert "one-sided exact McNemar test" in words
    assert "solved 80 that the champion did not, and lost 26" in words
    assert "The candidate is worse by more than the margin in skill times." not in words.partition("How sure")[0]


def test_a_run_that_promoted_nothing_says_so_and_why(tmp_path: Path) -> None:
    words = " ".join(" ".join(Read(page(played(tmp_path, fruitless_run()))).words).split())
    assert "Nothing promoted" in words
    assert "The difference could be chance" in words


def test_a_run_that_has_just_begun_has_a_page(tmp_path: Path) -> None:
    assert "Nothing examined yet" in page(played(tmp_path, whole_run()[:1]))


def test_events_belong_to_the_node_that_they_name_or_that_ends_next(tmp_path: Path) -> None:
    lines = [
        {"event": "evaluation", "run": RUN, "cycle": 1, "note": "of evaluate"},
        {"event": "node", "run": RUN, "cycle": 1, "node": "evaluate", "seconds": 2.0},
        {"event": "node", "run": RUN, "cycle": 1, "node": "mine", "status": "began"},
        {"event": "seen", "run": RUN, "cycle": 1, "node": "mine", "note": "named"},
        {"event": "node", "run": RUN, "cycle": 1, "node": "mine", "seconds": 3.0},
    ]
    tape = read_tape(played(tmp_path, lines).folder.root)
    visits = {visit.node: visit for visit in tape.visits}
    assert {name: (v.seconds, v.events) for name, v in visits.items()} == {"evaluate": (2.0, 2), "mine": (3.0, 3)}
    assert [name for _, name, _ in visits["evaluate"].quoted] == ["evaluation", "node"]


def test_two_maps_of_the_same_questions_lie_over_each_other() -> None:
    places = np.random.default_rng(1).normal(size=(200, 2)) @ np.diag([3.0, 1.0])
    wide = np.concatenate([places, 0.01 * np.random.default_rng(2).normal(size=(200, 6))], axis=1)
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(8, 8)))[0]
    first, second = latents.plane(wide), latents.plane(wide @ turn)
    assert first.shown > 0.99
    assert np.abs(latents.turned(second, first).places_N2 - first.places_N2).max() < 0.05


def test_markup_is_escaped_wherever_it_is_put() -> None:
    assert element("text", "<b>&", cls='"x"') == '<text class="&#34;x&#34;">&lt;b&gt;&amp;</text>'
    assert "<" not in island({"a": "</script>\u2028"})


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 50 cycles and 100,000 events, made in a process of its own whose memory is told beside it."""
    home = tmp_path_factory.mktemp("long")
    folder = write_big_run(home)
    code = (
        f"import sys, resource; sys.path[:0] = {sys.path!r}\n"
        "from pathlib import Path\nfrom test_page import sources, write_page\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"write_page(sources(Path({str(home)!r})))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (folder / "kib.txt").write_text(told.stdout)
    return folder / "report.html"


def test_a_long_run_has_a_small_page_made_in_little_memory(long_run: Path) -> None:
    events = (long_run.parent / "events.jsonl").read_text().count("\n")
    assert events > 95_000
    assert long_run.stat().st_size < 10_000_000
    assert int((long_run.parent / "kib.txt").read_text()) < 120_000
    nodes = json.loads(Read(long_run.read_text()).scripts[1])
    assert {len(node["visits"]) for node in nodes} == {1, 50}
    assert f"{events:,} events" in long_run.read_text()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_a_browser_opens_a_long_runs_page_offline_and_runs_nothing_of_others(long_run: Path, tmp_path: Path) -> None:
    """A real load: the page's own script has run, nobody else's has, nothing was asked of any server."""
    (tmp_path / "hostile").mkdir()
    write_big_run(tmp_path / "hostile", hostile=True, cycles=6, events=600)
    bad = write_page(sources(tmp_path / "hostile", hostile=True))
    for path in (long_run, bad):
        picture = tmp_path / "page.png"
        assert asked_for_by(path, tmp_path, f"--screenshot={picture}")[0] == set()
        text = asked_for_by(path, tmp_path, "--dump-dom")[1]
        assert 'aria-expanded="true"' in text, "the page's own script has not run"
        assert "stolen=" not in text
        assert shades(picture) > 20, "the picture is empty"


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_the_look_for_requests_sees_those_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "asks.html"
    page.write_text('<img src="http://picture.invalid/a.png"><script>fetch("https://script.invalid/b")</script>')
    asked, _ = asked_for_by(page, tmp_path, "--dump-dom")
    assert asked == {"http://picture.invalid/a.png", "https://script.invalid/b"}


def asked_for_by(page: Path, folder: Path, wanted: str) -> tuple[set[str], str]:
    """What a page asks of any server when a browser opens it, and what the browser prints. Nothing is reached.

    The browser looks for its maker's servers by itself, whatever page it shows: those requests have no origin.
    """
    assert CHROMIUM
    log = folder / "net.json"
    words = (
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}", "--window-size=1200,1600",
        "--virtual-time-budget=4000", f"--log-net-log={log}", wanted, page.as_uri(),
    )  # fmt: skip
    done = subprocess.run(words, capture_output=True, check=True, timeout=240)
    events = json.loads(log.read_text())["events"]
    made = [event["params"] for event in events if "initiator" in event.get("params", {})]
    asked = {params["url"] for params in made if params["initiator"] != "not an origin"}
    return {url for url in asked if not url.startswith("file:")}, done.stdout.decode()


def shades(path: Path) -> int:
    """How many different rows of pixels a PNG has: an empty page has one or two."""
    data, place, packed = path.read_bytes(), 8, b""
    width = struct.unpack(">I", data[16:20])[0]
    channels = {2: 3, 6: 4}[data[25]]
    while place < len(data):
        size = struct.unpack(">I", data[place : place + 4])[0]
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + size]
        place += 12 + size
    rows = zlib.decompress(packed)
    stride = width * channels + 1
    return len({rows[start : start + stride] for start in range(0, len(rows), stride)})
