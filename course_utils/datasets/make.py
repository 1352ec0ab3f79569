"""Remake a file of ``data/``: ``python -m course_utils.datasets.make number_words``; ``--help`` names the others.

Nothing here is needed to take the course. With the tools that ``data/README.md`` names, the same command gives the same
bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from pathlib import Path

from course_utils.datasets import ambiguous_words, number_words, speech_synthesis, texture_sources
from course_utils.datasets.files import CHECKSUMS, DATA

DIGIT_COUNTS = {1: 10, 2: 90, 3: 900, 4: 1334, 5: 1333, 6: 1333}  # all there are, else an equal share: 5,000
HELD_OUT = {1: 0, 2: 20, 3: 180, 4: 267, 5: 267, 6: 266}  # a fifth, but no one-digit number: only 0 contains 'null'


def number_words_file() -> bytes:
    """The content of ``data/number_words.tsv``: number, German and English morphemes, split.

    Raises SystemExit telling how to install num2words when it is missing.
    """
    try:
        from num2words import num2words
    except ImportError:
        raise SystemExit("The package num2words is missing; 'pip install num2words==0.5.14' installs it.") from None
    lines = ["\t".join(number_words.COLUMNS)]
    for digits, count in DIGIT_COUNTS.items():
        drawn = draw_numbers(digits, count)
        held_out = set(drawn[: HELD_OUT[digits]])
        for number in sorted(drawn):
            german = number_words.split_german(correct_german(num2words(number, lang="de")))
            english = number_words.split_english(num2words(number, lang="en"))
            split = "test" if number in held_out else "train"
            lines.append("\t".join([str(number), "|".join(german), "|".join(english), split]))
    return ("\n".join(lines) + "\n").encode()


def draw_numbers(digits: int, count: int) -> list[int]:
    """Different numbers of so many digits, drawn by SHA-256: as good as random, and the same on every machine."""
    lowest = 0 if digits == 1 else 10 ** (digits - 1)
    drawn: dict[int, None] = {}  # in the order drawn, each once
    tries = 0
    while len(drawn) < count:
        digest = hashlib.sha256(f"{digits}/{tries}".encode()).digest()
        drawn[lowest + int.from_bytes(digest, "big") % (10**digits - lowest)] = None
        tries += 1
    return list(drawn)


def correct_german(word: str) -> str:
    """Mend num2words' one mistake in our range: 101,000 is *einhunderteintausend*, not *einhunderteinstausend*."""
    return word.replace("einstausend", "eintausend")


def write_data(name: str, content: bytes, folder: Path = DATA) -> str:
    """Put a file and its line in SHA256SUMS into the folder, each whole or not at all; returns the SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    sums = folder / CHECKSUMS
    others = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []
    others = [line for line in others if line.strip() and line.split(maxsplit=1)[1].strip().lstrip("*") != name]
    listing = sorted([*others, f"{digest}  {name}"], key=lambda line: line.split(maxsplit=1)[1])
    for path, new in ((folder / name, content), (sums, ("\n".join(listing) + "\n").encode())):
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(new)
        os.replace(beside, path)
    return digest


def main() -> None:
    """Make the named file of ``data/`` anew."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.datasets.make", description=main.__doc__)
    makers = {  # the file's name, and what makes its content
        "number_words.tsv": number_words_file,
        "ambiguous_words.tsv": ambiguous_words.corpus_file,
        "textures.npz": texture_sources.textures_file,
        "spoken_words.npz": speech_synthesis.recordings_file,
    }
    files = {file.partition(".")[0]: file for file in makers}
    parser.add_argument("name", choices=files)
    file = files[parser.parse_args().name]
    content = makers[file]()
    digest = write_data(file, content)
    print(f"{digest}  data/{file}  {len(content):,} bytes")


if __name__ == "__main__":
    main()
