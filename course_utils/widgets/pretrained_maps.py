"""Something to move in the lesson on a pretrained encoder: every map of every head, and how much of it is parked."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import ipywidgets
import torch
from torch import Tensor

from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.widgets.explorer import Explorer

NAMES_WIDTH, CELL_WIDTH, CELL_HEIGHT = 84, 56, 24  # pixels: a row's name, and a cell of the map
SMALL = 18  # pixels: side of a cell in the overview of all heads
CLOSED = "closed"  # what stands in the map where [CLS] and [SEP] are left out
EMPTY = 1e-6  # a row with less than this on the words cannot be shared out anew

Ask = Callable[[str], tuple[Sequence[str], Tensor]]  # a sentence -> its pieces and weights (layers, heads, T, T)


def head_picture(
    pieces: Sequence[str], weights: Tensor, layer: int, head: int, without_markers: bool = False
) -> tuple[str, str]:
    """One head's map, and in small all heads by the share they park: ``(svg, words)``.

    *Parked* is what the words' rows give, in the mean, to the first and the last piece, the markers [CLS] and [SEP].
    ``without_markers`` leaves both out and shares each row's rest out anew, so that it sums to 1: what many drawings
    of such maps do. Layer and head count from 1. Shapes: pieces ``(T,)``, weights ``(layers, heads, T, T)``.

    Raises TypeError when the weights are no tensor, ValueError when pieces and weights do not fit, there are no two
    words between the markers, or there is no such layer or head.
    """
    _require(pieces, weights, layer, head)
    parked = weights[..., 1:-1, :][..., [0, -1]].sum(-1).mean(-1)  # (layers, heads)
    chosen = weights[layer - 1, head - 1]  # (T, T)
    shown = _among_words(chosen) if without_markers else chosen
    words = _words(pieces, chosen, shown, float(parked[layer - 1, head - 1]), (layer, head), without_markers)
    return _picture(pieces, shown, parked, (layer, head), without_markers), words


def head_explorer(sentences: Sequence[str], ask: Ask, layer: int = 1, head: int = 1) -> Explorer:
    """Choices of a sentence, a layer and a head, and a box that leaves the markers out; each sentence is asked once.

    Raises ValueError when there is no sentence.
    """
    if not sentences:
        raise ValueError("head_explorer: sentences are empty, expected at least one.")
    ask = functools.lru_cache(maxsize=None)(ask)
    layers, heads = ask(sentences[0])[1].shape[:2]

    def draw(sentence: str, layer: int, head: int, without_markers: bool) -> tuple[str, str]:
        return head_picture(*ask(sentence), layer, head, without_markers)

    controls = {
        "sentence": ipywidgets.Dropdown(options=tuple(sentences), description="sentence"),
        "layer": ipywidgets.IntSlider(value=layer, min=1, max=layers, description="layer"),
        "head": ipywidgets.IntSlider(value=head, min=1, max=heads, description="head"),
        "without_markers": ipywidgets.Checkbox(value=False, description="leave [CLS] and [SEP] out"),
    }
    return Explorer("One head of a real model", draw, controls)


def _among_words(chosen: Tensor) -> Tensor:
    """Each row without the markers' columns, made to sum to 1 again; a row with nothing left stays empty."""
    rest = chosen.clone()
    rest[:, [0, -1]] = 0
    left = rest.sum(-1, keepdim=True)
    return torch.where(left > EMPTY, rest / left.clamp(min=EMPTY), torch.zeros_like(rest))


def _words(
    pieces: Sequence[str],
    chosen: Tensor,
    shown: Tensor,
    parked: float,
    place: tuple[int, int],
    without_markers: bool,
) -> str:
    """What the picture shows, for those who do not see it."""
    inside = shown[1:-1, 1:-1].clone().fill_diagonal_(-1)  # a word that looks at itself is no pair
    strongest = int((100 * inside).round().argmax())  # as printed; of equal ones the first
    query, key = 1 + strongest // inside.shape[1], 1 + strongest % inside.shape[1]
    pair = f"{pieces[query]} (piece {query + 1}) looks at {pieces[key]} (piece {key + 1}) with {shown[query, key]:.2f}"
    if without_markers:
        pair += f", which was {chosen[query, key]:.2f} before [CLS] and [SEP] were left out"
    return f"Layer {place[0]}, head {place[1]}: {parked:.2f} parked. Strongest between two words: {pair}."


def _picture(
    pieces: Sequence[str], shown: Tensor, parked: Tensor, place: tuple[int, int], without_markers: bool
) -> str:
    count, top = len(pieces), 40
    elements = [svg.text(NAMES_WIDTH, 14, "column: attended to; row: attends", size=12)]
    for column, piece in enumerate(pieces):
        x = NAMES_WIDTH + (column + 0.5) * CELL_WIDTH
        elements.append(svg.text(x, top - 6, piece, anchor="middle", size=11))
    for row, piece in enumerate(pieces):
        y = top + row * CELL_HEIGHT
        elements.append(svg.text(NAMES_WIDTH - 8, y + 16, piece, anchor="end", size=12))
        for column, weight in enumerate(shown[row].tolist()):
            x = NAMES_WIDTH + column * CELL_WIDTH
            marker = column in (0, count - 1)
            elements.append(
                svg.rectangle(x, y, CELL_WIDTH, CELL_HEIGHT, fill=COLOURS[1 if marker else 0], opacity=0.75 * weight)
            )
            number = CLOSED if marker and without_markers else f"{weight:.2f}"
            elements.append(svg.text(x + CELL_WIDTH / 2, y + 16, number, anchor="middle", size=11))
    bottom = top + count * CELL_HEIGHT
    elements.append(_overview(parked, place, bottom + 24))
    width = NAMES_WIDTH + max(count * CELL_WIDTH, parked.shape[1] * 2 * SMALL) + 4
    height = bottom + 24 + 24 + parked.shape[0] * SMALL + 6
    return svg.document(width, height, f"Map of head {place[1]} in layer {place[0]}", elements)


def _overview(parked: Tensor, place: tuple[int, int], top: float) -> str:
    """All heads, a row for each layer: fuller colour for a larger share parked, a frame around the one shown."""
    heads = parked.shape[1]
    cells = [svg.text(NAMES_WIDTH, top, f"share parked, heads 1 to {heads} (framed: the map above)", size=12)]
    for layer, row in enumerate(parked.tolist(), start=1):
        y = top + 8 + (layer - 1) * SMALL
        cells.append(svg.text(NAMES_WIDTH - 8, y + 13, f"layer {layer}", anchor="end", size=11))
        for head, share in enumerate(row, start=1):
            x = NAMES_WIDTH + (head - 1) * 2 * SMALL
            cells.append(svg.rectangle(x, y, 2 * SMALL, SMALL, fill=COLOURS[1], opacity=0.75 * share))
            cells.append(svg.text(x + SMALL, y + 13, f"{share:.2f}", anchor="middle", size=10))
    x, y = NAMES_WIDTH + (place[1] - 1) * 2 * SMALL, top + 8 + (place[0] - 1) * SMALL
    corners = ((x, y), (x + 2 * SMALL, y), (x + 2 * SMALL, y + SMALL), (x, y + SMALL))
    for start, end in zip(corners, (*corners[1:], corners[0])):
        cells.append(svg.line(*start, *end, opacity=1, width=2.5))
    return "".join(cells)


def _require(pieces: Sequence[str], weights: Tensor, layer: int, head: int) -> None:
    count = len(pieces)
    if not isinstance(weights, Tensor):
        raise TypeError(f"head_picture: weights must be a torch.Tensor, got {type(weights).__name__}.")
    if weights.dim() != 4 or tuple(weights.shape[2:]) != (count, count):
        raise ValueError(
            f"head_picture: weights have shape {tuple(weights.shape)} for {count} pieces; "
            "expected (layers, heads, T, T)."
        )
    if count < 4:
        raise ValueError(f"head_picture: {count} pieces came; expected two words between two markers at least.")
    for name, number, limit in (("layer", layer, weights.shape[0]), ("head", head, weights.shape[1])):
        if not 1 <= number <= limit:
            raise ValueError(f"head_picture: {name} is {number}, expected 1 to {limit}.")
