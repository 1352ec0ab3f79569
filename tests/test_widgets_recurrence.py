"""The picture behind the slider of lesson 01: its words' numbers are right, and its SVG is sound."""

import re
import time
from xml.etree import ElementTree

import pytest
import torch

from course_utils.experiments.gradients import plain_gradients
from course_utils.plotting import svg
from course_utils.widgets.recurrence import DISTANCE, RADII, gradient_explorer, gradient_picture

SVG = "{http://www.w3.org/2000/svg}"


def closed_form(spectral_radius, activation, seed, distance):
    """A stand-in that needs no network: rho per step, and 0.8 of that with tanh."""
    factor = spectral_radius * (0.8 if activation is torch.tanh else 1.0)
    return 3.0 * factor ** torch.arange(distance + 1, dtype=torch.float64)


def numbers_in(words):
    """(radius, share left in the linear network, share left with tanh)."""
    return [float(number) for number in re.findall(r"\d+\.?\d*(?:e[-+]?\d+)?(?= times|: )", words)]


@pytest.mark.parametrize("radius", [0.5, 0.9, 1.0, 1.1, 1.2])
def test_the_words_give_the_radius_to_the_power_of_the_distance(radius):
    _, words = gradient_picture(radius, plain_gradients)
    said, linear, tanh = numbers_in(words)
    assert said == radius
    assert linear == pytest.approx(radius**DISTANCE, rel=0.05)
    assert tanh < 0.1 * linear


def test_more_is_left_the_larger_the_radius():
    shares = [numbers_in(gradient_picture(radius, plain_gradients)[1])[1:] for radius in RADII]
    for one_network in zip(*shares):
        assert list(one_network) == sorted(set(one_network))


def test_the_picture_is_sound_xml_and_says_what_it_is():
    picture, words = gradient_picture(0.9, closed_form)
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img" and len(root.get("aria-label").split()) > 4
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"linear", "tanh", "nothing lost", "steps back"} <= set(texts)
    assert "<" not in words


def test_the_curves_are_where_the_numbers_are():
    root = ElementTree.fromstring(gradient_picture(0.9, closed_form)[0])
    linear, tanh, flat = (
        [tuple(map(float, corner.split(","))) for corner in line.get("points").split()]
        for line in root.iter(f"{SVG}polyline")
    )
    assert len(linear) == len(tanh) == DISTANCE + 1
    assert linear[0] == tanh[0] == flat[0]  # all start at 1
    assert flat[0][1] == flat[-1][1]
    middle = (linear[0][1] + linear[-1][1]) / 2
    assert linear[DISTANCE // 2][1] == pytest.approx(middle, abs=0.2)  # straight on a logarithmic axis
    assert tanh[-1][1] > linear[-1][1] > flat[-1][1]  # y grows downwards


def test_curves_beyond_the_axis_are_cut_inside_the_frame():
    for radius in (0.01, 50.0):
        root = ElementTree.fromstring(gradient_picture(radius, closed_form)[0])
        height = float(root.get("viewBox").split()[3])
        for line in root.iter(f"{SVG}polyline"):
            assert all(0 <= float(corner.split(",")[1]) <= height for corner in line.get("points").split())


def test_labels_are_escaped():
    drawn = svg.curves(
        "<b>", {"<script>": [(0, 1), (1, 2)]}, x_label="a & b", y_label='"y"', x_limits=(0, 1), y_limits=(0, 2)
    )
    assert "<script>" not in drawn and "<b>" not in drawn
    assert {"<script>", "a & b", '"y"'} <= {
        element.text for element in ElementTree.fromstring(drawn).iter(f"{SVG}text")
    }


def test_the_slider_moves_the_words_and_measures_each_radius_once():
    asked = []

    def counted(spectral_radius, activation, seed, distance):
        asked.append((spectral_radius, activation is torch.tanh))
        return closed_form(spectral_radius, activation, seed, distance)

    explorer = gradient_explorer(counted)
    assert explorer.state == {"spectral_radius": 0.9}
    assert explorer.set(spectral_radius=1.1) != explorer.set(spectral_radius=0.9)
    assert explorer.words == gradient_picture(0.9, closed_form)[1]
    assert sorted(asked) == sorted(set(asked))
    with pytest.raises(ValueError, match="spectral_radius cannot be 7"):
        explorer.set(spectral_radius=7)


def test_a_new_radius_is_drawn_quickly():
    started = time.process_time()
    for radius in (0.55, 0.65, 0.75):
        gradient_picture(radius, plain_gradients)
    assert (time.process_time() - started) / 3 < 1.0  # about 0.1 s; a slider must not stall
