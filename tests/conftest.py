"""Shared by all tests: the lessons' kernels import this checkout, whatever else is installed."""

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tensors this small are slower on several threads


def pytest_configure(config):
    config.addinivalue_line("markers", "needs_alarm: an answer that never ends is stopped, which Windows cannot do")


def pytest_collection_modifyitems(items):
    if not hasattr(signal, "setitimer"):
        for item in items:
            if item.get_closest_marker("needs_alarm"):
                item.add_marker(pytest.mark.skip(reason="nothing here can stop an endless loop: this would not end"))


def pytest_terminal_summary(terminalreporter):
    """What the checks said to the answers from outside: how many right ones passed, how many wrong ones were named."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    said = [tuple(value) for report in reports for name, value in report.user_properties if name == "outside"]
    if not said:
        return
    terminalreporter.section("exercises: answers from outside")
    groups = (("right answers accepted", True, False), ("wrong answers named", False, False))
    for words, right, held_out in (*groups, ("wrong answers named, held out", False, True)):
        fits = [fit for is_right, out, fit, _, _ in said if (is_right, out) == (right, held_out)]
        if fits:
            terminalreporter.line(f"{words}: {sum(fits)} of {len(fits)} ({sum(fits) / len(fits):.1%})")
    seconds = sorted(took for *_, took in said)
    terminalreporter.line(f"exceptions that escaped: {sum(escaped for *_, escaped, _ in said)}")
    terminalreporter.line(f"seconds for a check: median {seconds[len(seconds) // 2]:.3f}, slowest {seconds[-1]:.2f}")
