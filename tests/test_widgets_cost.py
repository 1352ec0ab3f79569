"""What a text costs a published model: bars and words follow the controls and agree with the closed forms."""

from __future__ import annotations

import math
import time
import xml.etree.ElementTree as ElementTree

import pytest

from course_utils.cost.estimates import attention_estimate
from course_utils.datasets.model_shapes import MODEL_SHAPES
from course_utils.widgets.cost import HIGH, LEFT, LENGTHS, LOW, NUMBERS, WIDTH, cost_explorer, cost_picture, readable


def bars(svg):
    """The widths of the bars, from above."""
    rectangles = [node.attrib for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("}rect")]
    return [float(bar["width"]) for bar in sorted(rectangles, key=lambda bar: float(bar["y"]))]


def texts(svg):
    return [node.text for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("}text")]


def test_the_words_say_all_that_is_drawn_and_the_arithmetic():
    _, words = cost_picture("Llama 2 7B", 4096, 2)
    assert words == (
        "Llama 2 7B, 4,096 tokens, 2 bytes a number. Attention weights, if all are kept: 1 GiB for one layer, 32 GiB "
        "for all 32. Keys and values kept while writing, 32 heads of 32: 2 GiB. Parameters: 12.6 GiB. To read the text "
        "once takes 62.9 trillion operations, 0.629 s at 100 trillion a second; 14% of them are attention's two "
        "products, more than half from 24,705 tokens on. One more token reads 14.3 GiB: 5.12 ms at 3 TB a second "
        "(assumed). Each fits one GPU of 80 GB."
    )
    assert "1 byte a number" in cost_picture("Llama 2 7B", 512, 1)[1]
    assert " ms at 100 trillion a second" in cost_picture("MiniLM-L6", 512, 4)[1]


@pytest.mark.parametrize("name", MODEL_SHAPES)
@pytest.mark.parametrize("length", [LENGTHS[0], 8192, LENGTHS[-1]])
def test_bars_stand_for_the_closed_forms_on_a_logarithmic_axis(name, length):
    svg, words = cost_picture(name, length, 2)
    estimate = attention_estimate(MODEL_SHAPES[name], length, 2)
    numbers = [
        estimate.weights_bytes,
        estimate.all_weights_bytes,
        estimate.cache_bytes,
        estimate.parameter_bytes,
    ]
    expected = [WIDTH * (math.log2(number) - LOW) / (HIGH - LOW) if number else 0 for number in numbers]
    assert bars(svg) == pytest.approx(expected, abs=0.1)
    said = [readable(number) if number else "none" for number in numbers]
    assert set(said) <= set(texts(svg))
    assert all(text in words for text in said if text != "none")


def test_no_state_leaves_the_axis():
    for shape in MODEL_SHAPES.values():
        for number in NUMBERS.values():
            smallest, largest = (
                attention_estimate(shape, LENGTHS[0], number),
                attention_estimate(shape, LENGTHS[-1], number),
            )
            assert largest.all_weights_bytes < 2**HIGH
            assert min(smallest.weights_bytes, smallest.cache_bytes or 2**30, smallest.parameter_bytes) > 2**LOW


def test_marks_of_the_axis_stand_at_their_powers():
    drawing = ElementTree.fromstring(cost_picture("BERT base", 512, 4)[0])
    places = {node.text: float(node.attrib["x"]) for node in drawing.iter() if node.tag.endswith("}text")}
    step = WIDTH * 10 / (HIGH - LOW)
    for index, mark in enumerate(("1 MiB", "1 GiB", "1 TiB", "1 PiB")):
        assert places[mark] == pytest.approx(LEFT + step * index, abs=0.1)


def test_what_is_special_about_a_model_is_said():
    assert "It writes nothing, so it keeps no keys and values." in cost_picture("BERT base", 512, 4)[1]
    assert "One more token" not in cost_picture("BERT base", 512, 4)[1]
    assert cost_picture("GPT-3 175B", 2048, 2)[1].endswith("here all layers are taken to see all of it.")
    _, large = cost_picture("Llama 3.1 405B", 131_072, 2)
    assert "More than one GPU's 80 GB: weights, one layer; weights, all 126 layers; parameters." in large
    assert "8 heads of 32: 512 MiB" in cost_picture("Llama 3.1 8B", 4096, 2)[1]
    _, far = cost_picture("Mistral 7B v0.1", 16_384, 2)
    assert "never more than half, with a window of 4,096" in far and far.endswith("It was made for 8,192 tokens.")
    assert "made for" not in cost_picture("Mistral 7B v0.1", 8192, 2)[1]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (512, "512 bytes"),
        (1023, "1,023 bytes"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (268_435_456, "256 MiB"),
        (2**40, "1 TiB"),
        (36 * 2**50, "36 PiB"),
        (5000 * 2**50, "5,000 PiB"),
    ],
)
def test_bytes_are_readable(number, says):
    assert readable(number) == says


def test_the_explorer_follows_its_controls():
    explorer = cost_explorer()
    assert explorer.words.startswith("Llama 2 7B, 4,096 tokens, 2 bytes")
    assert explorer.set(length=1_048_576).startswith("Llama 2 7B, 1,048,576 tokens")
    assert explorer.set(model="Mistral 7B v0.1", bytes_per_number=4).startswith(
        "Mistral 7B v0.1, 1,048,576 tokens, 4 bytes"
    )
    assert "<svg" in explorer._picture.value and "Mistral 7B v0.1 at 1,048,576 tokens" in explorer._picture.value
    for name, value in (("model", "GPT-5"), ("length", 1000), ("bytes_per_number", 3)):
        with pytest.raises(ValueError, match=f"{name} cannot be"):
            explorer.set(**{name: value})
    assert all(control.description for control in explorer._controls.values())


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="no model 'GPT-5'; there are 'MiniLM-L6', 'BERT base'"):
        cost_picture("GPT-5", 512, 4)
    with pytest.raises(ValueError, match="length is 0"):
        cost_picture("BERT base", 0, 4)


def test_a_move_is_answered_at_once():
    took = []
    for length in LENGTHS:
        started = time.perf_counter()
        cost_picture("Llama 3.1 405B", length, 2)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.02
