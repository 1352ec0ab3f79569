"""One address and everything that shows it: in step as committed; set, renewed and taken back in copies."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from course_utils import __version__
from course_utils.__main__ import main
from course_utils.authoring.address import TAG, address, bootstrap, set_address
from course_utils.authoring.lessons import LessonError

ROOT = Path(__file__).resolve().parents[1]
SHOWING = ("pyproject.toml", "CITATION.cff", "README.md", "notebooks")
NAME, OTHER = "some-body/attention.course", "Elsewhere/a_2"
LINK = re.compile(r"\[Open in Colab\]\(([^)]+)\)")
MARKED = (
    "# A\n\n<!-- address: open -->\n<!-- address: end -->\n\nb\n<!-- address: clone -->\n<!-- address: end -->\nc\n"
)


def copied(folder, *more):
    for name in (*SHOWING, *more):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def texts(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for name in SHOWING
        for path in ([folder / name] if (folder / name).is_file() else (folder / name).rglob("*"))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


@pytest.fixture
def tree(tmp_path):
    """A copy of everything that shows the address, as it is before there is one."""
    set_address(None, copied(tmp_path))
    return tmp_path


@pytest.fixture
def lessons_of(tree):
    def read():
        paths = sorted((tree / "notebooks").glob("*.ipynb"))
        assert len(paths) == 11
        return {path.name: json.loads(path.read_text(encoding="utf-8"))["cells"] for path in paths}

    return read


def test_as_committed_every_place_shows_what_pyproject_has(tmp_path):
    assert set_address(address(), copied(tmp_path)) == []


def test_the_readme_has_the_places():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for kind in ("open", "clone"):
        assert readme.count(f"\n<!-- address: {kind} -->\n") == 1
    assert readme.count("<!-- address: end -->\n") == 2


def test_set_every_lesson_has_link_and_cell_and_is_otherwise_as_it_was(tree, lessons_of):
    before = lessons_of()
    set_address(NAME, tree)
    for file, cells in lessons_of().items():
        title, linked, rest = "".join(cells[0]["source"]).split("\n\n", 2)
        link = f"https://colab.research.google.com/github/{NAME}/blob/v{__version__}/notebooks/{file}"
        assert linked == f"[Open in Colab]({link})"
        assert f"{title}\n\n{rest}" == "".join(before[file][0]["source"])
        [found] = [cell for cell in cells if cell["metadata"].get("tags") == ["bootstrap"]]
        assert "".join(found["source"]) == bootstrap(NAME)
        for one, other in zip(cells, before[file], strict=True):
            assert (one.pop("source") == other.pop("source")) == (one is not cells[0] and one is not found)
            assert one == other


def test_set_a_lesson_keeps_to_the_limits_of_its_cells(tree, lessons_of):
    set_address(NAME, tree)
    for cells in lessons_of().values():
        first = "".join(cells[0]["source"])
        assert len(re.findall(r"[A-Za-z0-9']+", first)) <= 180
        assert not re.search(r"(?<![\d.])\d+\.\d+(?![\d.])", LINK.search(first)[1]), "a decimal that no output shows"
        assert "![" not in first and "<img" not in first, "a picture from elsewhere would be missing offline"


def test_set_the_other_places_have_it(tree):
    (tree / "README.md").write_text(MARKED, encoding="utf-8")
    set_address(NAME, tree)
    assert address(tree) == NAME
    project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["urls"] == {"Repository": f"https://github.com/{NAME}"}
    assert project["project"]["name"] == "attention-measured" and "ruff" in project["tool"]
    citation = (tree / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^repository-code: (.*)$", citation, re.M) == [f'"https://github.com/{NAME}"']
    readme = (tree / "README.md").read_text(encoding="utf-8")
    assert LINK.findall(readme)[0].endswith(f"/{NAME}/blob/{TAG}/notebooks/00_start_here.ipynb")
    assert f"(https://mybinder.org/v2/gh/{NAME}/{TAG}?urlpath=lab/tree/notebooks/00_start_here.ipynb)" in readme
    assert f"\ngit clone --depth 1 -b {TAG} https://github.com/{NAME} && cd attention.course\n" in readme


def test_the_same_address_twice_changes_nothing_and_another_leaves_no_trace(tree):
    (tree / "README.md").write_text(MARKED, encoding="utf-8")
    changed = set_address(NAME, tree)
    assert len(changed) == len(set(changed)) == 14
    assert set_address(NAME, tree) == []
    assert sorted(set_address(OTHER, tree)) == sorted(changed)
    assert all(NAME.encode() not in text for text in texts(tree).values())


def test_taken_back_the_tree_is_as_it_was(tree):
    (tree / "README.md").write_text(MARKED, encoding="utf-8", newline="\n")
    before = texts(tree)
    set_address(NAME, tree)
    set_address(None, tree)
    assert texts(tree) == before and address(tree) is None


def test_without_an_address_nothing_leads_to_one(tree):
    for path, text in texts(tree).items():
        assert not re.search(
            rb"Open in Colab\]\(|colab\.research\.google\.com/github|address: (?:open|clone) -->\n\n", text
        ), path


def test_no_placeholder_stands_where_an_address_belongs():
    places = [*ROOT.glob("*.*"), *(ROOT / "notebooks").glob("*.*"), *(ROOT / "course_utils").rglob("*.py")]
    places += [*(ROOT / ".github").rglob("*.*"), *(ROOT / ".binder").glob("*"), ROOT / "data" / "README.md"]
    for path in filter(Path.is_file, places):
        assert not re.search(rb"github\.com/(OWNER|USER|ORG|YOUR|<|\{)", path.read_bytes(), re.I), path


# refused in one sentence


@pytest.mark.parametrize(
    "name",
    [
        "",
        "attention",
        "a/b/c",
        "/b",
        "a/",
        "a b/c",
        "-a/b",
        "a-/b",
        "a--b/c",
        "a/..",
        "a/b.git",
        "a/b\n",
        "a/b;ls",
        "a/ä",
    ]
    + ["https://github.com/a/b", "git@github.com:a/b", 'a/b"', "a/$(ls)", "a/b#c", "a_b/c"],
)
def test_what_is_no_repository_is_refused(tmp_path, name):
    with pytest.raises(LessonError, match="is no GitHub repository; give it as OWNER/NAME") as refused:
        set_address(name, tmp_path)
    assert "\n" not in str(refused.value) and list(tmp_path.iterdir()) == []


def test_what_does_not_fit_into_the_cell_is_refused(tree):
    fits = "o" * 20 + "/" + "n" * 30
    with pytest.raises(LessonError, match="too long by 3 characters"):
        set_address(fits + "nnn", tree)
    assert address(tree) is None
    set_address(fits, tree)
    assert address(tree) == fits


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "pyproject.toml",
            "\n[tool.ruff]",
            '\n[project.urls]\nDocs = "https://a.b"\n\n[tool.ruff]',
            "change it by hand",
        ),
        ("pyproject.toml", "[tool.", "[[", "pyproject.toml has no section"),
        ("pyproject.toml", "[project]", "[project", r"pyproject.toml cannot be read \(Expected"),
        ("pyproject.toml", "[project]", "[other]", r"pyproject.toml cannot be read \('project'\)"),
        ("CITATION.cff", "type: software\n", "", "no line 'type: software'"),
        ("README.md", "<!-- address: clone -->", "", "README.md must have a mark"),
        ("README.md", "<!-- address: end -->", "", "README.md must have a mark"),
        ("README.md", "<!-- address:", "<!-- ", "README.md must have a mark"),
        ("notebooks/03_cross_attention.ipynb", '"bootstrap"', '"other"', "03_cross_attention.ipynb must begin with"),
        ("notebooks/03_cross_attention.ipynb", '"cells"', '"cel', "03_cross_attention.ipynb is no notebook"),
    ],
)
def test_a_file_without_a_place_for_it_is_named_and_nothing_written(tree, file, old, new, said):
    text = (tree / file).read_text(encoding="utf-8")
    assert old in text
    once = file.endswith(".ipynb")
    (tree / file).write_text(text.replace(old, new, 1 if once else -1), encoding="utf-8")
    before = texts(tree)
    with pytest.raises(LessonError, match=said) as refused:
        set_address(NAME, tree)
    assert "\n" not in str(refused.value) and texts(tree) == before


@pytest.mark.parametrize("file", ["README.md", "notebooks/03_cross_attention.ipynb"])
def test_a_file_that_is_no_text_is_named_and_nothing_written(tree, file):
    (tree / file).write_bytes(b"\xff\xfe")
    before = texts(tree)
    with pytest.raises(LessonError, match=f"{Path(file).name} is no text in UTF-8"):
        set_address(NAME, tree)
    assert texts(tree) == before


@pytest.mark.parametrize("url", ["https://example.org/a/b", "https://github.com/a", "https://github.com/OWNER NAME/b"])
def test_an_address_elsewhere_in_pyproject_is_named(tmp_path, url):
    (tmp_path / "pyproject.toml").write_text(f'[project.urls]\nRepository = "{url}"\n', encoding="utf-8")
    with pytest.raises(LessonError, match=f"has the Repository {url}; it must be https://github.com/OWNER/NAME"):
        address(tmp_path)


def test_the_command_works_on_the_tree_that_it_stands_in(tree):
    shutil.copytree(ROOT / "course_utils", tree / "course_utils", ignore=shutil.ignore_patterns("__pycache__"))
    before = texts(tree)

    def command(*words):
        return subprocess.run(
            [sys.executable, "-m", "course_utils", "set-address", *words],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert f"the links lead to the tag {TAG}" in command(NAME).stdout
    assert address(tree) == NAME
    refused = command("nobody")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert command("--none").returncode == 0
    assert texts(tree) == before


@pytest.mark.parametrize("words", [[], [NAME, "--none"]])
def test_the_command_wants_an_address_or_none(words):
    with pytest.raises(SystemExit, match="2"):
        main(["set-address", *words])
