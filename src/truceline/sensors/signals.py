"""What sensor models share: how a signal travels, and how long what is noticed has been going on."""

from types import MappingProxyType

from truceline.domain.ports import Parameter

AT_ONCE = Parameter(value=0.0, reference="light arrives at once", grade="derived")
NO_DELAY = Parameter(value=0.0, reference="what arrives at once has no error of its speed", grade="derived")

SOUND_M_S = Parameter(
    value=337.3,
    reference="ideal gas: dry air at 10 C, 331.3 m/s x sqrt(283.15 / 273.15)",
    grade="derived",
)
SOUND_SIGMA_SHARE = Parameter(
    value=0.025,
    reference=(
        "air from -5 to 25 C moves the speed of sound by 2.7 % either way, and a wind of 5 m/s by 1.5 %: one standard "
        "deviation of both over a year; no figure measured along a line of contact found"
    ),
    grade="assumed",
)

_OVER = Parameter(value=0.0, reference="a shot, a burst or an explosion is over when it is noticed", grade="derived")
_FIRE = Parameter(
    value=10_800.0,
    reference=(
        "no figure found for how long what shelling lights burns; a fire seen in passing is taken to have begun at "
        "most three hours before, any moment alike, since grass and vehicles mostly burn out within that"
    ),
    grade="assumed",
)

OVER_AT_ONCE = MappingProxyType({"": _OVER})
FIRE_LASTS = MappingProxyType({"": _OVER, "fire": _FIRE})
