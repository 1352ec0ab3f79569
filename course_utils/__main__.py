"""``python -m course_utils``: tools around the lessons. This module only dispatches."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Dispatch a command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m course_utils", description="Tools around the lessons.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="say what this computer has for the course, and what to mend")
    store = _add(
        commands, "store", "run lessons in a fresh kernel and store their outputs, for those who change a lesson"
    )
    store.add_argument("--check", action="store_true", help="run nothing, write nothing; say which are not as stored")
    _add(commands, "html", "run lessons and write each as one page that needs no kernel, no network", "pages")
    _add(
        commands,
        "answer-key",
        "for teachers: write lessons with every exercise solved, run, and found right by its own check",
        "solved lessons",
    )
    _add(commands, "handout", "for learners: write lessons as they are before anything is run", "learners' copies")
    deck = _add(commands, "slides", "for teachers: write lessons as slides that need no kernel, no network", "slides")
    deck.add_argument("--all", action="store_true", help="also what is marked for home")
    deck.add_argument("--reveal", type=Path, metavar="FOLDER", help="reveal.js, unpacked; default: fetched once by npm")
    _add(commands, "assignments", "for teachers: write a course in which nbgrader grades the exercises", "course")
    quiz = commands.add_parser("quiz", help="for teachers: write the concept quiz and its key, for screen and paper")
    quiz.add_argument("--out", required=True, type=Path, metavar="FILE", help="file for the page, such as quiz.html")
    stick = commands.add_parser("offline", help="for teachers: one folder that installs the course without a network")
    stick.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to copy, such as on a stick")
    stick.add_argument("--platform", nargs="+", default=[], help="windows, macos, linux; default: this computer's")
    stick.add_argument("--python", nargs="+", default=[], help="such as 3.12; default: this computer's")
    stick.add_argument("--pretrained", action="store_true", help="with the model of lesson 10, 91 MB more")
    public = commands.add_parser("set-address", help="for publishers: write the repository's address wherever it shows")
    which = public.add_mutually_exclusive_group(required=True)
    which.add_argument("address", nargs="?", metavar="OWNER/NAME", help="the repository at GitHub")
    which.add_argument("--none", action="store_true", help="take the address out again")
    options = parser.parse_args(arguments)

    if options.command == "doctor":
        from course_utils.authoring.doctor import doctor

        return doctor()
    from course_utils.authoring.lessons import NOTEBOOKS, LessonError

    try:
        if options.command == "quiz":
            from course_utils.authoring.quiz_page import write_quiz

            write_quiz(options.out)
            print(f"wrote {options.out}")
        elif options.command == "set-address":
            from course_utils.authoring.address import TAG, set_address

            changed = set_address(None if options.none else options.address)
            print(f"changed {len(changed)} files" + ("" if options.none else f"; the links lead to the tag {TAG}"))
        elif options.command == "offline":
            from course_utils.authoring.offline import offline, report
            from course_utils.authoring.wheels import targets

            wanted = targets(options.platform, options.python)
            print(report(options.out, offline(options.out, wanted, options.pretrained)))
        else:
            from course_utils.authoring.arguments import lesson

            _make(options, list(map(lesson, options.lessons)) or sorted(NOTEBOOKS.glob("*.ipynb")))
    except (LessonError, ImportError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return 0


def _add(commands: argparse._SubParsersAction, name: str, text: str, written: str = "") -> argparse.ArgumentParser:
    """A command over lessons; ``written`` says what it writes into the folder ``--out``, if it has one."""
    command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    if written:
        command.add_argument("--out", required=True, type=Path, metavar="DIR", help=f"folder for the {written}")
    command.add_argument(
        "lessons", nargs="*", type=Path, help="numbers, such as 02, or notebooks; all if none is named"
    )
    return command


def _make(options: argparse.Namespace, lessons: list[Path]) -> None:
    """Do what is asked and say what was written. Raises LessonError, ImportError or OSError in words for the reader."""
    if options.command == "html":
        from course_utils.authoring.pages import export

        for page in export(lessons, options.out):
            print(f"wrote {page.name}, {page.stat().st_size / 1e6:.1f} MB")
    elif options.command == "answer-key":
        from course_utils.authoring.answer_key import answer_key

        print(f"running {len(lessons)} solved lessons; each takes up to half a minute ...", flush=True)
        written = answer_key(lessons, options.out)
        print(f"wrote {len(written)} solved lessons into {options.out}; every exercise in them has passed")
    elif options.command == "handout":
        from course_utils.authoring.handout import handout

        print(f"wrote {len(handout(lessons, options.out))} lessons without outputs into {options.out}")
    elif options.command == "slides":
        from course_utils.authoring.slides import write_slides

        print(f"running {len(lessons)} lessons; each takes up to half a minute ...", flush=True)
        for file in write_slides(lessons, options.out, unpacked=options.reveal, everything=options.all):
            print(f"wrote {file.name}, {file.stat().st_size / 1e6:.1f} MB")
    elif options.command == "assignments":
        from course_utils.authoring.assignments import assignments

        print(f"wrote {len(assignments(lessons, options.out))} assignments for nbgrader into {options.out / 'source'}")
    else:
        from course_utils.authoring.arguments import require_lessons
        from course_utils.authoring.lessons import require_stored, run_and_store

        require_lessons(lessons)
        if options.check:
            require_stored(lessons)
            return
        for path in lessons:
            run_and_store(path)
            print(f"stored {path.name}")


if __name__ == "__main__":
    sys.exit(main())
