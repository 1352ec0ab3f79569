"""The maps of a pretrained encoder: what is drawn and said follows the weights, with the markers and without."""

import xml.etree.ElementTree as ElementTree

import pytest
import torch

from course_utils.widgets.pretrained_maps import (
    CELL_HEIGHT,
    CELL_WIDTH,
    CLOSED,
    SMALL,
    head_explorer,
    head_picture,
)

PIECES = ("[CLS]", "bank", "<river>", "[SEP]")


def weights_where(layers=2, heads=3):
    """Everything on [CLS], but in layer 2, head 3, bank gives itself and river 0.2 each, the rest to the markers."""
    weights = torch.zeros(layers, heads, 4, 4)
    weights[..., 0] = 1.0
    weights[1, 2, 1] = torch.tensor([0.5, 0.2, 0.2, 0.1])  # itself 0.2
    return weights


def nodes(picture, kind):
    return [node for node in ElementTree.fromstring(picture).iter() if node.tag.endswith(kind)]


def texts(picture):
    return [node.text for node in nodes(picture, "text")]


def opacities(picture, width, height):
    sizes = {"width": f"{width:.1f}", "height": f"{height:.1f}"}
    rectangles = [node.attrib for node in nodes(picture, "rect")]
    return [float(r["fill-opacity"]) for r in rectangles if all(r[name] == size for name, size in sizes.items())]


def test_the_words_say_what_is_parked_and_name_the_strongest_pair():
    _, words = head_picture(PIECES, weights_where(), layer=2, head=3)
    # river's row parks everything, bank's 0.5 + 0.1
    assert words == (
        "Layer 2, head 3: 0.80 parked. "
        "Strongest between two words: bank (piece 2) looks at <river> (piece 3) with 0.20."
    )


def test_without_the_markers_a_share_grows_and_the_words_say_what_it_was():
    picture, words = head_picture(PIECES, weights_where(), layer=2, head=3, without_markers=True)
    assert words.startswith("Layer 2, head 3: 0.80 parked.")
    assert "with 0.50, which was 0.20 before [CLS] and [SEP] were left out." in words
    assert texts(picture).count(CLOSED) == 2 * len(PIECES)


def test_of_pairs_that_print_alike_the_first_is_named():
    """So that a recording in half precision names the same pair as the model."""
    weights = weights_where()
    weights[0, 0, 1] = torch.tensor([0.1, 0.0, 0.899, 0.001])
    weights[0, 0, 2] = torch.tensor([0.0, 0.901, 0.0, 0.099])
    assert "bank (piece 2) looks at <river> (piece 3) with 0.90" in head_picture(PIECES, weights, 1, 1)[1]


def test_a_row_with_nothing_on_the_words_stays_empty_and_does_not_divide_by_nothing():
    picture, words = head_picture(PIECES, weights_where(), layer=1, head=1, without_markers=True)
    assert "nan" not in picture + words and "with 0.00" in words


def test_the_map_and_the_overview_show_their_numbers_in_place():
    weights = torch.softmax(torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0)), -1)
    picture, _ = head_picture(PIECES, weights, layer=2, head=1)
    assert opacities(picture, CELL_WIDTH, CELL_HEIGHT) == pytest.approx(
        (0.75 * weights[1, 0]).flatten().tolist(), abs=1e-3
    )
    parked = (weights[..., 0] + weights[..., 3])[..., 1:3].mean(-1)
    assert opacities(picture, 2 * SMALL, SMALL) == pytest.approx((0.75 * parked).flatten().tolist(), abs=1e-3)
    assert {f"{share:.2f}" for share in parked.flatten().tolist()} <= set(texts(picture))


def test_the_frame_moves_with_layer_and_head():
    frames = [
        [
            (line.attrib["x1"], line.attrib["y1"])
            for line in nodes(head_picture(PIECES, weights_where(), *at)[0], "line")
        ]
        for at in ((1, 1), (1, 2), (2, 1))
    ]
    assert all(len(frame) == 4 for frame in frames)
    (x, y), (right, same), (left, below) = (frame[0] for frame in frames)
    assert (float(right) - float(x), same) == (2 * SMALL, y) and (left, float(below) - float(y)) == (x, SMALL)


def test_pieces_are_escaped():
    picture, _ = head_picture(PIECES, weights_where(), 1, 1)
    assert "<river>" in texts(picture) and "<river>" not in picture


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pieces": PIECES[:3]}, r"shape \(2, 3, 4, 4\) for 3 pieces"),
        ({"weights": weights_where()[0]}, r"shape \(3, 4, 4\)"),
        ({"pieces": PIECES[:3], "weights": torch.ones(1, 1, 3, 3)}, "3 pieces came"),
        ({"layer": 3}, "layer is 3, expected 1 to 2"),
        ({"head": 0}, "head is 0, expected 1 to 3"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    arguments = {"pieces": PIECES, "weights": weights_where(), "layer": 1, "head": 1} | change
    with pytest.raises(ValueError, match=message):
        head_picture(**arguments)


def test_the_explorer_moves_by_every_control_and_asks_each_sentence_once():
    asked = []

    def ask(sentence):
        asked.append(sentence)
        return ("[CLS]", *sentence.split(), "[SEP]"), weights_where()

    explorer = head_explorer(("bank river", "river bank"), ask, layer=2, head=3)
    assert explorer.state == {"sentence": "bank river", "layer": 2, "head": 3, "without_markers": False}
    assert "bank (piece 2) looks at river" in explorer.words
    assert "river (piece 2) looks at bank" in explorer.set(sentence="river bank")
    assert "with 0.50, which was 0.20" in explorer.set(without_markers=True)
    assert explorer.set(layer=1, head=2, without_markers=False).startswith("Layer 1, head 2: 1.00 parked")
    explorer.set(sentence="bank river")
    assert sorted(asked) == ["bank river", "river bank"]
    with pytest.raises(ValueError, match="sentences are empty"):
        head_explorer((), ask)
    with pytest.raises(TypeError, match="weights must be a torch.Tensor, got list"):
        head_picture(PIECES, [[1.0]], 1, 1)
    with pytest.raises(ValueError, match="layer cannot be 7"):
        explorer.set(layer=7)
