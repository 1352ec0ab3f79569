"""Exercise 3.4: a map of two sequences scored against the true alignment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from course_utils.exercises import hits
from course_utils.exercises.exercise import Exercise, Misconception

_MAP = np.array(  # zwei|hundert|sieben|und|neunzig to two hundred and ninety seven; 'seven' looks at 'und'
    [
        [0.90, 0.04, 0.03, 0.02, 0.01],
        [0.10, 0.80, 0.04, 0.03, 0.03],
        [0.05, 0.60, 0.05, 0.25, 0.05],
        [0.02, 0.02, 0.04, 0.02, 0.90],
        [0.01, 0.02, 0.40, 0.55, 0.02],
    ]
)
_ALIGNMENT = (0, 1, None, 4, 2)
_MISSED_MAP = np.array([[0.15, 0.25, 0.60], [0.45, 0.35, 0.20], [0.20, 0.50, 0.30], [0.10, 0.15, 0.75]])


def _sources(alignment: tuple[int | None, ...]) -> tuple[list[int], list[int]]:
    """The rows that have a source, and their sources."""
    rows = [row for row, source in enumerate(alignment) if source is not None]
    return rows, [alignment[row] for row in rows]


def _hits(weights: np.ndarray, alignment: tuple[int | None, ...]) -> np.ndarray:
    rows, sources = _sources(alignment)
    return weights.argmax(-1)[rows] == sources


def _until_none(weights: np.ndarray, alignment: tuple[int | None, ...]) -> np.ndarray:
    """Hits up to the first word without a source."""
    return _hits(weights, alignment)[: [*alignment, None].index(None)]


def _at_crossings(weights: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Hits of both words wherever a word's source stands before that of the word before it: ``(crossings, 2)``."""
    found = weights.argmax(-1) == sources
    return np.stack([found[:-1], found[1:]], -1)[sources[1:] < sources[:-1]]


def _in_a_crossing(sources: np.ndarray) -> np.ndarray:
    """Which words stand in at least one crossing with the word before or after."""
    crosses = sources[1:] < sources[:-1]
    return np.append(crosses, False) | np.append(False, crosses)


def _after_a_later(sources: np.ndarray) -> np.ndarray:
    """Which words have some word before them whose source stands after theirs."""
    return sources < np.maximum.accumulate(sources)


def _with_source(mistake: Callable) -> Callable:
    """A mistake in counting hits, made on the words that have a source."""

    def mistaken(weights, alignment):
        rows, sources = _sources(alignment)
        return mistake(weights[rows], np.array(sources))

    return mistaken


def _on_all_rows(mistake: Callable) -> Callable:
    """A mistake made with the sources, but on the whole map."""
    return lambda weights, alignment: mistake(weights, np.array(_sources(alignment)[1]))


_NONE_IS_NO_NUMBER = (
    "None, the source of 'and', is no number: it has no place, no order and no difference. Go on only with the words "
    "whose source is not None."
)
_SOURCE_0 = (
    "{got}: position 0 is a source like any other; the first morpheme was left out. Ask 'if source is not None'."
)
_SOURCE_STEPS = (
    *(
        replace(
            one,
            mistake=(_on_all_rows if one.name in hits.TAKE_WHOLE_ROWS else _with_source)(one.mistake),
            explain=one.explain.replace("row", "word") if one.name not in hits.TAKE_WHOLE_ROWS else one.explain,
        )
        for one in hits.MISTAKES
        if one.name != "looked down the columns"  # two of that kind have names of their own here
    ),
    Misconception(
        "source 0 left out",
        lambda weights, alignment: (
            sum(weights[row].argmax() == source for row, source in enumerate(alignment) if source) / len(alignment)
        ),
        _SOURCE_0,
    ),
    Misconception(
        "place of the word for its source",
        lambda weights, alignment: np.mean([weights[row].argmax() == row for row in _sources(alignment)[0]]),
        "{got}: you compared with the place of the English word itself. Its source stands in alignment.",
    ),
    Misconception(
        "words matched with the wrong sources",
        lambda weights, alignment: np.mean(
            [place == source for place, source in zip(weights.argmax(-1), _sources(alignment)[1])]
        ),
        "{got}: the words after the first None are lost. Either you stopped there: later words count, so continue, not "
        "break. Or you left None out of alignment but not out of weights, so all that follow are compared with the "
        "next word's source: leave out the pair.",
    ),
    *(
        Misconception(
            "stopped at the first word without a source",
            mistaken,
            "{got}: you stopped at the first None. Later words count: continue, not break.",
        )
        for mistaken in (
            lambda weights, alignment: _until_none(weights, alignment).mean(),
            lambda weights, alignment: _until_none(weights, alignment).sum() / len(alignment),
        )
    ),
    Misconception(
        "divided by the number of German pieces",
        lambda weights, alignment: _hits(weights, alignment).sum() / weights.shape[-1],
        "{got} is the number of hits divided by the number of columns, the German pieces. Every English word with a "
        "source has one chance to hit: divide by the number of these words.",
    ),
    *(
        Misconception(
            "only words that cross",
            _with_source(mistaken),
            "{got}: only words where the order crosses were counted, as for the crossing rate, or only those that "
            "stand elsewhere than their source. Here all words with a source count.",
        )
        for mistaken in (
            lambda weights, sources: (weights.argmax(-1) == sources)[sources != np.arange(len(sources))].mean(),
            lambda weights, sources: (weights.argmax(-1) == sources)[_after_a_later(sources)].mean(),
            lambda weights, sources: _at_crossings(weights, sources)[:, 0].mean(),
            lambda weights, sources: _at_crossings(weights, sources)[:, 1].mean(),
            lambda weights, sources: _at_crossings(weights, sources).mean(),
            lambda weights, sources: _at_crossings(weights, sources).all(-1).mean(),
            lambda weights, sources: (weights.argmax(-1) == sources)[_in_a_crossing(sources)].mean(),
        )
    ),
    *(
        Misconception("None taken for a number", mistaken, _NONE_IS_NO_NUMBER)
        for mistaken in (
            lambda weights, alignment: np.array(alignment, dtype=int),
            lambda weights, alignment: weights[np.arange(len(alignment)), alignment],
            lambda weights, alignment: weights[range(len(alignment)), np.array(alignment)],
            lambda weights, alignment: [place - source for place, source in zip(weights.argmax(-1), alignment)],
            lambda weights, alignment: [source - 1 for source in alignment],
            lambda weights, alignment: [source + 1 for source in alignment],
            lambda weights, alignment: [source >= 0 for source in alignment],
            lambda weights, alignment: [source > 0 for source in alignment],
            lambda weights, alignment: [source < 0 for source in alignment],
            lambda weights, alignment: np.isnan(np.array(alignment)),
            lambda weights, alignment: max(alignment),
            lambda weights, alignment: torch.tensor(alignment),
            lambda weights, alignment: torch.as_tensor(np.array(alignment)),
        )
    ),
)

ALIGNED = Exercise(
    id="3.4",
    answer="on_source",
    title="Write on_source(weights, alignment): how often does an English word look most at its source?",
    objective="score a map of two sequences against the true alignment",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=((hits.MAP, tuple(hits.TARGET.tolist())), (_MAP, _ALIGNMENT), (_MISSED_MAP, (2, None, 0, 2))),
    right=lambda weights, alignment: _hits(weights, alignment).mean(),
    misconceptions=(
        Misconception(
            "None counted as a miss",
            lambda weights, alignment: _hits(weights, alignment).sum() / len(alignment),
            "{got}: you divided by all English words. 'and' has no source, so there is nothing that it could hit; "
            "leave it out of the count.",
            seen="https://github.com/open-mmlab/mmsegmentation/issues/1209",
        ),
        Misconception(
            "None counted as a hit",
            lambda weights, alignment: (_hits(weights, alignment).sum() + alignment.count(None)) / len(alignment),
            "{got}: a word without a source was counted as a hit. Leave it out of the count.",
            seen="https://github.com/DaoyuanLi2816/Molecule-Generator/pull/21",
        ),
        Misconception(
            "source 0 left out",
            lambda weights, alignment: np.mean(
                [weights[row].argmax() == source for row, source in enumerate(alignment) if source]
            ),
            _SOURCE_0,
            seen="https://github.com/leonid-pishchulin/poseval/issues/18",
        ),
        Misconception(
            "mean weight instead of hits",
            lambda weights, alignment: weights[_sources(alignment)].mean(),
            "{got} is the mean weight on the source. A hit is a word whose largest weight lies there; the rate counts "
            "hits.",
            seen="https://github.com/davidsandberg/facenet/issues/954",
        ),
        Misconception(
            "hits counted, not shared",
            lambda weights, alignment: _hits(weights, alignment).sum(),
            "{got} is the number of hits. Divide by the number of words that have a source.",
        ),
        Misconception(
            "largest weight of the whole map",
            lambda weights, alignment: np.mean([weights.argmax() == source for source in _sources(alignment)[1]]),
            "{got}: argmax without an axis lays all rows end to end, and finds one place in the whole map. Each "
            "English word has a row of its own: argmax(axis=-1).",
            seen="https://github.com/BVLC/caffe/pull/3182",
        ),
        Misconception(
            "one answer for each word",
            _hits,
            "These are hits and misses, word by word: {got}. Their mean is the rate.",
        ),
        Misconception(
            "columns matched with English words",
            lambda weights, alignment: np.mean(
                [place == source for place, source in zip(weights.argmax(0), alignment) if source is not None]
            ),
            "{got}: argmax(axis=0) has one entry for each German piece, but alignment has one for each English word. "
            "Each English word has a row: argmax(axis=-1).",
        ),
        Misconception(
            "largest weight of each morpheme",
            lambda weights, alignment: np.mean(
                [weights[:, source].argmax() == row for row, source in enumerate(alignment) if source is not None]
            ),
            "{got}: you looked down the columns, and asked which word looks most at a morpheme. Look along each "
            "word's row: argmax(axis=-1).",
        ),
        *_SOURCE_STEPS,
    ),
    hints=(
        "weights.argmax(axis=-1) gives, for each English word, the position with the largest weight.",
        "Go through zip(weights.argmax(axis=-1), alignment) and keep the pairs whose source is not None.",
        "hits = [place == source for place, source in zip(...) if source is not None]; their mean is the rate.",
    ),
    praise="Words without a source do not count, the first morpheme does: the map has a number.",
)
