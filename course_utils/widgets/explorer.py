"""The shell around every kernel-driven widget: controls above, picture and words below.

Written for ipywidgets 7.7 and 8 alike. What is drawn comes from a pure function, which knows
nothing of widgets.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

import ipywidgets

from course_utils.widgets import frames, shown
from course_utils.widgets.accessibility import COURSE_WIDGET, make_accessible

# JupyterLab marks every view whose kernel was restarted (ipywidgets 7 and 8 by the same class): then this shows.
KERNEL_GONE = (
    "<style>.kernel-gone {display: none} .jupyter-widgets-disconnected .kernel-gone {display: block}</style>"
    '<p class="kernel-gone" role="alert" style="margin:4px 0"><strong>The kernel was restarted</strong>: '
    "the picture stays as it was. Run this cell again to move it.</p>"
)

Draw = Callable[..., tuple[str, str]]  # state by name -> (SVG, after it perhaps other HTML; the same in words)


class Explorer:
    """Redraw a picture whenever one of the controls changes.

    ``draw(**state)`` takes the value of every control by its name and returns ``(svg, words)``;
    the words say what the picture shows now, for those who do not see it, and must be plain text.
    ``set(name=value)`` moves controls from code, as a hand would.
    """

    def __init__(self, name: str, draw: Draw, controls: Mapping[str, ipywidgets.Widget]) -> None:
        self.name, self.words = name, ""
        self._problem: Exception | None = None
        self._draw, self._controls = draw, dict(controls)
        self._picture, self._caption = ipywidgets.HTML(), ipywidgets.HTML()
        for control in self._controls.values():
            control.style.description_width = "initial"
            control.layout.width = "min(100%, 560px)"
            control.observe(self._on_change, names="value")
        gone = ipywidgets.HTML(KERNEL_GONE)
        self._box = ipywidgets.VBox([*self._controls.values(), self._picture, self._caption, gone])
        self._box.add_class(COURSE_WIDGET)
        make_accessible()
        self._redraw()

    @property
    def state(self) -> dict[str, object]:
        """The value of every control, by name."""
        return {name: control.value for name, control in self._controls.items()}

    def set(self, **values: object) -> str:
        """Move the named controls, redraw, and return what the picture now shows, in words.

        Raises ValueError when there is no control of that name or it does not take the value.
        """
        unknown = set(values) - set(self._controls)
        if unknown:
            raise ValueError(f"{self.name}: there is no control {sorted(unknown)}; there are {list(self._controls)}.")
        for name, value in values.items():
            try:
                self._controls[name].value = value
            except Exception as error:  # traitlets names neither the control nor the value
                raise ValueError(f"{self.name}: {name} cannot be {value!r} ({error}).") from None
            if self._controls[name].value != value:
                raise ValueError(
                    f"{self.name}: {name} cannot be {value!r}; it stopped at {self._controls[name].value!r}."
                )
        self._redraw()
        return self.words

    def _redraw(self) -> None:
        svg, self.words = self._draw(**self.state)
        self._picture.value = svg
        self._caption.value = f'<p role="status" style="margin:4px 0">{html.escape(self.words)}</p>'

    def _on_change(self, _change: object) -> None:
        self._problem = None
        try:
            self._redraw()
        except Exception as error:  # a callback's exception would vanish: show it where the reader looks
            self._problem = error
            self._caption.value = f'<p role="alert">This state cannot be drawn: {html.escape(str(error))}</p>'

    def page(self) -> str:
        """This widget as HTML that moves without a kernel, as far as ``frames.fragment`` can; nothing changes here."""
        return frames.fragment(self.name, self._draw, self._controls)

    def _repr_mimebundle_(self, **_options: object) -> dict[str, object]:
        shown.remember(self._box.model_id, self)
        controls = ", ".join(control.description or name for name, control in self._controls.items())
        return {
            "text/plain": f"[{self.name}. Run this cell to move it. Controls: {controls}. It shows: {self.words}]",
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self._box.model_id,
            },
        }
