"""The exercises of lesson 01: right answers in other styles pass, learners' mistakes are recognised."""

import re

import numpy as np
import pytest
import torch

from course_utils.exercises import check, sandbox
from course_utils.exercises import recurrence as exercises


def as_lists(inputs, W_h):
    state, states = [0.0] * len(W_h), []
    for x in inputs.tolist():
        state = [np.tanh(sum(w * s for w, s in zip(row, state)) + one) for row, one in zip(W_h.tolist(), x)]
        states.append(state)
    return states


def preallocated(inputs, W_h):
    states = np.zeros_like(inputs)
    states[0] = np.tanh(inputs[0])
    for t in range(1, len(inputs)):
        states[t] = np.tanh(states[t - 1] @ W_h.T + inputs[t])
    return states


def in_place_with_copies(inputs, W_h):
    state, states = np.zeros(inputs.shape[1]), []
    for x in inputs:
        state[:] = np.tanh(W_h.dot(state) + x)
        states.append(state.copy())
    return states


def by_einsum(inputs, W_h):
    state, states = np.zeros(W_h.shape[1]), np.empty(inputs.shape)
    for t, x in enumerate(inputs):
        state = np.tanh(np.einsum("ij,j->i", W_h, state) + x)
        states[t] = state
    return states


def single_precision(inputs, W_h):
    inputs, W_h = inputs.astype(np.float32), W_h.astype(np.float32)
    return preallocated(inputs, W_h)


def in_torch(inputs, W_h):
    state, states = torch.zeros_like(inputs[0]), []
    for x in inputs:
        state = torch.tanh(W_h @ state + x)
        states.append(state)
    return torch.stack(states)


def torch_inside(inputs, W_h):
    inputs, W_h = torch.tensor(inputs).float(), torch.tensor(W_h).float()
    return in_torch(inputs, W_h)


def by_recursion(inputs, W_h):
    if len(inputs) == 0:
        return inputs
    before = by_recursion(inputs[:-1], W_h)
    last = before[-1] if len(before) else np.zeros(len(W_h))
    return np.vstack([before, np.tanh(W_h @ last + inputs[-1])])


def by_exponentials(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        z = W_h @ state + x
        state = (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)
        states.append(list(state))
    return tuple(states)


def loops_of_best(accuracy):
    return [max(np.mean(seeds) for seeds in rates) for rates in accuracy]


def sorted_means(accuracy):
    return np.sort(accuracy.sum(-1) / accuracy.shape[-1], axis=1)[:, -1]


def by_argmax(accuracy):
    means = np.mean(accuracy, axis=2)
    return means[np.arange(len(means)), means.argmax(axis=1)]


RIGHT = [
    *(("1.1", answer) for answer in (as_lists, preallocated, in_place_with_copies, by_einsum, single_precision)),
    *(("1.1", answer) for answer in (in_torch, torch_inside, by_recursion, by_exponentials)),
    *(("1.2", answer) for answer in (0.12, 0.122, 0.1216, np.float32(0.12158), torch.tensor(0.9) ** 20)),
    *(("1.3", answer) for answer in (0.63, 0.631, 10**-0.2, np.exp(-10 * np.log(10) / 50))),
    *(("1.4", answer) for answer in (loops_of_best, sorted_means, by_argmax)),
    ("1.4", lambda accuracy: torch.as_tensor(accuracy).float().mean(-1).max(dim=1).values),
    ("1.4", lambda accuracy: accuracy.mean(2).amax(1)),
    ("1.4", lambda accuracy: np.einsum("mrs->mr", accuracy).max(1) / accuracy.shape[2]),
    ("1.4", lambda accuracy: np.float32(accuracy).mean(axis=-1).max(axis=-1).tolist()),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


def state_never_replaced(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        new = np.tanh(W_h @ state + x)
        states.append(new)
    return states


def columns(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(state @ W_h + x)
        states.append(state)
    return states


def written_over(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        np.tanh(W_h @ state + x, out=state)
        states.append(state)
    return states


def without_tanh(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = W_h @ state + x
        states.append(state)
    return states


def returns_state(inputs, W_h):
    state = np.zeros(len(W_h))
    for x in inputs:
        state = np.tanh(W_h @ state + x)
    return state


def keeps_before(inputs, W_h):
    states = [np.zeros(len(W_h))]
    for x in inputs:
        states.append(np.tanh(W_h @ states[-1] + x))
    return np.array(states)


def star(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(sum(W_h * state) + x)
        states.append(state)
    return states


def tanh_inside(inputs, W_h):
    state, states = torch.zeros_like(inputs[0]), []
    for x in inputs:
        state = W_h @ state.tanh() + x
        states.append(state)
    return torch.stack(states)


def token_squashed(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = W_h @ state + np.tanh(x)
        states.append(state)
    return states


def matrix_on_token(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ x + state)
        states.append(state)
    return states


def backwards(inputs, W_h):
    return preallocated(inputs[::-1], W_h)[::-1]


def unit_by_unit(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        for i in range(len(state)):
            state[i] = np.tanh(sum(W_h[i, j] * state[j] for j in range(len(state))) + x[i])
        states.append(state.copy())
    return states


def argmax_without_an_axis(accuracy):
    means = accuracy.mean(axis=2)
    best = np.argmax(means)
    return [means[model, best] for model in range(len(means))]


def forgets_return(inputs, W_h):
    preallocated(inputs, W_h)


WRONG = [
    ("1.1", state_never_replaced, "nothing is remembered"),
    ("1.1", columns, "W_h transposed"),
    ("1.1", written_over, "one array kept for every state"),
    ("1.1", without_tanh, "no tanh"),
    ("1.1", returns_state, "only the last state"),
    ("1.1", keeps_before, "starts with a state of zeros in the list"),
    ("1.1", star, "W_h multiplied number by number"),
    ("1.1", tanh_inside, "tanh on the old state only"),
    ("1.1", token_squashed, "tanh on the token only"),
    ("1.1", matrix_on_token, "W_h on the token"),
    ("1.1", backwards, "read from the end"),
    ("1.1", unit_by_unit, "overwritten while it is read"),
    ("1.1", forgets_return, "no return"),
    ("1.1", np.zeros((4, 3)), "a value instead of a function"),
    ("1.2", -1.0, "a loss is subtracted"),
    ("1.2", 0.9, "the factor counts once"),
    ("1.2", 18, "factors added"),
    ("1.2", 0.135, "one step too few"),
    ("1.2", 0.109, "one step too many"),
    ("1.2", 0.05, "shared among the tokens"),
    ("1.2", 0.88, "what is lost instead of what is left"),
    ("1.2", 0.36, "the gates of section 4"),
    ("1.2", 0.0, "nothing left"),
    ("1.3", 0.8, "read as a linear axis"),
    ("1.3", 0.2, "the exponent instead of the factor"),
    ("1.3", -0.2, "a negative exponent as the factor"),
    ("1.3", 1.58, "growing instead of falling"),
    ("1.3", 0.1, "one power of ten per step"),
    ("1.3", 1e-10, "the height at the end as the factor"),
    ("1.3", 2e-12, "the height at the end as the factor"),
    ("1.3", np.log(0.631), "a logarithm of the factor"),
    ("1.3", 0.01, "read at another place, to a power of ten"),
    ("1.4", argmax_without_an_axis, "argmax over the whole table, taken for a rate"),
    ("1.4", lambda accuracy: [rates.max() for rates in accuracy], "the best seed picked"),
    (
        "1.4",
        lambda accuracy: [np.mean([s.max() for s in r]) for r in accuracy],
        "best seed of each rate, then averaged",
    ),
    ("1.4", lambda accuracy: accuracy.max(axis=1).mean(axis=1), "a new best rate for every seed"),
    ("1.4", lambda accuracy: accuracy.mean(axis=1).max(axis=1), "rates and seeds swapped"),
    ("1.4", lambda accuracy: accuracy.mean(-1).mean(-1), "averaged over the rates too"),
    ("1.4", lambda a: a.mean(2)[:, a.mean(2).mean(0).argmax()], "one rate for all"),
    ("1.4", lambda a: [m[np.argmax(r.max(-1))].mean() for m, r in zip(a, a)], "rate chosen by the best seed"),
    ("1.4", lambda accuracy: accuracy.mean(axis=2).max(axis=1).mean(), "averaged over the models"),
    ("1.4", lambda accuracy: accuracy.mean(axis=2), "one axis too many"),
]


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


@pytest.mark.parametrize("exercise", exercises.EXERCISES, ids=lambda exercise: exercise.id)
def test_no_two_mistakes_look_alike(exercise):
    """On all cases together; what two mistaken ideas both answer could be told as either."""
    answers = []
    for mistake in exercise.misconceptions:
        outcomes = [sandbox.call(mistake.mistake, inputs) for inputs in exercise.cases or ((),)]
        if any(outcome.problem for outcome in outcomes):
            continue
        given = [np.asarray(outcome.result, float) for outcome in outcomes]
        for name, other in answers:
            same = name != mistake.name and all(
                a.shape == b.shape and np.allclose(a, b, atol=1e-5 if exercise.cases else 0)
                for a, b in zip(given, other)
            )
            assert not same, (mistake.name, name)
        answers.append((mistake.name, given))


def said_in(exercise):
    return " ".join((*(known.explain for known in exercise.misconceptions), *exercise.hints, exercise.praise))


def test_messages_point_at_sections_that_exist(request):
    notebook = (request.config.rootpath / "notebooks" / "01_rnn_context_loss.ipynb").read_text("utf-8")
    sections = set(re.findall(r'"## (\d+)\. ', notebook))
    named = {number for exercise in exercises.EXERCISES for number in re.findall(r"section (\d+)", said_in(exercise))}
    assert named and named <= sections
