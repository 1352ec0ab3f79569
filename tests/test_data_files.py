"""A data file is read only if its bytes are those that were published."""

from __future__ import annotations

from pathlib import Path

import pytest

import course_utils
from course_utils.datasets import files
from course_utils.datasets.files import DataError, read_verified, verify_all

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # SHA-256 of b"abc", FIPS 180-2, B.1
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # of nothing at all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "abc.txt").write_bytes(b"abc")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "SHA256SUMS").write_text(f"{ABC}  abc.txt\n\n{EMPTY}  empty\n")
    return tmp_path


def refusal(name, folder) -> str:
    with pytest.raises(DataError) as caught:
        read_verified(name, folder)
    return str(caught.value)


def test_gives_the_bytes(folder):
    assert read_verified("abc.txt", folder) == b"abc"
    assert read_verified("empty", folder) == b""
    assert read_verified("abc.txt", str(folder)) == b"abc"


def test_reads_from_the_courses_own_folder_by_default(folder, monkeypatch):
    assert Path(course_utils.__file__).resolve().parents[1] / "data" == files.DATA
    monkeypatch.setattr(files, "DATA", folder)
    assert read_verified("abc.txt") == b"abc"


@pytest.mark.parametrize(
    "line",
    [
        f"{ABC} *abc.txt",  # sha256sum --binary
        f"{ABC.upper()}  abc.txt",  # certutil, Get-FileHash
        f"{ABC}  abc.txt\r",  # a checkout with Windows line ends
        f"{ABC}\tabc.txt   ",
    ],
)
def test_understands_what_the_usual_tools_write(folder, line):
    (folder / "SHA256SUMS").write_bytes(f"{line}\n".encode())
    assert read_verified("abc.txt", folder) == b"abc"


def test_names_may_hold_spaces_and_folders(folder):
    (folder / "deep").mkdir()
    (folder / "deep" / "a b c.txt").write_bytes(b"abc")
    (folder / "SHA256SUMS").write_text(f"{ABC}  deep/a b c.txt\n")
    assert read_verified("deep/a b c.txt", folder) == b"abc"


@pytest.mark.parametrize("damaged", [b"abd", b"abc\n", b"abc\r\n", b"ab", b""])
def test_a_damaged_file_is_refused_with_the_remedy(folder, damaged):
    (folder / "abc.txt").write_bytes(damaged)
    message = refusal("abc.txt", folder)
    for part in ("data/abc.txt", "damaged", ABC[:12], f"{len(damaged)} bytes", "git checkout -- data", "README.md"):
        assert part in message


def test_a_missing_file_is_refused_with_the_remedy(folder):
    (folder / "abc.txt").unlink()
    message = refusal("abc.txt", folder)
    for part in ("data/abc.txt", "cannot be read", "No such file", "git checkout -- data"):
        assert part in message


def test_a_folder_in_place_of_a_file_is_refused(folder):
    (folder / "abc.txt").unlink()
    (folder / "abc.txt").mkdir()
    assert "cannot be read" in refusal("abc.txt", folder)


@pytest.mark.parametrize("name", ["other.txt", "../abc.txt", "./abc.txt", "", "SHA256SUMS"])
def test_a_file_that_was_never_published_is_refused(folder, name):
    (folder / "other.txt").write_bytes(b"abc")
    message = refusal(name, folder)
    assert "SHA256SUMS has no line for" in message and name in message and "git checkout -- data" in message


def test_missing_checksums_are_refused_with_the_remedy(folder):
    (folder / "SHA256SUMS").unlink()
    message = refusal("abc.txt", folder)
    assert "data/SHA256SUMS cannot be read" in message and "git checkout -- data" in message


@pytest.mark.parametrize("content", [ABC.encode(), b"half a line\n" + ABC.encode()[:30], b"\xff\xfe\x00binary"])
def test_damaged_checksums_are_refused_with_the_remedy(folder, content):
    """A line cut short, or bytes that are no text, once came out as a bare ValueError."""
    (folder / "SHA256SUMS").write_bytes(content)
    message = refusal("abc.txt", folder)
    assert "data/SHA256SUMS cannot be read" in message and "git checkout -- data" in message


def test_all_that_is_listed_is_verified(folder, monkeypatch):
    assert verify_all(folder) == verify_all(str(folder)) == 2
    (folder / "not listed").write_bytes(b"?")
    monkeypatch.setattr(files, "DATA", folder)
    assert verify_all() == 2
    (folder / "empty").write_bytes(b"not empty")
    with pytest.raises(DataError, match="data/empty is damaged"):
        verify_all()
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(DataError, match="SHA256SUMS cannot be read"):
        verify_all(folder)


def test_a_data_error_can_be_caught_as_a_runtime_error():
    assert issubclass(DataError, RuntimeError)
