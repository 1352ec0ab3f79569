"""reveal.js, which shows slides in a browser: one version, fetched once, kept beside the slides that use it."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from course_utils.authoring.lessons import LessonError

PACKAGE = "reveal.js"
VERSION = "6.0.2"
# The registry's own words on this version: npm view reveal.js@6.0.2 dist.integrity
INTEGRITY = "sha512-JYIg5D9aoxoaLeb84O+OvAwsKWdIavVgEDScxtYEXFCT6t6TQrhNtSgogcjdCpdLsWglhJn3zyE3fUOwiH5KEg=="
ABOUT = "package.json"  # names the version; written last, so that a copy that was interrupted is not taken for this one
FILES = ("LICENSE", "dist/reveal.js", "dist/reveal.css", "dist/plugin/notes.js", ABOUT)
SECONDS = 120
OFFER = "or name a folder that has the package unpacked:  --reveal FOLDER"


def reveal_files(beside: Path, unpacked: Path | None = None) -> dict[Path, str]:
    """The files that slides in the folder ``beside`` need, with their text; nothing is written.

    They come from ``unpacked`` if that is given, else from a copy that stands there already, else from the package
    registry by npm; then the package is compared with its hash.

    Raises LessonError, in one sentence that says what to do, when none of these has the right version.
    """
    copy = beside / PACKAGE
    if unpacked is not None:
        texts = _read(unpacked)
        if texts is None:
            raise LessonError(f"{unpacked} does not hold the package {PACKAGE} {VERSION}, unpacked; name its folder.")
    else:
        texts = _read(copy) or _fetched()
    return {copy / name: text for name, text in texts.items()}


def _read(folder: Path) -> dict[str, str] | None:
    """The texts of an unpacked package; None unless all are there, in the right version."""
    try:
        texts = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
        about = json.loads(texts[ABOUT])
        named = about["name"], about["version"]
    except (OSError, ValueError, LookupError, TypeError):  # TypeError: not even an object
        return None
    return texts if named == (PACKAGE, VERSION) else None


def _fetched() -> dict[str, str]:
    npm = shutil.which("npm")
    if npm is None:
        raise LessonError(f"Slides need {PACKAGE} {VERSION}, once: install npm, which fetches it, {OFFER}")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--silent", "--ignore-scripts"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
            reason = done.stderr.strip()
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = str(error)
        packed = next(Path(folder).glob("*.tgz"), None)
        if packed is None:
            because = f" ({reason.splitlines()[-1]})" if reason else ""
            raise LessonError(
                f"npm could not fetch {PACKAGE} {VERSION}{because}: try again where there is a network, {OFFER}"
            )
        return _unpacked(packed)


def _unpacked(packed: Path) -> dict[str, str]:
    """The texts in a package as npm packs it. Raises LessonError when it is not, to the bit, the one that we know."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise LessonError(f"What npm fetched as {PACKAGE} {VERSION} has another hash, so it is not used: {found}")
    with tarfile.open(packed) as archive:
        return {name: archive.extractfile(f"package/{name}").read().decode("utf-8") for name in FILES}
