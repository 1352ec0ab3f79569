"""The explorer's picture and its time axis: what is said, where the hand may go, and what is refused."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.datasets.pictures import TEXTURES, draw_collage, load_photograph, patch_labels
from course_utils.features.patches import edges_alike, patch_features
from course_utils.layers import MultiHeadAttention
from course_utils.reproducibility import generator
from course_utils.widgets import PictureAttentionExplorer, TimeAttentionExplorer

SIZE, BETA = 10, 30
COLLAGE = draw_collage(generator(0))
LABELS = patch_labels(COLLAGE.labels, SIZE)
TEMPLE = load_photograph("temple")


def looking_around(image, **more) -> PictureAttentionExplorer:
    """Patches of a picture that look for patches like them, as in the lesson."""
    features = patch_features(image, SIZE)
    masks = {"without itself": ~torch.eye(len(features), dtype=torch.bool)}
    more = {"masks": masks, "temperature": 1 / BETA, "scaled": False} | more
    explorer = PictureAttentionExplorer(image, SIZE, features, features, **more)
    explorer.set(mask="without itself")
    return explorer


@pytest.fixture(scope="module")
def collage():
    names = [TEXTURES[label] for label in LABELS.tolist()]
    return looking_around(COLLAGE.image, marked=LABELS[:, None] == LABELS, marked_as=names)


@pytest.fixture(scope="module")
def heads():
    """Two trained-like heads over ten moments of half a second, with values."""
    torch.manual_seed(0)
    layer, x = MultiHeadAttention(8, 2), torch.randn(1, 10, 8)
    query, key, value = (W(x).unflatten(-1, (2, 4)).transpose(1, 2)[0] for W in (layer.W_q, layer.W_k, layer.W_v))
    return (query, key, value), layer(x)[1][0].detach()


def seconds_explorer(heads, **more) -> TimeAttentionExplorer:
    (query, key, value), _ = heads
    more = {"unit": "moment", "spans": [(0.5, 1.25, "DOWN")]} | more
    return TimeAttentionExplorer(torch.rand(50, 6), torch.arange(10) * 0.5 + 0.25, 5, query, key, value, **more)


def by_exp(image: torch.Tensor, query: int, allowed: torch.Tensor, beta: float = BETA) -> torch.Tensor:
    """Exp, sum, divide; written out."""
    features = patch_features(image, SIZE).double()
    exps = (beta * (features @ features[query])).exp() * allowed
    return exps / exps.sum()


@pytest.mark.parametrize(("row", "column"), [(1, 1), (16, 24), (8, 12), (5, 20)])
def test_the_words_tell_the_largest_weight_and_the_share_on_the_own_texture(collage, row, column):
    query = (row - 1) * 24 + column - 1
    weights, own = by_exp(COLLAGE.image, query, torch.arange(384) != query), LABELS.eq(LABELS[query])
    words = collage.set(query=(row, column))
    best = int(weights.argmax())
    to = f"{weights[best]:.2f} to the patch at row {best // 24 + 1}, column {best % 24 + 1}"
    assert words.startswith(f"The patch at row {row}, column {column} attends {to}")
    area = (int(own.sum()) - 1) / 383
    name = TEXTURES[LABELS[query]]
    assert f"{weights[own].sum():.2f} of its weight lies on {name} ({area:.2f} of the other keys)." in words


def test_an_edge_of_a_photograph_tells_its_direction_and_a_patch_without_says_nothing_of_it():
    alike = edges_alike(TEMPLE, SIZE)
    names = ["edges of its direction" if edge else "" for edge in alike.any(-1).tolist()]
    temple = looking_around(TEMPLE, marked=alike, marked_as=names)
    query = int(alike.sum(-1).argmax())
    weights = by_exp(TEMPLE, query, torch.arange(640) != query)
    words = temple.set(query=(query // 32 + 1, query % 32 + 1))
    assert f"{weights[alike[query]].sum():.2f} of its weight lies on edges of its direction" in words
    assert "edges" not in temple.set(query=(1, 16))  # the sky


def test_the_temperature_is_one_over_beta(collage):
    beta = 100
    query = 9 * 24
    weights = by_exp(COLLAGE.image, query, torch.arange(384) != query, beta)
    assert f"attends {weights.max():.2f} to" in collage.set(query=(10, 1), temperature=1 / beta)
    assert "Temperature 0.0333" in collage.set(temperature=1 / BETA)


def test_a_patch_is_named_by_row_and_column_and_comes_back_so(collage):
    collage.set(query=(16, 24), key=(2, 3))
    assert (collage.state["query"], collage.state["key"]) == ((16, 24), (2, 3))
    before = collage.state
    collage.set(query=[1, 2])
    collage.set(**before)
    assert collage.state == before


@pytest.mark.parametrize(
    "place", [(0, 1), (17, 1), (1, 0), (1, 25), (-3, 4), 5, "1, 2", (1.0, 2), (True, 2), (1, 2, 3)]
)
def test_a_patch_off_the_picture_is_refused_and_nothing_moves(collage, place):
    before = collage.state
    with pytest.raises(ValueError, match=r"a row from 1 to 16 and a column from 1 to 24"):
        collage.set(head=1, temperature=0.1, query=place)
    with pytest.raises(ValueError, match="key cannot be"):
        collage.set(key=place)
    assert collage.state == before


def pixels_of(explorer) -> np.ndarray:
    """What the page gets to draw."""
    address = explorer._problem.stage_data["image"].removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address))))


def test_the_page_gets_the_picture_itself():
    temple = looking_around(TEMPLE)
    assert {name: temple._problem.stage_data[name] for name in ("rows", "columns")} == {"rows": 20, "columns": 32}
    assert np.abs(pixels_of(temple) / 255 - TEMPLE.numpy()).max() <= 0.5 / 255 + 1e-6


def test_colours_and_arrays_are_taken_as_well():
    image = np.random.default_rng(0).random((6, 9, 3))
    explorer = PictureAttentionExplorer(image, 3, weights=np.eye(6))
    assert "1.00 to the patch at row 2, column 3" in explorer.set(query=(2, 3))


@pytest.mark.parametrize(
    ("image", "size", "error", "says"),
    [
        (COLLAGE.image, 7, ValueError, "size is 7; expected a number of pixels that divides height 160 and width 240"),
        (COLLAGE.image, 0, ValueError, "size is 0"),
        (COLLAGE.image, 10.0, TypeError, "size must be a whole number"),
        (COLLAGE.image, True, TypeError, "size must be a whole number"),
        (COLLAGE.image, 1, ValueError, "makes 38,400 patches; at most 4,096 can be shown"),
        (COLLAGE.image[None], 10, ValueError, r"shape \(1, 160, 240\), expected \(H, W\)"),
        (COLLAGE.image * 255, 10, ValueError, r"expected 0 \(black\) to 1 \(white\)"),
        (COLLAGE.image / 0, 10, ValueError, "holds NaN or infinity"),
        (torch.zeros(0, 10), 10, ValueError, "not empty"),
        (torch.zeros(20, 20, dtype=torch.uint8), 10, TypeError, "got uint8"),
        ([[0.0, 1.0]], 1, TypeError, "got list"),
        (torch.empty(4, 4, device="meta"), 2, TypeError, "image cannot be read as an array"),
        (torch.zeros(2000, 1010), 1010, ValueError, "at most 2,000,000 pixels"),
    ],
)
def test_what_is_no_picture_is_refused(image, size, error, says):
    with pytest.raises(error, match=f"PictureAttentionExplorer: .*{says}"):
        PictureAttentionExplorer(image, size, weights=np.eye(4))


def test_what_does_not_fit_the_patches_is_refused_in_the_name_of_the_picture():
    image = torch.rand(20, 20)
    with pytest.raises(ValueError, match="^PictureAttentionExplorer: .*query has shape"):
        PictureAttentionExplorer(image, 10, torch.rand(5, 2), torch.rand(5, 2))
    with pytest.raises(ValueError, match="^PictureAttentionExplorer: weights of head 1, row 2 sum to 2"):
        PictureAttentionExplorer(image, 10, weights=torch.eye(4) * torch.tensor([1.0, 2, 1, 1])[:, None])
    with pytest.raises(ValueError, match="^PictureAttentionExplorer: key holds nan"):
        PictureAttentionExplorer(image, 10, torch.rand(4, 2), torch.full((4, 2), torch.nan))


def test_a_moment_is_named_by_its_time(heads):
    _, weights = heads
    explorer = seconds_explorer(heads)
    for head, second, place in ((1, 0.25, 0), (2, 2.6, 5), (2, 5, 9), (1, 0, 0)):
        words = explorer.set(head=head, query=second)
        best = int(weights[head - 1, place].argmax())
        to = f"{weights[head - 1, place, best]:.2f} to the moment at {best * 0.5 + 0.25:.2f} s"
        assert words.startswith(f"The moment at {place * 0.5 + 0.25:.2f} s attends {to}")
        assert f"Head {head} of 2." in words
    before = explorer.state
    assert before["query"] == 0.25
    explorer.set(query=3)
    explorer.set(**before)
    assert explorer.state == before


def test_the_share_on_a_word_is_told(heads):
    _, weights = heads
    inside = torch.tensor([1, 2])
    marked = torch.zeros(10, 10, dtype=torch.bool)
    marked[:, inside] = True
    explorer = seconds_explorer(heads, marked=marked, marked_as=["DOWN"] * 10)
    share = weights[1, 7, inside].sum()
    assert f"{share:.2f} of its weight lies on DOWN ({2 / 9:.2f} of the other keys)." in explorer.set(head=2, query=3.8)


@pytest.mark.parametrize("second", [-0.1, 5.1, "1", None, True, float("nan"), (1, 2)])
def test_a_time_outside_the_sound_is_refused_and_nothing_moves(heads, second):
    explorer = seconds_explorer(heads)
    before = explorer.state
    with pytest.raises(ValueError, match="query cannot be .*; expected a time from 0 to 5 seconds"):
        explorer.set(head=2, query=second)
    assert explorer.state == before


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"length": 0}, ValueError, "length is 0, expected more than 0 seconds"),
        ({"length": "2.5"}, TypeError, "length must be a number"),
        ({"length": 3}, ValueError, "seconds must rise from 0 to at most the length, 3"),
        ({"seconds": torch.zeros(10)}, ValueError, "seconds must rise"),
        ({"seconds": torch.arange(20).view(2, 10)}, ValueError, r"shape \(2, 10\), expected \(T,\)"),
        ({"seconds": torch.arange(2000) / 500}, ValueError, "seconds are 2,000, at most 1,024"),
        ({"seconds": [0.0, 1.0]}, TypeError, "seconds must be a tensor or an array"),
        ({"spectrogram": torch.rand(50)}, ValueError, r"spectrogram has shape \(50,\)"),
        ({"spectrogram": torch.full((5, 5), torch.inf)}, ValueError, "spectrogram is empty or holds NaN"),
        ({"spectrogram": "loud"}, TypeError, "spectrogram must be a tensor or an array of numbers, got str"),
        ({"spans": [(1, 0.5, "x")]}, ValueError, r"expected \(start, end, name\) with times from 0 to 5"),
        ({"spans": [(0, 9, "x")]}, ValueError, "spans hold"),
        ({"spans": [3]}, ValueError, "spans hold 3"),
        ({"spans": [(0, 1, 2)]}, ValueError, "spans hold"),
        ({"spans": None}, TypeError, "spans must be a list, got None"),
        ({"length": 10**400}, ValueError, "length is 1000"),
        ({"spectrogram": torch.empty(5, 5, device="meta")}, TypeError, "spectrogram cannot be read as an array"),
        ({"unit": 3}, TypeError, "unit must be a string"),
    ],
)
def test_what_is_no_sound_is_refused(heads, changed, error, says):
    (query, key, _), _ = heads
    sound = {"spectrogram": torch.rand(50, 6), "seconds": torch.arange(10) * 0.5 + 0.25, "length": 5} | changed
    with pytest.raises(error, match=f"^TimeAttentionExplorer: .*{says}"):
        TimeAttentionExplorer(query=query, key=key, **sound)


@pytest.mark.parametrize("kind", [torch.Tensor.bfloat16, torch.Tensor.to_sparse])
def test_a_tensor_of_any_kind_is_a_picture_or_a_sound(kind):
    table, middles, weights = torch.tensor([[1.0, 0.0], [0.5, 1.0]]), torch.tensor([0.25, 0.5, 0.75, 1.0]), np.eye(4)
    picture = PictureAttentionExplorer(kind(table), 1, weights=weights)
    assert pixels_of(picture).tolist() == [[255, 0], [128, 255]]
    sound = TimeAttentionExplorer(kind(table), kind(middles), 1, weights=weights)
    assert sound._problem.stage_data["seconds"] == middles.tolist()


def test_one_odd_value_does_not_spoil_the_colours_of_a_sound(heads):
    table = torch.linspace(0, 1, 300).view(50, 6)
    table[0, 0] = -1e6
    (query, key, _), _ = heads
    pixels = pixels_of(TimeAttentionExplorer(table, torch.arange(10) * 0.5 + 0.25, 5, query, key))
    assert pixels.shape == (6, 50, 3)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 100
    assert pixels[:, -1].mean() > pixels[:, 0].mean() + 50  # bright is much


def test_low_sounds_stand_below(heads):
    table = torch.zeros(50, 6)
    table[:, 0] = 1  # the lowest band is loud
    (query, key, _), _ = heads
    pixels = pixels_of(TimeAttentionExplorer(table, torch.arange(10) * 0.5 + 0.25, 5, query, key))
    assert pixels[5].mean() > pixels[:5].mean() + 50


HOSTILE = '<script>alert("x")</script>'


def test_markup_in_a_name_stays_text(heads):
    sound = seconds_explorer(heads, name=HOSTILE, unit=HOSTILE, spans=[(0, 1, HOSTILE)])
    picture = PictureAttentionExplorer(
        torch.rand(4, 4), 2, weights=np.eye(4), name=HOSTILE, marked=np.eye(4, dtype=bool), marked_as=[HOSTILE] * 4
    )
    for explorer in (sound, picture):
        shown, _ = explorer._repr_mimebundle_()
        assert "<script>" not in shown.get("text/html", "")
        assert not re.search(r"<script>\s*alert", explorer.page())
