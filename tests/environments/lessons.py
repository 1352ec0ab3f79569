"""Run lessons in the environment of this Python, compare every cell's text, and print what each of them took.

    python tests/environments/lessons.py [--jobs 2] [--apart] [--without-anywidget] NOTEBOOK...

nbval runs and compares, each lesson in a process of its own, in the notebook's folder. With ``--apart`` a lesson is
copied into an empty folder first; there the cell that fetches the course may print. With ``--without-anywidget`` the
one sentence of an explorer stands for its view.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SANITIZE = Path(__file__).resolve().parents[1] / "nbval_sanitize.cfg"
SENTENCE = "the package anywidget is needed"
UNIT = 1024 if sys.platform == "darwin" else 1  # of ru_maxrss, in KiB


class Watch:
    """A plugin of pytest: how many cells there are, how many of them are compared, which failed."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.cells = self.compared = self.sentences = 0
        self.failed: list[str] = []
        self._options = options

    def pytest_collection_modifyitems(self, items: list) -> None:
        for item in items:
            if self._options.apart and "bootstrap" in item.cell.metadata.get("tags", []):
                item.options["check"] = False
            self.cells += 1
            self.compared += bool(item.options["check"] and not item.options["skip"] and item.cell.outputs)
            if self._options.without_anywidget:
                item.compare_outputs = self._without_sentence(item.compare_outputs)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or (report.skipped and report.when == "call"):
            self.failed.append(report.nodeid.rpartition("::")[2])

    def _without_sentence(self, compare):
        def compare_outputs(test, ref, skip_compare=None):
            for output in test:
                if SENTENCE in output.get("data", {}).get("text/html", ""):
                    del output["data"]["text/html"]
                    self.sentences += 1
            return compare(test, ref, skip_compare)

        return compare_outputs


def one(notebook: Path, options: argparse.Namespace) -> dict[str, object]:
    """Run a lesson here, and only one: the largest child of this process is then its kernel."""
    watch = Watch(options)
    begun = time.perf_counter()
    code = pytest.main(
        [
            *("-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--color=no", "--disable-warnings"),
            *("--rootdir", str(notebook.parent), "--confcutdir", str(notebook.parent)),
            *("--nbval", "--nbval-current-env", "--nbval-cell-timeout=300", f"--nbval-sanitize-with={SANITIZE}"),
            str(notebook),
        ],
        plugins=[watch],
    )
    if code != 0 and not watch.failed:
        watch.failed.append("did not run")
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / UNIT / 1024
    return {
        "lesson": notebook.stem,
        "seconds": round(seconds, 1),
        "peak": round(peak),
        "cells": watch.cells,
        "compared": watch.compared,
        "sentences": watch.sentences,
        "failed": watch.failed,
        "ok": not watch.failed,
    }


def in_a_process(notebook: Path, options: argparse.Namespace) -> dict[str, object]:
    """What ``one`` says, from a process of its own; what nbval says is printed where something fails."""
    with tempfile.TemporaryDirectory() as place:
        figures = Path(place) / "figures.json"
        if options.apart:
            empty = Path(place) / "content"
            empty.mkdir()
            notebook = Path(shutil.copy(notebook, empty))
        flags = ["--apart"] * options.apart + ["--without-anywidget"] * options.without_anywidget
        command = [sys.executable, __file__, *flags, "--figures", str(figures), str(notebook)]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if not figures.exists():
            return {"lesson": notebook.stem, "ok": False, "failed": ["did not run"], "said": done.stdout}
        return json.loads(figures.read_text(encoding="utf-8")) | {"said": done.stdout}


def table(rows: list[dict[str, object]], without_anywidget: bool) -> str:
    """The figures of all lessons, and below them their sums, or the largest."""
    names = {"lesson": "lesson", "seconds": "wall s", "peak": "peak MiB", "cells": "cells", "compared": "compared"}
    names |= {"sentences": "sentences"} if without_anywidget else {}
    last = {name: sum(row.get(name, 0) for row in rows) for name in names if name != "lesson"}
    last |= {"lesson": "all", "seconds": round(last["seconds"], 1), "peak": max(row.get("peak", 0) for row in rows)}
    last["failed"] = [cell for row in rows for cell in row["failed"]]
    lines = [f"| {' | '.join([*names.values(), 'failures'])} |", f"|---|{'---:|' * (len(names) - 1)}---|"]
    for row in [*rows, last]:
        failures = f"{len(row['failed'])}: {', '.join(row['failed'])}" if row["failed"] and row is not last else ""
        failures = failures or str(len(row["failed"]))
        lines.append(f"| {' | '.join([*(str(row.get(name, '-')) for name in names), failures])} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run lessons in this environment and print what each of them took.")
    parser.add_argument("--jobs", type=int, default=1, help="lessons at once")
    parser.add_argument("--apart", action="store_true", help="each lesson in an empty folder")
    parser.add_argument("--without-anywidget", action="store_true", help="explorers are one sentence each")
    parser.add_argument("--figures", type=Path, help=argparse.SUPPRESS)  # for itself: run one lesson
    parser.add_argument("notebooks", nargs="+", type=Path)
    options = parser.parse_args()
    if options.figures:
        found = one(options.notebooks[0], options)
        options.figures.write_text(json.dumps(found), encoding="utf-8")
        return 0 if found["ok"] else 1
    rows = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for row in pool.map(lambda notebook: in_a_process(notebook.resolve(), options), options.notebooks):
            rows.append(row)
            print(f"{row['lesson']}: {'as stored' if row['ok'] else 'NOT as stored'}", flush=True)
    for row in rows:
        if not row["ok"]:
            print(f"\n{row['lesson']}:\n{row['said']}")
    print(table(rows, options.without_anywidget))
    if options.without_anywidget and not sum(row.get("sentences", 0) for row in rows):
        print("No explorer said its sentence: is anywidget here after all?")
        return 1
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
