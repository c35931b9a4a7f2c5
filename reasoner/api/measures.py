"""An open home is measured: on its own sets, on a file, on public benchmarks."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from reasoner import bootstrap
from reasoner.api.opened import OnProgress, Opened, nobody, one_of
from reasoner.bootstrap.failures import in_words
from reasoner.types.benchmark_report import BenchmarkRun
from reasoner.types.problem import Mode, Split
from reasoner.types.report import EvalReport
from reasoner.types.search import SearcherName, SearchTable


class Measures(Opened):
    """What `reasoner evaluate` and `reasoner benchmark` do."""

    @in_words()
    def evaluate(
        self,
        split: Split = "sealed",
        *,
        checkpoint: str | None = None,
        data: str | Path | None = None,
        n: int | None = None,
        mode: Mode | None = None,
        search: SearcherName | None = None,
        recall: bool = False,
        progress: OnProgress | None = None,
    ) -> EvalReport:
        """Accuracy with 95% intervals of a checkpoint, overall, by skill and by number of steps.

        Args:
            split: `sealed`, or the first cycle's `practice` or `gate` set.
            checkpoint: as in `solve`.
            data: a file whose rows are all evaluated, in place of a set.
            n: only the first so many problems.
            mode: as in `solve`.
            search: as in `solve`.
            recall: whether a search may ask the memory for `search.recall` neighbours.
            progress: told how far it is.
        """
        asked = self._evaluated(split, checkpoint=checkpoint, data=data, n=n, recall=recall, progress=progress)
        return bootstrap.evaluate(self._searching(search), mode=self._mode(mode), **asked)

    @in_words()
    def compare_searchers(
        self,
        split: Split = "sealed",
        *,
        checkpoint: str | None = None,
        data: str | Path | None = None,
        n: int | None = None,
        recall: bool = False,
        progress: OnProgress | None = None,
    ) -> SearchTable:
        """Every way of searching on the same problems, beside greedy. Arguments as in `evaluate`."""
        asked = self._evaluated(split, checkpoint=checkpoint, data=data, n=n, recall=recall, progress=progress)
        return bootstrap.compare_searchers(self.settings, **asked)

    @in_words()
    def benchmark(
        self,
        *names: str,
        paths: Sequence[str | Path] = (),
        checkpoint: str | None = None,
        student: str | None = None,
        endpoint: str | None = None,
        model: str | None = None,
        api: Literal["completions", "chat"] = "completions",
        limit: int | None = None,
        shots: int | None = None,
        samples: int = 1,
        temperature: float | None = None,
        max_tokens: int | None = None,
        batch: int = 16,
        mode: Mode | None = None,
        out: str | Path | None = None,
        progress: OnProgress | None = None,
        say: Callable[[str], None] | None = None,
    ) -> BenchmarkRun:
        """Puts public benchmarks to a model: metrics with intervals, raw answers kept. The same again goes on.

        Args:
            names: of benchmarks, such as `gsm8k`.
            paths: rows as their publisher gives them, one for each name.
            checkpoint: as in `solve`.
            student: a Hugging Face causal language model in place of a checkpoint: folder or hub name.
            endpoint: an OpenAI-compatible server in place of it, with its `/v1`.
            model: name of the endpoint's model.
            api: of the endpoint.
            limit: only the first so many rows.
            shots: examples before each question; the protocol's by default.
            samples: texts for each question.
            temperature: of drawn texts; 0 by default, 0.8 with several samples.
            max_tokens: of a text; the protocol's by default.
            batch: texts that `student` computes at once.
            mode: as in `solve`.
            out: folder of the results; `benchmarks/ID` of the home by default.
            progress: told how far it is.
            say: told what people should hear, such as waits for a server.
        """
        wish = bootstrap.Wish(
            names=names,
            paths=tuple(Path(path).expanduser() for path in paths),
            limit=limit,
            shots=shots,
            samples=samples,
            temperature=temperature,
            max_tokens=max_tokens,
        )
        return bootstrap.run_benchmarks(
            self.settings,
            wish,
            bootstrap.Who(checkpoint, student, endpoint, model, api, batch),
            home=self._place,
            mode=self._mode(mode),
            out=None if out is None else Path(out).expanduser().absolute(),
            progress=progress or nobody,
            say=say or nobody,
        )

    def _evaluated(
        self, split: Split, *, data: str | Path | None, progress: OnProgress | None, **asked: Any
    ) -> dict[str, Any]:
        path = None if data is None else Path(data).expanduser()
        split = one_of("split", split, Split) or "sealed"
        return {**asked, "home": self._place, "split": split, "data": path, "progress": progress or nobody}
