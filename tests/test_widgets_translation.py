"""Stepping through a translation: what is drawn, what is said, and what a learner may type."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
import torch

from course_utils.datasets.number_words import split_german
from course_utils.models.translation import FixedContextTranslator, Translation, translate
from course_utils.widgets.translation import decoding_explorer, decoding_picture


def canned(german: str) -> Translation:
    pieces = split_german(german)
    if len(pieces) == 1:
        return Translation(pieces, ("seven",), torch.ones(1, 1))
    weights = torch.tensor([[0.02, 0.02, 0.96], [0.55, 0.35, 0.10]])
    return Translation(pieces, ("ninety", "seven"), weights)


def texts(picture: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("text")]


def test_the_words_say_where_the_word_looks():
    _, first = decoding_picture("siebenundneunzig", 1, canned)
    assert first == 'Word 1 of 2: "ninety" looks 0.96 at neunzig (piece 3). So far: ninety.'
    _, second = decoding_picture("siebenundneunzig", 2, canned)
    assert "0.55 at sieben (piece 1), 0.35 at und (piece 2), 0.10 at neunzig (piece 3)" in second
    assert second.endswith("So far: ninety seven.")


def test_the_picture_shows_what_is_written_so_far_and_every_weight():
    picture, _ = decoding_picture("siebenundneunzig", 1, canned)
    shown = texts(picture)
    assert "ninety" in shown and "seven" not in shown
    assert [number for number in shown if number.startswith("0.")] == ["0.02", "0.02", "0.96"]
    assert {"sieben", "und", "neunzig"} <= set(shown)


def test_rays_of_weight_cross_at_the_second_word():
    picture, _ = decoding_picture("siebenundneunzig", 2, canned)
    rays = [node.attrib for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("line")]
    assert len(rays) == 6
    strong = [ray for ray in rays if float(ray["stroke-width"]) > 3]
    (first, second) = [(float(ray["x1"]), float(ray["x2"])) for ray in strong]
    assert first[0] < second[0] and first[1] > second[1]


def test_a_step_past_the_end_shows_the_last_word():
    assert decoding_picture("sieben", 9, canned) == decoding_picture("sieben", 1, canned)


def test_text_that_is_no_number_is_explained_and_escaped():
    explorer = decoding_explorer(canned)
    words = explorer.set(number="siebenundneunzik")
    assert "'zik'" in words and "neunzig" in words
    words = explorer.set(number="<img src=x>")
    assert words
    assert "<img" not in explorer._caption.value + explorer._picture.value
    assert explorer.set(number="") and explorer.set(number="siebenundneunzig", step=2).startswith("Word 2 of 2")


def test_the_slider_has_as_many_places_as_there_are_words():
    explorer = decoding_explorer(canned)
    assert explorer.set(step=2).startswith("Word 2 of 2")
    assert explorer.set(number="sieben").startswith("Word 1 of 1")
    with pytest.raises(ValueError, match="step cannot be 2"):
        explorer.set(step=2)


def test_a_translation_without_words_can_be_drawn():
    nothing = Translation(("sieben",), (), torch.zeros(0, 1))
    picture, words = decoding_picture("sieben", 1, lambda german: nothing)
    assert "before its first word" in words and texts(picture)


def test_a_translator_without_attention_is_refused():
    torch.manual_seed(0)
    model = FixedContextTranslator()
    with torch.no_grad():
        model.output.bias[2] = -100  # writes at least one word
    with pytest.raises(ValueError, match="no attention weights"):
        decoding_picture("sieben", 1, lambda german: translate(model, german))
