"""Something to move in the lesson on cross-attention: a translation, word by word, and where each word looks."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable

import ipywidgets

from course_utils.models.translation import Translation
from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.widgets.explorer import Explorer

COLUMN, BOX = 78, 26  # width of a column and height of a word's box
WORDS_AT, PIECES_AT, LONGEST_BAR = 22, 108, 60  # from the top: English words, German pieces; a bar of weight 1
WORTH_NAMING = 0.05  # a second key is named in words from this weight on

Translate = Callable[[str], Translation]


def decoding_picture(number: str, step: int, translate: Translate) -> tuple[str, str]:
    """The English words up to ``step``, counted from 1, above the German pieces and the weights: ``(svg, words)``.

    A step past the last word shows the last. For text that ``translate`` refuses with a ValueError, the words
    say why. Raises ValueError when the translation has no weights.
    """
    try:
        done = translate(number)
    except ValueError as error:
        return svg.document(560, 30, "No translation", [svg.text(0, 20, "Not understood, see below.")]), str(error)
    if done.weights is None:
        raise ValueError("decoding_picture: this translator has no attention weights; expected one with attention.")
    if not done.english:
        return _picture(done, 0), "The translation ends before its first word."
    step = min(step, len(done.english))
    return _picture(done, step), _words(done, step)


def decoding_explorer(translate: Translate, number: str = "siebenundneunzig") -> Explorer:
    """A box for a German number word and a slider for the English word that is being written."""
    translate = functools.lru_cache(maxsize=64)(translate)
    text = ipywidgets.Text(value=number, description="German number word", continuous_update=False)
    step = ipywidgets.IntSlider(value=1, min=1, max=1, description="English word")

    def fit_slider(_change: object = None) -> None:
        with contextlib.suppress(ValueError):  # the picture says what is wrong
            step.max = max(1, len(translate(text.value).english))

    text.observe(fit_slider, names="value")  # before the picture is drawn, so that it finds the slider in place
    fit_slider()
    draw = functools.partial(decoding_picture, translate=translate)
    return Explorer("Where each word looks", draw, {"number": text, "step": step})


def _words(done: Translation, step: int) -> str:
    """What the picture shows, for those who do not see it."""
    row = done.weights[step - 1].tolist()
    ranked = sorted(range(len(row)), key=row.__getitem__, reverse=True)
    named = [key for key in ranked if key == ranked[0] or row[key] >= WORTH_NAMING]
    looks = ", ".join(f"{row[key]:.2f} at {done.german[key]} (piece {key + 1})" for key in named)
    return (
        f'Word {step} of {len(done.english)}: "{done.english[step - 1]}" looks {looks}. '
        f"So far: {' '.join(done.english[:step])}."
    )


def _picture(done: Translation, step: int) -> str:
    elements = [svg.text(0, 14, "English so far", size=12, bold=True)]
    for column, word in enumerate(done.english[:step]):
        elements += _box(column, WORDS_AT, word, COLOURS[1], 0.35 if column == step - 1 else 0.08)
    for column, row in enumerate(done.weights[:step].tolist()):
        elements += [_ray(column, key, weight, column == step - 1) for key, weight in enumerate(row)]
    now = done.weights[step - 1].tolist() if step else [0.0] * len(done.german)
    for column, (piece, weight) in enumerate(zip(done.german, now)):
        elements += _box(column, PIECES_AT, piece, COLOURS[0], 0.12)
        top, height = PIECES_AT + BOX + 4, LONGEST_BAR * weight
        elements.append(svg.rectangle(column * COLUMN + 15, top, COLUMN - 34, height, fill=COLOURS[0], opacity=0.85))
        elements.append(_centred(column, top + height + 15, f"{weight:.2f}"))
    bottom = PIECES_AT + BOX + LONGEST_BAR + 38
    elements.append(svg.text(0, bottom, "German, and the weight on each piece", size=12, bold=True))
    width = COLUMN * max(len(done.german), len(done.english), 4)
    return svg.document(width, bottom + 6, "A translation and where its words look", elements)


def _box(column: int, y: float, word: str, fill: str, opacity: float) -> list[str]:
    box = svg.rectangle(column * COLUMN + 1, y, COLUMN - 6, BOX, fill=fill, opacity=opacity)
    return [box, _centred(column, y + 18, word)]


def _centred(column: int, y: float, content: str) -> str:
    return svg.text(column * COLUMN + 1 + (COLUMN - 6) / 2, y, content, anchor="middle", size=12)


def _ray(column: int, key: int, weight: float, current: bool) -> str:
    """From an English word to a German piece, as wide as its weight; earlier words' rays are paler."""
    start, end = (place * COLUMN + 1 + (COLUMN - 6) / 2 for place in (column, key))
    opacity = 0.9 if current else 0.3
    return svg.line(start, WORDS_AT + BOX, end, PIECES_AT, colour=COLOURS[1], width=6 * weight, opacity=opacity)
