"""The family of errors that a user may meet; each says what is wrong, where, and what to do."""


class TrucelineError(Exception):
    """Something a user can act on. `code` is stable; the text is for people."""

    code = "error"
    exit_code = 1


class ArrangementError(TrucelineError):
    """An arrangement, zone or line file that cannot be used as it stands."""

    code = "arrangement"


class MissionError(TrucelineError):
    """A folder that is not a mission, or a mission that cannot run as it stands."""

    code = "mission"


class SourceError(TrucelineError):
    """A file that no row can be read from; single bad rows are rejected with a reason, never raised."""

    code = "source"


class MenuError(TrucelineError):
    """A name that is not on the menu."""

    code = "menu"


class LedgerError(TrucelineError):
    """The ledger does not hold together, or was asked for something it must refuse."""

    code = "ledger"


class SealedError(TrucelineError):
    """Rows whose source key was destroyed: the entry stands, its content can no longer be read."""

    code = "sealed"


class UnknownIdError(TrucelineError):
    """An id that no record carries."""

    code = "unknown_id"


class UsageError(TrucelineError):
    """A command called with something it cannot take."""

    code = "usage"
    exit_code = 2


class UnreachableError(TrucelineError):
    """Something outside that did not answer, or a file that cannot be read or written."""

    code = "unreachable"
    exit_code = 3
