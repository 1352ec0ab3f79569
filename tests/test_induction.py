"""The repeated block and its two models: one right place to look, found by a search; two ideal layers reach it."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attention import causal_mask, scaled_dot_product_attention
from course_utils.datasets.repeated_block import LENGTH, LONGEST, SHORTEST, VOCABULARY, draw, stream
from course_utils.experiments import induction
from course_utils.reproducibility import generator
from course_utils.training import count_parameters

SHARP = 1e4  # scores that leave the softmax no doubt


@pytest.fixture(scope="module")
def batch():
    return draw(400, generator(0))


def earlier(row: list[int], position: int) -> list[int]:
    """By search: where the token at the position stood before."""
    return [s for s in range(position) if row[s] == row[position]]


# The data


def test_a_search_finds_the_right_place_and_the_next_token_there(batch):
    for tokens, asked, place in zip(batch.tokens.tolist(), batch.asked.tolist(), batch.place.tolist()):
        for t in range(LENGTH):
            if not asked[t]:
                assert place[t] == -1
                continue
            found = earlier(tokens, t)
            assert len(found) == 1 and place[t] == found[0] + 1
            assert tokens[place[t]] == tokens[t + 1]


def test_every_token_that_came_before_is_asked_but_the_last_of_the_second_copy(batch):
    for tokens, asked, start, block in zip(batch.tokens.tolist(), batch.asked.tolist(), batch.start, batch.block):
        seen_before = [t for t in range(LENGTH) if earlier(tokens, t)]
        assert seen_before == list(range(start + block, start + 2 * block))
        assert [t for t in range(LENGTH) if asked[t]] == seen_before[:-1]


def test_no_token_occurs_in_a_copy_twice_or_outside_again(batch):
    for tokens, start, block in zip(batch.tokens.tolist(), batch.start, batch.block):
        first, second = tokens[start : start + block], tokens[start + block : start + 2 * block]
        assert first == second
        assert len(set(tokens)) == LENGTH - block
    assert batch.tokens.dtype == torch.long and batch.tokens.min() >= 0 and batch.tokens.max() < VOCABULARY


def test_lengths_starts_and_tokens_are_drawn_evenly():
    many = draw(45_000, generator(1))
    lengths = torch.bincount(many.block, minlength=LONGEST + 1)[SHORTEST:]
    assert len(lengths) == LONGEST - SHORTEST + 1 == 9
    assert lengths.float() == pytest.approx(torch.full((9,), 5000.0), rel=0.06)
    for block in (SHORTEST, LONGEST):
        starts = torch.bincount(many.start[many.block == block]).float()
        assert len(starts) == LENGTH - 2 * block + 1  # up to the last place where both copies fit
        assert starts == pytest.approx(torch.full_like(starts, float(starts.mean())), rel=0.25)
    first_tokens = torch.bincount(many.tokens[:, 0], minlength=VOCABULARY).float()
    assert first_tokens == pytest.approx(torch.full((VOCABULARY,), 45_000 / VOCABULARY), rel=0.15)


def test_a_place_in_the_row_does_not_tell_how_far_back_to_look():
    many = draw(5_000, generator(2))
    for t in range(10, 24):
        back = (t - many.place)[many.asked[:, t], t]
        assert torch.bincount(back).max() < 0.5 * len(back)


def test_the_generator_alone_decides():
    one, two = (next(stream(8, generator(3))) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, two))
    both = stream(8, generator(3))
    assert not torch.equal(next(both).tokens, next(both).tokens)


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match="batch is 0"):
        draw(0, generator(0))


# The mechanism, made by hand: no training, one-hot vectors, two attentions


class TwoIdealLayers(nn.Module):
    """Layer 1: each token notes who stood before it. Layer 2: the present token asks who noted *it*.

    Head 0 of each layer does its job; head 1 of layer 1 looks at everything alike, head 1 of layer 2 at the earlier
    occurrence itself.
    """

    def forward(self, tokens: Tensor, need_weights: bool = True) -> tuple[Tensor, list[Tensor]]:
        T = tokens.shape[1]
        past = causal_mask(T)
        before = past & ~torch.eye(T, dtype=torch.bool)  # so that the first token, alone, notes nothing
        token = F.one_hot(tokens, VOCABULARY).float()
        place = torch.eye(T).expand(len(tokens), -1, -1)
        noted, previous = scaled_dot_product_attention(SHARP * place.roll(1, 1), place, token, before)
        _, alike = scaled_dot_product_attention(0 * place, place, token, past)
        copied, stripe = scaled_dot_product_attention(SHARP * token, noted, token, past)
        _, twin = scaled_dot_product_attention(SHARP * token, token, token, before)
        return copied, [torch.stack([previous, alike], 1), torch.stack([stripe, twin], 1)]


def test_two_ideal_layers_are_always_right_and_look_at_the_right_place(batch):
    model = TwoIdealLayers()
    assert induction.accuracy(model, batch) == 1.0
    stripes = induction.stripe_masses(model, batch)
    uniform = (1 / (torch.arange(LENGTH) + 1.0)).expand(len(batch.tokens), -1)[batch.asked].mean()
    torch.testing.assert_close(stripes[:, 0], torch.tensor([0.0, 1.0]), atol=0.1, rtol=0)
    assert stripes[1, 0] == pytest.approx(1.0, abs=1e-6) and stripes[1, 1] == pytest.approx(0.0, abs=1e-6)
    assert stripes[0, 1] == pytest.approx(float(uniform), abs=1e-6)
    assert induction.best_head(stripes) == (1, 0)
    earlier = (batch.place - 1)[batch.asked][:, None]  # of the same token, where the second head looks
    on_earlier = model(batch.tokens)[1][1][:, 1][batch.asked].gather(1, earlier)
    assert float(on_earlier.mean()) == pytest.approx(1.0, abs=1e-6)


def test_previous_masses_finds_the_head_that_looks_one_back(batch):
    masses = induction.previous_masses(TwoIdealLayers(), batch)
    assert masses[0, 0] == pytest.approx(1.0, abs=1e-6)
    assert masses[0, 1] == pytest.approx(float((1 / torch.arange(3.0, LENGTH + 1)).mean()), abs=1e-6)
    assert induction.best_head(masses[:1]) == (0, 0)


def test_what_the_first_layer_did_not_note_is_not_found(batch):
    """Ideal layers, but some tokens look at themselves and note nothing; the two means are taken by a search."""

    class SomeAreDeaf(TwoIdealLayers):
        def forward(self, tokens, need_weights=True):
            copied, (first, second) = super().forward(tokens)
            deaf = tokens < 6
            first = torch.where(deaf[:, None, :, None], torch.eye(LENGTH), first)
            second = torch.where(deaf[:, None, None, :], 0.0, second)  # nobody finds what noted nothing
            return copied, [first, second]

    _, (first, second) = SomeAreDeaf()(batch.tokens)
    means = {True: [], False: []}
    for number, (row, asked) in enumerate(zip(batch.tokens.tolist(), batch.asked.tolist())):
        for t in (t for t in range(LENGTH) if asked[t]):
            place = earlier(row, t)[0] + 1
            weights = float(first[number, 0, place, place - 1]), float(second[number, 0, t, place])
            means[row[place] >= 6].append(weights)
    assert {weight for weight, _ in means[False]} == {0.0}
    head = induction.Head(1, 0)
    found = [sum(mass for _, mass in means[noted]) / len(means[noted]) for noted in (True, False)]
    assert induction.stripe_masses_by_noted(SomeAreDeaf(), batch, head) == pytest.approx(found, abs=1e-6)
    assert found[0] > 0.9 > 0.1 > found[1]


def test_the_head_with_the_greatest_mass_is_named_by_layer_and_head():
    assert induction.best_head(torch.tensor([[0.1, 0.2], [0.3, 0.6], [0.5, 0.4]])) == (1, 1)


def test_head_weights_are_those_of_one_sequence(batch):
    model = induction.build(2, seed=0)
    _, weights = model(batch.tokens[:5])
    one = induction.head_weights(model, batch.tokens[3], induction.Head(1, 0))
    torch.testing.assert_close(one, weights[1][3, 0], rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(one.sum(-1), torch.ones(LENGTH))


# The models and their training


def test_the_budgets_are_what_the_lesson_says():
    for layers, d in ((1, 48), (2, 32)):
        block = 4 * (d * d + d) + (8 * d * d + 5 * d) + 4 * d  # attention, feed-forward, two layer norms
        ends = VOCABULARY * d + LENGTH * d + 2 * d + VOCABULARY * (d + 1)  # embedding, positions, norm, read-out
        assert count_parameters(induction.build(layers, seed=0)) == layers * block + ends
    assert induction.SETTINGS[1].steps == 2 * induction.SETTINGS[2].steps


def test_positions_start_as_large_as_asked():
    for layers, positions, expected in ((1, None, 1.0), (2, None, 0.02), (2, 1.0, 1.0)):
        spread = float(induction.build(layers, 0, positions=positions).positions.vectors.detach().std())
        assert spread == pytest.approx(expected, rel=0.1)


def test_the_example_repeats_a_block_of_nine():
    tokens = induction.example().tolist()
    assert tokens == induction.example().tolist() and len(tokens) == LENGTH
    again = [t for t in range(LENGTH) if earlier(tokens, t)]
    assert len(again) == 9 and {t - earlier(tokens, t)[0] for t in again} == {9}


def test_another_number_of_layers_is_refused():
    with pytest.raises(ValueError, match="layers is 3"):
        induction.build(3, seed=0)


def test_training_starts_from_a_blind_guess_and_repeats_bit_for_bit():
    one, two = induction.train(2, seed=5, steps=3), induction.train(2, seed=5, steps=3)
    assert one.losses == two.losses and one.accuracies == two.accuracies and len(one.losses) == 3
    assert one.losses[0] == pytest.approx(torch.tensor(float(VOCABULARY)).log().item(), abs=0.4)
    assert one.losses != induction.train(2, seed=6, steps=3).losses


def test_only_asked_positions_count(batch):
    """A model that is right there and wrong everywhere else is right every time."""

    class RightWhereAsked(nn.Module):
        def forward(self, tokens, need_weights=True):
            wanted = torch.where(batch.asked, batch.tokens.roll(-1, 1), (batch.tokens.roll(-1, 1) + 1) % VOCABULARY)
            return F.one_hot(wanted, VOCABULARY).float(), []

    assert induction.accuracy(RightWhereAsked(), batch) == 1.0


def test_accuracy_by_block_parts_the_lengths(batch):
    """A reader who always looks back as if the block had seven tokens: always right at seven, never elsewhere."""

    class LooksBackSeven(nn.Module):
        def forward(self, tokens, need_weights=True):
            return F.one_hot(tokens.roll(6, 1), VOCABULARY).float(), []  # to the token after the one seven back

    right = induction.accuracy_by_block(LooksBackSeven(), batch)
    assert right == [float(length == 7) for length in range(SHORTEST, LONGEST + 1)]
    assert induction.accuracy_by_block(TwoIdealLayers(), batch) == [1.0] * 9


def test_a_layer_made_uniform_scores_as_with_keys_of_zeros_and_is_then_put_back(batch):
    model = induction.build(2, seed=1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)  # so that looking matters, untrained as it is
    before = copy.deepcopy(model.state_dict())
    for layer in (0, 1):
        other = copy.deepcopy(model)
        with torch.no_grad():
            for parameter in other.blocks[layer].attention.W_k.parameters():
                parameter.zero_()
        logits, _ = other(batch.tokens)
        wanted = batch.tokens[:, 1:][batch.asked[:, :-1]]
        expected = (logits[:, :-1][batch.asked[:, :-1]].argmax(-1) == wanted).float().mean()
        changed = induction.accuracy_with_uniform(model, batch, layer)
        assert changed == pytest.approx(float(expected), abs=2e-3) and changed != induction.accuracy(model, batch)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_guessing_by_place_is_what_counting_gives():
    many = draw(60_000, generator(4))
    right = 0
    for t in range(LENGTH):
        lengths = many.block[many.asked[:, t]]
        right += int(torch.bincount(lengths).max()) if len(lengths) else 0
    assert induction.guess_by_place() == pytest.approx(right / int(many.asked.sum()), abs=0.005)


def test_the_first_step_is_that_of_the_running_mean():
    rising = [0.0] * 30 + [1.0] * 30
    assert induction.first_step(rising, 0.5) == 40  # ten of the last twenty
    assert induction.first_step(rising, 1.0) == 50
    assert induction.first_step([1.0] * 20, 0.5) == 20 and induction.first_step([1.0] * 19, 0.5) is None
    assert induction.first_step([0.4] * 100, 0.5) is None
