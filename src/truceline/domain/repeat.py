"""Which rows repeat another that is here, so that nothing is counted twice."""

from collections.abc import Iterable, Mapping
from typing import Any

from truceline.domain.ids import ObservationId, observation_id


def repeats(rows: Iterable[Mapping[str, Any]]) -> frozenset[ObservationId]:
    """Ids of rows whose `derived_from` names another row that is here, or another source that reports here.

    Of two rows that name each other the one with the lower id stands.
    """
    named = {observation_id(r["source"], r.get("id") or ""): (r["source"], r.get("derived_from") or ()) for r in rows}
    sources = {source for source, _ in named.values()}
    found = []
    for own, (source, origins) in named.items():
        for origin in origins:
            known = named.get(ObservationId(origin))
            mutual = known is not None and own in known[1] and own < origin
            if (origin in sources and origin != source) or (known is not None and origin != own and not mutual):
                found.append(own)
    return frozenset(found)
