"""Who could have noticed what, where and when; what is absent is unknown, never zero or one."""

import pyarrow as pa

from truceline.domain.columns import TIMESTAMP, Column, arrow_schema
from truceline.domain.observation import PHENOMENA, TLP

VERSION = "coverage/1"
STATES = ("working", "degraded", "jammed", "denied", "lost")
_S = pa.string()

COLUMNS: tuple[Column, ...] = (
    Column(name="source", type=_S, meaning="who watches", required=True),
    Column(name="sensor", type=_S, meaning="which post, instrument or platform"),
    Column(name="time_start", type=TIMESTAMP, meaning="from when", required=True),
    Column(name="time_end", type=TIMESTAMP, meaning="until when", required=True),
    Column(name="area", type=_S, meaning="zone or sector of the arrangement, or WKT", required=True),
    Column(name="phenomenon", type=_S, meaning="what it could have noticed; any if null", enum=PHENOMENA),
    Column(name="p_detect", type=pa.float64(), meaning="probability to notice one", low=0, high=1),
    Column(name="state", type=_S, meaning="state of the watch", enum=STATES, required=True),
    Column(name="reason", type=_S, meaning="why it was not working"),
    Column(name="imposed_by", type=_S, meaning="who hindered it, if known"),
    Column(name="tlp", type=_S, meaning="traffic light protocol", enum=TLP),
    Column(name="releasable_to", type=pa.list_(_S), meaning="who may see the row beyond the mission"),
)

SCHEMA = arrow_schema(COLUMNS, version=VERSION)
