"""Whether a mission is an exercise, and the label that everything of it carries."""

LABEL = "EXERCISE: simulated, nothing of this happened"
MARK = "EXERCISE"


def exercise_label(mission: str, title: str) -> str:
    """The label where the name of the mission or the title of its arrangement begins with EXERCISE, else ""."""
    return LABEL if any(text.lstrip().upper().startswith(MARK) for text in (mission, title)) else ""
