"""Holdings, obstructions and undertakings in words: what was stated, and nothing where nothing was."""

from dataclasses import replace

from tests.reports.beyond_sample import HOLDING, NAMES, OBSTRUCTION, UNDERTAKING

from truceline.judgement.holding_words import other_words, where_words
from truceline.judgement.words import NBSP, zone

LOCAL = zone("Europe/Kyiv")
PLACES = (("Alder", 30.53, 44.08),)


def said(one):
    return tuple(line.replace(NBSP, " ") for line in other_words(one, NAMES, PLACES, LOCAL))


def test_a_holding_is_nobodys_unless_the_source_says_so():
    assert said(HOLDING) == (
        "Artillery (D-30, 122 mm): 2–4, 6 km from Alder, 4 May 2031, 09:00–09:30.",
        "Declared: 6.",
        "The source says that the ground is held by Northern command.",
        "That it was so: very likely (90 %).",
    )
    bare = replace(HOLDING, weapon="", phenomenon="troops", weapon_model="", calibre_mm=None, declared=None,
                   held_by=None, where=None, area="", count_high=None, site="Store 3")  # fmt: skip
    assert said(bare)[:2] == ("Troops: 2 or more, place not told, 4 May 2031, 09:00–09:30.", "At the site Store 3.")
    assert not any("held by" in line for line in said(bare))


def test_an_obstruction_says_who_as_reported():
    assert said(OBSTRUCTION)[:2] == (
        "Monitors hindered (denial), in crossing, 4 May 2031, 10:00–10:30.",
        "As reported, imposed by Southern command.",
    )
    assert len(said(replace(OBSTRUCTION, imposed_by=""))) == 2


def test_an_undertaking_says_how_much_of_it_was_watched():
    assert said(UNDERTAKING) == (
        "What clause 4 asks of Southern command, 3 May 2031, 21:00 to 4 May 2031, 16:30.",
        "It rests on one subject: H-77aa00b1.",
        "Watched for 40 % of it; the rest says nothing.",
    )
    unknown = said(replace(UNDERTAKING, share_watched=None, subjects=(), party=None))
    assert unknown[1:] == (
        "Nothing that happened in it is known.",
        "How much of it was watched is unknown, so silence says nothing.",
    )
    assert "and seven more" in said(replace(UNDERTAKING, subjects=tuple(f"H-{n}" for n in range(15))))[1]


def test_places_are_told_by_landmark_or_by_area():
    assert where_words(replace(HOLDING.where, lon_deg=30.531, lat_deg=44.081), "", PLACES) == "near Alder"
    assert where_words(HOLDING.where, "", ()) == "at 44.10° N, 30.60° E"
    assert where_words(replace(HOLDING.where, lon_deg=-1.0, lat_deg=-2.0), "", ()) == "at 2.00° S, 1.00° W"
