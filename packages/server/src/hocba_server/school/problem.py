"""Why a job or a message came to nothing: kept beside it, in both languages."""

from __future__ import annotations

from django.db import models

from hocba.errors import Sentence

_LONGEST = 1000


class WithProblem(models.Model):
    """A row of work that may end with a problem."""

    problem = models.CharField("vướng mắc", max_length=_LONGEST, blank=True, default="")
    problem_en = models.CharField(
        "vướng mắc, tiếng Anh", max_length=_LONGEST, blank=True, default=""
    )

    class Meta:
        abstract = True

    @property
    def why(self) -> Sentence | None:
        """The problem as a sentence, or None."""
        return Sentence(self.problem, self.problem_en or self.problem) if self.problem else None

    def set_problem(self, why: Sentence | None) -> None:
        """Write the problem into the row; it is saved with the rest of it."""
        for name, value in problem_columns(why).items():
            setattr(self, name, value)


def problem_columns(why: Sentence | None) -> dict[str, str]:
    """The columns of a problem, for an update."""
    vi, en = (why.vi, why.en) if why else ("", "")
    return {"problem": vi[:_LONGEST], "problem_en": en[:_LONGEST]}
