"""One id explained both ways: down to each observation's share, up to the advice; as text, data and a picture."""

from truceline.reports.explained.explain import Explained, explain
from truceline.reports.explained.picture import picture

__all__ = ["Explained", "explain", "picture"]
