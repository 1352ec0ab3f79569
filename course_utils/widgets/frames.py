"""A kernel-driven widget in a page without a kernel: its pictures drawn beforehand, its controls as plain HTML.

Every combination of the moving controls' values is one frame. Frames repeat one another almost everywhere, so each
is kept as a list of pieces, every piece once, and the whole is compressed.
"""

from __future__ import annotations

import base64
import html
import itertools
import json
import math
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import ipywidgets

MOST_FRAMES = 1_200  # of one widget; at 5 ms a picture they are drawn in 6 seconds
MOST_BYTES = 2_000_000  # of one widget's frames in the page
NOT_STARTED = (  # the script takes it away
    '<p class="frames-not-started">This picture moves where JavaScript is on, in browsers from 2023 or later.</p>'
)
FILES = Path(__file__).parent

Draw = Callable[..., tuple[str, str]]
Choices = list[tuple[str, object]]  # what a control can be set to: as it is shown, and the value itself


def fragment(name: str, draw: Draw, controls: Mapping[str, ipywidgets.Widget]) -> str:
    """The widget as HTML: its controls, and the picture and words of ``draw(**state)`` for all their values.

    Of the controls that can move by themselves, those move in the page that together have most frames within the
    limits. All others (text, buttons, controls whose value changes what another one offers) stay as they are.
    ``page_script()`` has to be in the page, once.
    """
    state = {each: control.value for each, control in controls.items()}
    choices = {each: _choices(control) for each, control in controls.items()}
    steering = _steering(controls)
    free = [each for each in controls if len(choices[each]) > 1 and each not in steering]
    drawn: dict[tuple, tuple[str, str]] = {}

    def frames_of(moving: Sequence[str]) -> list[tuple[str, str]]:
        found = []
        for place in itertools.product(*(choices[each] for each in moving)):
            asked = state | {each: value for each, (_, value) in zip(moving, place)}
            key = tuple(asked.values())
            if key not in drawn:
                drawn[key] = draw(**asked)
            found.append(drawn[key])
        return found

    moving, data = (), ""
    for some in _largest_first(free, choices):
        packed = _packed(frames_of(some))
        if packed is not None:
            moving, data = some, packed
            break
    labels = {each: html.escape(control.description or each) for each, control in controls.items()}
    rows = "".join(_control(labels[each], control, choices[each], each in moving) for each, control in controls.items())
    fixed = [labels[each] for each in controls if each not in moving]
    picture, words = draw(**state)
    return (
        f'<div class="frames" role="group" aria-label="{html.escape(name)}">{rows}'
        f'<div class="frames-picture">{picture}</div><p role="status">{html.escape(words)}</p>'
        f"{_standing(fixed)}{_started_by(data) if moving else ''}</div>"
    )


def page_script() -> str:
    """Style and script that move every ``fragment`` of a page; no other file and no network is asked for."""
    style, script = ((FILES / f"frames.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return f"<style>{style}</style>\n<script>{script}</script>"


def _started_by(data: str) -> str:
    return f'{NOT_STARTED}<script type="text/plain" class="frames-data">{data}</script>'


def _choices(control: ipywidgets.Widget) -> Choices:
    """All that a control can be set to now; nothing for text, a button and what else has no list of values."""
    if isinstance(control, ipywidgets.Checkbox):
        return [("off", False), ("on", True)]
    if isinstance(control, ipywidgets.IntSlider | ipywidgets.FloatSlider):
        steps = math.floor((control.max - control.min) / control.step + 1e-9)
        grid = {round(control.min + step * control.step, 10) for step in range(steps + 1)}
        return [(format(value, control.readout_format), value) for value in sorted({*grid, control.value})]
    if isinstance(control, ipywidgets.Dropdown | ipywidgets.SelectionSlider):
        options = control.options.items() if isinstance(control.options, Mapping) else control.options
        return [
            option if isinstance(option, tuple) and len(option) == 2 else (str(option), option) for option in options
        ]
    return []


def _steering(controls: Mapping[str, ipywidgets.Widget]) -> set[str]:
    """The controls one of whose values changes what another control offers. All are left as they were."""
    state = {each: control.value for each, control in controls.items()}
    offers = {each: _offer(control) for each, control in controls.items()}
    found = set()
    for each, control in controls.items():
        for _, value in _choices(control):
            control.value = value
            if any(_offer(controls[other]) != offers[other] for other in controls):
                found.add(each)
                break
        control.value = state[each]  # first, since the others may fit again only now
        for other, was in state.items():
            controls[other].value = was
    return found


def _offer(control: ipywidgets.Widget) -> object:
    return getattr(control, "options", None), getattr(control, "min", None), getattr(control, "max", None)


def _largest_first(free: Sequence[str], choices: Mapping[str, Choices]) -> list[tuple[str, ...]]:
    """Every set of controls that has at most ``MOST_FRAMES`` frames; of equally large ones the earlier controls."""
    sets = [some for size in range(1, len(free) + 1) for some in itertools.combinations(free, size)]
    frames = {some: math.prod(len(choices[each]) for each in some) for some in sets}
    return sorted((some for some in sets if frames[some] <= MOST_FRAMES), key=lambda some: -frames[some])


def _packed(frames: Sequence[tuple[str, str]]) -> str | None:
    """Pictures and words as compressed JSON in letters that HTML leaves alone; None when that is too large."""
    numbers: dict[str, int] = {}
    pictures = [
        [numbers.setdefault(piece, len(numbers)) for piece in re.split("(?<=>)(?=<)", picture)] for picture, _ in frames
    ]
    text = json.dumps({"pieces": list(numbers), "pictures": pictures, "words": [words for _, words in frames]})
    packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    return packed if len(packed) <= MOST_BYTES else None


def _control(label: str, control: ipywidgets.Widget, choices: Choices, moves: bool) -> str:
    """A native input with its label. It starts disabled, so that without the script nothing seems to move."""
    off = "data-moves disabled" if moves else "disabled"
    place = next((index for index, (_, value) in enumerate(choices) if value == control.value), 0)
    if isinstance(control, ipywidgets.Checkbox):
        ticked = " checked" if control.value else ""
        return f'<label class="frames-box"><input type="checkbox" autocomplete="off" {off}{ticked}> {label}</label>'
    if isinstance(control, ipywidgets.Dropdown):
        options = "".join(
            f"<option{' selected' if index == place else ''}>{html.escape(str(shown))}</option>"
            for index, (shown, _) in enumerate(choices)
        )
        return f'<label><span>{label}</span> <select autocomplete="off" {off}>{options}</select></label>'
    if choices:
        names = html.escape(json.dumps([shown for shown, _ in choices]))
        now = html.escape(str(choices[place][0]))
        return (
            f'<label><span>{label}</span> <input type="range" min="0" max="{len(choices) - 1}" value="{place}" '
            f'autocomplete="off" aria-valuetext="{now}" data-names="{names}" {off}>'
            f'<span class="frames-value" aria-hidden="true">{now}</span></label>'
        )
    value = html.escape(str(getattr(control, "value", "")))
    return f'<label><span>{label}</span> <input type="text" autocomplete="off" value="{value}" {off}></label>'


def _standing(fixed: Sequence[str]) -> str:
    """One sentence on the controls that do not move in a page, by their labels."""
    if not fixed:
        return ""
    quoted = [f"“{each}”" for each in fixed]
    named = " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
    do, them = ("does", "it") if len(fixed) == 1 else ("do", "them")
    return f'<p class="frames-fixed">In this page {named} {do} not move; run the notebook to move {them}.</p>'
