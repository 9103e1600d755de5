import numpy as np

from truceline.fusion.exchanges.agglomerate import agglomerate


def run(gains):
    """Groups for a symmetric table of gains; a merged group gains with another the least of its members' gains."""
    n = len(gains)
    near = [frozenset(j for j in range(n) if j != i and np.isfinite(gains[i][j])) for i in range(n)]
    return agglomerate(n, near, lambda a, b: min(gains[i][j] for i in a for j in b))


def table(n, pairs):
    gains = np.full((n, n), -np.inf)
    for (i, j), value in pairs.items():
        gains[i, j] = gains[j, i] = value
    return gains


def test_the_best_merge_goes_first_and_uses_up_its_members():
    assert run(table(3, {(0, 1): 2.0, (1, 2): 3.0})) == [(0,), (1, 2)]


def test_groups_grow_while_they_gain():
    assert run(table(4, {(0, 1): 5.0, (0, 2): 1.0, (1, 2): 2.0, (2, 3): -1.0, (0, 3): 1, (1, 3): 1})) == [
        (0, 1, 2),
        (3,),
    ]


def test_nothing_gains_nothing_merges_and_nothing_is_lost():
    assert run(table(3, {(0, 1): -0.1})) == [(0,), (1,), (2,)]
    assert agglomerate(0, [], lambda a, b: 1.0) == []


def test_ties_go_to_the_lowest_elements():
    assert run(table(4, {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 1.0})) == [(0, 1), (2,), (3,)]
