"""Any word of a typed sentence: what is drawn, what is said, and what a learner may type."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
import torch

from course_utils.datasets.ambiguous_words import (
    MUDDY_RIVER,
    SENSES,
    split_text,
)
from course_utils.models.senses import MAX_LENGTH, Reading, SelfAttentionReader, StaticReader, read
from course_utils.widgets.self_attention import sentence_explorer, sentence_picture


def looks_right(text: str) -> Reading:
    """Every word looks mostly at the next; every ambiguous word has its second sense."""
    words = split_text(text)
    weights = 0.9 * torch.eye(len(words)).roll(1, 1) + 0.1 * torch.eye(len(words))
    probabilities = torch.tensor([label % 2 * 0.8 + 0.1 for label in range(len(SENSES))])
    return Reading(words, probabilities.expand(len(words), -1), weights)


def looks_at_itself(text: str) -> Reading:
    done = looks_right(text)
    return Reading(done.words, done.probabilities, torch.eye(len(done.words)))


READERS = {"one": looks_right, "other": looks_at_itself}


def texts(picture: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("text")]


def test_the_words_say_where_the_word_looks_and_its_sense():
    _, words = sentence_picture(MUDDY_RIVER, 2, "one", READERS)
    assert words == '"bank" (word 2) looks 0.90 at of (word 3), 0.10 at bank (word 2). Sense: money, probability 0.90.'
    _, words = sentence_picture(MUDDY_RIVER, 5, "other", READERS)
    assert words.startswith('"river" (word 5) looks 1.00 at river (word 5). It is not one')


def test_the_picture_shows_every_word_with_its_weight_and_bars_as_long():
    picture, _ = sentence_picture(MUDDY_RIVER, 2, "one", READERS)
    shown = texts(picture)
    assert [word for word in shown if not word.startswith("0.")] == MUDDY_RIVER.split()
    assert [number for number in shown if number.startswith("0.")] == ["0.00", "0.10", "0.90"] + ["0.00"] * 4
    boxes = [node.attrib for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("rect")]
    bars = [float(box["height"]) for box in boxes[1::2]]
    assert bars[2] == pytest.approx(9 * bars[1], abs=0.5) and bars[0] == 0
    marked = [box["fill"] for box in boxes[::2]]
    assert marked.count(marked[1]) == 1  # the word that looks has a colour of its own


def test_a_long_sentence_is_drawn_on_several_lines():
    picture, _ = sentence_picture("the " * 20, 1, "one", READERS)
    boxes = [node.attrib for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("rect")]
    assert len({box["y"] for box in boxes[::2]}) == 3
    assert max(float(box["x"]) + float(box["width"]) for box in boxes) < 720


def test_a_new_sentence_puts_the_slider_on_its_ambiguous_word():
    explorer = sentence_explorer(READERS, MUDDY_RIVER)
    assert explorer.state["query"] == 2
    assert explorer.set(sentence="We saw the old seal.").startswith('"seal" (word 5)')
    assert explorer.set(query=1).startswith('"we" (word 1)')
    assert explorer.set(sentence="the house was muddy").startswith('"the" (word 1)')
    with pytest.raises(ValueError, match="query cannot be 5"):
        explorer.set(query=5)


def test_the_readers_can_be_changed():
    explorer = sentence_explorer(READERS, MUDDY_RIVER)
    assert "0.90 at of" in explorer.words
    assert "1.00 at bank" in explorer.set(positions="other")


def test_words_that_are_not_known_are_explained_and_escaped():
    explorer = sentence_explorer(READERS, MUDDY_RIVER)
    words = explorer.set(sentence="the bnak of the rivver")
    assert "'bnak' (near it: bank" in words and "'rivver' (near it: river" in words
    words = explorer.set(sentence="the <img src=x> bank")
    assert "<img" in words and "<img" not in explorer._caption.value + explorer._picture.value
    assert "no word" in explorer.set(sentence="")
    assert explorer.set(sentence=MUDDY_RIVER).startswith('"bank" (word 2)')


def test_a_sentence_longer_than_learned_positions_is_explained():
    model = SelfAttentionReader("learned").eval()
    readers = {"learned": lambda text: read(model, text)}
    _, words = sentence_picture("the " * (MAX_LENGTH + 1), 1, "learned", readers)
    assert "expected at most 40" in words


def test_a_reader_without_weights_is_refused():
    model = StaticReader().eval()
    with pytest.raises(ValueError, match="no attention weights"):
        sentence_picture(MUDDY_RIVER, 1, "static", {"static": lambda text: read(model, text)})
