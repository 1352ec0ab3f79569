"""Lessons as single pages of HTML that need neither kernel nor network: what a fresh run gave, widgets that move."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

import nbformat

from course_utils.authoring.arguments import require_folder, require_lessons, require_own_index
from course_utils.authoring.lessons import NOTEBOOKS, LessonError, write_all
from course_utils.authoring.mathematics import mathml
from course_utils.authoring.rendering import (
    COURSE,
    Exporter,
    code_style,
    run_with_views,
    title_of,
    widget_scripts,
    with_views,
)

STYLE = Path(__file__).with_suffix(".css")
POLICY = (  # what the browser may load: what stands in the page itself, and nothing else from anywhere
    "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>$title</title>
<style>
$style
</style>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
$top
<main id="main" tabindex="-1">
$main
</main>
$scripts
</body>
</html>
""")
INDEX = "index.html"


def export(notebooks: Sequence[Path], folder: Path) -> list[Path]:
    """Run the lessons and write a page for each into the folder, with an index of all that are there.

    Nothing is written unless every lesson runs. Returns the pages' files, in the order of the lessons.

    Raises LessonError as ``lessons.run`` does, when a formula or a picture cannot be shown, and for a file that is no
    notebook, two pages of one name, a folder that is none or has the index of another site. Raises ImportError when
    the package for formulas is missing.
    """
    mathml("x")  # before minutes of running
    require_lessons(notebooks)
    require_folder(folder, [INDEX, *(_page(folder, path).name for path in {path.resolve() for path in notebooks})])
    require_own_index(folder / INDEX, COURSE, "lessons")
    asked = {path.name: path for path in notebooks}
    known = {path.name: path for path in NOTEBOOKS.glob("*.ipynb")} | asked
    linked = [path for name, path in sorted(known.items()) if name in asked or _page(folder, path).exists()]
    pages = {_page(folder, path): lesson_page(path, linked) for path in notebooks}
    write_all(pages | {folder / INDEX: _index(linked)})
    return list(pages)


def lesson_page(path: Path, linked: Sequence[Path] = ()) -> str:
    """One lesson, run anew, as a page. ``linked`` are the lessons that have a page beside it; they are linked to.

    Raises as ``export`` does.
    """
    notebook, views = run_with_views(path)
    try:
        body, _ = Exporter({path.name: _page(Path(), path).name for path in linked}).from_notebook_node(
            notebook, resources={"metadata": {"path": str(path.parent)}}
        )
    except ValueError as error:
        raise LessonError(f"{path.name}: {error}") from None
    scripts = widget_scripts() if views else ""
    body = with_views(body, views)
    return _filled(f"{title_of(notebook, path)} | {COURSE}", _navigation(path, linked), body, scripts)


def _page(folder: Path, notebook: Path) -> Path:
    return folder / f"{notebook.stem}.html"


def _navigation(path: Path, linked: Sequence[Path]) -> str:
    """To the index, the lesson before and the lesson after, as far as they have a page; and what this page is."""
    names = [each.name for each in linked]
    here = names.index(path.name) if path.name in names else None
    links = [(INDEX, "All lessons")] if here is not None else []
    if here:
        links.append((_page(Path(), linked[here - 1]).name, "Lesson before"))
    if here is not None and here + 1 < len(linked):
        links.append((_page(Path(), linked[here + 1]).name, "Next lesson"))
    items = "".join(f'<a href="{html.escape(name)}">{words}</a> ' for name, words in links)
    return (
        f'<header><nav aria-label="Lessons">{items}</nav><p>A page to read: the pictures with controls move here, the '
        f"code does not run. To run it, open <code>{html.escape(path.name)}</code> in JupyterLab.</p></header>"
    )


def _index(linked: Sequence[Path]) -> str:
    titles = {path: title_of(nbformat.read(path, as_version=4), path) for path in linked}
    items = "\n".join(
        f'<li><a href="{html.escape(_page(Path(), path).name)}">{title}</a></li>' for path, title in titles.items()
    )
    return _filled(COURSE, "", f'<h1>{COURSE}</h1>\n<p>The lessons:</p>\n<ul class="lessons">\n{items}\n</ul>', "")


def _filled(title: str, top: str, main: str, scripts: str) -> str:
    dark, light = code_style("github-dark"), code_style("default")
    style = "\n".join(
        (STYLE.read_text(encoding="utf-8"), light, f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}")
    )
    return PAGE.substitute(policy=POLICY, title=title, style=style, top=top, main=main, scripts=scripts)
