"""No fire: a weapon was fired where and while the clause forbids it. Whose fire it was is another question."""

from dataclasses import dataclass

from truceline.domain.arrangement import ClauseText
from truceline.domain.ids import ClauseId
from truceline.domain.incident import Engagement, Subject
from truceline.domain.indication import Assessment, Element
from truceline.domain.ports import ClauseContext


@dataclass(frozen=True, slots=True)
class NoFire:
    """The family, filled with one clause's text."""

    text: ClauseText

    @property
    def id(self) -> ClauseId:
        """The clause's id in the arrangement."""
        return self.text.id

    def assess(self, subject: Subject, context: ClauseContext) -> Assessment:
        """Elements: it happened; it was a prohibited act; it fell where the clause applies; the clause was in force.

        All of them have to be made out together. They are not independent, so the bounds are those that hold
        whatever the dependence (Frechet): at least 1 minus the sum of what each lacks, at most the weakest element.
        """
        elements = (
            self._happened(subject),
            self._prohibited(subject, context),
            self._where(subject, context),
            self._in_force(subject),
        )
        p = p_high = 1.0
        lacking = 0.0
        for element in elements:
            p *= element.p
            p_high = min(p_high, element.p_high)
            lacking += 1.0 - element.p_low
        p_low = max(0.0, 1.0 - lacking)
        return Assessment(
            clause=self.id,
            elements=elements,
            p_breach=round(p, 4),
            p_breach_low=round(p_low, 4),
            p_breach_high=round(p_high, 4),
        )

    def _happened(self, subject: Subject) -> Element:
        n = len(subject.support)
        reports = "1 observation" if n == 1 else f"{n} observations"
        return _certain(
            "it happened",
            subject.p_exists,
            f"{reports}, weighed by the grade of each source",
            "arrangement: prior p_real",
        )

    def _prohibited(self, subject: Subject, context: ClauseContext) -> Element:
        acts = self.text.acts.at(context.day)
        kinds = [k for k, _, _ in subject.counts] if isinstance(subject, Engagement) else [subject.phenomenon]
        fired = [k for k in kinds if k in acts.value]
        words = ", ".join(k.replace("_", " ") for k in (fired or kinds))
        because = f"{words}: {'among' if fired else 'not among'} the acts that the clause names"
        return _certain("prohibited act", 1.0 if fired else 0.0, because, acts.reference)

    def _where(self, subject: Subject, context: ClauseContext) -> Element:
        name = "where the clause applies"
        if not self.text.zones:
            return _certain(name, 1.0, "the clause applies everywhere", self.text.reference)
        p_by_zone = dict(subject.p_region)
        children = tuple(
            _certain(
                context.zone_names.get(zone, zone),
                p_by_zone.get(zone, 0.0),
                "share of the place in it",
                self.text.reference,
            )
            for zone in self.text.zones
        )
        # zones may overlap: at least the likeliest of them, at most all of them together
        low, high = max(c.p for c in children), min(1.0, sum(c.p for c in children))
        return Element(
            name=name,
            p=0.5 * (low + high),
            p_low=low,
            p_high=high,
            because="in at least one of the clause's zones",
            reference=self.text.reference,
            children=children,
        )

    def _in_force(self, subject: Subject) -> Element:
        start, end = subject.when.start, subject.when.end
        since, until = self.text.since, self.text.until
        inside = (min(end, until or end) - max(start, since)).total_seconds()
        length = subject.when.seconds
        share = max(0.0, inside) / length if length > 0 else float(start >= since and (until is None or end <= until))
        because = f"in force since {since:%Y-%m-%d %H:%M %Z}" + (f" until {until:%Y-%m-%d %H:%M %Z}" if until else "")
        # A window that straddles the hour leaves open on which side of it the fire fell.
        low, high = (share, share) if share in (0.0, 1.0) else (0.0, 1.0)
        return Element(
            name="clause in force", p=share, p_low=low, p_high=high, because=because, reference=self.text.reference
        )


def _certain(name: str, p: float, because: str, reference: str) -> Element:
    return Element(name=name, p=p, p_low=p, p_high=p, because=because, reference=reference)
