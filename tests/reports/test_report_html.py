"""The page: the same bytes as the golden one, safe with hostile text, nothing loaded, nothing claimed."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_sample import EMPTY, GOLDEN, INCIDENT, PUBLIC, SAMPLE

from truceline.domain.report import DailyReport
from truceline.reports import html as page_module
from truceline.reports.exercise import exercise_label
from truceline.reports.html import render_html

PACKAGE = Path(page_module.__file__).parent
VOID = {"meta", "br", "link", "input", "img", "hr"}
HOSTILE = "<script>alert(1)</script> ]]> \" onload='x' </style> \u202etxt {{ 7*7 }} &amp; \x00\x1b"


class Balance(HTMLParser):
    """Collects text, tags and ids, and fails on a tag that closes what is not open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    @property
    def said(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))


def parsed(report: DailyReport) -> Balance:
    page = Balance()
    page.feed(render_html(report))
    page.close()
    assert not page.open
    return page


def hostile(report: DailyReport) -> DailyReport:
    """The sample with every text that comes from outside turned against the page."""
    return replace(
        report,
        mission=HOSTILE,
        title=HOSTILE,
        day=HOSTILE,
        line=replace(report.line, name=HOSTILE, left=HOSTILE, right=HOSTILE, sectors=((HOSTILE, 0.0, 219.0),)),
        places=(("<script>alert(2)", 30.5, 44.05),),
        counts=tuple(replace(c, name=HOSTILE) for c in report.counts),
        observations=tuple(
            replace(o, id=o.id + HOSTILE, sensor=HOSTILE, text=HOSTILE, phenomenon=HOSTILE, count=HOSTILE, grade="")
            for o in report.observations
        ),
        engagements=tuple(replace(e, id=HOSTILE) for e in report.engagements),
        watched=tuple(replace(w, sensor=HOSTILE, reason=HOSTILE) for w in report.watched),
        rejected=tuple(replace(r, file=HOSTILE, rows=((1, HOSTILE, HOSTILE, HOSTILE),)) for r in report.rejected),
        sentences=((HOSTILE, (HOSTILE,)),),
        told=tuple((id, (HOSTILE,)) for id, _ in report.told),
        told_origins=tuple((id, (HOSTILE, HOSTILE)) for id, _ in report.told_origins),
        advice=tuple(replace(a, title=HOSTILE, level_name=HOSTILE) for a in report.advice),
        undetermined=(HOSTILE,),
        checkpoint=HOSTILE,
        withheld=(HOSTILE,),
        audience=HOSTILE,
    )


def test_golden() -> None:
    """Renew with `python tests/reports/report_sample.py --write` and look at the page before committing."""
    assert render_html(SAMPLE) == (GOLDEN / "daily.html").read_text(encoding="utf-8")


def test_same_report_same_bytes() -> None:
    assert render_html(SAMPLE) == render_html(replace(SAMPLE))


def test_balanced_and_every_link_leads_somewhere() -> None:
    page = parsed(SAMPLE)
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    targets = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert targets and {str(t)[1:] for t in targets} <= set(ids)
    assert not set(re.findall(r"url\(#([\w-]+)\)", render_html(SAMPLE))) - set(ids)


def test_hostile_text_stays_text() -> None:
    page = parsed(hostile(SAMPLE))
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "img", "link"}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "<script>alert(1)</script> ]]>" in page.said and "{{ 7*7 }}" in page.said
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", render_html(hostile(SAMPLE)))


def test_text_from_outside_cannot_reorder_the_page() -> None:
    html = render_html(hostile(SAMPLE))
    for found in re.finditer("\u202e", html):
        before = html[: found.start()]
        inside = before.rfind("<bdi>") > before.rfind("</bdi>")
        assert (
            inside
            or before.rfind("<pre") > before.rfind("</pre>")
            or before.rfind("<title>") > before.rfind("</title>")
        )


def test_nothing_is_loaded() -> None:
    html = render_html(SAMPLE)
    loaded = [
        (t, a) for t, a in parsed(SAMPLE).tags if "src" in a or t in ("script", "link", "iframe", "img", "object")
    ]
    assert not loaded
    assert "@import" not in html
    assert not re.findall(r"url\((?!#)", html)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # a name, never fetched


def test_empty_report_says_so_everywhere() -> None:
    said = parsed(EMPTY).said
    for words in (
        "No report of this period supports an engagement",
        "No observation was received",
        "no watch was reported",
        "Every row that arrived could be read",
        "No published count of another body",
        "No number in this report is assumed",
        "No restriction of monitors was reported",
        "No weapon, vehicle or troops at a place",
        "No finding, ruling, statement or contact was recorded",
        "No rung was reached",
        "The arrangement sets no levels",
    ):
        assert words.lower() in said.lower()


def test_computed_results_are_indications_only() -> None:
    """The words belong to people and to the body that rules: only what these decided uses them, and one sentence."""
    html = render_html(SAMPLE).split("</style>")[1]
    rule = re.search(r'<p class="note" id="what-an-indication-is">.*?</p>', html, re.S)
    decided = re.search(r'<section id="decisions".*?</section>', html, re.S)
    assert rule and "neither a finding nor a violation" in rule.group()
    assert decided and "violation" in decided.group()
    rest = html.replace(rule.group(), "").replace(decided.group(), "").replace(">Findings and rulings</a>", "")
    assert not re.search(r"violat|finding|breach", rest, re.I)


def test_no_page_accuses_anybody() -> None:
    """What is computed is indicated or undetermined; only a finding or ruling names a party outright."""
    for page in (render_html(SAMPLE), render_html(PUBLIC)):
        assert not re.search(r"fired by|violated|responsible|perpetrator|guilty|culprit|aggressor", page, re.I)


def test_golden_public() -> None:
    assert render_html(PUBLIC) == (GOLDEN / "public.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("changed", [{"mission": "EXERCISE Blue Line"}, {"title": "Exercise arrangement"}])
def test_an_exercise_says_so_on_every_page(changed: dict[str, str]) -> None:
    named = {"mission": SAMPLE.mission, "title": SAMPLE.title} | changed
    label = exercise_label(named["mission"], named["title"])
    html = render_html(replace(SAMPLE, exercise=label, **changed))
    assert label == "EXERCISE: simulated, nothing of this happened"
    assert f'<p class="exercise" role="note">{label}</p>' in html
    assert f"<title>{label}." in html
    assert re.search(rf'@top-center {{ content: "[^"]*{label}"', html)  # every printed page
    assert exercise_label("Mission exercise", "An exercise") == ""
    assert "EXERCISE" not in render_html(SAMPLE)


def test_every_new_section_tells_its_own() -> None:
    said = parsed(SAMPLE).said
    for words in (
        "Who fired is undetermined",
        "The two control maps disagree",
        "Fire by Northern command is indicated to the standard of clear and convincing evidence",
        "Artillery (D-30, 122 mm): 2–4",
        "Monitors hindered (denial)",
        "What clause 4 asks of Southern command",
        "Awaiting a second person",
        "Confirmed by B. Second",
        "Released to the public",
        "22 h 30 min left",
        "78 min ago",
        "nobody; Lake republic and Isle kingdom announced (on paper)",
        "Nobody deployed today can watch clauses 4 and 6",
        "the text says of a deadlock",
    ):
        assert words in said.replace("\u00a0", " "), words


def test_unknown_is_a_word() -> None:
    html = render_html(SAMPLE)
    west = re.search(r'<th scope="row"><bdi>Sector West</bdi></th>.*?</tr>', html, re.S)
    east = re.search(r'<th scope="row"><bdi>Sector East</bdi></th>.*?</tr>', html, re.S)
    assert west and re.findall(r"<td[^>]*>(.*?)</td>", west.group()) == [
        "20 or more", "20 or more", '<span class="unknown">unknown</span>', "1", "0", "25\u00a0%",
    ]  # fmt: skip
    assert east and re.findall(r"<td[^>]*>(.*?)</td>", east.group())[-1] == '<span class="unknown">unknown</span>'


def test_both_sides_are_drawn_alike() -> None:
    """Swapping the names of the sides changes the names and nothing else."""
    swapped = replace(SAMPLE, line=replace(SAMPLE.line, left="southern areas", right="northern areas"))
    back = (
        render_html(swapped).replace("southern", "NORTH").replace("northern", "southern").replace("NORTH", "northern")
    )
    strip = re.compile(r"<text[^>]*side-name.*?</text>")
    assert strip.sub("", back) == strip.sub("", render_html(SAMPLE))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("coverage", "What was watched is not shown in this edition"),
        ("observations", "Single observations are not shown in this edition"),
        ("restrictions", "Restrictions are not shown in this edition"),
        ("rejected", "Rejected input is not shown in this edition"),
        ("advice", "Advice is not shown in this edition"),
        ("decisions", "Decisions are not shown in this edition"),
    ],
)
def test_what_is_withheld_is_not_called_unknown(name: str, words: str) -> None:
    cut = replace(
        EMPTY, audience="public", counts=tuple(replace(c, watched=None) for c in SAMPLE.counts), withheld=(name,)
    )
    said = parsed(cut).said
    assert words in said
    assert ("watched is unknown" in said) == (name != "coverage")


def test_an_edition_without_observations_names_none() -> None:
    cut = replace(
        SAMPLE,
        observations=(),
        links=(),
        sentences=(),
        undetermined=(),
        restrictions=(),
        withheld=("observations",),
        told_origins=(),
    )
    assert "posts:" not in render_html(cut) and "posts:1" in render_html(SAMPLE)


def test_a_place_off_the_line_and_an_unknown_side() -> None:
    odd = replace(INCIDENT, along=None, p_side_left=None)
    said = parsed(replace(SAMPLE, incidents=(odd,), places=())).said
    assert "place along the line unknown" in said and "side of the line unknown" in said


def _luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_contrast_is_wcag_aa(mode: str) -> None:
    """Every colour that text is set in reads at 4.5 to 1 or better on the page and on the figures."""
    css = (PACKAGE / "templates" / "colours.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", css, re.S)[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if mode == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))
    for text in ("ink", "soft", "accent", "t0", "t1", "t2", "t3", "t4", "t5", "tn"):
        for ground in ("paper", "ground"):
            low, high = sorted((_luminance(colours[text]), _luminance(colours[ground])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, f"{text} on {ground}"
