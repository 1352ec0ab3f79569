"""What was tried and passed in this kernel: shown as a table, kept in a file only when asked."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.result import FAILED, NOT_ATTEMPTED, PASSED, SIGNS, CheckResult, Table

FORMAT, VERSION = "attention-measured progress", 1
LARGEST_FILE = 1_000_000  # bytes; one with every exercise has some ten thousand


@dataclass(frozen=True)
class Record:
    """One exercise: whether it was ever passed, how often it was tried, which hints and mistakes there were."""

    passed: bool = False
    tries: int = 0
    hints: int = 0
    solution_opened: bool = False
    met: tuple[str, ...] = ()  # the named misconceptions, in the order in which they were met

    def joined(self, other: Record) -> Record:
        """The better of two records of the same learner, who may have gone on with either."""
        return Record(
            self.passed or other.passed,
            max(self.tries, other.tries),
            max(self.hints, other.hints),
            self.solution_opened or other.solution_opened,
            tuple(dict.fromkeys((*self.met, *other.met))),
        )

    @property
    def status(self) -> str:
        """As the check would have said it."""
        return PASSED if self.passed else FAILED if self.tries else NOT_ATTEMPTED


class Records(dict[str, Record]):
    """The records of this kernel by exercise; an exercise that was never touched has an empty one."""

    def __missing__(self, exercise: str) -> Record:
        return Record()

    def checked(self, result: CheckResult) -> None:
        """Take down a check, unless nothing was handed in."""
        if result.status == NOT_ATTEMPTED:
            return
        before = self[result.exercise]
        met = before.met if result.misconception is None else (*before.met, result.misconception)
        self[result.exercise] = replace(
            before,
            passed=before.passed or result.status == PASSED,
            tries=before.tries + 1,
            met=tuple(dict.fromkeys(met)),
        )

    def hinted(self, exercise: str) -> int:
        """Take down that a hint was asked for; the number of hints so far."""
        self[exercise] = replace(self[exercise], hints=self[exercise].hints + 1)
        return self[exercise].hints

    def opened(self, exercise: str) -> None:
        """Take down that the solution was opened."""
        self[exercise] = replace(self[exercise], solution_opened=True)

    def join(self, others: dict[str, Record]) -> None:
        """Take over what is better in others."""
        for exercise, record in others.items():
            self[exercise] = self[exercise].joined(record)


def progress_of(exercises: Sequence[Exercise], records: Records) -> Table:
    """A row for each exercise, and how many are passed."""
    passed = sum(records[exercise.id].passed for exercise in exercises)
    rows = [
        (
            f"{SIGNS[records[e.id].status]} {e.id}",
            f"{records[e.id].status}",
            str(records[e.id].tries),
            str(records[e.id].hints) + (" + solution" if records[e.id].solution_opened else ""),
            e.objective,
        )
        for e in exercises
    ]
    return Table(
        f"{passed} of {len(rows)} exercises passed in this kernel.",
        ("exercise", "status", "tries", "hints", "to learn to"),
        tuple(rows),
    )


def progress_by_lesson(lessons: dict[str, list[Exercise]], records: Records) -> Table:
    """A row for each lesson, with how many of its exercises are passed, tried, and there."""
    rows = []
    for lesson, exercises in lessons.items():
        of_lesson = [records[exercise.id] for exercise in exercises]
        counts = sum(one.passed for one in of_lesson), sum(one.tries > 0 for one in of_lesson), len(of_lesson)
        rows.append((lesson, *map(str, counts)))
    known = [exercise.id for exercises in lessons.values() for exercise in exercises]
    passed = sum(records[exercise].passed for exercise in known)
    return Table(
        f"{passed} of {len(known)} exercises passed in this kernel. Every lesson has a kernel of its own: "
        "save_progress and load_progress carry it over.",
        ("lesson", "passed", "tried", "exercises"),
        tuple(rows),
    )


def save(path: object, records: Records) -> str:
    """Write the records to a file, joined with those that it has. A file of another kind is left as it is.

    Gives back a sentence on what was done; never raises.
    """
    try:
        file, damage = Path(path), ""
        if file.exists():
            earlier, damage = _read(file)
            if earlier is None:
                return f"Nothing was saved: {damage} Give another name."
            records = Records(records)
            records.join(earlier)
        content = {
            "format": FORMAT,
            "version": VERSION,
            "exercises": {exercise: asdict(record) for exercise, record in sorted(records.items())},
        }
        beside = file.with_name(f"{file.name}.part")
        beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        os.replace(beside, file)
    except Exception as error:  # no such folder, no right to write, not even a path
        return f"Nothing was saved: {path!r} cannot be written ({type(error).__name__})."
    return " ".join(filter(None, (f"Saved {file.name}: {_count(records)}.", damage)))


def load(path: object, records: Records, known: Sequence[str]) -> str:
    """Join the records of a file into these. ``known`` are the exercises that there are; others are left out.

    Gives back a sentence on what was found; never raises, and takes what is whole of a damaged file.
    """
    try:
        file = Path(path)
        found, problem = _read(file)
    except Exception as error:
        return f"Nothing was loaded: {path!r} cannot be read ({type(error).__name__})."
    if found is None:
        return f"Nothing was loaded: {problem}"
    unknown = sorted(set(found) - set(known))
    records.join({exercise: record for exercise, record in found.items() if exercise not in unknown})
    left_out = f" No exercise of this course is called {', '.join(unknown)}: left out." if unknown else ""
    return " ".join(filter(None, (f"Loaded {file.name}: {_count(found)}.{left_out}", problem)))


def _read(file: Path) -> tuple[dict[str, Record] | None, str]:
    """The records of a file, and what is wrong with it in words; None where it is not such a file."""
    if not file.is_file():
        return None, f"{file.name} is a folder." if file.is_dir() else f"there is no file {file}."
    if file.stat().st_size > LARGEST_FILE:
        return None, f"{file.name} is too large to be saved progress."
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None, f"{file.name} is damaged or of another kind: it is not JSON."
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return None, f"{file.name} is not saved progress."
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        return None, f"{file.name} has version {version!r}; this course reads version {VERSION}. Is the course older?"
    entries = content.get("exercises")
    if not isinstance(entries, dict):
        return None, f"{file.name} is damaged: it names no exercises."
    records = {exercise: record for exercise, entry in entries.items() if (record := _record(entry)) is not None}
    damaged = sorted(set(entries) - set(records))
    return records, f"Damaged and left out: {', '.join(damaged)}." if damaged else ""


def _record(entry: object) -> Record | None:
    """None for an entry that is damaged."""
    if not isinstance(entry, dict):
        return None
    empty = asdict(Record())
    values = {name: entry.get(name, default) for name, default in empty.items()}
    numbers_fit = all(type(values[name]) is int and values[name] >= 0 for name in ("tries", "hints"))
    truths_fit = all(isinstance(values[name], bool) for name in ("passed", "solution_opened"))
    names_fit = isinstance(values["met"], list | tuple) and all(isinstance(name, str) for name in values["met"])
    return Record(**values | {"met": tuple(values["met"])}) if numbers_fit and truths_fit and names_fit else None


def _count(records: dict[str, Record]) -> str:
    passed = sum(record.passed for record in records.values())
    tried = sum(record.tries > 0 for record in records.values())
    return f"{passed} of {tried} tried exercise{'s' * (tried != 1)} passed"
