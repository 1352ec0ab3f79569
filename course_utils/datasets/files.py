"""Read a file of ``data/`` only if it is the file that was published."""

from __future__ import annotations

import hashlib
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"
CHECKSUMS = "SHA256SUMS"


class DataError(RuntimeError):
    """A data file is missing or damaged; the message says how to mend it."""


def read_verified(name: str, folder: Path | None = None) -> bytes:
    """The bytes of ``data/name``, after comparing their SHA-256 with ``data/SHA256SUMS``.

    Raises DataError, with the remedy, when the file or its checksum is missing or they disagree.
    """
    folder = DATA if folder is None else Path(folder)
    remedy = f"'git checkout -- data' restores it; data/README.md tells how data/{name} is remade."
    expected = _checksums(folder).get(name)
    if expected is None:
        raise DataError(f"data/{CHECKSUMS} has no line for {name}. {remedy}")
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise DataError(f"data/{name} cannot be read ({error.strerror}). {remedy}") from None
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DataError(
            f"data/{name} is damaged: its SHA-256 begins {found[:12]}, expected {expected[:12]} "
            f"({len(content):,} bytes were read). {remedy}"
        )
    return content


def verify_all(folder: Path | None = None) -> int:
    """Verify every file that ``SHA256SUMS`` lists and return how many there are. Raises DataError."""
    names = list(_checksums(DATA if folder is None else Path(folder)))
    for name in names:
        read_verified(name, folder)
    return len(names)


def _checksums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
        pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
        return {name.strip().removeprefix("*"): digest.lower() for digest, name in pairs}
    except (OSError, ValueError):  # ValueError: not text, or a line without a name
        raise DataError(f"data/{CHECKSUMS} cannot be read. 'git checkout -- data' restores it.") from None
