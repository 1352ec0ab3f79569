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
    store = commands.add_parser("store", help="run lessons in a fresh kernel and store their outputs")
    store.add_argument("lessons", nargs="*", type=Path, help="notebooks; all of them if none is named")
    pages = commands.add_parser("html", help="run lessons and write each as one page that needs no kernel, no network")
    pages.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for the pages")
    pages.add_argument("lessons", nargs="*", type=Path, help="notebooks; all of them if none is named")
    options = parser.parse_args(arguments)

    if options.command == "doctor":
        from course_utils.authoring.doctor import doctor

        return doctor()
    from course_utils.authoring.lessons import NOTEBOOKS, LessonError, run_and_store

    lessons = options.lessons or sorted(NOTEBOOKS.glob("*.ipynb"))
    if options.command == "html":
        from course_utils.authoring.pages import export

        try:
            for page in export(lessons, options.out):
                print(f"wrote {page.name}, {page.stat().st_size / 1e6:.1f} MB")
        except (LessonError, ImportError) as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    for path in lessons:
        run_and_store(path)
        print(f"stored {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
