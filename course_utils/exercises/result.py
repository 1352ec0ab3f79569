"""What a check answers: shown as plain text and as HTML, never raised."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

PASSED, FAILED, NOT_ATTEMPTED = "passed", "failed", "not attempted"
SIGNS = {PASSED: "✔", FAILED: "✘", NOT_ATTEMPTED: "○"}
COLOURS = {PASSED: "#009E73", FAILED: "#D55E00", NOT_ATTEMPTED: "#777777"}


def _as_html(text: str) -> str:
    """Text with its lines, and *words* between asterisks emphasised; a product as in a * b or 2*a*b stays as it is."""
    emphasised = r"(?<![\w*)\]])\*(\w(?:[^*\n]*?\w)?)\*(?![\w*(\[])"
    return re.sub(emphasised, r"<em>\1</em>", html.escape(text)).replace("\n", "<br>")


@dataclass(frozen=True)
class CheckResult:
    """The verdict on one answer. ``misconception`` names the mistaken idea where it was recognised."""

    exercise: str
    status: str
    message: str
    misconception: str | None = None

    @property
    def headline(self) -> str:
        """Sign, exercise, status, and the misconception where one was recognised."""
        named = f" ({self.misconception})" if self.misconception else ""
        return f"{SIGNS[self.status]} Exercise {self.exercise}: {self.status}{named}."

    def __repr__(self) -> str:
        return f"{self.headline} {self.message}"

    def _repr_html_(self) -> str:
        body = _as_html(self.message)
        return (
            f'<div style="border-left:4px solid {COLOURS[self.status]};padding:2px 10px">'
            f"<strong>{html.escape(self.headline)}</strong> {body}</div>"
        )


@dataclass(frozen=True)
class Shown:
    """A hint or a solution on the page: a heading and a text, or code."""

    heading: str
    body: str
    code: str = ""

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.heading, self.body, self.code) if part)

    def _repr_html_(self) -> str:
        body = _as_html(self.body)
        code = f"<pre>{html.escape(self.code)}</pre>" if self.code else ""
        return f"<div><strong>{html.escape(self.heading)}</strong> {body}{code}</div>"


@dataclass(frozen=True)
class Table:
    """A heading and a table under it, as plain text and as HTML."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (self.columns, *self.rows))
        return "\n".join((self.heading, *lines))

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        head = "".join(f"<th scope='col' {left}>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td {left}>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows
        )
        return (
            f"<div><p>{html.escape(self.heading)}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
