"""What tests read in the stored lessons: prose, headings, outputs, and whether a decimal stands in an output."""

import html
import re
from decimal import Decimal
from pathlib import Path

import nbformat

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
FILLER = re.compile(r"\b(?:simply|just|obviously|of course|powerful|leverage|delve)\b", re.I)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def prose(path):
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def headings(path):
    """All headings below the title, as plain text: "5. Why divide by √d_k?"."""
    plain = prose(path).replace("$\\sqrt{d_k}$", "√d_k")
    return [heading.replace("*", "") for heading in re.findall(r"^#{2,3} (.+)$", plain, re.M)]


def text_of(output):
    data = output.get("data", {})
    return output.get("text", "") + data.get("text/plain", "") + data.get("text/html", "")


def decimals_not_in_outputs(words, path):
    """Decimals in ``words`` that no output of the lesson shows, as they stand or rounded from a longer number."""
    outputs = html.unescape(" ".join(text_of(out) for cell in code_cells(path) for out in cell.outputs))
    outputs = re.sub(r"base64,[A-Za-z0-9+/=]+", "", outputs)
    shown = [Decimal(number) for number in set(re.findall(r"\d+\.\d+", outputs))]
    missing = []
    for number in sorted(set(re.findall(r"(?<![\d.])\d+\.\d+(?!\d|\.\d)", words))):
        places = Decimal(number).as_tuple().exponent
        half = Decimal(5).scaleb(places - 1)
        if not any(
            abs(candidate - Decimal(number)) <= half and candidate.as_tuple().exponent <= places for candidate in shown
        ):
            missing.append(number)
    return missing
