"""Everything beyond fire for the hand-built report: origins, holdings, decisions, advice and levels of each kind."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from truceline.clock import Interval
from truceline.domain import decided
from truceline.domain.advice import Advice
from truceline.domain.arrangement import Arrangement, ClauseText, LineSector, Party, Standards
from truceline.domain.dated import Dated, Since
from truceline.domain.holding import Holding, Obstruction, Undertaking
from truceline.domain.incident import Support
from truceline.domain.indication import Element
from truceline.domain.level import Actor, Body, Holder, Level
from truceline.domain.origin import Factor, MapResult, Origin
from truceline.domain.place import Fix
from truceline.reports.decisions import names_of, told_decisions
from truceline.reports.others import levels_at

START = datetime(2031, 5, 3, 21, 0, tzinfo=UTC)
NORTH, SOUTH = "north", "south"
WHERE = Fix(lon_deg=30.6, lat_deg=44.1, var_e_m2=900.0, var_n_m2=900.0, cov_en_m2=0.0)


def at(hour):
    """`hour` hours of local time into 4 May 2031."""
    return START + timedelta(hours=hour)


def dated(value, day=date(2031, 2, 1), grade="stated"):
    """A value that never changed."""
    return Dated(history=(Since(day=day, value=value, reference="Article 1", grade=grade),))


def _clause(id, title, binds=()):
    return ClauseText(
        id=id, kind="no_fire", title=title, text=title, reference="Article 1", since=START - timedelta(days=90),
        until=None, zones=(), acts=dated(("explosion",)), binds=binds,
    )  # fmt: skip


def _level(number, name, *holders):
    return Level(
        number=number, name=name, place="behind the line", zones=(), who=(), tasks=(), holders=dated(tuple(holders)),
        reference="Annex B", grade="reported",
    )  # fmt: skip


def _holder(actor, state, condition=""):
    return Holder(actor=actor, state=state, condition=condition)


def _actor(id, name):
    return Actor(id=id, name=name, traits=(), reference="Annex B", grade="reported")


ARRANGEMENT = Arrangement(
    id="example-2031", version=2, title="Arrangement on the cessation of fire along the line", reference="Annex A",
    in_force_from=START, timezone="Europe/Kyiv", languages=("en",), day_ends=dated(time(19, 30)),
    parties=(
        Party(id=NORTH, name="Northern command", side="northern areas", reference="Article 1"),
        Party(id=SOUTH, name="Southern command", side="southern areas", reference="Article 1"),
    ),
    lines=(), landmarks=(), zones=(),
    sectors=(LineSector(id="west", name="Sector West", until_deg=None, region="", reference="", grade="assumed"),),
    clauses=(_clause("2(1)", "Cease fire"), _clause("4", "Withdrawal"), _clause("5", "Own side", binds=(NORTH,))),
    standards=dated(Standards(suspicion=0.25, reasonable_grounds=0.45, balance=0.51, clear_and_convincing=0.75)),
    day_parts=dated({}), prior=dated(None), release=dated({"public": ("observations", "sensor_positions")}),
    actors=(_actor("lake", "Lake republic"), _actor("isle", "Isle kingdom"), _actor("hill", "Hill union")),
    bodies=(
        Body(id="commission", name="the joint commission", members=("both",), decides="by consensus", quorum=None,
             on_deadlock="the guarantors decide", reference="Article 7", grade="stated"),
    ),
    levels=(
        _level(1, "monitors", _holder("hill", "deployed")),
        _level(2, "reserve", _holder("lake", "announced"), _holder("isle", "announced"),
               _holder("hill", "floated", "a mandate")),
        _level(3, "backstop"),
    ),
)  # fmt: skip


def _factor(name, nats, because, *observations):
    towards = (1.0, 2.718281828 ** -abs(nats))
    north, south = towards if nats >= 0 else towards[::-1]
    return Factor(
        name=name, because=because, reference="assumed, the same for every party",
        ratio=((NORTH, round(north, 4)), (SOUTH, round(south, 4))), moved_nats=nats, observations=observations,
    )  # fmt: skip


def _map(id, name, held_north, north, south, *factors):
    rest = round(1.0 - north - south, 4)
    return MapResult(
        control_map=id, name=name, since="2031-02-01", p_held=((NORTH, held_north), (SOUTH, round(1 - held_north, 4))),
        p_party=((NORTH, north), (SOUTH, south), ("undetermined", rest)), factors=factors,
    )  # fmt: skip


HEARD = _factor("phase", 1.6, "stated: outgoing by heard", "posts:1")
EVEN = _factor("phenomenon", 0.0, "explosion leaves the phase open")
UNDETERMINED_ORIGIN = Origin(
    subject="E-5aa0c3d1", p_party=((NORTH, 0.0), (SOUTH, 0.0), ("undetermined", 1.0)),
    p_fired=((NORTH, 0.52), (SOUTH, 0.48)),
    maps=(
        _map("m1", "Map of the first author", 0.7, 0.4, 0.0, HEARD, EVEN, _factor("place", 0.9, "ground held by one")),
        _map("m2", "Map of the second author", 0.2, 0.0, 0.3, HEARD, EVEN, _factor("place", -2.2, "by the other")),
    ),
)  # fmt: skip
DETERMINED_ORIGIN = Origin(
    subject="I-0b77e2f4", p_party=((NORTH, 0.8), (SOUTH, 0.0), ("undetermined", 0.2)),
    p_fired=((NORTH, 0.9), (SOUTH, 0.1)), indicated=NORTH, standard="clear_and_convincing",
    maps=(_map("m1", "Map of the first author", 0.02, 0.8, 0.0, _factor("direction", 3.4, "flying south", "posts:4")),),
)  # fmt: skip


def _support(own):
    return (Support(observation=f"posts:{own}", p_member=1.0, llr_nats=0.0),)


HOLDING = Holding(
    id="H-77aa00b1", version=1, when=Interval(start=at(9), end=at(9.5)), where=WHERE, area="Birch yard",
    phenomenon="weapon", weapon="artillery", weapon_model="D-30", calibre_mm=122.0, count_low=2, count_high=4,
    declared=6, site="", held_by=NORTH, p_exists=0.9, support=_support("5"), tlp="green",
)  # fmt: skip
OBSTRUCTION = Obstruction(
    id="O-88bb11c2", version=1, when=Interval(start=at(10), end=at(10.5)), where=None, area="crossing", kind="denial",
    imposed_by="Southern command", p_exists=0.95, support=_support("r1"), tlp="green",
)  # fmt: skip
UNDERTAKING = Undertaking(
    id="U-99cc22d3", version=1, clause="4", party=SOUTH, zone=None, when=Interval(start=at(-3), end=at(16.5)),
    subjects=("H-77aa00b1",), share_watched=0.4, p_exists=1.0, support=_support("5"), tlp="green",
)  # fmt: skip


def _held(entry, record, by="", hours=None, refused=False):
    return decided.Held(
        entry=entry, record=record, confirmed_by=by or None, confirmed_at=at(hours) if hours else None, refused=refused
    )


def _finding(id, party, verdict="substantiated", reasons="craters measured by two teams"):
    return decided.Finding(
        id=id, indication="N-00000002", verdict=verdict, party=party, standard="balance", reasons=reasons,
        by="A. Observer", at=at(14), subject="I-0b77e2f4", clause="2(1)",
    )  # fmt: skip


DECISIONS = (
    _held(20, _finding("F-1a1a1a1a", NORTH), "B. Second", 14.2),
    _held(21, decided.Ruling(id="R-2b2b2b2b", finding="F-1a1a1a1a", verdict="violation", party=NORTH,
                             standard="balance", body="commission", present=4, reasons="the finding stands",
                             dissent="one member: too early", by="C. Clerk", at=at(15)), "B. Second", 15.1),
    _held(22, _finding("F-3c3c3c3c", SOUTH, "undetermined", "no access")),
    _held(23, decided.Statement(id="S-4d4d4d4d", party=SOUTH, on="F-1a1a1a1a", text="We were not informed.",
                                by="C. Clerk", at=at(15.2)), "B. Second", 15.3),
    _held(24, decided.Contact(id="C-5e5e5e5e", parties=(NORTH, SOUTH), on="I-0b77e2f4", outcome="fire stopped at 13:40",
                              by="D. Duty", at=at(13.5)), "B. Second", 13.6),
    _held(25, decided.Reply(id="P-6f6f6f6f", advice="A-warn", verdict="deferred", body="commission",
                            reasons="no quorum", by="C. Clerk", at=at(15.5)), "B. Second", 15.6, refused=True),
    _held(26, decided.Release(id="L-7a7a7a7a", what="F-1a1a1a1a", to="public", by="C. Clerk", at=at(15.7)),
          "B. Second", 15.8),
)  # fmt: skip


def _test(name, met, because):
    return Element(name=name, p=met, p_low=met, p_high=met, because=because, reference="Article 6(2)")


def _advice(id, title, state, level, zero, due, **more):
    now = at(16.5)
    standing = levels_at(ARRANGEMENT, now)[level - 1].standing
    plain = Advice(
        id=id, rung=id.removeprefix("A-"), title=title, state=state, party=NORTH, subjects=("I-0b77e2f4",),
        rests_on=("N-00000002",), tests=(_test("at least one", 1.0, "one indication by Northern command"),),
        zero_at=at(zero) if zero is not None else None, due_at=at(due) if due is not None else None, at=now,
        level=level, level_name=ARRANGEMENT.levels[level - 1].name, standing=standing, action="a warning",
        authorised_by="commission", on_deadlock="the guarantors decide", reply="", unmonitored=(),
        reference="Article 6(2)", grade="assumed",
    )  # fmt: skip
    return replace(plain, **more)


ADVICE = (
    _advice("A-warn", "First warning", "expired", 1, 13.2, 15.2),
    _advice("A-reserve", "The reserve deploys", "running", 2, 15.0, 39.0, rests_on=("R-2b2b2b2b",)),
    _advice("A-backstop", "The backstop answers", "not_reached", 3, None, None, rests_on=(), unmonitored=("4", "6"),
            tests=(_test("continuing after 72 h", 0.0, "nothing since"),)),
)  # fmt: skip
NAMES = names_of(ARRANGEMENT)
BEYOND = {
    "names": tuple(sorted(NAMES.items())),
    "holdings": (HOLDING,),
    "obstructions": (OBSTRUCTION,),
    "undertakings": (UNDERTAKING,),
    "origins": (UNDETERMINED_ORIGIN, DETERMINED_ORIGIN),
    "decisions": told_decisions(DECISIONS, DECISIONS, NAMES),
    "advice": ADVICE,
    "levels": levels_at(ARRANGEMENT, at(16.5)),
}
