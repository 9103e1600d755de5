"""Ours and every peer on the same data in the same run, as one Markdown table.

python bench/fusion/compare.py [world ...]

Peers run in environments of their own, which the first run installs; each is given a minute a world.
"""

import sys
from collections.abc import Iterator

from peers import EVERY, PEERS, SETTINGS, Peer, install, run, settings_of
from plain import Prepared, prepared
from scoring import Score, limit, score_peer
from worlds import EFFORTS, PRESETS, SEEDS, Measured, measure, table

from truceline.simulation.worlds import WORLDS

HEADER = ("world", "observations", "engine", "F1", "precision", "recall", "ARI", "median error km", "side right",
          "obs/CPU s", "peak MiB")  # fmt: skip


def sizes(world: str) -> list[int]:
    """The sizes at which some peer bears the world, and the largest."""
    return sorted({EVERY} | {peer.n_most[world] for peer in PEERS if world in peer.n_most})


def rows_of(world: str, n: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Ours, the peers that bear that many, and what bounds them all."""
    data = prepared(WORLDS[world], n, seed)
    ceiling = limit(data)
    for effort in EFFORTS:
        ours = measure(data, ceiling, effort, two_threads=False)
        rate = f"{n / ours.one['cpu_s']:,.0f}"
        yield (world, f"{n:,}", f"**ours, {effort}**", *agreement(ours.score), rate, f"{ours.one['peak_mib']:.0f}")
    for peer in PEERS:
        if n <= peer.n_most.get(world, 0):
            yield (world, f"{n:,}", peer.name, *peer_row(peer, world, data, n))
    yield (world, f"{n:,}", "limit", *bounds(ours))


def peer_row(peer: Peer, world: str, data: Prepared, n: int) -> tuple[str, ...]:
    """The cells of a peer, or that it did not finish."""
    answer = run(peer, data, settings_of(peer, world))
    if answer is None:
        return ("more than a minute", *[""] * 7)
    found = score_peer(data, answer.label, answer.places)
    return (*agreement(found), f"{n / answer.cpu_s:,.0f}", f"{answer.peak_mib:.0f}")


def agreement(score: Score) -> tuple[str, ...]:
    """The cells of agreement, places and sides."""
    pairs = score.pairs
    shares = (pairs.f1, pairs.precision, pairs.recall, pairs.adjusted_rand)
    return (*(f"{share:.3f}" for share in shares), f"{score.error_km:.3f}", f"{score.side:.3f}")


def bounds(ours: Measured) -> tuple[str, ...]:
    """The cells of the oracle and the floor."""
    best = ours.limit.oracle
    shares = (best.f1, best.precision, best.recall, best.adjusted_rand)
    return (*(f"{share:.3f}" for share in shares), f"{ours.limit.floor_km:.3f}", "", "", "")


def main() -> None:
    """Print the table."""
    if not SETTINGS.exists():
        raise SystemExit("No tuned settings: run `python bench/fusion/peers.py tune` first.")
    install()
    rows = []
    for world in sys.argv[1:] or PRESETS:
        for n in sizes(world):
            for row in rows_of(world, n, SEEDS[0]):
                print(" ".join(row), file=sys.stderr, flush=True)
                rows.append(row)
    print(table(HEADER, rows))


if __name__ == "__main__":
    main()
