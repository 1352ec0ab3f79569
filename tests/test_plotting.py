"""Figures: one door with alt text, labelled maps, lines and dots that show what they are given."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.plotting import figures, heatmap, lines, new_figure, show, strip_plot, svg


@pytest.fixture
def shown(monkeypatch):
    """What ``show`` hands to the page."""
    pages = []
    monkeypatch.setattr(figures, "display", lambda bundle, raw: pages.append(bundle))
    return pages


def texts(figure):
    return {text.get_text() for axes in figure.axes for text in axes.texts}


def test_show_gives_an_image_whose_alt_text_is_escaped(shown):
    figure, _ = new_figure()
    show(figure, alt='5 < 6 & "so"')
    page = shown[0]
    assert page["text/plain"] == 'Figure: 5 < 6 & "so"'
    assert 'alt="5 &lt; 6 &amp; &quot;so&quot;"' in page["text/html"]
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", page["text/html"]).group(1))
    assert Image.open(io.BytesIO(picture)).format == "PNG"


def test_the_same_figure_gives_the_same_bytes(shown):
    for _ in range(2):
        show(heatmap(np.eye(3), queries="abc", keys="abc", title="t"), alt="the same")
    assert shown[0] == shown[1]


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_show_refuses_a_figure_without_words(alt):
    with pytest.raises(ValueError, match="alt"):
        show(new_figure()[0], alt=alt)


def test_show_adds_the_numbers_as_a_table(shown):
    show(new_figure()[0], alt="a", numbers={"x": [1, 2], "<y>": [0.12345, 4567.0]})
    html = shown[0]["text/html"]
    rows = ElementTree.fromstring(re.search(r"<table>.*</table>", html).group())
    cells = [[cell.text for cell in row] for row in rows.iter("tr")]
    assert cells == [["x", "<y>"], ["1", "0.123"], ["2", "4,567"]]
    with pytest.raises(ValueError, match="differ in length"):
        show(new_figure()[0], alt="a", numbers={"x": [1], "y": [1, 2]})


def test_heatmap_labels_axes_prints_values_and_keeps_the_scale():
    weights = torch.tensor([[0.25, 0.75], [1.0, 0.0], [0.5, 0.5]], requires_grad=True)
    figure = heatmap(weights, queries=["a", "b", "c"], keys=["x", "y"], title="what to see")
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("key: attended to", "query: attends")
    assert axes.get_title(loc="left") == "what to see"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["x", "y"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    assert texts(figure) == {"0.25", "0.75", "1.00", "0.00", "0.50"}
    assert axes.images[0].get_clim() == (0.0, 1.0)
    np.testing.assert_array_equal(axes.images[0].get_array(), weights.detach().numpy())


def test_heatmap_has_one_colour_bar_and_none_without_a_label():
    assert len(heatmap(np.eye(2), queries="ab", keys="ab", title="t").axes) == 2
    bare = heatmap(np.eye(2), queries="ab", keys="ab", title="t", label=None)
    assert len(bare.axes) == 1
    show(bare, alt="two ones")  # a colour bar that was taken off again stops matplotlib before 3.11 here


def test_heatmap_prints_no_values_where_there_is_no_room():
    names = [str(i) for i in range(13)]
    assert texts(heatmap(np.eye(13), queries=names, keys=names, title="t")) == set()


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.ones((2, 2, 2)), "2 axes"),
        (np.ones((2, 3)), r"shape \(2, 3\)"),
        ([[1.0, np.nan], [0.0, 1.0]], r"NaN or infinity, first at index \(0, 1\)"),
    ],
)
def test_heatmap_refuses_what_it_cannot_draw(weights, said):
    with pytest.raises(ValueError, match=said):
        heatmap(weights, queries="ab", keys="ab", title="t")


def test_lines_differ_in_more_than_colour_and_show_the_spread():
    figure = lines(
        [1, 2, 3],
        {"a": [1, 2, 3], "b": [3, 2, 1]},
        x_label="x",
        y_label="y",
        title="t",
        spread={"a": [1, 1, 1]},
        chance=0.5,
    )
    axes = figure.axes[0]
    a, b, level = axes.get_lines()
    assert {a.get_marker(), b.get_marker()} == {"o", "s"} and a.get_linestyle() != b.get_linestyle()
    band = axes.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (0, 4)
    assert list(level.get_ydata()) == [0.5, 0.5]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b", "guessing (0.5)"]


def test_lines_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="2 values for 3"):
        lines([1, 2, 3], {"a": [1, 2]}, x_label="x", y_label="y", title="t")
    with pytest.raises(ValueError, match=r"\['c'\]"):
        lines([1], {"a": [1]}, x_label="x", y_label="y", title="t", spread={"c": [1]})


def test_strip_plot_has_a_dot_for_each_seed_and_the_mean():
    figure = strip_plot(
        {"a": [0.2, 0.4], "b": [1.0]}, x_label="accuracy", title="t", chance={"guessing": 0.25, "half": 0.5}
    )
    axes = figure.axes[0]
    dots = [sorted(line.get_xdata()) for line in axes.get_lines()[:2]]
    assert dots == [[0.2, 0.4], [1.0]]
    assert {"0.30", "1.00"} <= texts(figure)
    assert {" guessing: 0.25 ", " half: 0.5 "} <= texts(figure)
    with pytest.raises(ValueError, match="'a' holds no value"):
        strip_plot({"a": []}, x_label="x", title="t")


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3)])
def test_the_pixels_of_an_svg_image_come_back(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    root = ElementTree.fromstring(svg.document(9, 9, "l", [svg.image(1, 2, 50, 30, pixels)]))
    (image,) = root.iter("{http://www.w3.org/2000/svg}image")
    assert (image.get("width"), image.get("height"), image.get("preserveAspectRatio")) == ("50.0", "30.0", "none")
    head, data = image.get("href").split(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), pixels)


@pytest.mark.parametrize(
    ("pixels", "error", "says"),
    [
        ([[0, 1]], TypeError, "got list"),
        (np.zeros((2, 2)), TypeError, "got float64"),
        (np.zeros((2, 2, 4), np.uint8), ValueError, r"shape \(2, 2, 4\)"),
        (np.zeros(4, np.uint8), ValueError, r"shape \(4,\)"),
        (np.zeros((0, 4), np.uint8), ValueError, "not empty"),
    ],
)
def test_an_svg_image_of_something_else_is_refused(pixels, error, says):
    with pytest.raises(error, match=says):
        svg.image(0, 0, 1, 1, pixels)


def test_svg_is_well_formed_and_escaped():
    pictures = [
        svg.bars("<label> & 'so'", {"<g>": [0.5, 1.0]}, ["<script>", "b & c"]),
        svg.curves("<l>", {"<s>": [(0, 0), (1, 1)]}, x_label="<x>", y_label="&", x_limits=(0, 1), y_limits=(0, 1)),
    ]
    for picture in pictures:
        root = ElementTree.fromstring(picture)
        assert root.get("role") == "img" and root.get("aria-label").startswith("<l")
        assert "script" not in {element.tag.split("}")[1] for element in root.iter()}


def test_bars_are_as_long_as_their_values():
    root = ElementTree.fromstring(svg.bars("l", {"g": [0.25, 0.5, 1.0]}, "abc"))
    widths = [float(bar.get("width")) for bar in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.2) and widths[2] == pytest.approx(4 * widths[0], abs=0.2)
    with pytest.raises(ValueError, match="'g' has 1 values for 2 names"):
        svg.bars("l", {"g": [1]}, "ab")


def test_curves_are_straight_on_a_logarithmic_axis_and_cut_at_its_limits():
    path = [(k, 10.0**-k) for k in range(0, 6)]
    root = ElementTree.fromstring(
        svg.curves("l", {"s": path}, x_label="x", y_label="y", x_limits=(0, 5), y_limits=(1e-4, 1), log_y=True)
    )
    line = next(root.iter("{http://www.w3.org/2000/svg}polyline"))
    corners = np.array([[float(c) for c in corner.split(",")] for corner in line.get("points").split()])
    steps = np.diff(corners[:, 1])
    assert steps[:4] == pytest.approx([steps[0]] * 4, abs=0.2) and steps[4] == 0


def test_titles_stand_above_their_panels_in_the_style_of_the_course():
    _, (one, other) = new_figure(2, title="both", titles=("first", "second"))
    assert [panel.get_title(loc="left") for panel in (one, other)] == ["first", "second"]
    assert one._left_title.get_fontweight() == "bold"
    with pytest.raises(ValueError, match="1 titles came for 2 columns"):
        new_figure(2, titles=["first"])
