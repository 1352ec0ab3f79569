"""What a fresh run of a lesson gave, as HTML that needs neither kernel nor network: for pages and for slides."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

from course_utils.authoring.lessons import BOOTSTRAP, WIDGET_VIEW, run, tidy
from course_utils.authoring.mathematics import mathml
from course_utils.widgets import frames
from course_utils.widgets.attention_explorer.page import page_script

COURSE = "Attention, measured"
STATE = "application/vnd.jupyter.widget-state+json"
ASK = (  # runs after the lesson, in its kernel
    "from IPython.display import display\n"
    "from course_utils.widgets import shown\n"
    'display({"application/json": shown.fragments()}, raw=True)'
)


def run_with_views(path: Path, before: str = "") -> tuple[nbformat.NotebookNode, dict[str, str]]:
    """The lesson, run anew and tidy, with a mark in place of every widget; and what each mark stands for.

    ``before`` is code that the kernel runs first. Neither it nor the bootstrap cell is in the notebook.

    Raises LessonError as ``lessons.run`` does.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if BOOTSTRAP not in cell.metadata.get("tags", [])]
    first, last = nbformat.v4.new_code_cell(before), nbformat.v4.new_code_cell(ASK)
    notebook.cells = [*([first] if before else []), *notebook.cells, last]
    run(notebook, path, keep_widgets=True)
    fragments = notebook.cells.pop().outputs[0].data["application/json"]
    if before:
        notebook.cells.pop(0)
    views = _take_views(notebook, fragments)
    tidy(notebook)
    return notebook, views


def with_views(body: str, views: Mapping[str, str]) -> str:
    """HTML with every mark replaced by what it stands for."""
    for mark, view in views.items():
        body = body.replace(mark, f'<div class="widget">{view}</div>')
    return body


def widget_scripts() -> str:
    """Styles and scripts that start the widgets of a page; once on each page that has any."""
    return f"{frames.page_script()}\n{page_script()}"


def title_of(notebook: nbformat.NotebookNode, path: Path) -> str:
    """The first heading, as plain text that HTML can hold; the file's name where there is none."""
    headings = re.findall(r"^# (.+)$", "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown"), re.M)
    return html.escape(re.sub(r"[*`$]", "", headings[0]) if headings else path.stem)


def code_style(name: str) -> str:
    """The colours of code, by the name of a style of Pygments."""
    return HtmlFormatter(style=name, cssclass="highlight", nobackground=True).get_style_defs(".highlight")


class Exporter(HTMLExporter):
    """nbconvert's plainest HTML, formulas as MathML, pictures in the page, links only to where something is."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        super().__init__(template_name="basic", embed_images=True)
        self._pages = pages

    @pass_context
    def markdown2html(self, context, source):
        folder = context.get("resources", {}).get("metadata", {}).get("path", "")
        return prose(source, folder, self._pages)


def prose(source: str, folder: str, pages: Mapping[str, str]) -> str:
    """Markdown as HTML; pictures are looked for in ``folder``, ``pages`` as in ``Renderer``.

    Raises ValueError for a formula that does not convert and a picture that is not there.
    """
    renderer = Renderer(escape=False, embed_images=True, path=folder, exclude_anchor_links=True)
    renderer.pages = pages
    return MarkdownWithMath(renderer=renderer).render(source)


class Renderer(IPythonRenderer):
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
