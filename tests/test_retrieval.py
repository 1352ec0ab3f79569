"""The retrieval task and its models: one right place to look, and each way of combining the items as it claims."""

import math

import pytest
import torch
from torch.nn import functional as F

from course_utils.datasets.retrieval import (
    COLOUR_FEATURES,
    COLOURS,
    FEATURES,
    NAME_FEATURES,
    NAMES,
    NOISE_FEATURES,
    draw,
    stream,
)
from course_utils.experiments import retrieval
from course_utils.models.retrieval import FixedWeights, LearnedAttention, MatchWithoutSoftmax
from course_utils.reproducibility import generator
from course_utils.training import count_parameters


@pytest.fixture
def questions():
    return draw(500, 6, generator(0))


def test_every_question_has_one_right_place_and_its_colour_is_the_answer(questions):
    rows = torch.arange(500)
    asked = questions.query[:, 0, NAME_FEATURES]
    same_name = (questions.items[..., NAME_FEATURES] == asked[:, None]).all(-1)  # (500, 6)
    assert torch.equal(same_name.sum(-1), torch.ones(500, dtype=torch.long))
    assert torch.equal(same_name.long().argmax(-1), questions.target)
    colours = questions.items[rows, questions.target][:, COLOUR_FEATURES]
    assert torch.equal(colours.argmax(-1), questions.answer)
    assert torch.equal(colours.sum(-1), torch.ones(500))


def test_the_query_tells_no_colour_and_the_noise_has_the_stated_size(questions):
    assert questions.query[..., COLOUR_FEATURES].abs().max() == 0
    assert questions.items[..., NOISE_FEATURES].std() == pytest.approx(1.0, abs=0.02)
    quiet = draw(500, 6, generator(0), noise=0.25)
    assert quiet.items[..., NOISE_FEATURES].std() == pytest.approx(0.25, abs=0.005)
    assert torch.equal(quiet.target, questions.target)


def test_places_and_colours_are_drawn_evenly():
    many = draw(12_000, 6, generator(1))
    assert torch.bincount(many.target, minlength=6).float() == pytest.approx(torch.full((6,), 2000.0), abs=200)
    assert torch.bincount(many.answer, minlength=4).float() == pytest.approx(torch.full((4,), 3000.0), abs=240)


def test_the_generator_alone_decides():
    one, two = (next(stream(8, 6, generator(3))) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, two))


@pytest.mark.parametrize(("batch", "items"), [(0, 6), (4, 0), (4, len(NAMES) + 1)])
def test_impossible_questions_are_refused(batch, items):
    with pytest.raises(ValueError, match=f"batch is {batch} and items is {items}"):
        draw(batch, items, generator(0))


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("shared", [True, False])
def test_learned_attention_is_pytorchs_on_the_projections(questions, scaled, shared):
    torch.manual_seed(0)
    model = LearnedAttention(FEATURES, 16, len(COLOURS), shared=shared, scaled=scaled)
    logits, weights = model(questions.query, questions.items)
    q, k = questions.query @ model.W_q.weight.T, questions.items @ model.W_k.weight.T
    context = F.scaled_dot_product_attention(q, k, questions.items, scale=0.25 if scaled else 1.0)
    torch.testing.assert_close(logits, model.read_out(context[:, 0]))
    torch.testing.assert_close(weights.sum(-1), torch.ones(500))
    assert (model.W_q is model.W_k) is shared


def test_without_softmax_the_weights_are_the_scores(questions):
    torch.manual_seed(0)
    model = MatchWithoutSoftmax(FEATURES, 16, len(COLOURS))
    logits, scores = model(questions.query, questions.items)
    expected = torch.einsum("bd,bkd->bk", model.W_q(questions.query)[:, 0], model.W_k(questions.items)) / math.sqrt(16)
    torch.testing.assert_close(scores, expected)
    torch.testing.assert_close(logits, model.read_out(torch.einsum("bk,bkd->bd", expected, questions.items)))
    assert scores.min() < 0


def test_fixed_weights_do_not_depend_on_the_input(questions):
    model = FixedWeights(FEATURES, 6, 16, len(COLOURS))
    torch.nn.init.normal_(model.scores)
    _, weights = model(questions.query, questions.items)
    assert torch.equal(weights, weights[:1].expand(500, -1)) and weights[0].std() > 0


@pytest.mark.parametrize("kind", ["attention", "shared", "no_softmax", "plain", "deep_sets"])
def test_the_order_of_the_items_does_not_matter(questions, kind):
    torch.manual_seed(0)
    model, order = retrieval.MODELS[kind](), torch.tensor([3, 0, 5, 1, 4, 2])
    logits, weights = model(questions.query, questions.items)
    shuffled, shuffled_weights = model(questions.query, questions.items[:, order])
    torch.testing.assert_close(shuffled, logits, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(shuffled_weights, weights[:, order], rtol=1e-4, atol=1e-5)


def test_the_budgets_are_what_the_lesson_says():
    counts = {kind: count_parameters(make()) for kind, make in retrieval.MODELS.items()}
    assert counts == {
        "attention": 2 * 20 * 16 + 84,
        "shared": 20 * 16 + 84,
        "no_softmax": 2 * 20 * 16 + 84,
        "plain": 84,
        "fixed": 730,
        "deep_sets": 700,
        "deep_sets_wide": 7044,
    }


def test_score_counts_hits_mass_and_lowest():
    class Looks(torch.nn.Module):
        """Gives each place a weight of its own, whatever is asked."""

        def forward(self, query, items):
            weights = torch.tensor([0.4, 0.1, 0.2, 0.15, 0.1, 0.05]).expand(len(items), -1)
            return torch.eye(4)[0].expand(len(items), -1), weights

    test = draw(retrieval.TEST, retrieval.ITEMS, generator(2_000_000 + 5))
    share = torch.bincount(test.target, minlength=6) / retrieval.TEST
    scores = retrieval.score(Looks(), seed=5)
    assert scores["hit_rate"] == pytest.approx(share[0].item())
    assert scores["lowest_rate"] == pytest.approx(share[5].item())
    assert scores["mass"] == pytest.approx((share @ torch.tensor([0.4, 0.1, 0.2, 0.15, 0.1, 0.05])).item(), abs=1e-6)
    assert scores["accuracy"] == pytest.approx((test.answer == 0).float().mean().item())


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="kind is 'gru'"):
        retrieval.train("gru", seed=0)
