"""What an exercise is: what it asks for, on which inputs, and what people who err believe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from course_utils.exercises.comparing import ABSOLUTE


@dataclass(frozen=True)
class Misconception:
    """A mistaken idea: what it would answer, and what to say about it.

    ``mistake`` takes a case's inputs and returns the mistaken answer, or stops as that mistake does;
    for an exercise that asks for a value it takes nothing. ``explain`` may use ``{got}`` and
    ``{expected}``. ``seen`` is the address of a public thread or page in which somebody made this mistake.
    """

    name: str
    mistake: Callable[..., object]
    explain: str
    seen: str = ""


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it asks for, how it is judged, and what helps.

    With ``cases`` the answer is a function that is called on each of them in turn; without, it is
    a value. ``right`` computes the right answer independently of the stored solution. Where a function
    gives back several arrays, ``parts`` names them in their order, and ``explain`` may use ``{got[0]}``.
    """

    id: str
    answer: str  # the name that the lesson gives to what is handed in
    title: str
    objective: str
    kind: str  # "write", "predict", "read" or "mend"
    minutes: int
    difficulty: int  # 1 to 3
    right: Callable[..., object]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, ...]
    praise: str
    cases: tuple[tuple, ...] = ()
    tolerance: float = ABSOLUTE
    parts: tuple[str, ...] = ()

    @property
    def lesson(self) -> str:
        """The lesson's two-digit number."""
        return self.id.split(".")[0].zfill(2)
