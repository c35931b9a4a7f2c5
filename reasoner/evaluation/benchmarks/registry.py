"""Benchmarks by name: built in, of a package (entry point `reasoner.benchmarks`), or `path/to/file.py:Name`."""

from reasoner.errors import ConfigError
from reasoner.plugins import Registry
from reasoner.types.benchmark import Benchmark, BenchmarkInfo

_HERE = "reasoner.evaluation.benchmarks"
BENCHMARKS = Registry(
    "benchmark",
    group="reasoner.benchmarks",
    built_in={
        "gsm8k": f"{_HERE}.gsm8k:GSM8K",
        "math": f"{_HERE}.hendrycks_math:MATH",
        "math500": f"{_HERE}.hendrycks_math:MATH500",
        "deepmind_math": f"{_HERE}.deepmind_math:DEEPMIND_MATH",
        "mmlu": f"{_HERE}.mmlu:MMLU",
        "arc": f"{_HERE}.arc:ARC",
        "bbh": f"{_HERE}.bbh:BBH",
        "bbh_cot": f"{_HERE}.bbh:BBH_COT",
        "humaneval": f"{_HERE}.humaneval:HUMANEVAL",
        "mbpp": f"{_HERE}.mbpp:MBPP",
        "cruxeval_o": f"{_HERE}.cruxeval:CRUXEVAL_O",
        "cruxeval_i": f"{_HERE}.cruxeval:CRUXEVAL_I",
        "hotpotqa": f"{_HERE}.hotpotqa:HOTPOTQA",
        "hotpotqa_context": f"{_HERE}.hotpotqa:HOTPOTQA_CONTEXT",
        "prosqa": f"{_HERE}.prosqa:PROSQA",
        "banking77": f"{_HERE}.banking77:BANKING77",
        "codesearchnet": f"{_HERE}.codesearchnet:CODESEARCHNET",
        "stdlib_pairs": f"{_HERE}.stdlib_pairs:STDLIB_PAIRS",
    },
)
_MEMBERS = ("info", "read", "score")


def benchmark_names() -> tuple[str, ...]:
    """All that can be asked for by name."""
    return BENCHMARKS.names()


def get_benchmark(name: str) -> Benchmark:
    """The benchmark of that name.

    Raises:
        ConfigError: there is none, or what is there is no benchmark; says what it lacks.
    """
    found = BENCHMARKS.get(name)
    try:
        benchmark = found() if isinstance(found, type) else found
    except Exception as error:
        raise ConfigError(f"the benchmark {name!r} cannot be made: {type(error).__name__}: {error}") from error
    if missing := [member for member in _MEMBERS if not hasattr(benchmark, member)]:
        raise ConfigError(f"the benchmark {name!r} lacks {', '.join(missing)}; docs/benchmarks.md shows what it needs")
    if not isinstance(benchmark.info, BenchmarkInfo):
        raise ConfigError(f"the benchmark {name!r}: info must be a BenchmarkInfo")
    return benchmark
