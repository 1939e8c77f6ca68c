"""What heplens raises. Each message is one sentence that names the file, branch or character and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class HeplensError(Exception):
    """Base class of everything that heplens raises on purpose."""


class FileError(HeplensError):
    """A file is missing, unreadable, truncated or not a ROOT file."""


class TreeError(HeplensError):
    """A file has no tree of the asked name, or several and none was named."""


class ExpressionError(HeplensError):
    """An expression does not parse or does not mean anything for this data.

    Parameters
    ----------
    message : one sentence that says what is wrong and what to write.
    text : the expression as typed.
    position : index into `text` of the offending character, or None when it is about the whole.
    """

    def __init__(self, message: str, text: str = "", position: int | None = None) -> None:
        self.message = message
        self.text = text
        self.position = position
        super().__init__(message)

    def __str__(self) -> str:
        if not self.text:
            return self.message
        if self.position is None or "\n" in self.text or len(self.text) > 200:
            return f"{self.message}\n  {self.text[:200]}"
        return f"{self.message}\n  {self.text}\n  {' ' * self.position}^"

    def __reduce__(self) -> tuple[type[ExpressionError], tuple[str, str, int | None]]:
        return type(self), (self.message, self.text, self.position)


class AnalysisError(HeplensError):
    """An analysis is inconsistent: a name used twice, an unknown cut, a document of another version."""


class JobError(HeplensError):
    """A job could not be planned, run or resumed."""


class JobTimeoutError(JobError, TimeoutError):
    """The job goes on; it was not waited for any longer."""


class NeedsJobError(AnalysisError):
    """What is asked of a job only another job can tell."""


def nearest(name: str, known: Iterable[str], count: int = 3) -> str:
    """A clause such as ``; did you mean 'Muon_pt' or 'Muon_eta'?``, empty when nothing is near."""
    pool, name = list(known), str(name)
    folded = {k.casefold(): k for k in reversed(pool)}
    close = [folded[k] for k in get_close_matches(name.casefold(), list(folded), n=count, cutoff=0.6)]
    if not close:
        return ""
    quoted = [repr(k) for k in close]
    listed = quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
    return f"; did you mean {listed}?"


def first_line(error: BaseException) -> str:
    """What another library's exception says first, as a part of a sentence; "" where it says nothing."""
    return next(iter(str(error).strip().splitlines()), "").rstrip(",;:")
