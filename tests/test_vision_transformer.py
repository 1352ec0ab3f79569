"""The three classifiers of pictures: against PyTorch's own encoder, counts on paper, and what order may change."""

import pytest
import torch
from pytorch_block import copy_weights
from torch import nn

from course_utils.datasets.digits import Digits, load_digits
from course_utils.experiments import vit_digits
from course_utils.features.patches import cut_patches
from course_utils.models.vision_transformer import BagOfPatches, ConvolutionalClassifier, VisionTransformer
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit, minibatches

IMAGES = torch.rand(3, 8, 8, generator=generator(0))
MODELS = [VisionTransformer, lambda: VisionTransformer(positions=False), ConvolutionalClassifier, BagOfPatches]


def made(model):
    set_seed(0)
    return model().eval().double()


def test_equal_to_pytorchs_encoder_with_copied_weights():
    ours = made(VisionTransformer)
    layer = nn.TransformerEncoderLayer(32, 4, 128, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
    theirs = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(32), enable_nested_tensor=False).double().eval()
    with torch.no_grad():
        for block, other in zip(ours.blocks, theirs.layers):
            copy_weights(block, other)
        images = IMAGES.double()
        rows = []
        for image in images:  # token by token, with no cutting of ours
            patches = [image[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].flatten() for r in range(4) for c in range(4)]
            rows.append(torch.stack([ours.class_token, *[ours.embed(patch) for patch in patches]]))
        expected = ours.output(theirs(torch.stack(rows) + ours.positions.vectors)[:, 0])
        logits, weights = ours(images)
    torch.testing.assert_close(logits, expected)
    assert [tuple(layer.shape) for layer in weights] == [(3, 4, 17, 17)] * 2
    assert all(torch.allclose(layer.sum(-1), torch.ones(1, dtype=torch.float64)) for layer in weights)


def test_parameters_counted_on_paper_and_alike():
    block = 4 * (32 * 32 + 32) + (32 * 128 + 128) + (128 * 32 + 32) + 2 * (2 * 32)
    vit = (4 * 32 + 32) + 32 + 17 * 32 + 2 * block + 2 * 32 + (32 * 10 + 10)
    counts = [count_parameters(model()) for model in MODELS]
    assert counts[:2] == [vit, vit - 17 * 32]
    assert counts[2] == (9 * 36 + 36) + (9 * 36 * 72 + 72) + (4 * 72 * 10 + 10)
    assert max(counts) <= 1.03 * min(counts)


@pytest.mark.parametrize(("model", "changes"), list(zip(MODELS, [True, False, True, False])))
def test_a_shuffle_of_the_patches_changes_what_knows_places_and_nothing_else(model, changes):
    model = made(model)
    order = torch.randperm(16, generator=generator(1))
    shuffled = vit_digits.shuffled(IMAGES.double(), order)
    with torch.no_grad():
        before, after = model(IMAGES.double())[0], model(shuffled)[0]
    assert torch.allclose(before, after, atol=1e-12, rtol=0) != changes


def test_without_positions_the_maps_are_shuffled_with_the_patches():
    model = made(MODELS[1])
    order = torch.randperm(16, generator=generator(1))
    tokens = torch.cat([torch.zeros(1, dtype=torch.long), 1 + order])
    patches = cut_patches(IMAGES.double(), 2)
    with torch.no_grad():
        before, after = model.read_patches(patches)[1], model.read_patches(patches[:, order])[1]
    for old, new in zip(before, after):
        torch.testing.assert_close(new, old[:, :, tokens][..., tokens])


@pytest.mark.parametrize("model", MODELS)
def test_every_parameter_learns_and_pictures_do_not_meet(model):
    model = made(model)
    logits, _ = model(IMAGES.double())
    torch.testing.assert_close(model(IMAGES[1:2].double())[0], logits[1:2])
    (logits - torch.arange(10)).square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in model.parameters())


def test_pictures_and_patches_give_the_same():
    model = made(VisionTransformer)
    images = IMAGES.double()
    assert torch.equal(model(images)[0], model.read_patches(cut_patches(images, 2))[0])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("images", "error", "said"),
    [
        (IMAGES[0], ValueError, r"\(8, 8\), expected \(batch, 8, 8\)"),
        (IMAGES[:, None], ValueError, r"\(3, 1, 8, 8\)"),
        (torch.rand(2, 9, 8), ValueError, r"\(2, 9, 8\)"),
        (IMAGES[:0], ValueError, r"\(0, 8, 8\)"),
        (torch.zeros(2, 8, 8, dtype=torch.uint8), TypeError, "floats, got torch.uint8"),
        (IMAGES.numpy(), TypeError, "got ndarray"),
    ],
    ids=("one picture", "channels", "nine rows", "none", "whole numbers", "array"),
)
def test_wrong_pictures_are_told(model, images, error, said):
    with pytest.raises(error, match=said):
        model()(images)


def test_wrong_patches_are_told():
    with pytest.raises(ValueError, match=r"patches have shape \(3, 17, 4\), expected \(batch, 16, 4\)"):
        VisionTransformer().read_patches(torch.rand(3, 17, 4))


def test_a_shuffle_moves_whole_patches_one_order_for_all_or_one_for_each():
    order = torch.stack([torch.randperm(16, generator=generator(seed)) for seed in (1, 2, 3)])
    mixed = vit_digits.shuffled(IMAGES, order)
    for image, result, own in zip(IMAGES, mixed, order.tolist()):
        for place, patch in enumerate(own):
            (to_row, to_column), (row, column) = divmod(place, 4), divmod(patch, 4)
            expected = image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            assert torch.equal(result[2 * to_row : 2 * to_row + 2, 2 * to_column : 2 * to_column + 2], expected)
    assert torch.equal(vit_digits.shuffled(IMAGES, order[0])[0], mixed[0])
    assert torch.equal(vit_digits.shuffled(vit_digits.shuffled(IMAGES, order[0]), order[0].argsort()), IMAGES)


def test_effects_of_deleting_by_hand():
    model, images = made(VisionTransformer).float(), load_digits()[1].images[:20]
    falls = vit_digits.effects(model, images)
    empty = vit_digits.amount_of_ink(images) == 0
    assert empty.any() and falls[empty].abs().max() < 1e-5 < falls[~empty].abs().max()
    blanked = images.clone()
    blanked[:, 2:4, 4:6] = 0  # patch 6
    with torch.no_grad():
        before, after = (model(x)[0].log_softmax(-1) for x in (images, blanked))
    rows, answers = torch.arange(20), before.argmax(-1)
    torch.testing.assert_close(falls[:, 6], before[rows, answers] - after[rows, answers])
    itself = rows[None].expand(2, -1)
    assert vit_digits.effects(model, images, itself).abs().max() < 1e-5
    paper = torch.cat([images, torch.zeros(1, 8, 8)])  # swapping with an empty picture is blanking
    swapped = vit_digits.effects(model, paper, torch.full((1, 21), 20))[:20]
    torch.testing.assert_close(swapped, falls)


def test_accuracy_without_patches_takes_those_of_the_greatest_scores():
    model, (learn, test) = made(VisionTransformer).float(), load_digits()
    fit(model, vit_digits.loss, minibatches(learn, 64, generator(0)), 60, 3e-3)
    digits = Digits(test.images[:50], test.labels[:50])
    score = torch.rand(50, 16, generator=generator(0))
    assert vit_digits.accuracy_without(model, digits, score, 0) == vit_digits.accuracy(model, *digits)
    one = score.argmax(-1)
    blanked = digits.images.clone()
    for image, place in zip(blanked, one.tolist()):
        row, column = divmod(place, 4)
        image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2] = 0
    expected = vit_digits.accuracy(model, blanked, digits.labels)
    assert vit_digits.accuracy_without(model, digits, score, 1) == expected
    assert expected != vit_digits.accuracy(model, *digits)
    others = torch.randperm(50, generator=generator(1))
    all_swapped = vit_digits.accuracy(model, digits.images[others], digits.labels)
    assert vit_digits.accuracy_without(model, digits, score, 16, others[None]) == pytest.approx(all_swapped)


def test_multiplications_counted_on_paper():
    block = 4 * 17 * 32 * 32 + 2 * 17 * 17 * 32 + 2 * 17 * 32 * 128
    assert vit_digits.multiplications(VisionTransformer()) == 16 * 4 * 32 + 2 * block + 32 * 10
    assert vit_digits.multiplications(ConvolutionalClassifier()) == 64 * 9 * 36 + 16 * 9 * 36 * 72 + 288 * 10


def test_what_a_map_shows_leaves_the_class_token_out():
    weights = torch.rand(2, 17, 17, generator=generator(0)).softmax(-1)
    expected = weights[:, 0, 1:] / (1 - weights[:, 0, :1])
    torch.testing.assert_close(vit_digits.shown(weights), expected)


def test_unknown_kinds_are_told():
    with pytest.raises(ValueError, match="kind is 'gru', expected one of 'vit'"):
        vit_digits.train("gru", 0)
