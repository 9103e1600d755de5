"""Arrangement folders: YAML and GeoJSON in, an Arrangement out, or every problem with its file and line."""

from truceline.arrangement_file.check import check_arrangement, load_arrangement, read_arrangement
from truceline.arrangement_file.folder import MAIN, folder_files
from truceline.arrangement_file.ground import BORDER_WITHIN_KM

__all__ = [
    "BORDER_WITHIN_KM",
    "MAIN",
    "check_arrangement",
    "folder_files",
    "load_arrangement",
    "read_arrangement",
]
