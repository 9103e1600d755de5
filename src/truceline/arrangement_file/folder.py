"""An arrangement's folder: which file is the main one, and the text of all of them."""

from pathlib import Path

from truceline.errors import ArrangementError, UnreachableError

MAIN = "arrangement.yaml"


def folder_files(folder: Path) -> dict[str, str]:
    """Name and text of every file of an arrangement folder, hidden ones left out.

    Raises
    ------
    ArrangementError
        if a file is not UTF-8 text.
    UnreachableError
        if a file cannot be read.
    """
    files: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            files[path.name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ArrangementError(f"{path}:1  not UTF-8 text. Save it as UTF-8, or move it elsewhere.") from None
        except OSError as error:
            raise UnreachableError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error
    return files
