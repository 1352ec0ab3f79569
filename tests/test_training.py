"""The loop against Adam written out by hand, and batches against a count of every row."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.layers import MultiHeadAttention
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit, minibatches

QUICK = settings(max_examples=40, deadline=None, derandomize=True, database=None)


def squared_error(model, batch):
    x, y = batch
    return ((model(x) - y) ** 2).mean()


def line(weight=0.5, bias=-0.25):
    model = nn.Linear(1, 1).double()
    nn.init.constant_(model.weight, weight)
    nn.init.constant_(model.bias, bias)
    return model


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


# fit


@pytest.mark.parametrize("clip_norm", [1.0, 3.0, 100.0])
def test_two_steps_of_adam_by_hand(clip_norm):
    """Gradients of norm about 30 and 2: a limit of 1 cuts both, 3 the first only, 100 neither."""
    batches = [((1.0, 2.0), (5.0, -15.0)), ((0.5, -1.0), (2.0, 0.0))]
    learning_rate, beta_1, beta_2, epsilon = 0.1, 0.9, 0.999, 1e-8
    parameters, first, second, history, norms = [0.5, -0.25], [0.0, 0.0], [0.0, 0.0], [], []
    for step, (xs, ys) in enumerate(batches, start=1):
        errors = [parameters[0] * x + parameters[1] - y for x, y in zip(xs, ys)]
        history.append(sum(error**2 for error in errors) / 2)
        gradient = [sum(error * x for error, x in zip(errors, xs)), sum(errors)]
        norms.append(math.hypot(*gradient))
        factor = min(1.0, clip_norm / (norms[-1] + 1e-6))
        for i, part in enumerate(gradient):
            first[i] = beta_1 * first[i] + (1 - beta_1) * part * factor
            second[i] = beta_2 * second[i] + (1 - beta_2) * (part * factor) ** 2
            mean, square = first[i] / (1 - beta_1**step), second[i] / (1 - beta_2**step)
            parameters[i] -= learning_rate * mean / (math.sqrt(square) + epsilon)
    assert norms[0] > 3 > norms[1] > 1  # so that the three limits do three different things

    model = line()
    given = [(numbers(*xs), numbers(*ys)) for xs, ys in batches]
    assert fit(model, squared_error, given, 2, learning_rate, clip_norm) == pytest.approx(history, rel=1e-12)
    assert [model.weight.item(), model.bias.item()] == pytest.approx(parameters, rel=1e-12)


@pytest.mark.parametrize(("clip_norm", "seen"), [(0.5, 0.5), (1e9, None), (math.inf, None)])
def test_the_optimizer_never_sees_more_than_the_limit(monkeypatch, clip_norm, seen):
    norms = []
    step = torch.optim.Adam.step

    def spy(self, *arguments, **others):
        parts = [parameter.grad for group in self.param_groups for parameter in group["params"]]
        norms.append(torch.cat([part.flatten() for part in parts]).norm().item())
        return step(self, *arguments, **others)

    monkeypatch.setattr(torch.optim.Adam, "step", spy)
    batch = (numbers(1, 2), numbers(50, -150))
    fit(line(), squared_error, [batch] * 3, 3, clip_norm=clip_norm)
    assert len(norms) == 3
    assert all(norm == pytest.approx(seen, rel=1e-5) if seen else norm > 100 for norm in norms)


@pytest.mark.parametrize("steps", [1, 3])
def test_stops_exactly_at_steps_and_takes_no_batch_more(steps):
    taken, modes = itertools.count(), []

    def endless():
        while True:
            next(taken)
            yield numbers(1.0), numbers(2.0)

    def loss(model, batch):
        modes.append(model.training)
        return squared_error(model, batch)

    model = line().eval()
    history = fit(model, loss, endless(), steps)
    assert len(history) == steps == len(modes) == next(taken)
    assert all(type(number) is float for number in history)
    assert all(modes) and not model.training


def test_every_step_is_told_after_it_was_taken():
    model, told = line(), []
    batches = [(numbers(1.0), numbers(2.0))] * 3
    history = fit(model, squared_error, batches, 3, on_step=lambda *step: told.append((*step, model.weight.item())))
    assert [(step, loss) for step, loss, _ in told] == list(enumerate(history, start=1))
    weights = [weight for _, _, weight in told]
    assert 0.5 != weights[0] != weights[1] != weights[2] == model.weight.item()
    silent = line()
    assert fit(silent, squared_error, batches, 3) == history and torch.equal(silent.weight, model.weight)


def test_learns_a_line():
    x = torch.linspace(-1, 1, 16, dtype=torch.float64)[:, None]
    model = line(0.0, 0.0)
    history = fit(model, squared_error, minibatches((x, 3 * x - 1), 8, generator(0)), 400, 0.05, clip_norm=10)
    assert history[-1] < 1e-6 < 1 < history[0]
    assert [model.weight.item(), model.bias.item()] == pytest.approx([3, -1], abs=1e-3)


def test_frozen_parameters_stay_and_gradients_do_not_pile_up():
    model = line()
    model.bias.requires_grad_(False)
    fit(model, squared_error, [(numbers(1.0), numbers(2.0))] * 3, 3)
    assert model.bias.item() == -0.25 and model.weight.item() != 0.5
    again = line()
    again(numbers(1.0)).sum().mul(1e6).backward()  # somebody's leftovers
    fresh = line()
    for each in (again, fresh):
        fit(each, squared_error, [(numbers(1.0), numbers(2.0))], 1, clip_norm=1e9)
    assert again.weight.grad.item() == fresh.weight.grad.item()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_stops_the_run_before_it_spoils_the_model(bad):
    def loss(model, batch):
        return squared_error(model, batch) * batch[0].sum()

    model, reference = line(), line()
    batches = [(numbers(1.0), numbers(2.0)), (numbers(bad), numbers(2.0))]
    with pytest.raises(FloatingPointError) as caught:
        fit(model, loss, batches, 2)
    assert_parts(caught, ["fit", "loss became", str(bad) if math.isnan(bad) else "inf", "step 2", "learning_rate"])
    fit(reference, loss, batches[:1], 1)
    assert torch.equal(model.weight, reference.weight) and torch.equal(model.bias, reference.bias)


def test_a_gradient_that_is_no_number_stops_the_run_though_the_loss_is_fine():
    """The square root of 0 is 0, but its slope is infinite; the loss of the last step would not show it."""
    model = line(0.0, 0.0)
    with pytest.raises(FloatingPointError) as caught:
        fit(model, lambda model, x: model(x).sum().sqrt(), [numbers(1.0)], 1)
    assert_parts(caught, ["fit", "gradient", "inf", "step 1"])
    assert model.weight.item() == model.bias.item() == 0.0


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"steps": 0}, ["fit", "steps is 0", "at least 1"]),
        ({"steps": -3}, ["steps is -3", "at least 1"]),
        ({"steps": 3}, ["batches ended after 2 steps", "expected 3"]),
        ({"batches": [], "steps": 1}, ["batches ended after 0 steps", "expected 1"]),
        ({"clip_norm": -1.0}, ["clip_norm is -1.0", "positive"]),
        ({"clip_norm": 0.0}, ["clip_norm is 0.0", "positive"]),
        ({"clip_norm": math.nan}, ["clip_norm is nan", "positive"]),
    ],
)
def test_fit_names_what_is_wrong(changed, parts):
    batch = (numbers(1.0), numbers(2.0))
    right = {"model": line(), "loss": squared_error, "batches": [batch] * 2, "steps": 2}
    with pytest.raises(ValueError) as caught:
        fit(**{**right, **changed})
    assert_parts(caught, parts)


# minibatches


@QUICK
@given(st.integers(1, 20), st.data())
def test_every_epoch_has_every_row_once_and_rows_stay_together(examples, data):
    batch_size = data.draw(st.integers(1, examples))
    names = torch.arange(examples)
    tensors = (names, names[:, None] * torch.tensor([10, 100]), -names.double())
    batches = minibatches(tensors, batch_size, torch.Generator().manual_seed(data.draw(st.integers(0, 2**31))))
    full = examples // batch_size
    shuffles, randperm = itertools.count(1), torch.randperm

    def counted(*arguments, **others):
        assert next(shuffles) <= 2, "two epochs need two shuffles"  # an epoch without a batch would never end
        return randperm(*arguments, **others)

    for _ in range(2):
        seen = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch, "randperm", counted)
            epoch = list(itertools.islice(batches, full))
        for first, second, third in epoch:
            assert first.shape == (batch_size,) and second.shape == (batch_size, 2)
            assert torch.equal(second, first[:, None] * torch.tensor([10, 100]))
            assert torch.equal(third, -first.double())
            seen += first.tolist()
        assert len(set(seen)) == len(seen) == full * batch_size  # none twice; all of them where it divides
        if examples % batch_size == 0:
            assert sorted(seen) == list(range(examples))


def test_the_order_depends_on_the_generator_alone():
    rows = torch.arange(50)

    def first_rows(seed, disturbance):
        batches = minibatches((rows,), 10, generator(seed))
        torch.manual_seed(disturbance)
        taken = []
        for (batch,) in itertools.islice(batches, 10):
            torch.rand(3)
            taken += batch.tolist()
        return taken

    assert first_rows(0, 1) == first_rows(0, 2)
    assert first_rows(0, 1) != first_rows(1, 1)
    taken = first_rows(0, 1)
    assert taken[:50] != list(range(50)), "not shuffled"
    assert taken[:50] != taken[50:], "the second epoch repeats the first"
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    next(minibatches((rows,), 10, generator(0)))
    assert torch.equal(torch.random.get_rng_state(), before), "the global generator was used"


@pytest.mark.parametrize(
    ("tensors", "batch_size", "parts"),
    [
        ((torch.ones(3), torch.ones(4)), 1, ["minibatches", "same number of rows", "[3, 4]"]),
        ((), 1, ["same number of rows", "[]"]),
        ((torch.ones(3),), 4, ["batch_size is 4", "between 1 and the 3 rows"]),
        ((torch.ones(3),), 0, ["batch_size is 0", "between 1"]),
        ((torch.ones(0, 2),), 1, ["batch_size is 1", "the 0 rows"]),
    ],
)
def test_minibatches_complain_at_the_call_not_at_the_first_batch(tensors, batch_size, parts):
    with pytest.raises(ValueError) as caught:
        minibatches(tensors, batch_size, generator(0))
    assert_parts(caught, parts)


# Together


def history_of(seed, data_seed=0):
    set_seed(seed)
    model = MultiHeadAttention(4, 2)
    x = torch.randn(12, 3, 4, generator=generator(data_seed))
    batches = minibatches((x, x.flip(1)), 4, generator(data_seed + 1))
    history = fit(model, lambda model, batch: ((model(batch[0])[0] - batch[1]) ** 2).mean(), batches, 20, 0.01)
    return history, [parameter.detach().clone() for parameter in model.parameters()]


def test_the_same_seed_gives_the_same_bits():
    (history, parameters), (again, parameters_again) = history_of(3), history_of(3)
    assert history == again
    assert all(torch.equal(a, b) for a, b in zip(parameters, parameters_again))
    assert history_of(4)[0] != history
    assert history_of(3, data_seed=9)[0] != history


def test_count_parameters_counts_what_training_may_change():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2, bias=False))
    assert count_parameters(model) == (3 * 4 + 4) + 4 * 2
    model[0].weight.requires_grad_(False)
    assert count_parameters(model) == 4 + 4 * 2
    assert count_parameters(nn.ReLU()) == 0
    model[1].weight = nn.Parameter(torch.ones(2, 4))
    tied = nn.Sequential(model[1], model[1])
    assert count_parameters(tied) == 8, "a shared parameter counts once"


def assert_parts(caught, parts):
    for part in parts:
        assert part in str(caught.value), f"no {part!r} in {str(caught.value)!r}"
