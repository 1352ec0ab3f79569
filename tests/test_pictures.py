"""Photographs, textures and collages: sizes, areas, and what a wrong file or name is answered with."""

from __future__ import annotations

import hashlib
import io
import itertools
import sys
import zipfile
from importlib.util import find_spec

import numpy as np
import pytest
import torch

from course_utils.datasets import texture_sources
from course_utils.datasets.archive import npz_bytes
from course_utils.datasets.files import DataError, read_verified
from course_utils.datasets.pictures import (
    COLLAGE,
    FILE,
    PHOTOGRAPH,
    TEXTURES,
    draw_collage,
    load_photograph,
    load_textures,
    patch_labels,
)
from course_utils.features.patches import cut_patches
from course_utils.reproducibility import generator


def test_a_photograph_is_the_mean_of_four_pixels_each():
    from sklearn.datasets import load_sample_image

    colours = load_sample_image("china.jpg").astype(float) / 255
    grey = colours @ [0.299, 0.587, 0.114]
    small = grey[:426].reshape(213, 2, 320, 2).mean((1, 3))[6:206]
    temple = load_photograph("temple")
    assert temple.shape == PHOTOGRAPH and temple.dtype == torch.float32
    assert np.abs(temple.numpy() - small).max() < 1e-5


def test_the_photographs_are_two_different_ones():
    flower, temple = load_photograph("flower"), load_photograph("temple")
    assert flower[60:150, 100:200].mean() > flower[:30].mean() + 0.3  # a light blossom before a dark ground
    assert temple[:30].mean() > temple[-30:].mean() + 0.3  # a light sky over dark trees
    for image in (flower, temple):
        assert image.min() >= 0 and image.max() <= 1


@pytest.mark.parametrize("name", ["china.jpg", "", "Temple", None])
def test_another_photograph_is_refused(name):
    with pytest.raises(ValueError, match="expected one of 'temple', 'flower'"):
        load_photograph(name)


def test_the_textures_are_those_that_were_published():
    textures = load_textures()
    assert tuple(textures) == TEXTURES
    assert all(texture.shape == (256, 256) for texture in textures.values())
    assert torch.equal(textures["ripples"] * 255, torch.from_numpy(texture_sources.draw_ripples()).float())


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / FILE).write_bytes(read_verified(FILE)[:-1])
    digest = hashlib.sha256(read_verified(FILE)).hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  {FILE}\n")
    with pytest.raises(DataError, match=r"textures.npz is damaged.*git checkout"):
        load_textures(tmp_path)


@pytest.mark.parametrize("seed", range(5))
def test_each_texture_has_a_quarter_of_a_collage(seed):
    collage = draw_collage(generator(seed))
    assert collage.image.shape == collage.labels.shape == COLLAGE
    shares = [(collage.labels == label).float().mean().item() for label in range(4)]
    assert shares == pytest.approx([0.25] * 4, abs=0.001)


@pytest.mark.parametrize("label", range(4))
def test_each_region_is_a_crop_of_its_texture(label):
    collage = draw_collage(generator(3))
    texture, here = load_textures()[TEXTURES[label]], collage.labels == label
    places = [
        (top, left)
        for top in range(texture.shape[0] - COLLAGE[0] + 1)
        for left in range(texture.shape[1] - COLLAGE[1] + 1)
        if torch.equal(texture[top : top + COLLAGE[0], left : left + COLLAGE[1]][here], collage.image[here])
    ]
    assert len(places) == 1


def test_crops_are_fresh_down_and_across():
    """In the ripples each crop can be told from its first row and column alone."""
    texture, found = load_textures()["ripples"], set()
    for seed in range(4):
        collage = draw_collage(generator(seed))
        down, right = torch.nonzero(collage.labels == TEXTURES.index("ripples")).T
        for top, left in itertools.product(range(97), range(17)):
            if torch.equal(texture[down + top, right + left], collage.image[down, right]):
                found.add((top, left))
    assert len({top for top, _ in found}) > 1 and len({left for _, left in found}) > 1


def test_regions_are_no_quadrants_and_collages_differ():
    labels = [draw_collage(generator(seed)).labels for seed in range(4)]
    down, across = COLLAGE[0] // 2, COLLAGE[1] // 2
    for one in labels:
        quadrants = [one[:down, :across], one[:down, across:], one[down:, :across], one[down:, across:]]
        assert all(len(quadrant.unique()) > 1 for quadrant in quadrants)
    assert not torch.equal(labels[0], labels[1])
    again, other = draw_collage(generator(0)), draw_collage(generator(1))
    assert torch.equal(again.labels, labels[0]) and torch.equal(other.labels, labels[1])


def test_the_label_of_a_patch_is_that_of_most_pixels():
    labels = draw_collage(generator(7)).labels
    pixels = cut_patches(labels.float(), 10).long()
    assert patch_labels(labels, 10).tolist() == [row.bincount(minlength=4).argmax().item() for row in pixels]
    assert patch_labels(torch.tensor([[1, 0], [0, 1]]), 2).tolist() == [0]
    with pytest.raises(ValueError, match="size is 7"):
        patch_labels(labels, 7)
    with pytest.raises(ValueError, match=r"shape \(4,\)"):
        patch_labels(labels[0, :4], 2)


@pytest.mark.parametrize(
    ("labels", "size", "error", "says"),
    [
        (np.zeros((4, 4), dtype=int), 2, TypeError, "labels must be a tensor of whole numbers, got ndarray"),
        (torch.zeros(4, 4), 2, TypeError, "got torch.float32"),
        (torch.zeros(4, 4, dtype=torch.int64), 2.0, TypeError, "size must be a whole number of pixels, got float"),
        (torch.zeros(0, 4, dtype=torch.int64), 2, ValueError, r"shape \(0, 4\)"),
        (torch.full((4, 4), 4), 2, ValueError, "labels run from 4 to 4, expected 0 to 3"),
        (torch.full((4, 4), -1), 2, ValueError, "labels run from -1 to -1"),
    ],
)
def test_what_is_no_map_of_textures_is_refused(labels, size, error, says):
    with pytest.raises(error, match=f"patch_labels: .*{says}"):
        patch_labels(labels, size)


@pytest.mark.parametrize("wrong", [None, 3, np.random.default_rng(0)])
def test_a_collage_needs_a_generator(wrong):
    with pytest.raises(TypeError, match=f"generator must be a torch.Generator, got {type(wrong).__name__}"):
        draw_collage(wrong)


def test_an_archive_is_read_by_numpy_and_holds_no_date_and_no_system(monkeypatch):
    arrays = {"one": np.arange(6, dtype=np.uint8).reshape(2, 3), "two": np.array([1.5])}
    content = npz_bytes(arrays)
    with np.load(io.BytesIO(content), allow_pickle=False) as read:
        assert set(read) == set(arrays) and all(np.array_equal(read[name], arrays[name]) for name in arrays)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {(e.date_time[0], e.create_system, e.compress_type) for e in archive.infolist()} == {(1980, 3, 0)}
    monkeypatch.setattr(zipfile.sys, "platform", "win32")
    assert npz_bytes(arrays) == content
    monkeypatch.undo()
    with pytest.raises(ValueError, match="Object arrays"):
        npz_bytes({"objects": np.array([None])})


def test_pictures_are_shrunk_by_the_mean_with_halves_up():
    picture = np.array([[0, 1, 10, 20, 9], [1, 0, 30, 41, 9]], dtype=np.uint8)
    assert texture_sources.shrunk(picture, 2).tolist() == [[1, 25]]
    assert texture_sources.shrunk(picture, 1).tolist() == picture.tolist()


def test_the_maker_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(texture_sources.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"pip install --no-deps scikit-image==0.26.0"):
        texture_sources.textures_file()
    monkeypatch.undo()
    (tmp_path / "skimage" / "data").mkdir(parents=True)
    (tmp_path / "skimage" / "__init__.py").touch()
    (tmp_path / "skimage" / "data" / "brick.png").write_bytes(b"another")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "skimage", raising=False)
    with pytest.raises(SystemExit, match=r"no brick.png, or another one"):
        texture_sources.textures_file()


@pytest.mark.skipif(find_spec("skimage") is None, reason="scikit-image, which brings the pictures, is not installed")
def test_the_maker_gives_the_published_bytes():
    assert texture_sources.textures_file() == read_verified(FILE)
