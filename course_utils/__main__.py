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
    options = parser.parse_args(arguments)

    if options.command == "doctor":
        from course_utils.authoring.doctor import doctor

        return doctor()
    from course_utils.authoring.lessons import NOTEBOOKS, run_and_store

    for path in options.lessons or sorted(NOTEBOOKS.glob("*.ipynb")):
        run_and_store(path)
        print(f"stored {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
