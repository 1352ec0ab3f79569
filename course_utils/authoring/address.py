"""The public address, written once (``pyproject.toml``), and everything else that shows it.

Who is at GitHub's OWNER/NAME is known only when the course is published; until then nothing may show a dead link. So
``set_address`` renews all places from one, and with None takes all of them back:

- a link "Open in Colab" below the title of each lesson, to the lesson at this version's tag. It is a link in words, not
  Colab's picture of a button: that picture comes from another server, so offline it would be a broken one, and online
  one more party would see who reads what. Form of the link: googlecolab/colabtools, notebooks/colab-github-demo.ipynb;
- the bootstrap cell of each lesson (``bootstrap``);
- in README.md what stands between ``<!-- address: open -->`` or ``<!-- address: clone -->`` and the next
  ``<!-- address: end -->``;
- ``repository-code`` in CITATION.cff.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat

from course_utils import __version__
from course_utils.authoring.lessons import BOOTSTRAP, NOTEBOOKS, LessonError, as_text, write_all

ROOT = NOTEBOOKS.parent
TAG = f"v{__version__}"  # the git tag of a release
GITHUB = "https://github.com/"
FIRST = "00_start_here.ipynb"
WIDTH = 110  # characters in a line of that cell: an address may have 51; other cells keep to 90
# GitHub's own rules: letters, digits and single hyphens; letters, digits, ".", "_" and "-"
ADDRESS = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*/(?!\.{1,2}$)[A-Za-z0-9._-]+(?<!\.git)")
URLS = re.compile(r'\n\[project\.urls\]\nRepository = "[^"\n]*"\n')
LINK = re.compile(r"\A(# [^\n]*)\n\n\[Open in Colab\]\([^)\n]*\)")
BLOCK = re.compile(r"(<!-- address: (open|clone) -->\n).*?(<!-- address: end -->)", re.DOTALL)
CODE = re.compile(r"^repository-code: .*\n", re.MULTILINE)


def address(root: Path = ROOT) -> str | None:
    """OWNER/NAME as ``pyproject.toml`` of the folder ``root`` has it; None while the course is not published.

    Raises LessonError when another kind of address stands there.
    """
    url = _described(_text(root / "pyproject.toml")).get("urls", {}).get("Repository")
    if url is None:
        return None
    name = url.removeprefix(GITHUB)
    if url == name or not ADDRESS.fullmatch(name):
        raise LessonError(f"pyproject.toml has the Repository {url}; it must be {GITHUB}OWNER/NAME.")
    return name


def set_address(name: str | None, root: Path = ROOT) -> list[Path]:
    """Write OWNER/NAME, or with None take it out, and renew everything that shows it. Returns the files that changed.

    Outputs and counts of the lessons stay: the bootstrap cell prints nothing where lessons are stored. The same address
    and version give the same bytes.

    Raises LessonError, and writes nothing, for what is no OWNER/NAME or too long for the bootstrap cell's lines, and
    for a file that has no place for it.
    """
    if name is not None:
        _require_address(name)
    texts = {path: _text(path) for path in _files(root)}
    new = {path: _renewed(path, text, name) for path, text in texts.items()}
    changed = {path: text for path, text in new.items() if text != texts[path]}
    write_all(changed)
    return list(changed)


def bootstrap(name: str | None) -> str:
    """The first code cell of every lesson, three lines: it finds the course, or fetches it once, or says what to do.

    It looks where Python looks, in the notebook's folder and in the one above (nbgitpuller brings both and installs
    nothing). Found, it prints nothing and runs no git. Else, as on Colab, it clones the version that the notebook
    belongs to into a new folder ``c1234`` and links ``course_utils``, beside the notebook, to what is in there. The
    link is made last: it leads to a whole course or is not there. So a clone that was interrupted is not taken for a
    course, and the next run begins with another folder; a restarted kernel finds the link. A link whose folder somebody
    has deleted is replaced.

    What git says is printed, without its advice on a detached HEAD, which a clone of a tag always is. The link stands
    in a folder that Python reads anew when it has changed. A new folder on the path would be remembered as missing
    from the first look (``sys.path_importer_cache``), and the import after the clone would fail.

    All this in three lines of ``WIDTH`` characters is the reason why an address has a greatest length. It needs a POSIX
    shell, as there is on Colab, on Linux and on a Mac.
    """
    if name is None:
        return "\n".join(
            (
                'try: import sys; sys.path.append(".."); import course_utils  # is the course here?',
                'except ImportError: print("The course is not here: open this notebook in the course\'s "',
                '    "folder, with the Python into which its requirements.txt was installed.")',
            )
        )
    last = f'"--depth 1 {GITHUB}{name} c$$ && ln -sf c$$/*_utils"))'
    return "\n".join(
        (
            'try: import subprocess as sh, sys; sys.path += [".", ".."]; import course_utils  # here?',
            f'except ImportError: print(sh.getoutput("git -c advice.detachedHead= clone -qb {TAG} "',
            " " * min(4, WIDTH - len(last)) + last,
        )
    )


def colab(name: str, lesson: str) -> str:
    """Where Colab opens the lesson of that file name."""
    return f"https://colab.research.google.com/github/{name}/blob/{TAG}/notebooks/{lesson}"


def binder(name: str) -> str:
    """Where Binder opens the first lesson."""
    return f"https://mybinder.org/v2/gh/{name}/{TAG}?urlpath=lab/tree/notebooks/{FIRST}"


def _require_address(name: str) -> None:
    if not ADDRESS.fullmatch(name):
        raise LessonError(f"{name!r} is no GitHub repository; give it as OWNER/NAME, such as someone/attention.")
    too_long = max(map(len, bootstrap(name).split("\n"))) - WIDTH
    if too_long > 0:
        raise LessonError(
            f"{name} is too long by {too_long} characters: it must fit into a line of each lesson's first cell."
        )


def _files(root: Path) -> list[Path]:
    lessons = sorted((root / "notebooks").glob("*.ipynb"))
    return [*(root / name for name in ("pyproject.toml", "CITATION.cff", "README.md")), *lessons]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise LessonError(f"{path.name} is no text in UTF-8.") from None


def _described(text: str) -> dict:
    """The section [project] of ``pyproject.toml``. Raises LessonError when it cannot be read."""
    try:
        return tomllib.loads(text)["project"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise LessonError(f"pyproject.toml cannot be read ({error}).") from None


def _renewed(path: Path, text: str, name: str | None) -> str:
    """The file's text with this address. Raises LessonError when it has no place for one."""
    if path.suffix == ".ipynb":
        return _lesson(path.name, text, name)
    if path.name == "pyproject.toml":
        return _project(text, name)
    if path.name == "CITATION.cff":
        return _citation(text, name)
    return _readme(text, name)


def _readme(text: str, name: str | None) -> str:
    """Raises LessonError when a mark is missing, or all are."""
    marks = re.findall(r"<!-- address: (\w+) -->", text)
    if len(marks) % 2 or "end" in marks[::2] or {*marks[1::2]} != {"end"}:
        raise LessonError("README.md must have a mark  <!-- address: end -->  after each one that begins a place.")
    return BLOCK.sub(lambda found: found[1] + _block(found[2], name) + found[3], text)


def _project(text: str, name: str | None) -> str:
    """Raises LessonError when the section is there in another form than written here, or no section of a tool."""
    text = URLS.sub("", text)
    if "\n[tool." not in text:
        raise LessonError("pyproject.toml has no section [tool. ...], above which the address belongs.")
    if "urls" in _described(text):
        raise LessonError("pyproject.toml has [project.urls] with more than Repository in it; change it by hand.")
    return text.replace("\n[tool.", f'\n[project.urls]\nRepository = "{GITHUB}{name}"\n\n[tool.', 1) if name else text


def _citation(text: str, name: str | None) -> str:
    """Raises LessonError when the line is missing below which the address belongs."""
    above = "type: software\n"
    if above not in text:
        raise LessonError(f"CITATION.cff has no line {above.strip()!r}, below which the address belongs.")
    line = f'repository-code: "{GITHUB}{name}"\n' if name else ""
    return CODE.sub("", text).replace(above, above + line, 1)


def _lesson(file: str, text: str, name: str | None) -> str:
    """Raises LessonError when the lesson does not begin with a title or has no bootstrap cell."""
    try:
        notebook = nbformat.reads(text, as_version=4)
    except Exception as error:  # nbformat has many
        raise LessonError(f"{file} is no notebook ({type(error).__name__}).") from None
    cells = [cell for cell in notebook.cells if BOOTSTRAP in cell.metadata.get("tags", [])]
    if len(cells) != 1 or not notebook.cells[0].source.startswith("# "):
        raise LessonError(f"{file} must begin with a title and have one cell with the tag {BOOTSTRAP}.")
    cells[0].source = bootstrap(name)
    title, line, rest = LINK.sub(r"\1", notebook.cells[0].source).partition("\n")
    link = f"\n\n[Open in Colab]({colab(name, file)})" if name else ""
    notebook.cells[0].source = title + link + line + rest
    return as_text(notebook)


def _block(kind: str, name: str | None) -> str:
    """What stands between two marks of the README."""
    if name is None:
        return ""
    if kind == "open":
        return f"\nNothing to install: [Open in Colab]({colab(name, FIRST)}) · [Open in Binder]({binder(name)})\n\n"
    folder = name.partition("/")[2]
    return f"\n```bash\ngit clone --depth 1 -b {TAG} {GITHUB}{name} && cd {folder}\n```\n\n"
