"""The two jobs: circles whose right places are known, and networks whose heads can be taken out."""

import pytest
import torch

from course_utils.datasets.two_jobs import COLOURS, JOBS, LETTERS, PLACES, draw, stream
from course_utils.experiments.two_jobs import (
    SAME_COLOUR,
    accuracies,
    build,
    fresh_circles,
    head_masses,
    moved_by_colours,
    weights_on_sources,
)
from course_utils.models.two_jobs import TwoJobsNetwork, head_contexts, without_heads
from course_utils.reproducibility import generator
from course_utils.training import count_parameters


def network(num_heads=4, **more):
    torch.manual_seed(0)
    return TwoJobsNetwork(num_heads, **more)


def test_every_letter_stands_there_twice_and_its_twin_is_the_other_one():
    circles = draw(50, generator(0))
    for letters, colours, answers, sources in zip(*(tensor.tolist() for tensor in circles)):
        assert sorted(letters) == sorted(2 * list(range(len(LETTERS))))
        for place in range(PLACES):
            left, twin = sources[place]
            assert left == (place - 1 if place else PLACES - 1)
            assert twin != place and letters[twin] == letters[place]
            assert answers[place] == [colours[left], colours[twin]]


def test_order_and_colours_are_even():
    circles = draw(4_000, generator(1))
    shares = torch.bincount(circles.colours.flatten()).float() / circles.colours.numel()
    assert torch.allclose(shares, torch.full((len(COLOURS),), 0.25), atol=0.01)
    neighbours = (circles.sources[..., 0] == circles.sources[..., 1]).float().mean().item()
    assert neighbours == pytest.approx(1 / 11, abs=0.01)  # any of the 11 others may be the twin
    same = (circles.answers[..., 0] == circles.answers[..., 1]).float().mean().item()
    assert pytest.approx(7 / 22) == SAME_COLOUR and same == pytest.approx(SAME_COLOUR, abs=0.015)


def test_drawing_depends_on_the_generator_alone():
    first, second = draw(3, generator(5)), next(stream(3, generator(5)))
    assert all(torch.equal(a, b) for a, b in zip(first, second))
    assert first.words(0)[0] == f"{LETTERS[first.letters[0, 0]]} {COLOURS[first.colours[0, 0]]}"
    with pytest.raises(ValueError, match="batch is 0"):
        draw(0, generator(0))


def test_the_number_of_heads_costs_no_parameter():
    counts = {count_parameters(network(heads)) for heads in (1, 2, 4, 8)}
    vectors, attention, read_out = (6 + 4 + 12) * 32, 4 * (32 * 32 + 32), 32 * 8 + 8
    assert counts == {vectors + attention + read_out}


@pytest.mark.parametrize("more", [{}, {"layers": 2}, {"read_out": "mlp"}, {"d_model": 64}, {"residual": True}])
def test_logits_and_weights_have_their_shapes(more):
    circles = draw(3, generator(0))
    logits, weights = network(**more)(circles.letters, circles.colours)
    assert logits.shape == (3, PLACES, len(JOBS), len(COLOURS)) and weights.shape == (3, 4, PLACES, PLACES)


def test_the_second_layer_sees_what_the_first_brought():
    circles = draw(3, generator(0))
    model = network(layers=2)
    before, _ = model(circles.letters, circles.colours)
    with torch.no_grad():
        model.first.W_o.weight.zero_()
        model.first.W_o.bias.zero_()
    after, _ = model(circles.letters, circles.colours)
    assert not torch.allclose(before, after)


@pytest.mark.parametrize(("more", "adds"), [({}, False), ({"residual": True}, True), ({"layers": 2}, True)])
def test_the_read_out_sees_the_token_itself_only_when_it_is_added(more, adds):
    circles, model = draw(3, generator(0)), network(**more)
    with torch.no_grad():
        for part in filter(None, (model.first, model.attention)):  # attention brings nothing
            part.W_o.weight.zero_()
            part.W_o.bias.zero_()
    logits, _ = model(circles.letters, circles.colours)
    x = model.embed(circles.letters, circles.colours)
    expected = model.read_out(x if adds else torch.zeros_like(x)).unflatten(-1, (2, 4))
    assert torch.allclose(logits, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("more", "said"),
    [({"num_heads": 5}, "num_heads is 5"), ({"layers": 3}, "layers is 3"), ({"read_out": "cubic"}, "'cubic'")],
)
def test_impossible_networks_are_refused(more, said):
    with pytest.raises(ValueError, match=said):
        network(**more)


def test_a_head_without_columns_is_a_head_whose_context_is_zero():
    """Compared with the layer rebuilt from its parts, the chosen contexts zeroed before W_o."""
    circles, model = draw(5, generator(0)), network()
    x = model.embed(circles.letters, circles.colours)
    contexts = head_contexts(model.attention, x)
    rebuilt = model.attention.W_o(contexts.transpose(1, 2).flatten(2))
    assert torch.allclose(rebuilt, model.attention(x)[0], atol=1e-6)

    contexts[:, [0, 2]] = 0
    expected = model.read_out(model.attention.W_o(contexts.transpose(1, 2).flatten(2))).unflatten(-1, (2, 4))
    ablated = without_heads(model, [2, 0, 2])
    assert torch.allclose(ablated(circles.letters, circles.colours)[0], expected, atol=1e-6)


def test_a_head_set_to_its_average_hands_over_the_average():
    circles, model = draw(5, generator(0)), network()
    x = model.embed(circles.letters, circles.colours)
    contexts = head_contexts(model.attention, x)
    average = contexts.mean((0, 2))  # (heads, d_k)
    ablated = without_heads(model, [1], average)
    contexts[:, 1] = average[1]
    expected = model.read_out(model.attention.W_o(contexts.transpose(1, 2).flatten(2))).unflatten(-1, (2, 4))
    assert torch.allclose(ablated(circles.letters, circles.colours)[0], expected, atol=1e-6)


def test_taking_heads_out_leaves_the_model_as_it_was():
    circles, model = draw(5, generator(0)), network()
    before, _ = model(circles.letters, circles.colours)
    without_heads(model, [0, 1, 2, 3], torch.ones(4, 8))
    assert torch.equal(before, model(circles.letters, circles.colours)[0])
    with pytest.raises(ValueError, match="head is 4, expected 0 to 3"):
        without_heads(model, [4])


def test_accuracies_count_tokens_with_both_right():
    class Answers(torch.nn.Module):
        """Knows the left neighbour, and says its colour twice."""

        def forward(self, letters, colours):
            left = torch.nn.functional.one_hot(colours.roll(1, dims=1), len(COLOURS)).float()
            return torch.stack([left, left], dim=2), None

    score = accuracies(Answers(), fresh_circles(0))
    assert score["left"] == 1.0 and score["same"] == 1.0
    assert score["both"] == score["twin"] == pytest.approx(SAME_COLOUR, abs=0.03)


def test_masses_of_a_model_that_looks_everywhere_alike():
    model = build(2, seed=0)
    with torch.no_grad():
        model.attention.W_q.weight.zero_()
        model.attention.W_q.bias.zero_()
    assert torch.allclose(head_masses(model, fresh_circles(0)), torch.full((2, 2), 1 / PLACES), atol=1e-5)


def test_weights_on_sources_are_read_off_the_map():
    circles = draw(3, generator(0))
    weights = torch.rand(3, 2, PLACES, PLACES, generator=generator(1))
    shares = weights_on_sources(weights, circles.sources)
    for row, head, place, job in torch.cartesian_prod(*map(torch.arange, (3, 2, PLACES, 2))).tolist():
        assert shares[row, head, place, job] == weights[row, head, place, circles.sources[row, place, job]]


def test_weights_move_with_the_colours_only_where_they_depend_on_them():
    class LooksByColour(torch.nn.Module):
        """All weight on place 0 if the colour there is red, else all on place 1."""

        def forward(self, letters, colours):
            first = (colours[:, :1] != 0).long().expand(-1, PLACES)
            return None, torch.nn.functional.one_hot(first, PLACES).float()[:, None]

    test = fresh_circles(0)
    assert moved_by_colours(LooksByColour(), test) == pytest.approx(2 * 1 / 4 * 3 / 4, abs=0.04)
    model = build(2, seed=0)
    assert moved_by_colours(model, test) > 0.001
    with torch.no_grad():
        model.colour.weight.zero_()
    assert moved_by_colours(model, test) == 0.0


def test_the_same_seed_builds_the_same_network():
    first, second = build(2, seed=7), build(2, seed=7)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters()))
