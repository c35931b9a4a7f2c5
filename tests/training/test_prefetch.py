import os
import signal
import time
from functools import partial

import pytest
from problem_settings import of_problems
from student_maker import small_student

from reasoner.data.generated_source import GeneratedSource
from reasoner.errors import TrainingFailed
from reasoner.training.feed import CurriculumFeed, FreshFeed
from reasoner.training.prefetch import Ahead, drawing_processes, made_ahead


def draw(source, n, seed):
    return list(source.base_problems(n, seed))


@pytest.fixture(scope="module")
def feed():
    student = small_student()
    source = GeneratedSource(of_problems(base_difficulties=(1, 2), max_number=20))
    fresh = FreshFeed(student.tokenizers, partial(draw, source), seed=3)
    return CurriculumFeed(FreshFeed(student.tokenizers, partial(draw, source), seed=4), fresh, easy_batches=16)


def test_blocks_made_ahead_are_those_that_would_have_been_made_here_in_any_order(feed):
    with made_ahead(feed, processes=2) as made:
        assert isinstance(made, Ahead)
        for number in (0, 1, 5, 2):
            assert made.block(number, 12) == feed.block(number, 12)
        killed = list(made._pool._processes)
        os.kill(killed[0], signal.SIGKILL)
        with pytest.raises(TrainingFailed, match=r"compute\.drawers=0"):
            _draw_on(made)
    assert all(_gone(pid) for pid in killed)


def test_without_processes_the_feed_is_drawn_from_here(feed):
    with made_ahead(feed, processes=0) as made:
        assert made is feed


def test_a_gpu_is_fed_by_the_cores_and_a_cpu_is_not():
    assert drawing_processes(None, "cpu") == 0
    assert 0 <= drawing_processes(None, "cuda:0") <= 12
    assert drawing_processes(3, "cpu") == drawing_processes(3, "cuda") == 3


def _draw_on(made):
    for number in range(20, 60):
        made.block(number, 12)
        time.sleep(0.01)


def _gone(pid):
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
