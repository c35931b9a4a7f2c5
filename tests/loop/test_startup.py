"""Which heavy libraries a command loads: what is not needed is not waited for. Modules are compared, never times."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from loop_runs import Ended, run_folder

HEAVY = {
    "alembic", "apscheduler", "faiss", "jinja2", "langchain_core", "langgraph", "langsmith", "litellm", "matplotlib",
    "numpy", "opentelemetry", "pandas", "peft", "pyarrow", "requests", "safetensors", "scipy", "sklearn", "sqlalchemy",
    "sympy", "tokenizers", "torch", "torch._dynamo", "torch._inductor", "transformers",
}  # fmt: skip
"""Each takes a tenth of a second to import, or far more."""

STORE = {"sqlalchemy"}
STUDENT = STORE | {"numpy", "safetensors", "tokenizers", "torch"}
MAY_LOAD = {
    "--help": set[str](),
    "solve --help": set(),
    "trace RUN": set(),
    "trace latest": STORE,
    "runs list": STORE,
    "models list": STORE,
    "jobs list": STORE,
    "proposals list": STORE,
    "memory search apples --words-only": STORE | {"numpy"},
    "memory search apples": STUDENT | {"faiss"},
    "doctor": STORE | {"numpy"},
    "solve apples": STUDENT,
}
"""Command and the heavy modules that a real run of it may load."""

CODE = """
import sys
from reasoner.cli.main import main
sys.argv = ["reasoner", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    print("ENDED", end.code or 0)
print("MODULES", *sys.modules)
"""


@pytest.mark.parametrize("line", MAY_LOAD)
def test_a_command_loads_what_it_needs_and_nothing_else(line: str, undisturbed: tuple[Path, Ended]) -> None:
    words = line.replace("RUN", run_folder(undisturbed[0]).name).split()
    environment = os.environ | {"REASONER_HOME": str(undisturbed[0])}
    command = [sys.executable, "-c", CODE, *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    text, _, modules = said.rpartition("MODULES")
    assert "ENDED 0" in text or "ENDED" not in text, text
    assert "reasoner.cli.main" in modules.split()
    assert HEAVY & set(modules.split()) <= MAY_LOAD[line]
