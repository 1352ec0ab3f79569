"""Switching heads off: what is drawn and said follows the switches, and every setting is measured once."""

import xml.etree.ElementTree as ElementTree

import pytest
import torch

from course_utils.widgets.multi_head import CELL, heads_explorer, heads_picture

TOKENS = ["a red", "b blue", "a <gold>"]
MAPS = torch.stack([torch.eye(3), torch.full((3, 3), 1 / 3)])


def canned(without):
    """Head 0 does the left neighbour, head 1 the twin; the other job is then guessed."""
    return {"left neighbour": 0.25 if 0 in without else 1.0, "twin": 0.25 if 1 in without else 0.99}


def cells(picture):
    """The cells of all maps as (left, top, opacity)."""
    rectangles = [node.attrib for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("rect")]
    return [(float(r["x"]), float(r["y"]), float(r["fill-opacity"])) for r in rectangles if float(r["width"]) == CELL]


def texts(picture):
    return [node.text for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("text")]


def test_the_words_say_which_heads_are_on_and_what_is_right():
    assert heads_picture([True, True], MAPS, TOKENS, canned)[1] == (
        "Heads on: 1, 2. Right: left neighbour 1.00, twin 0.99."
    )
    assert heads_picture([False, True], MAPS, TOKENS, canned)[1] == (
        "Heads on: 2. Right: left neighbour 0.25, twin 0.99."
    )
    assert heads_picture([False, False], MAPS, TOKENS, canned)[1].startswith("Heads on: none.")


def test_a_map_shows_its_weights_and_pales_when_its_head_is_off():
    on, off = (cells(heads_picture([state, True], MAPS, TOKENS, canned)[0]) for state in (True, False))
    assert len(on) == len(off) == 3 + 9
    assert [opacity for *_, opacity in on[:3]] == [1.0] * 3
    assert len({left for left, *_ in on[:3]}) == len({top for _, top, _ in on[:3]}) == 3  # the diagonal
    assert [opacity for *_, opacity in on[3:]] == pytest.approx([1 / 3] * 9, abs=1e-3)
    assert all(opacity < 0.2 for *_, opacity in off[:3]) and off[3:] == on[3:]


def test_the_picture_names_everything_and_escapes_it():
    picture, _ = heads_picture([True, False], MAPS, TOKENS, canned)
    assert {"head 1", "head 2: off", "left neighbour", "twin", "1.00", "0.25", *TOKENS} <= set(texts(picture))
    assert "<gold>" not in picture


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 3, 3\), but there are 3 switches and 3 tokens"):
        heads_picture([True] * 3, MAPS, TOKENS, canned)


def test_the_explorer_has_a_switch_for_each_head_and_measures_each_setting_once():
    asked = []

    def counted(without):
        asked.append(without)
        return canned(without)

    explorer = heads_explorer(MAPS, TOKENS, counted)
    assert explorer.state == {"head_1": True, "head_2": True}
    assert explorer.set(head_2=False) == "Heads on: 1. Right: left neighbour 1.00, twin 0.25."
    assert explorer.set(head_2=True) == "Heads on: 1, 2. Right: left neighbour 1.00, twin 0.99."
    explorer.set(head_2=False)
    assert sorted(asked) == [(), (1,)]
    with pytest.raises(ValueError, match="no control"):
        explorer.set(head_3=True)
