"""Something to watch while a model trains: the loss as it falls, and the floor below it if there is one."""

from __future__ import annotations

import ipywidgets
from IPython.display import display

from course_utils.plotting import svg

EVERY = 20  # steps between two redrawings


def progress_picture(losses: list[tuple[int, float]], steps: int, floor: float) -> tuple[str, str]:
    """The losses so far, (step, loss) each, above the least loss that can be: ``(svg, words)``."""
    at, loss = losses[-1]
    words = f"Step {at} of {steps}: loss {loss:.3f}, {loss - floor:.3f} above the floor."
    picture = svg.curves(
        "Loss against steps",
        {"loss": losses, "floor": [(0, floor), (steps, floor)]},
        x_label="steps",
        y_label="nats a token",
        x_limits=(0, steps),
        y_limits=(0, 4),
        height=240,
    )
    return picture, words


class TrainingProgress:
    """Shows itself when it is made; hand it to ``training.fit`` as ``on_step``.

    ``steps`` is how many there will be, ``floor`` the least loss that any model can reach. Every drawn loss is the
    mean of the ``EVERY`` steps before it. A stored page keeps one line of text and no number of this run.

    Raises ValueError when ``steps`` is below 1.
    """

    def __init__(self, steps: int, floor: float) -> None:
        if steps < 1:
            raise ValueError(f"TrainingProgress: steps is {steps}, expected at least 1.")
        self.steps, self.floor, self.words = steps, floor, "Not begun."
        self._recent: list[float] = []
        self._losses: list[tuple[int, float]] = []
        self._picture = ipywidgets.HTML()
        display(self)

    def __call__(self, step: int, loss: float) -> None:
        """Take note of the loss of this step, counted from 1, and redraw now and then."""
        self._recent.append(loss)
        if step % EVERY == 0 or step == self.steps:
            self._losses.append((step, sum(self._recent) / len(self._recent)))
            self._recent.clear()
            picture, self.words = progress_picture(self._losses, self.steps, self.floor)
            self._picture.value = f'{picture}<p style="margin:4px 0">{self.words}</p>'

    def __repr__(self) -> str:
        return f"[The loss over {self.steps} steps, drawn while the model trains.]"

    def _repr_mimebundle_(self, **_options: object) -> dict[str, object]:
        return {
            "text/plain": repr(self),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self._picture.model_id,
            },
        }
