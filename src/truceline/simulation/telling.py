"""How a world is told of by people, as plain data: exchanges of fire, and rows that count them over an interval."""

from dataclasses import dataclass

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way to fire in an exchange: `share` of exchanges have it, `offset_m` is how far its positions lie from the
    line, `deep_m` how far beyond the line its rounds fall; a side's rounds are log-normal."""

    name: str
    kind: str
    weapon: str
    share: float
    offset_m: Span
    deep_m: Span
    median_rounds: float
    sigma_rounds: float
    speed_m_s: float


ARMS = (
    Arm(name="small arms", kind="burst", weapon="small arms", share=0.55, offset_m=(150.0, 900.0),
        deep_m=(150.0, 900.0), median_rounds=60.0, sigma_rounds=1.2, speed_m_s=700.0),
    Arm(name="mortar", kind="explosion", weapon="mortar", share=0.6, offset_m=(800.0, 3_500.0),
        deep_m=(200.0, 2_000.0), median_rounds=16.0, sigma_rounds=1.2, speed_m_s=200.0),
    Arm(name="artillery", kind="explosion", weapon="artillery", share=0.25, offset_m=(3_000.0, 9_000.0),
        deep_m=(500.0, 5_000.0), median_rounds=14.0, sigma_rounds=1.0, speed_m_s=350.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told of exchanges, and by whom.

    An exchange lasts log-normally long; `p_answered` of them are fired back at, after `answer_delay_s` on average.
    `strike_share` are strikes on ground `strike_deep_m` behind the line, half of them by a UAV that is tracked on its
    way. Posts attend to a share of what they could notice (a beta distribution of `attention`). Of their rows
    `clock_share` give clock times, `hour_share` whole hours, the others a part of the day; `phase_share` tell firing
    from impact, `wrong_phase_share` of them wrongly; `way_share` of the rows on projectiles state a direction.
    Counts above `exact_most` are `about` a round number as often as `about_share` says.
    """

    arms: tuple[Arm, ...] = ARMS
    lasts_s: tuple[float, float] = (1_500.0, 1.0)
    p_answered: float = 0.65
    answer_delay_s: float = 300.0
    scatter_m: float = 250.0
    strike_share: float = 0.08
    strike_deep_m: Span = (25e3, 120e3)
    track_step_s: float = 240.0
    uav_speed_m_s: float = 45.0
    attention: tuple[float, float] = (5.0, 2.0)
    clock_share: float = 0.2
    hour_share: float = 0.1
    phase_share: float = 0.16
    wrong_phase_share: float = 0.1
    way_share: float = 0.4
    weapon_share: float = 0.15
    exact_most: int = 10
    about_share: float = 0.5
    day_parts_h: tuple[Span, ...] = ((5.0, 12.0), (12.0, 18.0), (17.0, 23.0), (20.0, 30.0), (17.0, 30.0), (6.0, 18.0))
    projectile_share: float = 0.6
    flash_share: float = 0.4
