"""Something to move in the lesson on the Transformer: a text, token by token, and what each new token looked at."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import ipywidgets

from course_utils.generation import Writing
from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.widgets.explorer import Explorer

WIDTH, LINE, BOX, GAP = 620, 34, 24, 4  # of the text: its width, from line to line, a box's height, between boxes
LETTER, MARGIN = 7.6, 12  # width of a letter and of what surrounds a word
SHOWN = 6  # tokens whose probability is drawn
WORTH_NAMING = 0.1  # a second key is named in words from this weight on

Write = Callable[[str, float, int, int], Writing]  # prompt, temperature, top_k, seed
Judge = Callable[[Sequence[str]], str]


def writing_picture(
    prompt: str,
    temperature: float,
    top_k: int,
    seed: int,
    token: int,
    head: tuple[int, int],
    write: Write,
    judge: Judge,
) -> tuple[str, str]:
    """The text up to the ``token``-th new one, what was looked at for it, and what else was likely: ``(svg, words)``.

    ``head`` is layer and head, from 0. A token past the last shows the last. ``judge`` says in words what the finished
    text, without ``<start>``, is worth. For a prompt that ``write`` refuses with a ValueError, the words say why.
    """
    try:
        done = write(prompt, temperature, top_k, seed)
    except ValueError as error:
        return svg.document(WIDTH, 30, "No text", [svg.text(0, 20, "Not understood, see below.")]), str(error)
    place = min(done.given - 1 + token, len(done.tokens) - 1)
    row = done.weights[head[0], head[1], place - 1].tolist()
    return _picture(done, place, row), _words(done, place, row, head, judge)


def writing_explorer(write: Write, judge: Judge, layers: int, heads: int, prompt: str = "Anna met Tom") -> Explorer:
    """A box for the beginning, a slider for the new token, a choice of layer and head; temperature, top-k and seed."""
    write = functools.lru_cache(maxsize=64)(write)
    choices = tuple((f"layer {i + 1}, head {j + 1}", (i, j)) for i in range(layers) for j in range(heads))
    controls = {
        "prompt": ipywidgets.Text(value=prompt, description="beginning", continuous_update=False),
        "token": ipywidgets.IntSlider(value=1, min=1, max=1, description="new token"),
        "head": ipywidgets.Dropdown(options=choices, value=choices[-1][1], description="looking"),
        "temperature": ipywidgets.FloatSlider(value=1.0, min=0.0, max=3.0, step=0.25, description="temperature"),
        "top_k": ipywidgets.SelectionSlider(
            options=(("1", 1), ("2", 2), ("5", 5), ("10", 10), ("all", 10**6)), value=10**6, description="top-k"
        ),
        "seed": ipywidgets.IntSlider(value=0, min=0, max=20, description="seed"),
    }

    def fit_slider(_change: object = None) -> None:
        asked = [controls[name].value for name in ("prompt", "temperature", "top_k", "seed")]
        try:
            done = write(*asked)
        except ValueError:
            return  # the picture says what is wrong
        controls["token"].max = max(1, len(done.tokens) - done.given)

    for name in ("prompt", "temperature", "top_k", "seed"):
        controls[name].observe(fit_slider, names="value")  # before the picture is drawn, so that it finds the slider
    fit_slider()
    draw = functools.partial(writing_picture, write=write, judge=judge)
    return Explorer("What each new token looked at", draw, controls)


def _words(done: Writing, place: int, row: Sequence[float], head: tuple[int, int], judge: Judge) -> str:
    """What the picture shows, for those who do not see it."""
    ranked = sorted(range(len(row)), key=row.__getitem__, reverse=True)
    named = [key for key in ranked if key == ranked[0] or row[key] >= WORTH_NAMING][:3]
    looks = ", ".join(f"{row[key]:.2f} at {done.tokens[key]} ({key})" for key in named if key < place)
    chance = float(done.probabilities[place - 1, done.vocabulary.index(done.tokens[place])])
    said = (
        f'New token {place - done.given + 1} of {len(done.tokens) - done.given}: "{done.tokens[place]}", '
        f"probability {chance:.2f}. Before it layer {head[0] + 1}, head {head[1] + 1} looked {looks}. "
        f"So far: {' '.join(done.tokens[1 : place + 1])}"
    )
    return said if place < len(done.tokens) - 1 else f"{said} {judge(done.tokens[1:])}"


def _picture(done: Writing, place: int, row: Sequence[float]) -> str:
    elements, x, y = (
        [svg.text(0, 14, "The fuller a box, the more it was looked at", size=12, bold=True)],
        0.0,
        24,
    )
    for position, word in enumerate(done.tokens[: place + 1]):
        width = LETTER * len(word) + MARGIN
        if x + width > WIDTH:
            x, y = 0.0, y + LINE
        colour, opacity = (COLOURS[1], 0.35) if position == place else (COLOURS[0], row[position])
        elements.append(svg.rectangle(x, y, width, BOX, fill=colour, opacity=opacity))
        new = position >= done.given
        elements.append(svg.text(x + width / 2, y + 17, word, anchor="middle", size=12, bold=new))
        x += width + GAP
    y += LINE + 18
    elements.append(svg.text(0, y, f'What "{done.tokens[place]}" was drawn from', size=12, bold=True))
    probabilities = done.probabilities[place - 1]
    for index in probabilities.argsort(descending=True)[:SHOWN].tolist():
        y += 22
        chance, word = float(probabilities[index]), done.vocabulary[index]
        drawn = word == done.tokens[place]
        elements.append(svg.text(82, y, word, anchor="end", size=12, bold=drawn))
        elements.append(svg.rectangle(90, y - 13, 400 * chance, 16, fill=COLOURS[1 if drawn else 0], opacity=0.85))
        elements.append(svg.text(96 + 400 * chance, y, f"{chance:.2f}", size=12))
    return svg.document(WIDTH, y + 12, "A text and what its newest token looked at", elements)
