"""Widgets: what they draw follows their state, in the picture and in words."""

import math
import re
import sys
import xml.etree.ElementTree as ElementTree

import ipywidgets
import numpy as np
import pytest
import torch

from course_utils.plotting import svg
from course_utils.widgets import Explorer
from course_utils.widgets.accessibility import COURSE_WIDGET, make_accessible
from course_utils.widgets.dot_product import (
    noisy_curve,
    random_queries_and_keys,
    regression_explorer,
    scale_explorer,
    scale_picture,
    soft_look_up,
)
from course_utils.widgets.sharing import sharing_explorer, sharing_picture


def square(side):
    return svg.document(side, side, f"a square of {side}", []), f"side {side} <b>"


def explorer():
    return Explorer("Square", square, {"side": ipywidgets.IntSlider(value=2, min=1, max=9, description="side of it")})


def values(box):
    return [child.value for child in box.children if isinstance(child, ipywidgets.HTML)]


def test_an_explorer_draws_at_once_and_at_every_change():
    shell = explorer()
    assert shell.words == "side 2 <b>"
    assert shell.set(side=7) == "side 7 <b>"
    picture, words, _ = values(shell._box)
    assert "a square of 7" in picture
    assert "side 7 &lt;b&gt;" in words and 'role="status"' in words


def test_a_hand_on_the_control_does_the_same():
    shell = explorer()
    shell._controls["side"].value = 5
    assert shell.words == "side 5 <b>" and shell.state == {"side": 5}


def test_set_refuses_what_is_not_there():
    with pytest.raises(ValueError, match=r"no control \['size'\]; there are \['side'\]"):
        explorer().set(size=3)
    with pytest.raises(ValueError, match="side cannot be 'x'"):
        explorer().set(side="x")
    with pytest.raises(ValueError, match="stopped at 9"):
        explorer().set(side=99)


def test_a_failing_picture_says_so_where_the_reader_looks_and_recovers():
    def draw(side):
        if side == 3:
            raise ValueError("no <square> of 3")
        return square(side)

    shell = Explorer("Square", draw, {"side": ipywidgets.IntSlider(value=2, min=1, max=9)})
    shell._controls["side"].value = 3
    assert 'role="alert"' in values(shell._box)[1] and "no &lt;square&gt; of 3" in values(shell._box)[1]
    with pytest.raises(ValueError, match="no <square>"):
        shell.set(side=3)
    assert shell.set(side=4) == "side 4 <b>"


def test_a_sentence_waits_for_the_kernel_to_go():
    gone = values(explorer()._box)[2]
    assert "Run this cell again" in gone and 'role="alert"' in gone
    assert (
        ".kernel-gone {display: none}" in gone and ".jupyter-widgets-disconnected .kernel-gone {display: block}" in gone
    )


def test_keys_stay_in_the_widget_or_without_anywidget_it_still_moves(monkeypatch):
    assert COURSE_WIDGET in explorer()._box._dom_classes
    assert make_accessible() is make_accessible() is not None  # one for all widgets of a kernel
    make_accessible.cache_clear()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    assert make_accessible() is None and explorer().set(side=7) == "side 7 <b>"
    make_accessible.cache_clear()


def test_a_stored_page_says_what_the_widget_is():
    bundle = explorer()._repr_mimebundle_()
    assert bundle["text/plain"] == "[Square. Run this cell to move it. Controls: side of it. It shows: side 2 <b>]"
    assert set(bundle["application/vnd.jupyter.widget-view+json"]) == {"version_major", "version_minor", "model_id"}


@pytest.mark.parametrize("make", [scale_explorer, regression_explorer, sharing_explorer])
def test_every_control_is_named_and_every_picture_well_formed(make):
    shell = make()
    for control in shell._controls.values():
        assert control.description
    root = ElementTree.fromstring(values(shell._box)[0])
    assert root.get("aria-label") and shell.words


def test_sharing_follows_the_softmax():
    for score in (-4.0, 0.0, 2.0, 6.0):
        exps = [math.exp(score), math.e, 1.0]
        said = re.findall(r"(?:river|muddy|the) (\d\.\d\d)", sharing_picture(score)[1])
        assert [float(number) for number in said] == pytest.approx([e / sum(exps) for e in exps], abs=0.005)


def test_scale_picture_agrees_with_torch():
    query, key = random_queries_and_keys(64)
    dots = torch.einsum("nqd,nkd->nk", query, key)
    plain, scaled = torch.softmax(dots, -1).amax(-1), torch.softmax(dots / 8, -1).amax(-1)
    numbers = re.findall(r"\d\.\d\d", scale_picture(64)[1])
    wanted = [plain[0], scaled[0], plain.mean(), scaled.mean()]
    assert [float(number) for number in numbers] == pytest.approx([float(w) for w in wanted], abs=0.006)


def test_more_features_keep_the_earlier_ones():
    for small, large in zip(random_queries_and_keys(8), random_queries_and_keys(32)):
        assert torch.equal(small, large[..., :8])


def test_soft_look_up_is_kernel_regression():
    x, y = noisy_curve()
    grid, temperature = np.linspace(0, 10, 17), 0.3
    kernel = np.exp(-((grid[:, None] - x.numpy()) ** 2) / (2 * temperature))
    expected = kernel @ y.numpy() / kernel.sum(1)
    prediction, weights = soft_look_up(torch.tensor(grid, dtype=torch.float32), x, y, temperature)
    np.testing.assert_allclose(prediction, expected, atol=2e-4)
    np.testing.assert_allclose(weights, kernel / kernel.sum(1, keepdims=True), atol=2e-4)
