"""Associative recall: sequences that can be checked by eye, readers against closed forms, and what they cost."""

import pytest
import torch
from torch.nn import functional as F

from course_utils.datasets.key_value_recall import ASKED, KEYS, VALUES, KeyValueRecall, draw, stream
from course_utils.efficient import linear_attention
from course_utils.experiments import cost_recall, cost_recall_controls
from course_utils.models.key_value_recall import D_MODEL, HIDDEN, KINDS, WINDOW, KeyValueReader, OneHead
from course_utils.reproducibility import generator
from course_utils.training import count_parameters


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def read(model, test):
    with torch.no_grad():
        return model(test.keys, test.values)


@pytest.mark.parametrize("pairs", [1, 4, KEYS])
def test_the_answer_is_the_value_beside_the_key_asked_for(pairs):
    drawn = draw(50, pairs, generator(0))
    assert drawn.keys.shape == drawn.values.shape == (50, pairs + 1)
    for keys, values, answer, place in zip(*(tensor.tolist() for tensor in drawn)):
        table = dict(zip(keys[:-1], values[:-1]))
        assert len(table) == pairs  # no key twice
        assert table[keys[-1]] == answer and keys[place] == keys[-1] and values[-1] == ASKED
        assert set(keys) <= set(range(KEYS)) and set(values[:-1]) <= set(range(VALUES))


def test_keys_values_and_places_are_drawn_evenly():
    drawn = draw(20_000, 4, generator(1))
    for numbers, kinds in ((drawn.keys[:, :-1], KEYS), (drawn.answer, VALUES), (drawn.place, 4)):
        shares = torch.bincount(numbers.flatten(), minlength=kinds) / numbers.numel()
        assert torch.allclose(shares, torch.full((kinds,), 1 / kinds), rtol=0.2)


def test_drawing_depends_on_the_generator_alone():
    assert all(torch.equal(a, b) for a, b in zip(draw(3, 5, generator(5)), next(stream(3, 5, generator(5)))))


@pytest.mark.parametrize(("batch", "pairs"), [(0, 4), (4, 0), (4, KEYS + 1)])
def test_impossible_sequences_are_refused(batch, pairs):
    with pytest.raises(ValueError, match=f"batch is {batch} and pairs is {pairs}"):
        draw(batch, pairs, generator(0))


def test_shapes(kind):
    logits, weights = read(cost_recall.build(kind, 0), draw(3, 9, generator(0)))
    assert logits.shape == (3, VALUES)
    assert weights.shape == (3, 10) if kind == "full" else weights is None


def test_all_kinds_have_about_as_many_parameters():
    counts = {kind: count_parameters(cost_recall.build(kind, 0)) for kind in KINDS}
    tables = (KEYS + VALUES + 1) * D_MODEL
    attention = 4 * (D_MODEL * D_MODEL + D_MODEL) + D_MODEL * VALUES + VALUES
    gru = 3 * HIDDEN * (D_MODEL + HIDDEN + 2) + HIDDEN * VALUES + VALUES
    assert counts == {**dict.fromkeys(("full", "window", "linear"), tables + attention), "gru": tables + gru}
    assert max(counts.values()) <= 1.03 * min(counts.values())


def vectors(model, test):
    """Query of the question, keys and values of all tokens: ``(batch, 1 or T, D_MODEL)``."""
    x = model.key(test.keys) + model.value(test.values)
    return model.carry.W_q(x[:, -1:]), model.carry.W_k(x), model.carry.W_v(x)


def read_from(model, context):
    return model.read_out(model.carry.W_o(context))[:, 0]


@torch.no_grad()
def test_full_attention_is_pytorchs():
    model, test = cost_recall.build("full", 0), draw(5, 20, generator(0))
    logits, weights = model(test.keys, test.values)
    torch.testing.assert_close(logits, read_from(model, F.scaled_dot_product_attention(*vectors(model, test))))
    torch.testing.assert_close(weights.sum(-1), torch.ones(5))


@torch.no_grad()
def test_keys_and_values_may_have_other_widths():
    model, test = cost_recall.build("full", 0, d_k=5, d_v=3), draw(5, 20, generator(0))
    query, key, value = vectors(model, test)
    assert (query.shape[-1], key.shape[-1], value.shape[-1]) == (5, 5, 3)
    expected = F.scaled_dot_product_attention(query, key, value)
    torch.testing.assert_close(read(model, test)[0], read_from(model, expected))
    assert all(tensor.shape == (2, 7, size) for tensor, size in zip(OneHead(6, 4, 3)(torch.randn(2, 7, 6)), (6, 7)))


@torch.no_grad()
@pytest.mark.parametrize(("window", "seen"), [(8, 8), (1, 1), (21, 21), (500, 21)])
def test_a_window_is_pytorchs_attention_to_the_latest_tokens(window, seen):
    model, test = cost_recall.build("window", 0, window=window), draw(5, 20, generator(0))
    query, key, value = vectors(model, test)
    expected = F.scaled_dot_product_attention(query, key[:, -seen:], value[:, -seen:])
    torch.testing.assert_close(read(model, test)[0], read_from(model, expected))


@torch.no_grad()
def test_linear_attention_needs_two_sums_alone():
    """The sums are taken pair by pair here, and their size is what ``state_size`` says."""
    model, test = cost_recall.build("linear", 0), draw(5, 20, generator(0))
    query, key, value = (t.double() for t in vectors(model, test))
    products, keys = torch.zeros(5, D_MODEL, D_MODEL).double(), torch.zeros(5, D_MODEL).double()
    for position in range(21):
        feature = F.elu(key[:, position]) + 1
        products += feature[:, :, None] * value[:, position, None]
        keys += feature
    asks = F.elu(query[:, 0]) + 1
    context = torch.einsum("bk,bkv->bv", asks, products) / (asks * keys).sum(-1, keepdim=True)
    torch.testing.assert_close(read(model, test)[0], read_from(model, context[:, None].float()), rtol=1e-4, atol=1e-5)
    assert {model.state_size(pairs) for pairs in (1, 48)} == {products[0].numel() + keys[0].numel()}


@torch.no_grad()
def test_the_gru_is_run_token_by_token():
    model, test = cost_recall.build("gru", 0), draw(5, 20, generator(0))
    cell = torch.nn.GRUCell(D_MODEL, HIDDEN)
    cell.load_state_dict({name.removesuffix("_l0"): tensor for name, tensor in model.carry.state_dict().items()})
    state = torch.zeros(5, HIDDEN)
    for x in (model.key(test.keys) + model.value(test.values)).unbind(1):
        state = cell(x, state)
    torch.testing.assert_close(read(model, test)[0], model.read_out(state))
    assert model.state_size(48) == state.shape[1]


def test_the_order_of_the_pairs_matters_only_to_those_that_forget(kind):
    test = draw(5, 20, generator(0))
    turned = torch.cat([torch.arange(20).flip(0), torch.tensor([20])])
    model = cost_recall.build(kind, 0)
    before, after = (
        read(model, test)[0],
        read(model, test._replace(keys=test.keys[:, turned], values=test.values[:, turned]))[0],
    )
    assert torch.allclose(before, after, atol=1e-5) is (kind in ("full", "linear"))


def test_what_a_token_gets_does_not_depend_on_later_ones(kind):
    brought, model, test = [], cost_recall.build(kind, 0), draw(5, 20, generator(0))
    model.carry.register_forward_hook(lambda layer, given, got: brought.append(got[0]))
    read(model, test)
    values = test.values.clone()
    values[:, 12] = (values[:, 12] + 1) % VALUES
    read(model, test._replace(values=values))
    assert torch.equal(brought[0][:, :12], brought[1][:, :12])
    assert not torch.equal(brought[0][:, 12:], brought[1][:, 12:])


def test_a_window_has_no_trace_of_older_pairs():
    """Seven pairs are held; the value of the eighth from the end may change as it likes."""
    test, model = draw(5, 20, generator(0)), cost_recall.build("window", 0)
    before = read(model, test)[0]
    for back, seen in ((8, False), (7, True)):
        values = test.values.clone()
        values[:, 20 - back] = (values[:, 20 - back] + 1) % VALUES
        assert torch.equal(before, read(model, test._replace(values=values))[0]) is not seen


def test_states():
    assert [KeyValueReader("full").state_size(pairs) for pairs in (4, 48)] == [256, 3072]
    assert [KeyValueReader("window").state_size(pairs) for pairs in (4, 7, 48)] == [256, 448, 448]
    assert [KeyValueReader("linear", d_model=d).state_size(48) for d in (16, 32)] == [272, 1056]
    assert KeyValueReader("gru").state_size(48) == 25
    shaped = {"d_k": 64, "d_v": 16}
    assert [KeyValueReader(kind, **shaped).state_size(48) for kind in KINDS] == [48 * 80, 7 * 80, 64 * 17, 25]


@pytest.mark.parametrize("wrong", [{"d_k": 0}, {"d_v": -1}, {"d_model": 0}])
def test_a_head_without_features_is_refused(wrong):
    with pytest.raises(ValueError, match="OneHead: d_model is .* expected positive numbers"):
        KeyValueReader("full", **wrong)


@pytest.mark.parametrize("make", [KeyValueReader, lambda kind: cost_recall.train(kind, 4, 0)])
def test_an_unknown_kind_is_refused(make):
    with pytest.raises(ValueError, match=r"'lstm'.*'full', 'window', 'linear', 'gru'"):
        make("lstm")


class Answers(torch.nn.Module):
    """Says always the same value."""

    def forward(self, keys, values):
        return torch.eye(VALUES)[3].expand(len(keys), -1), None


def test_accuracies_by_hand():
    """Twelve pairs, one question about each; the value of every other pair is 3."""
    place = torch.arange(12)
    keys = torch.cat([place.expand(12, 12), place[:, None]], 1)
    answer = torch.where(place < 6, 3, place % 2)  # of the old pairs all, of the late ones none
    test = KeyValueRecall(keys, torch.zeros_like(keys), answer, place)
    assert cost_recall.accuracy(Answers(), test) == 0.5
    assert cost_recall.accuracy_by_age(Answers(), test) == [0, 0, 0, 1, 1, 1]
    with pytest.raises(ValueError, match="there are 13 pairs, expected a multiple of 6"):
        cost_recall.accuracy_by_age(Answers(), draw(3, 13, generator(0)))


def test_what_a_window_can_get_by_hand():
    assert cost_recall.window_accuracy(4) == 1.0
    assert cost_recall.window_accuracy(16) == pytest.approx(7 / 16 + 9 / 256)
    assert cost_recall.window_accuracy(48, 49) == 1.0


def test_the_cost_of_full_attention_and_of_the_gru_in_closed_form():
    for pairs in (4, 48):
        T, d, h = pairs + 1, D_MODEL, HIDDEN
        read_out = 2 * VALUES
        full = cost_recall.cost(cost_recall.build("full", 0), pairs)
        assert full.flops == 2 * T * 4 * d * d + 2 * T * T * 2 * d + read_out * d
        assert full.peak_bytes >= 4 * T * T  # the weights are kept
        gru = cost_recall.cost(cost_recall.build("gru", 0), pairs)
        assert gru.flops == 2 * T * 3 * h * (d + h) + read_out * h


def test_a_few_steps_lower_the_loss(kind):
    _, losses = cost_recall.train(kind, 4, seed=3, steps=60)
    assert len(losses) == 60 and sum(losses[-5:]) < sum(losses[:5])


@torch.no_grad()
@pytest.mark.parametrize("kind", ["full", "linear"])
def test_the_weight_on_the_right_key_is_that_of_the_closed_form(kind):
    model, test = cost_recall.build(kind, 0), draw(5, 20, generator(0))
    query, key, _ = vectors(model, test)
    scores = query @ key.transpose(1, 2)
    scores = (scores / D_MODEL**0.5).exp() if kind == "full" else (F.elu(query) + 1) @ (F.elu(key) + 1).transpose(1, 2)
    weights = (scores / scores.sum(-1, keepdim=True))[:, 0]
    expected = weights[torch.arange(5), test.place].mean().item()
    assert cost_recall_controls.weight_on_right_key(model, test) == pytest.approx(expected, rel=1e-5)


def test_linear_attention_read_one_by_one_is_linear_attention():
    query, key, value = torch.randn(3, 40, 6, generator=generator(0))
    expected = linear_attention(query, key, value[:, :4], causal=True)
    torch.testing.assert_close(cost_recall_controls.one_by_one(query, key, value[:, :4]), expected)


@pytest.mark.parametrize("tokens", [49, 1025])
def test_attentions_own_flops_in_closed_form(tokens):
    d, chunks = D_MODEL, [128] * (tokens // 128) + [tokens % 128]
    expected = {
        "full": 2 * 2 * tokens * tokens * d,
        "window": 2 * 2 * tokens * (2 * WINDOW - 1) * d,  # as many queries as the window is wide share their keys
        "linear": sum(2 * 2 * size * d * (d + 1) + 2 * size * size * (d + d + 1) for size in chunks),
        "linear_one_by_one": 2 * 2 * tokens * d * (d + 1),
    }
    for attention in cost_recall_controls.ATTENTIONS:
        assert cost_recall_controls.attention_flops(attention, tokens) == expected[attention], attention
