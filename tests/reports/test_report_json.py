"""The report for machines: golden bytes, times with Z, nothing that is not a number."""

import json
from dataclasses import fields, replace

import pytest
from report_sample import ENGAGEMENT, GOLDEN, PUBLIC, SAMPLE, report_shape

from truceline.reports.json import report_json


def test_golden() -> None:
    assert report_json(SAMPLE) == (GOLDEN / "daily.json").read_bytes()
    assert report_json(PUBLIC) == (GOLDEN / "public.json").read_bytes()


def test_every_field_is_there_and_times_are_utc() -> None:
    data = json.loads(report_json(SAMPLE))
    assert set(data) == {f.name for f in fields(SAMPLE)}
    assert data["schema"] == "daily_report/2"
    assert data["period"] == {"start": "2031-05-03T16:30:00Z", "end": "2031-05-04T16:30:00Z"}
    assert data["counts"][0]["previous_low"] is None and data["counts"][0]["signatures_high"] is None
    assert data["engagements"][0]["where"]["lat_deg"] == ENGAGEMENT.where.lat_deg


def test_a_field_more_or_less_is_another_schema() -> None:
    """Renew with `report_sample.py --write`, and give `daily_report/` another number: programs read these names."""
    assert report_shape() == (GOLDEN / "shape.json").read_text(encoding="utf-8")


def test_canonical() -> None:
    body = report_json(SAMPLE)
    again = json.dumps(json.loads(body), sort_keys=True, indent=2, ensure_ascii=False) + "\n"
    assert body.decode("utf-8") == again


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        report_json(replace(SAMPLE, engagements=(replace(ENGAGEMENT, p_exists=number),)))
