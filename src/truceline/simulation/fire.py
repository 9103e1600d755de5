"""Whose fire it is in a simulated world, as plain data: how fire is drawn, and what observers state of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Who fires, from where to where, and what the watches say of that; the same for both sides of the line,
    unless `p_self_by_side` (left, right) takes the place of `p_self_inflicted`.

    `p_outgoing`, `p_self_inflicted`, `p_infiltrated` and `p_weapon_wrong` are as attribution assumes them
    (`domain.arrangement.OriginPrior`); `phases` are (kind, P(outgoing, in flight, impact)) of kinds that are not an
    explosion. `p_linked` of the events that another one of their kind excited go on with its fire, or answer it if
    they are answers. `states_phase` and `states_flight` are the shares of rows that state them, by means,
    `states_weapon` for all; `wrong_phase` is the share of stated ones that is wrong, and with `p_together` all who
    perceive an event by the same means state the same phase of it, right or wrong. `access` is the side of the line
    ("left", "right", "" for both) from which alone posts state any of this; feeds then state none.
    """

    p_outgoing: float = 0.5
    p_self_inflicted: float = 0.1
    p_infiltrated: float = 0.02
    p_self_by_side: tuple[float, float] | None = None
    p_weapon_wrong: float = 0.1
    flight_sigma_deg: float = 15.0
    p_linked: float = 1.0
    phases: tuple[tuple[str, tuple[float, float, float]], ...] = (
        ("shot", (0.9, 0.05, 0.05)),
        ("burst", (0.9, 0.05, 0.05)),
        ("muzzle_flash", (0.96, 0.02, 0.02)),
        ("projectile", (0.05, 0.9, 0.05)),
    )
    states_phase: tuple[tuple[str, float], ...] = (
        ("heard", 0.4),
        ("camera", 0.3),
        ("acoustic", 0.15),
        ("uav", 0.5),
        ("imagery", 0.2),
    )
    wrong_phase: tuple[tuple[str, float], ...] = (
        ("heard", 0.2),
        ("camera", 0.05),
        ("acoustic", 0.1),
        ("uav", 0.03),
        ("imagery", 0.05),
    )
    states_flight: tuple[tuple[str, float], ...] = (("camera", 0.15), ("uav", 0.15), ("acoustic", 0.03))
    p_together: float = 0.3
    states_weapon: float = 0.15
    access: str = ""

    @property
    def p_self(self) -> tuple[float, float]:
        """How often a round that falls on the ground of the left, and of the right, is its holder's own."""
        return self.p_self_by_side or (self.p_self_inflicted, self.p_self_inflicted)

    def phase_of(self, kind: str) -> tuple[float, float, float]:
        """P(outgoing, in flight, impact) of a kind."""
        return dict(self.phases).get(kind, (self.p_outgoing, 0.0, 1.0 - self.p_outgoing))
