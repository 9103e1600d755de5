"""Who may record what: read from mission.yaml, strictly."""

import pytest

from truceline.errors import MissionError
from truceline.mission_file import RIGHTS, Person, read_mission

BARE = "format: mission/1\nname: M\narrangement: minsk-2015\n"


def test_people_are_read_with_their_rights():
    text = BARE + "people:\n  - {name: First  Monitor, may: [find]}\n  - name: B\n    may: [rule, confirm, speak]\n"
    assert read_mission(text).people == (
        Person(name="First Monitor", may=("find",)),
        Person(name="B", may=("rule", "confirm", "speak")),
    )
    assert {right for person in read_mission(text).people for right in person.may} == set(RIGHTS)


def test_without_people_there_are_none():
    assert read_mission(BARE).people == ()


def test_one_person_is_not_two_and_every_problem_is_told():
    text = BARE + "people:\n  - {name: A, may: [decide]}\n  - {name: a, may: []}\n  - {may: [find]}\n"
    with pytest.raises(MissionError) as caught:
        read_mission(text)
    assert str(caught.value).splitlines() == [
        "The mission cannot be used: 4 problems.",
        "mission.yaml:5  may[1]: 'decide' is not known here. Known: find, rule, confirm, speak.",
        "mission.yaml:6  may: the list is empty. Give at least one right.",
        "mission.yaml:6  name: 'a' is listed above. List everybody once, with all they may do.",
        "mission.yaml:7  people[3]: key 'name' is missing. Add it.",
    ]
