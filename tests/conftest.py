"""Settings of every test process."""

import os
import signal

import pytest
from quick_store import quick_stores as quick_stores
from shared_folder import VARIABLE

# Two OpenMP threads on shared cores are slower than one, and xdist runs two processes. Before anything imports torch.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What a developer has set for their own runs must not reach the tests.
for name in [name for name in os.environ if name.startswith("REASONER_")]:
    del os.environ[name]
# A shell that starts us in the background has us ignore Ctrl-C, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    # Each worker of pytest-xdist has a folder of its own within that of the run.
    os.environ[VARIABLE] = os.fspath(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)
