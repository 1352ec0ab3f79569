"""Something to move in the lesson on self-attention: any word of a typed sentence, and where it looks."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping

import ipywidgets

from course_utils.models.senses import Reading
from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.widgets.explorer import Explorer

COLUMN, ROW, BOX = 88, 108, 26  # width of a word's column, height of a line of words and of a word's box
WORDS_IN_A_LINE, LONGEST_BAR = 8, 44  # a bar of weight 1
WORTH_NAMING = 0.05  # a second key is named in words from this weight on

Read = Callable[[str], Reading]


def sentence_picture(sentence: str, query: int, positions: str, readers: Mapping[str, Read]) -> tuple[str, str]:
    """The words, each with the weight that word number ``query``, counted from 1, gives it: ``(svg, words)``.

    A query past the last word is taken as the last. For text that the reader refuses with a ValueError, the words say
    why. Raises ValueError when the reader has no weights.
    """
    try:
        reading = readers[positions](sentence)
    except ValueError as error:
        return svg.document(560, 30, "No sentence", [svg.text(0, 20, "Not understood, see below.")]), str(error)
    if reading.weights is None:
        raise ValueError(f"sentence_picture: the reader {positions!r} has no attention weights.")
    query = min(query, len(reading.words))
    return _picture(reading, query - 1), _words(reading, query - 1)


def sentence_explorer(readers: Mapping[str, Read], sentence: str) -> Explorer:
    """A box for a sentence, a slider for the word that looks, a choice between readers by their kind of positions.

    A new sentence puts the slider on its first ambiguous word.
    """
    readers = {name: functools.lru_cache(maxsize=64)(read) for name, read in readers.items()}
    text = ipywidgets.Text(value=sentence, description="sentence", continuous_update=False)
    query = ipywidgets.IntSlider(value=1, min=1, max=1, description="query: word number")
    positions = ipywidgets.Dropdown(options=tuple(readers), description="positions")

    def fit_slider(_change: object = None) -> None:
        with contextlib.suppress(ValueError):  # the picture says what is wrong
            reading = readers[positions.value](text.value)
            query.max = len(reading.words)
            query.value = 1 + (reading.places or (0,))[0]

    text.observe(fit_slider, names="value")  # before the picture is drawn, so that it finds the slider in place
    fit_slider()
    draw = functools.partial(sentence_picture, readers=readers)
    controls = {"sentence": text, "query": query, "positions": positions}
    return Explorer("Where a word looks", draw, controls)


def _words(reading: Reading, query: int) -> str:
    """What the picture shows, for those who do not see it."""
    row = reading.weights[query].tolist()
    ranked = sorted(range(len(row)), key=row.__getitem__, reverse=True)
    named = [key for key in ranked if key == ranked[0] or row[key] >= WORTH_NAMING][:4]
    looks = ", ".join(f"{row[key]:.2f} at {reading.words[key]} (word {key + 1})" for key in named)
    told = f'"{reading.words[query]}" (word {query + 1}) looks {looks}.'
    if query not in reading.places:
        return f"{told} It is not one of the six ambiguous words, so no sense is read."
    sense, probability = reading.sense(query)
    return f"{told} Sense: {sense}, probability {probability:.2f}."


def _picture(reading: Reading, query: int) -> str:
    elements: list[str] = []
    for key, (word, weight) in enumerate(zip(reading.words, reading.weights[query].tolist())):
        line, column = divmod(key, WORDS_IN_A_LINE)
        x, y, width = column * COLUMN + 1, line * ROW + 2, COLUMN - 6
        colour, opacity = (COLOURS[1], 0.4) if key == query else (COLOURS[0], 0.12)
        bar, height = y + BOX + 4, LONGEST_BAR * weight
        elements += [
            svg.rectangle(x, y, width, BOX, fill=colour, opacity=opacity),
            svg.text(x + width / 2, y + 18, word, anchor="middle", size=12),
            svg.rectangle(x + 14, bar, width - 28, height, fill=COLOURS[0], opacity=0.85),
            svg.text(x + width / 2, bar + height + 15, f"{weight:.2f}", anchor="middle", size=12),
        ]
    lines = -(-len(reading.words) // WORDS_IN_A_LINE)
    label = f"Where {reading.words[query]}, word {query + 1}, looks"
    width = COLUMN * min(max(len(reading.words), 4), WORDS_IN_A_LINE)
    return svg.document(width, lines * ROW, label, elements)
