"""Something to move in the lesson on cost: a published model, a length of text, and the memory that they need."""

from __future__ import annotations

import math

import ipywidgets

from course_utils.cost.estimates import Estimate, attention_estimate, overtaking_length
from course_utils.datasets.model_shapes import MODEL_SHAPES, ModelShape
from course_utils.plotting import svg
from course_utils.plotting.figures import COLOURS
from course_utils.widgets.explorer import Explorer

LENGTHS = tuple(2**power for power in range(9, 21))  # 512 to 1,048,576 tokens
NUMBERS = {"4 (float32)": 4, "2 (bfloat16)": 2, "1 (8 bits)": 1}
FLOPS_PER_SECOND = 1e14  # the stated rate; a data sheet promises three times as many for one A100 GPU and bfloat16
BYTES_PER_SECOND = 3e12  # the rate assumed for reading a GPU's memory; a data sheet says 3.35e12 for an H100 GPU
GPU_BYTES = 80 * 10**9  # memory of one such GPU, for comparison
LEFT, WIDTH, RIGHT = 168, 380, 76  # pixels: room for the names, the axis, the numbers
TOP, STEP, BAR = 30, 34, 20
BAR_COLOURS = (COLOURS[1], COLOURS[1], COLOURS[0], COLOURS[3])
LOW, HIGH = 20, 57  # powers of two at the axis's ends: from 1 MiB to 128 PiB
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")


def cost_picture(model: str, length: int, bytes_per_number: int) -> tuple[str, str]:
    """What one text costs a model of ``MODEL_SHAPES``: memory as bars on a logarithmic axis, and all in words.

    Raises ValueError when there is no model of that name, and as ``attention_estimate`` does.
    """
    if model not in MODEL_SHAPES:
        raise ValueError(f"cost_picture: there is no model {model!r}; there are {', '.join(map(repr, MODEL_SHAPES))}.")
    shape = MODEL_SHAPES[model]
    estimate = attention_estimate(shape, length, bytes_per_number)
    return _picture(shape, estimate, length), _words(shape, estimate, length, bytes_per_number)


def cost_explorer() -> Explorer:
    """Choices of model, length of the text in tokens, and bytes a number."""
    controls = {
        "model": ipywidgets.Dropdown(options=tuple(MODEL_SHAPES), value="Llama 2 7B", description="model"),
        "length": ipywidgets.SelectionSlider(
            options=tuple((f"{length:,}", length) for length in LENGTHS), value=4096, description="tokens"
        ),
        "bytes_per_number": ipywidgets.Dropdown(
            options=tuple(NUMBERS.items()), value=2, description="bytes of a number"
        ),
    }
    return Explorer("What a text costs", cost_picture, controls)


def readable(number: int) -> str:
    """A number of bytes in the largest unit that leaves at least 1, by steps of 1,024, to three digits."""
    power = 0
    while power + 1 < len(UNITS) and number >= 1024 ** (power + 1):
        power += 1
    value = number / 1024**power
    return f"{_digits(value)} {UNITS[power]}"


def _words(shape: ModelShape, estimate: Estimate, length: int, bytes_per_number: int) -> str:
    """What the bars show, and the arithmetic, for those who do not see them."""
    if shape.writes:
        kept = (
            f"Keys and values kept while writing, {shape.kv_heads} heads of {shape.heads}: "
            f"{readable(estimate.cache_bytes)}"
        )
    else:
        kept = "It writes nothing, so it keeps no keys and values"
    overtaking = overtaking_length(shape)
    if overtaking is None:
        when = f"never more than half, with a window of {shape.window:,}"
    else:
        when = f"more than half from {overtaking:,} tokens on"
    flops = estimate.attention_flops + estimate.other_flops
    unit = "byte" if bytes_per_number == 1 else "bytes"
    too_large = [name for name, number in _memory(shape, estimate).items() if number > GPU_BYTES]
    fits = f"More than one GPU's 80 GB: {'; '.join(too_large)}." if too_large else "Each fits one GPU of 80 GB."
    beyond = f" It was made for {shape.context:,} tokens." if length > shape.context else ""
    more = ""
    if shape.writes:
        more = (
            f" One more token reads {readable(estimate.next_token_bytes)}: "
            f"{_time(estimate.seconds_to_read(BYTES_PER_SECOND))} at {_digits(BYTES_PER_SECOND / 1e12)} TB a second "
            "(assumed)."
        )
    note = f" {shape.note}" if shape.note else ""
    return (
        f"{shape.name}, {length:,} tokens, {bytes_per_number} {unit} a number. Attention weights, if all are kept: "
        f"{readable(estimate.weights_bytes)} for one layer, {readable(estimate.all_weights_bytes)} for all "
        f"{shape.layers}. {kept}. Parameters: {readable(estimate.parameter_bytes)}. To read the text once takes "
        f"{_trillions(flops)} operations, {_time(estimate.seconds(FLOPS_PER_SECOND))} at "
        f"{_trillions(FLOPS_PER_SECOND)} a second; {estimate.attention_share:.0%} of them are attention's two "
        f"products, {when}.{more} {fits}{beyond}{note}"
    )


def _time(seconds: float) -> str:
    return f"{_digits(seconds * 1000)} ms" if seconds < 0.1 else f"{_digits(seconds)} s"


def _trillions(flops: float) -> str:
    return f"{_digits(flops / 1e12)} trillion"


def _digits(number: float) -> str:
    """Three digits or all before the point, and never a power of ten."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _memory(shape: ModelShape, estimate: Estimate) -> dict[str, int]:
    """The bars, from above: name and bytes."""
    return {
        "weights, one layer": estimate.weights_bytes,
        f"weights, all {shape.layers} layers": estimate.all_weights_bytes,
        "kept keys and values": estimate.cache_bytes,
        "parameters": estimate.parameter_bytes,
    }


def _picture(shape: ModelShape, estimate: Estimate, length: int) -> str:
    bars = _memory(shape, estimate)
    bottom = TOP + STEP * len(bars)
    elements = [svg.line(LEFT, bottom, LEFT + WIDTH, bottom)]
    for power in range(LOW, HIGH + 1, 10):
        x = _place(2**power)
        elements += [
            svg.line(x, TOP - 6, x, bottom + 4, opacity=0.2),
            svg.text(x, bottom + 18, readable(2**power), anchor="middle", size=11),
        ]
    gpu = _place(GPU_BYTES)
    elements += [
        svg.line(gpu, TOP - 6, gpu, bottom, colour=COLOURS[2], width=2, opacity=1.0),
        svg.text(gpu, TOP - 12, "memory of one GPU, 80 GB", anchor="middle", size=11),
        svg.text(LEFT + WIDTH / 2, bottom + 36, "memory; every mark is 1,024 times the last", anchor="middle", size=12),
    ]
    for index, (name, number) in enumerate(bars.items()):
        y = TOP + STEP * index
        elements += [
            svg.text(LEFT - 8, y + 15, name, anchor="end", size=12),
            svg.rectangle(LEFT, y, _place(number) - LEFT, BAR, fill=BAR_COLOURS[index], opacity=0.85),
            svg.text(LEFT + WIDTH + RIGHT, y + 15, readable(number) if number else "none", anchor="end", size=12),
        ]
    label = f"Memory of {shape.name} at {length:,} tokens, as bars on a logarithmic axis"
    return svg.document(LEFT + WIDTH + RIGHT, bottom + 44, label, elements)


def _place(number: int) -> float:
    """Where this many bytes stand, from the left; what lies beyond the axis stands at its end."""
    share = (math.log2(number) - LOW) / (HIGH - LOW) if number else 0.0
    return LEFT + WIDTH * min(max(share, 0.0), 1.0)
