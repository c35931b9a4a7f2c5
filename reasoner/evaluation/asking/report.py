"""`report.md`: a benchmark run for people who were not there."""

from collections.abc import Iterator

from reasoner.types.benchmark_report import BenchmarkReport, BenchmarkRun, Measure, Part


def report_of(run: BenchmarkRun) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: BenchmarkRun) -> Iterator[str]:
    yield f"# {run.id}"
    yield ""
    yield f"Model: `{run.answerer}`, fingerprint `{run.answerer_fingerprint}`. Seed {run.seed}."
    if run.requests:
        yield f"{run.requests} requests, {run.usd:.6f} dollars."
    yield ""
    yield "| benchmark | metric | filter | value | n | chance | majority | errors |"
    yield "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |"
    for report in run.reports:
        for one in report.measures:
            yield (
                f"| {report.name} | {one.metric} | {one.filter} | {_value(one)} | {one.n} | {one.chance:.1%} "
                f"| {one.majority:.1%} | {one.errors} |"
            )
    yield ""
    yield (
        "Brackets hold 95% intervals (Wilson's of shares, Student's t of graded scores). Errors are items without an "
        "answer or without a verdict: they are in no `n`."
    )
    for report in run.reports:
        yield from _of_one(report)


def _of_one(report: BenchmarkReport) -> Iterator[str]:
    yield ""
    yield f"## {report.title}"
    yield ""
    yield f"- protocol: {report.source}; fingerprint `{report.fingerprint}`"
    yield f"- rows: `{report.rows}`, SHA-256 `{report.rows_sha256}`"
    drawn = f"{report.samples} sample(s), temperature {report.temperature:g}"
    yield f"- {report.items} items, form {report.form}, {report.shots} shots, {drawn}"
    yield f"- answers as they came: `{report.raw}`"
    for said in report.deviations:
        yield f"- not as the protocol: {said}"
    yield from _contamination(report)
    if report.first_error:
        yield f"- the first error: {report.first_error}"
    for one in report.measures:
        if len(one.by_subject) > 1:
            yield from _subjects(one)


def _contamination(report: BenchmarkReport) -> Iterator[str]:
    if report.known is None:
        yield "- contamination: nothing to compare with in this home"
        return
    known = report.known
    yield (
        f"- contamination: {known.items} of {report.items} questions ({known.share:.1%}) are known here "
        f"({known.memory} to the memory, {known.practice} to the practice rows; {known.compared} questions compared)"
    )
    for one in report.measures:
        if known.items and one.clean is not None:
            yield f"- {one.metric}/{one.filter} without those: {_value(one.clean)} of {one.clean.n}"


def _subjects(measure: Measure) -> Iterator[str]:
    yield ""
    yield f"| subject | {measure.metric}/{measure.filter} | n |"
    yield "| --- | --- | ---: |"
    for subject, part in sorted(measure.by_subject.items()):
        yield f"| {subject} | {_value(part)} | {part.n} |"


def _value(part: Measure | Part) -> str:
    return f"{part.value:.2%} [{part.ci95[0]:.2%}, {part.ci95[1]:.2%}]"
