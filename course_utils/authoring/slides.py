"""Lessons as slides to show in class, by reveal.js: opened from a file, without a kernel and without a network."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

import nbformat
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import Python3Lexer

from course_utils.authoring.arguments import (
    require_elsewhere,
    require_folder,
    require_lessons,
    require_own_index,
)
from course_utils.authoring.lessons import NOTEBOOKS, LessonError, write_all
from course_utils.authoring.mathematics import mathml
from course_utils.authoring.rendering import (
    COURSE,
    Exporter,
    code_style,
    prose,
    run_with_views,
    title_of,
    widget_scripts,
    with_views,
)
from course_utils.authoring.reveal_package import PACKAGE, reveal_files
from course_utils.authoring.slide_rules import Block, Slide, slides

STYLE, SCRIPT = Path(__file__).with_suffix(".css"), Path(__file__).with_suffix(".js")
INDEX = "index.html"
INDEX_TITLE = f"Slides | {COURSE}"
SHARPER = (  # runs before the lesson, in its kernel: a projector shows figures larger than a notebook does
    "from course_utils.plotting import figures\nfigures.DOTS_PER_INCH = 200"
)
IN_NOTES = "white-space: pre-wrap; font-size: 15px"  # the speaker's window has no styles of ours
POLICY = (  # what the browser may load: what stands in the page and beside it, and nothing from anywhere else
    "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline' 'self' file:; "
    "script-src 'unsafe-inline' 'self' file:; frame-src 'self' file:; base-uri 'none'; form-action 'none'"
)
HEAD = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="color-scheme" content="light">
<link rel="icon" href="data:,">
<title>$title</title>
""")
PAGE = Template("""$head<link rel="stylesheet" href="$reveal/dist/reveal.css">
<style>
$style
</style>
</head>
<body data-jp-theme-light="true">
<div class="reveal"><div class="slides"></div></div>
<main id="unpaged">
$columns
</main>
$widgets
<script src="$reveal/dist/reveal.js"></script>
<script src="$reveal/dist/plugin/notes.js"></script>
<script>
$script
</script>
</body>
</html>
""")
LIST = Template("""$head<style>
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 1.2rem/1.6 system-ui, "DejaVu Sans", sans-serif; }
a { color: #005a91; }
</style>
</head>
<body>
<main>
<h1>$course: slides</h1>
<ul>
$items
</ul>
<p>In the slides: <b>Space</b>, the arrow keys or a clicker go on and back; <b>O</b> shows all slides, <b>S</b> what
only the speaker sees, <b>F</b> fills the screen, <b>?</b> names all keys. <b>Tab</b> leads into a picture that moves,
where the arrow keys are its own; <b>Escape</b> leads out.</p>
</main>
</body>
</html>
""")


def write_slides(
    notebooks: Sequence[Path], folder: Path, *, unpacked: Path | None = None, everything: bool = False
) -> list[Path]:
    """Run the lessons and write the slides of each into the folder, with an index, and reveal.js beside them.

    Nothing is written unless every lesson runs. ``unpacked`` is a folder with reveal.js, ``everything`` keeps what is
    marked *for home*. Returns the slides' files, in the order of the lessons.

    Raises LessonError as ``lessons.run`` and ``reveal_files`` do, when a formula or a picture cannot be shown, for a
    file that is no notebook, two decks of one name, a folder that is none, holds the lessons or has another index.
    Raises ImportError when the package for formulas is missing.
    """
    mathml("x")  # before minutes of running
    require_lessons(notebooks)
    asked = list({path.resolve(): path for path in notebooks}.values())
    require_folder(folder, [_deck_file(folder, path).name for path in asked])
    require_elsewhere(folder, asked)
    require_own_index(folder / INDEX, INDEX_TITLE, "slides")
    beside = reveal_files(folder, unpacked)
    known = {path.name: path for path in NOTEBOOKS.glob("*.ipynb")} | {path.name: path for path in asked}
    names = {path.name for path in asked}
    linked = [path for name, path in sorted(known.items()) if name in names or _deck_file(folder, path).exists()]
    links = {path.name: _deck_file(Path(), path).name for path in linked}
    decks = {_deck_file(folder, path): deck(path, links, everything) for path in asked}
    write_all(beside | decks | {folder / INDEX: _index(linked)})
    return list(decks)


def deck(path: Path, links: Mapping[str, str], everything: bool = False) -> str:
    """One lesson, run anew, as a page of slides; ``links`` has the slides' file of every notebook that has one.

    Raises as ``write_slides`` does.
    """
    return deck_of(*run_with_views(path, SHARPER), path, links, everything)


def deck_of(
    notebook: nbformat.NotebookNode,
    views: Mapping[str, str],
    path: Path,
    links: Mapping[str, str],
    everything: bool = False,
) -> str:
    """A lesson that was run as ``run_with_views`` runs it, as a page of slides. Raises as ``write_slides`` does."""
    write = _Writer(path, links, views)
    columns: list[str] = []
    try:
        for slide in slides(notebook.cells, everything):
            if slide.opens or not columns:
                columns.append("")
            columns[-1] += write.slide(slide, first=len(columns) == 1)
    except ValueError as error:
        raise LessonError(f"{path.name}: {error}") from None
    title = f"{title_of(notebook, path)} | {COURSE}"
    return PAGE.substitute(
        head=HEAD.substitute(policy=POLICY, title=title),
        reveal=PACKAGE,
        style=f"{code_style('default')}\n{STYLE.read_text(encoding='utf-8')}",
        columns="\n".join(f'<section class="column">\n{column}</section>' for column in columns),
        widgets=widget_scripts() if views else "",
        script=SCRIPT.read_text(encoding="utf-8"),
    )


class _Writer:
    """Slides as HTML."""

    def __init__(self, path: Path, links: Mapping[str, str], views: Mapping[str, str]) -> None:
        self._folder, self._links, self._views = str(path.parent), links, views
        self._exporter = Exporter(links)
        self._exporter.exclude_input = self._exporter.exclude_output_prompt = True

    def slide(self, slide: Slide, first: bool) -> str:
        level = 1 if first else 2
        title = self._inline(slide.title)
        head = f"<h{level}>{title}</h{level}>" if slide.opens else f'<p class="running">{title}</p>'
        blocks = "\n".join(self._block(block) for block in slide.blocks)
        notes = "".join(self._markdown_or_code(block, IN_NOTES) for block in slide.notes)
        aside = f'<aside class="notes">{notes}</aside>' if notes else ""
        body = f'<div class="body">\n{blocks}\n</div>'
        return f'<section><div class="slide"><header>{head}</header>\n{body}</div>{aside}</section>\n'

    def _block(self, block: Block) -> str:
        if block.output is not None:
            shown = self._output(block.output)
        elif block.kind == "heading":
            shown = f"<h3>{self._inline(block.source)}</h3>"
        else:
            shown = self._markdown_or_code(block)
        return f'<div class="block {block.kind}">{shown}</div>'

    def _markdown_or_code(self, block: Block, styles: str = "") -> str:
        if block.kind == "code":
            return highlight(block.source, Python3Lexer(), HtmlFormatter(cssclass="highlight", prestyles=styles))
        return prose(block.source, self._folder, self._links)

    def _inline(self, source: str) -> str:
        """Of a heading: as one, since a number with a dot would begin a list."""
        return re.sub(r"</?h6[^>]*>", "", prose(f"###### {source}", self._folder, self._links)).strip()

    def _output(self, output: nbformat.NotebookNode) -> str:
        """One output. Numbers that are folded below a picture stay in the notebook."""
        cell = nbformat.v4.new_code_cell(outputs=[output], id="output")
        body, _ = self._exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
        return with_views(re.sub(r"<details>.*?</details>", "", body, flags=re.S), self._views)


def _deck_file(folder: Path, notebook: Path) -> Path:
    return folder / f"{notebook.stem}.slides.html"


def _index(linked: Sequence[Path]) -> str:
    titles = {path: title_of(nbformat.read(path, as_version=4), path) for path in linked}
    items = "\n".join(
        f'<li><a href="{html.escape(_deck_file(Path(), path).name)}">{title}</a></li>' for path, title in titles.items()
    )
    head = HEAD.substitute(policy=POLICY, title=INDEX_TITLE)
    return LIST.substitute(head=head, course=COURSE, items=items)
