"""Origin in words: outcome, every map apart, every factor with how far it moved, the same for both parties."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.beyond_sample import DETERMINED_ORIGIN, EVEN, HEARD, NAMES, NORTH, SOUTH, UNDETERMINED_ORIGIN

from truceline.domain.origin import Factor
from truceline.judgement.origin_words import MOVED, NOT_SIDE, disagree, factor_words, origin_words
from truceline.judgement.words import NBSP

MIRROR = {NORTH: SOUTH, SOUTH: NORTH, "undetermined": "undetermined"}


def said(origin):
    return tuple(line.replace(NBSP, " ") for line in origin_words(origin, NAMES))


def test_what_is_undetermined_is_called_so_and_each_map_is_told_apart():
    assert said(UNDETERMINED_ORIGIN) == (
        "Who fired is undetermined; at the least over two control maps: Northern command under 1 % and Southern "
        "command under 1 %; undetermined over 99 %.",
        "Had it to be one of them, averaged over the maps: Northern command 50 % and Southern command 50 %.",
        "The two control maps disagree; each result stands by itself.",
        "By Map of the first author, as of 1 February 2031: who holds the place, Northern command 70 % and Southern "
        "command 30 %; who fired, Northern command 40 %, Southern command under 1 % and undetermined 60 %.",
        "By Map of the second author, as of 1 February 2031: who holds the place, Northern command 20 % and Southern "
        "command 80 %; who fired, Northern command under 1 %, Southern command 30 % and undetermined 70 %.",
        "Phase: stated: outgoing by heard [assumed, the same for every party]: fits 5.0 times as well with Northern "
        "command as with Southern command, and moved the belief somewhat towards Northern command (1.6 nats); rests on "
        "posts:1.",
        "Phenomenon: explosion leaves the phase open [assumed, the same for every party]: fits all alike and moved "
        "nothing (0.0 nats).",
        "By Map of the first author only: place: ground held by one [assumed, the same for every party]: fits 2.5 "
        "times as well with Northern command as with Southern command, and moved the belief barely towards "
        "Northern command (0.9 nats).",
        "By Map of the second author only: place: by the other [assumed, the same for every party]: fits 9.0 times as "
        "well with Southern command as with Northern command, and moved the belief somewhat towards Southern command "
        "(2.2 nats).",
        "Where something fell is not who fired it.",
    )


def test_what_is_indicated_says_to_which_standard_and_never_more():
    first = said(DETERMINED_ORIGIN)[0]
    assert first == (
        "Fire by Northern command is indicated to the standard of clear and convincing evidence; "
        "at the least over the one control map asked, Map of the first author: Northern command 80 % and Southern "
        "command under 1 %; undetermined 20 %."
    )
    assert "only to the standard of suspicion" in said(replace(DETERMINED_ORIGIN, standard="suspicion"))[0]


def test_maps_that_agree_are_said_to_agree_and_share_their_factors():
    one = UNDETERMINED_ORIGIN.maps[0]
    both = replace(UNDETERMINED_ORIGIN, maps=(one, replace(one, control_map="m2", name="Another map")))
    lines = said(both)
    assert "The two control maps agree." in lines
    assert sum("Phase:" in line for line in lines) == 1
    assert not any("only:" in line for line in lines)


def test_maps_disagree_by_whom_they_name_or_by_how_much():
    one = UNDETERMINED_ORIGIN.maps[0]
    far = replace(one, p_party=((NORTH, 0.55), (SOUTH, 0.0), ("undetermined", 0.45)))
    near = replace(one, p_party=((NORTH, 0.42), (SOUTH, 0.0), ("undetermined", 0.58)))
    assert not disagree((one,))
    assert not disagree((one, near))
    assert disagree((one, far))


@pytest.mark.parametrize(
    ("nats", "word"), [(0.5, "barely"), (1.0, "somewhat"), (3.5, "strongly"), (6, "very strongly")]
)
def test_how_far_a_factor_moved_is_a_word_and_a_figure(nats, word):
    one = replace(HEARD, moved_nats=float(nats))
    assert f"moved the belief {word} towards Northern command ({nats:.1f} nats)" in factor_words(one, NAMES)
    assert f"{word} towards Southern command ({nats:.1f} nats)" in factor_words(replace(one, moved_nats=-nats), NAMES)


def test_a_factor_that_only_one_party_explains():
    one = replace(HEARD, ratio=((NORTH, 1.0), (SOUTH, 0.0)))
    assert "fits not at all with any but Northern command" in factor_words(one, NAMES)
    assert "fits all alike and moved nothing" in factor_words(replace(EVEN, ratio=()), NAMES)


def _mirrored(origin):
    maps = tuple(
        replace(
            m,
            p_held=tuple((MIRROR[p], v) for p, v in m.p_held),
            p_party=tuple((MIRROR[p], v) for p, v in m.p_party),
            factors=tuple(replace(f, ratio=tuple((MIRROR[p], v) for p, v in f.ratio)) for f in m.factors),
        )
        for m in origin.maps
    )
    return replace(
        origin, maps=maps, p_party=tuple((MIRROR[p], v) for p, v in origin.p_party),
        p_fired=tuple((MIRROR[p], v) for p, v in origin.p_fired),
        indicated=MIRROR.get(origin.indicated),
    )  # fmt: skip


@pytest.mark.parametrize("origin", [UNDETERMINED_ORIGIN, DETERMINED_ORIGIN])
def test_parties_exchanged_exchanges_their_names_and_nothing_else(origin):
    swapped = " ".join(said(_mirrored(origin)))
    back = swapped.replace("Northern command", "#").replace("Southern command", "Northern command")
    assert back.replace("#", "Southern command") == " ".join(said(origin))


@given(st.floats(-20.0, 20.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_every_factor_has_words(nats, a, b):
    one = Factor(name="x", because="y", reference="z", ratio=((NORTH, a), (SOUTH, b)), moved_nats=nats, observations=())
    words = factor_words(one, NAMES)
    assert "nats" in words or "moved nothing" in words
    assert "-" not in words.replace("x: y [z]", "")  # a direction is said by a name, never by a sign


def test_the_grades_of_evidence_fall():
    assert [least for least, _ in MOVED] == sorted((least for least, _ in MOVED), reverse=True)


def test_the_reminder_is_always_there():
    assert said(DETERMINED_ORIGIN)[-1] == f"{NOT_SIDE}."
