"""A patch that looks around in a picture: what is drawn, what is said, how fast, and what is refused."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ElementTree

import pytest
import torch

from course_utils.datasets.pictures import TEXTURES, draw_collage, load_photograph, patch_labels
from course_utils.experiments import textures
from course_utils.features.patches import edges_alike, patch_features
from course_utils.plotting.figures import COLOURS
from course_utils.reproducibility import generator
from course_utils.widgets import patches
from course_utils.widgets.patches import patches_explorer, patches_picture, scene

SIZE = 10
COLLAGE = draw_collage(generator(0))
LABELS = patch_labels(COLLAGE.labels, SIZE)


@pytest.fixture(scope="module")
def scenes():
    return {
        "collage": scene(COLLAGE.image, SIZE, LABELS, TEXTURES),
        "temple": scene(load_photograph("temple"), SIZE),
    }


def boxes(picture: str, colour: str) -> list[dict[str, str]]:
    nodes = ElementTree.fromstring(picture).iter()
    return [node.attrib for node in nodes if node.tag.endswith("rect") and node.attrib["fill"] == colour]


def weights_of(image: torch.Tensor, query: int, beta: float) -> torch.Tensor:
    """Written out with NumPy's arithmetic only: exp, sum, divide."""
    features = patch_features(image, SIZE).double()
    exps = (beta * (features @ features[query])).exp()
    exps[query] = 0
    return exps / exps.sum()


@pytest.mark.parametrize(("row", "column"), [(1, 1), (16, 24), (8, 12), (5, 20)])
def test_the_words_give_the_share_on_the_own_texture(scenes, row, column):
    query = (row - 1) * 24 + column - 1
    weights, own = weights_of(COLLAGE.image, query, 30), LABELS.eq(LABELS[query])
    _, words = patches_picture(row, column, 30, scenes["collage"])
    name = TEXTURES[LABELS[query]]
    assert words.startswith(
        f"The patch at row {row}, column {column} is {name}. {weights[own].sum():.2f} of its weight"
    )
    assert f"lies on {name}, {(own.sum() - 1) / 383:.2f} of the other patches" in words
    best = int(weights.argmax())
    assert f"Most weight: {weights[best]:.2f} at row {best // 24 + 1}, column {best % 24 + 1}" in words


def test_an_edge_of_a_photograph_tells_its_direction_and_a_blank_patch_that_it_has_none(scenes):
    temple = load_photograph("temple")
    alike = edges_alike(temple, SIZE)
    query = int(alike.sum(-1).argmax())
    weights = weights_of(temple, query, 30)
    _, words = patches_picture(query // 32 + 1, query % 32 + 1, 30, scenes["temple"])
    assert re.search(r"has edges at \d+ degrees", words)
    assert f"{weights[alike[query]].sum():.2f} of its weight lies on edges of that direction" in words
    assert f"{alike[query].sum() / 639:.2f} of the others" in words
    _, words = patches_picture(1, 16, 30, scenes["temple"])  # the sky
    assert "no clear direction" in words and "Most weight" in words


def test_the_picture_has_the_query_in_blue_and_the_strongest_weight_in_the_strongest_orange(scenes):
    picture, _ = patches_picture(8, 12, 30, scenes["collage"])
    (query,) = boxes(picture, COLOURS[0])
    assert (float(query["x"]), float(query["y"])) == (11 * 24, 7 * 24)
    weights = weights_of(COLLAGE.image, 7 * 24 + 11, 30)
    orange = boxes(picture, COLOURS[1])
    assert len(orange) == int((weights >= 0.05 * weights.max()).sum())
    strongest = max(orange, key=lambda box: float(box["fill-opacity"]))
    best = int(weights.argmax())
    assert (float(strongest["x"]), float(strongest["y"])) == (best % 24 * 24, best // 24 * 24)
    assert len([node for node in ElementTree.fromstring(picture).iter() if node.tag.endswith("image")]) == 1


def test_beta_zero_looks_everywhere_alike_but_not_at_itself(scenes):
    picture, words = patches_picture(3, 3, 0, scenes["collage"])
    assert "All others get the same weight." in words
    assert len(boxes(picture, COLOURS[1])) == 383
    own, area = re.findall(r"0\.\d\d", words)[:2]
    assert own == area


def test_a_picture_without_edges_can_be_looked_at():
    _, words = patches_picture(1, 2, 30, scene(torch.full((20, 30), 0.5), SIZE))
    assert "no clear direction" in words and "same weight" in words


def test_a_move_is_answered_within_80_milliseconds(scenes):
    explorer = patches_explorer(scenes)
    explorer.set(picture="temple")
    took = []
    for column in range(2, 22):
        start = time.process_time()
        explorer.set(column=column)
        took.append(time.process_time() - start)
    assert sorted(took)[len(took) // 2] < 0.080


@pytest.mark.parametrize(("row", "column"), [(0, 1), (17, 1), (1, 0), (1, 25), (-3, 4)])
def test_a_query_off_the_picture_is_refused(scenes, row, column):
    with pytest.raises(ValueError, match=r"a row from 1 to 16 and a column from 1 to 24"):
        patches_picture(row, column, 30, scenes["collage"])
    with pytest.raises(ValueError, match="lies off a picture of 16 by 24"):
        patches_explorer(scenes, row, column)


def test_the_sliders_fit_the_picture(scenes):
    explorer = patches_explorer(scenes, row=5, column=6)
    assert explorer.state == {"picture": "collage", "row": 5, "column": 6, "beta": 30}
    with pytest.raises(ValueError, match="row cannot be 20"):
        explorer.set(row=20)
    explorer.set(picture="temple")
    assert "row 20, column 32" in explorer.set(row=20, column=32)
    assert "row 16, column 24 is" in explorer.set(picture="collage")
    with pytest.raises(ValueError, match="beta cannot be 7"):
        explorer.set(beta=7)


def test_the_slider_has_the_betas_that_were_measured():
    assert patches.BETAS == textures.BETAS and patches.START_BETA == textures.BETA


def test_what_is_no_scene_is_refused():
    with pytest.raises(ValueError, match="expected one picture"):
        scene(torch.rand(2, 20, 20), SIZE)
    with pytest.raises(ValueError, match=r"expected \(4,\)"):
        scene(torch.rand(20, 20), SIZE, torch.zeros(3))
    with pytest.raises(ValueError, match="patches_explorer: scenes is empty"):
        patches_explorer({})
    with pytest.raises(ValueError, match="labels run from 0 to 2, but names are 2"):
        scene(torch.rand(20, 20), SIZE, torch.tensor([0, 1, 2, 1]), ("brick", "grass"))
    with pytest.raises(ValueError, match="size is 20, so that there is one patch"):
        scene(torch.rand(20, 20), 20)
    with pytest.raises(ValueError, match="divides height 20"):
        scene(torch.rand(20, 20), 7)
    with pytest.raises(TypeError, match="floats"):
        scene(torch.zeros(20, 20, dtype=torch.uint8), SIZE)
