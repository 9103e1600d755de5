"""Greedy grouping by evidence: the best merge first, evaluated again when it is due, until none gains."""

import heapq
from collections.abc import Callable, Sequence

Group = tuple[int, ...]
Gain = Callable[[Group, Group], float]
Grow = Callable[[Group, Group], None]


def agglomerate(n: int, neighbours: Sequence[frozenset[int]], gain: Gain, grow: Grow | None = None) -> list[Group]:
    """Partition 0..n-1 into groups.

    Parameters
    ----------
    n : number of elements; their order must not depend on the order of input rows
    neighbours : for each element those it could ever share a group with
    gain : log posterior odds (nats) of one group against two, -inf where they may not be one
    grow : told of every merge, before the gains of the new group are asked for

    Returns
    -------
    Groups as sorted tuples, in order of their first element. Ties go to the lowest elements, so that the result is
    the same whatever order the pairs were met in.
    """
    alive: dict[Group, frozenset[int]] = {(i,): neighbours[i] for i in range(n)}
    home: dict[int, Group] = {i: (i,) for i in range(n)}
    heap: list[tuple[float, Group, Group]] = []
    for i in range(n):
        for j in sorted(neighbours[i]):
            if j > i:
                _offer(heap, gain, (i,), (j,))
    while heap:
        _, a, b = heapq.heappop(heap)
        if a not in alive or b not in alive:
            continue
        merged = tuple(sorted(a + b))
        if grow is not None:
            grow(a, b)
        reach = (alive.pop(a) | alive.pop(b)) - set(merged)
        for other in sorted({home[i] for i in reach}):
            _offer(heap, gain, *sorted((merged, other)))
        alive[merged] = reach
        home |= dict.fromkeys(merged, merged)
    return sorted(alive)


def _offer(heap: list[tuple[float, Group, Group]], gain: Gain, a: Group, b: Group) -> None:
    value = gain(a, b)
    if value > 0:
        heapq.heappush(heap, (-value, a, b))
