"""Print what the environment has, line by line, and each problem with its remedy."""

from __future__ import annotations

from course_utils import environment


def doctor() -> int:
    """Report on the environment. Returns 0 when the lessons will run, else 1."""
    findings = environment.examine()
    for item in findings:
        print(f"{'ok ' if item.ok else '!! '} {item.name:14} {item.found}")
    problems = environment.missing(findings)
    for problem in problems:
        print(f"\nTo mend: {problem}")
    print("\nEverything the lessons need is here." if not problems else f"\n{len(problems)} to mend.")
    return 1 if problems else 0
