import math

import numpy as np

from reasoner.search.beams import Complete
from reasoner.search.choosing import Best, Cluster, Vote, greedy_of


def attempt(answer: str, score: float, *, greedy: bool = False, finished: bool = True, latent: float = 0.0) -> Complete:
    direction = np.array([math.cos(latent), math.sin(latent)])
    return Complete((f"={answer}",), (score,), score, finished, greedy, direction)


def answer_of(solution: Complete) -> str:
    return solution.steps[-1].rpartition("=")[2] if solution.finished else ""


def test_greedy_stands_unless_another_leads_by_more_than_the_margin() -> None:
    pool = [attempt("3", -2.0, greedy=True), attempt("4", -1.5)]
    assert Best(margin=1.0)(pool, answer_of) == 0
    assert Best(margin=0.4)(pool, answer_of) == 1


def test_an_unfinished_greedy_attempt_has_nothing_to_defend() -> None:
    pool = [attempt("3", -0.1, greedy=True, finished=False), attempt("4", -9.0)]
    assert Best(margin=1.0)(pool, answer_of) == 1


def test_where_nothing_has_finished_greedy_stands() -> None:
    pool = [attempt("4", -1.0, finished=False), attempt("3", -5.0, greedy=True, finished=False)]
    for chooser in (Best(margin=0.0), Vote(weighted=False), Vote(weighted=True), Cluster()):
        assert chooser(pool, answer_of) == 1


def test_the_majority_wins_with_its_best_attempt_and_ties_go_to_greedy() -> None:
    pool = [attempt("3", -1.0, greedy=True), attempt("4", -3.0), attempt("4", -2.0)]
    assert Vote(weighted=False)(pool, answer_of) == 2
    assert Vote(weighted=False)(pool[:2], answer_of) == 0


def test_a_weighted_vote_counts_each_attempt_by_its_chance() -> None:
    pool = [attempt("3", math.log(0.5), greedy=True), attempt("4", math.log(0.2)), attempt("4", math.log(0.2))]
    assert Vote(weighted=True)(pool, answer_of) == 0
    assert Vote(weighted=False)(pool, answer_of) == 1


def test_the_heaviest_group_of_like_latents_gives_its_best_attempt() -> None:
    pool = [
        attempt("3", math.log(0.3), greedy=True, latent=0.0),
        attempt("4", math.log(0.2), latent=1.5),
        attempt("5", math.log(0.25), latent=1.6),
    ]
    assert Cluster()(pool, answer_of) == 2
    assert Cluster()(pool[:2], answer_of) == 0


def test_without_greedys_attempt_the_best_finished_one_takes_its_place() -> None:
    pool = [attempt("4", -1.0, finished=False), attempt("5", -2.0), attempt("6", -3.0)]
    assert greedy_of(pool) == 1


def test_a_solution_without_an_answer_never_hides_one_that_has() -> None:
    pool = [attempt("3", -5.0, greedy=True), attempt("", -1.0), attempt("4", -2.0)]
    assert Best(margin=1.0)(pool, answer_of) == 2
