"""Lessons as single pages of HTML that need neither kernel nor network: what a fresh run gave, widgets that move."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

import nbformat
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from course_utils.authoring.arguments import require_folder, require_lessons
from course_utils.authoring.lessons import NOTEBOOKS, WIDGET_VIEW, LessonError, run, tidy, write_all
from course_utils.authoring.mathematics import mathml
from course_utils.widgets import frames
from course_utils.widgets.attention_explorer.page import page_script

COURSE = "Attention, measured"
STYLE = Path(__file__).with_suffix(".css")
STATE = "application/vnd.jupyter.widget-state+json"
ASK = (  # runs after the lesson, in its kernel
    "from IPython.display import display\n"
    "from course_utils.widgets import shown\n"
    'display({"application/json": shown.fragments()}, raw=True)'
)
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
    _require_own_index(folder / INDEX)
    asked = {path.name: path for path in notebooks}
    known = {path.name: path for path in NOTEBOOKS.glob("*.ipynb")} | asked
    linked = [path for name, path in sorted(known.items()) if name in asked or _page(folder, path).exists()]
    pages = {_page(folder, path): lesson_page(path, linked) for path in notebooks}
    write_all(pages | {folder / INDEX: _index(linked)})
    return list(pages)


def _require_own_index(index: Path) -> None:
    if index.exists() and f"<title>{COURSE}</title>" not in index.read_text(encoding="utf-8", errors="replace"):
        raise LessonError(f"{index} is not an index of these lessons; name another folder.")


def lesson_page(path: Path, linked: Sequence[Path] = ()) -> str:
    """One lesson, run anew, as a page. ``linked`` are the lessons that have a page beside it; they are linked to.

    Raises as ``export`` does.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(ASK))
    run(notebook, path, keep_widgets=True)
    fragments = notebook.cells.pop().outputs[0].data["application/json"]
    views = _take_views(notebook, fragments)
    tidy(notebook)
    try:
        body, _ = _Exporter({path.name: _page(Path(), path).name for path in linked}).from_notebook_node(
            notebook, resources={"metadata": {"path": str(path.parent)}}
        )
    except ValueError as error:
        raise LessonError(f"{path.name}: {error}") from None
    for place, view in views.items():
        body = body.replace(place, f'<div class="widget">{view}</div>')
    scripts = f"{frames.page_script()}\n{page_script()}" if fragments else ""
    return _filled(f"{_title(notebook, path)} | {COURSE}", _navigation(path, linked), body, scripts)


class _Exporter(HTMLExporter):
    """nbconvert's plainest HTML, formulas as MathML, pictures in the page, links only to where something is."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        super().__init__(template_name="basic", embed_images=True)
        self._pages = pages

    @pass_context
    def markdown2html(self, context, source):
        folder = context.get("resources", {}).get("metadata", {}).get("path", "")
        renderer = _Renderer(escape=False, embed_images=True, path=folder, exclude_anchor_links=True)
        renderer.pages = self._pages
        return MarkdownWithMath(renderer=renderer).render(source)


class _Renderer(IPythonRenderer):
    """Markdown to HTML; ``pages`` has the page of every lesson that may be linked to, by its notebook's name."""

    pages: Mapping[str, str]

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return mathml(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link to a lesson leads to its page; one to another file of the course, which is not here, is text."""
        if re.match(r"[a-z]+:|#", url):
            return super().link(text, url, title)
        name, mark, place = url.partition("#")
        return super().link(text, self.pages[name] + mark + place, title) if name in self.pages else text

    def _html_embed_images(self, html: str) -> str:
        """Leaves HTML without a picture alone: read by itself, an opening <details> would be closed at once."""
        return super()._html_embed_images(html) if "<img" in html else html

    def image(self, text: str, url: str, title: str | None = None) -> str:
        picture = super().image(text, url, title)
        if 'src="data:' not in picture:
            raise ValueError(f"the picture {url} is not in the folder of the lesson.")
        return picture


def _take_views(notebook: nbformat.NotebookNode, fragments: Mapping[str, str]) -> dict[str, str]:
    """Put a mark in place of every widget; returns what each mark stands for.

    A widget without a page of its own is shown by its last HTML if it is nothing else, or by its text.
    """
    models = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    views: dict[str, str] = {}
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        view = output.get("data", {}).pop(WIDGET_VIEW, None)
        if view is None:
            continue
        model = models.get(view["model_id"], {})
        last = model["state"].get("value", "") if model.get("model_name") == "HTMLModel" else ""
        shown = fragments.get(view["model_id"], last)
        if shown:
            mark = f"<div>widget {len(views)} of this lesson</div>"
            views[mark] = shown
            output["data"] = nbformat.from_dict({"text/html": mark})
    return views


def _page(folder: Path, notebook: Path) -> Path:
    return folder / f"{notebook.stem}.html"


def _title(notebook: nbformat.NotebookNode, path: Path) -> str:
    """The first heading, as plain text."""
    headings = re.findall(r"^# (.+)$", "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown"), re.M)
    return html.escape(re.sub(r"[*`$]", "", headings[0]) if headings else path.stem)


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
    titles = {path: _title(nbformat.read(path, as_version=4), path) for path in linked}
    items = "\n".join(
        f'<li><a href="{html.escape(_page(Path(), path).name)}">{title}</a></li>' for path, title in titles.items()
    )
    return _filled(COURSE, "", f'<h1>{COURSE}</h1>\n<p>The lessons:</p>\n<ul class="lessons">\n{items}\n</ul>', "")


def _filled(title: str, top: str, main: str, scripts: str) -> str:
    dark = HtmlFormatter(style="github-dark", cssclass="highlight", nobackground=True).get_style_defs(".highlight")
    light = HtmlFormatter(style="default", cssclass="highlight", nobackground=True).get_style_defs(".highlight")
    style = "\n".join(
        (STYLE.read_text(encoding="utf-8"), light, f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}")
    )
    return PAGE.substitute(policy=POLICY, title=title, style=style, top=top, main=main, scripts=scripts)
