"""The map of what a record rests on: its nearest subject that has a place, what was seen of it, and from where."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from truceline.domain.holding import Holding, Obstruction, Undertaking
from truceline.domain.ids import IncidentId
from truceline.domain.incident import Engagement, Incident
from truceline.domain.report import DailyReport
from truceline.judgement.words import plain
from truceline.reports.daily import Stamp, compile_report
from truceline.reports.explained.chain import Chain, Supported
from truceline.reports.map_figure import closest_sheet
from truceline.reports.release import MISSION

UNSTAMPED = Stamp(inputs=0, checkpoint="", derived="", code_version="", issued_at=datetime(1970, 1, 1, tzinfo=UTC))


def evidence_map(chain: Chain, id: str) -> tuple[str, str]:
    """The id of the subject that is drawn and its sheet of map as SVG; both "" where nothing has a place."""
    for node in (chain.nodes[id], *chain.walk(id, up=False), *chain.walk(id, up=True)):
        record = node.record
        if isinstance(record, Engagement | Incident | Holding | Obstruction):
            sheet = _sheet(chain, record)
            if sheet:
                return record.id, sheet
    return "", ""


def _sheet(chain: Chain, subject: Supported) -> str:
    mark = _marked(subject)
    if mark is None:
        return ""
    day = subject.when.start.astimezone(ZoneInfo(chain.ready.held.arrangement.timezone)).date()
    return closest_sheet(_only(chain, mark, day))


def _marked(subject: Supported) -> Engagement | Incident | None:
    """`subject` as a mark on a map. What is not fire but has a place is marked as a single event there is."""
    if isinstance(subject, Engagement | Incident):
        return subject
    if isinstance(subject, Undertaking) or subject.where is None:
        return None
    return Incident(
        id=IncidentId(subject.id),
        version=subject.version,
        when=subject.when,
        time_sigma_s=0.0,
        where=subject.where,
        along=None,
        phenomenon=subject.phenomenon if isinstance(subject, Holding) else plain(subject.kind),
        p_exists=subject.p_exists,
        p_side_left=None,
        p_region=(),
        p_sector=(),
        support=subject.support,
        engagement=None,
        tlp=subject.tlp,
    )


def _only(chain: Chain, subject: Engagement | Incident, day: date) -> DailyReport:
    """A report of the day that holds nothing but `subject` and what it rests on."""
    members = {s.observation for s in subject.support}
    seen = tuple(replace(one, subject=str(subject.id)) for id, one in chain.ready.observed.items() if id in members)
    whole = compile_report(chain.ready, day, MISSION, UNSTAMPED)
    return replace(
        whole,
        engagements=(subject,) if isinstance(subject, Engagement) else (),
        incidents=(subject,) if isinstance(subject, Incident) else (),
        observations=seen,
    )
