"""Exercise 1.1: the loop of a recurrent network, and the state after every token."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(1)
_INPUTS, _W_H = _GENERATOR.normal(size=(4, 3)), _GENERATOR.normal(size=(3, 3))
_MORE_INPUTS, _MORE_W_H = _GENERATOR.normal(size=(6, 2)), _GENERATOR.normal(size=(2, 2))


def _states(inputs: np.ndarray, W_h: np.ndarray) -> np.ndarray:
    cell = torch.nn.RNN(W_h.shape[0], W_h.shape[0], bias=False).double()
    with torch.no_grad():
        cell.weight_ih_l0.copy_(torch.eye(W_h.shape[0]))
        cell.weight_hh_l0.copy_(torch.as_tensor(W_h))
        return cell(torch.as_tensor(inputs))[0].numpy()


def _recurrence(inputs: np.ndarray, step: Callable, start: np.ndarray | None = None) -> np.ndarray:
    """The states of a loop with ``step(state, x)``; ``start`` is the state before the first token."""
    state, states = np.zeros(inputs.shape[1]) if start is None else start, []
    for x in inputs:
        state = step(state, x)
        states.append(state)
    return np.array(states)


def _from_all_before(of_earlier: Callable[[list[np.ndarray]], np.ndarray]) -> Callable[..., np.ndarray]:
    """Each state is made from all earlier ones, not from the last of them."""

    def mistaken(inputs, W_h):
        states = [np.tanh(inputs[0])]
        for x in inputs[1:]:
            states.append(np.tanh(W_h @ of_earlier(states) + x))
        return np.array(states)

    return mistaken


_AROUND_THE_SUM = "tanh goes once around the whole sum, np.tanh(W_h @ state + x) (section 2)."
_STEPS = {
    "no tanh": (
        lambda W_h, state, x: W_h @ state + x,
        "Your states are those of the linear network, and some leave the range from -1 to 1. Each new state goes "
        "through tanh before the next token is read (section 2).",
    ),
    "tanh on the old state only": (
        lambda W_h, state, x: W_h @ np.tanh(state) + x,
        f"These are the sums before tanh: the old state was squashed, the new one was not. {_AROUND_THE_SUM}",
    ),
    "token added after tanh": (
        lambda W_h, state, x: np.tanh(W_h @ state) + x,
        f"You added the token after tanh. It must be inside: {_AROUND_THE_SUM}",
    ),
    "each part squashed alone": (
        lambda W_h, state, x: np.tanh(W_h @ state) + np.tanh(x),
        f"You squashed the old state and the token each alone, and added them then. {_AROUND_THE_SUM}",
    ),
    "squashed twice": (
        lambda W_h, state, x: np.tanh(W_h @ np.tanh(state) + x),
        f"The old state went through tanh when it was made, and with you it does so again. {_AROUND_THE_SUM}",
    ),
    "new state squashed twice": (
        lambda W_h, state, x: np.tanh(np.tanh(W_h @ state + x)),
        f"Your sum goes through tanh twice, from the first state on. {_AROUND_THE_SUM}",
    ),
    "token squashed as well": (
        lambda W_h, state, x: np.tanh(W_h @ state + np.tanh(x)),
        f"The token goes through tanh twice, once alone and once in the sum. {_AROUND_THE_SUM}",
    ),
    "memory squashed as well": (
        lambda W_h, state, x: np.tanh(np.tanh(W_h @ state) + x),
        f"W_h @ state goes through tanh twice, once alone and once in the sum. {_AROUND_THE_SUM}",
    ),
    "W_h outside of tanh": (
        lambda W_h, state, x: W_h @ np.tanh(state + x),
        "You multiplied by W_h after tanh. W_h mixes the *old* state, inside of it: np.tanh(W_h @ state + x).",
    ),
    "W_h on the token": (
        lambda W_h, state, x: np.tanh(state + W_h @ x),
        "W_h stands at the wrong place: it mixes the old state. The token comes in as it is (section 2).",
    ),
    "W_h on both": (
        lambda W_h, state, x: np.tanh(W_h @ (state + x)),
        "You multiplied the token by W_h as well. W_h mixes the old state alone; the token comes in as it is "
        "(section 2).",
    ),
    "W_h transposed": (
        lambda W_h, state, x: np.tanh(W_h.T @ state + x),
        "From the second token on your matrix is transposed: it is W_h @ state. state @ W_h would use its columns "
        "(section 2).",
    ),
    "W_h transposed, on the token": (
        lambda W_h, state, x: np.tanh(state + W_h.T @ x),
        "W_h mixes the old state, not the token: W_h @ state + x. And it stands in front, else it is transposed.",
    ),
    "W_h multiplied number by number": (
        lambda W_h, state, x: np.tanh((W_h * state).sum(0) + x),
        "You multiplied W_h and the state number by number and added up the columns. "
        "A matrix product adds up the rows: W_h @ state (section 2).",
    ),
    "only the diagonal of W_h": (
        lambda W_h, state, x: np.tanh(np.diag(W_h) * state + x),
        "You used the diagonal of W_h alone. Every unit hears all units of the old state: W_h @ state.",
    ),
    "W_h twice": (
        lambda W_h, state, x: np.tanh(W_h @ W_h @ state + x),
        "You multiplied by W_h twice at every step. Once is enough: W_h @ state.",
    ),
    "no W_h": (
        lambda W_h, state, x: np.tanh(state + x),
        "The old state comes in without its matrix. It is mixed first: W_h @ state + x (section 2).",
    ),
    "token taken off": (
        lambda W_h, state, x: np.tanh(W_h @ state - x),
        "You took the token off. It is added: W_h @ state + x.",
    ),
    "memory taken off": (
        lambda W_h, state, x: np.tanh(x - W_h @ state),
        "You took W_h @ state off the token. The two are added: W_h @ state + x.",
    ),
    "tanh of W_h": (
        lambda W_h, state, x: np.tanh(W_h) @ state + x,
        f"You took tanh of the matrix. {_AROUND_THE_SUM}",
    ),
    "tanh of W_h as well": (
        lambda W_h, state, x: np.tanh(np.tanh(W_h) @ state + x),
        f"You took tanh of the matrix as well. {_AROUND_THE_SUM}",
    ),
    "W_h transposed, on both": (
        lambda W_h, state, x: np.tanh(W_h.T @ (state + x)),
        "You multiplied the token by W_h as well, and from the wrong side. W_h mixes the old state alone: W_h @ "
        "state + x.",
    ),
    "section 1's network": (
        lambda W_h, state, x: 0.5 * state + x,
        "That is the small network of section 1, which halves its state. Here W_h mixes it, and tanh follows.",
    ),
    "section 1's factor": (
        lambda W_h, state, x: np.tanh(0.5 * state + x),
        "You halve the old state, as in section 1. Here W_h mixes it: W_h @ state + x.",
    ),
    "slope of tanh": (
        lambda W_h, state, x: 1 - np.tanh(W_h @ state + x) ** 2,
        "1 - tanh² is the slope of tanh. The state is np.tanh itself.",
    ),
    "token left out": (
        lambda W_h, state, x: np.tanh(W_h @ state),
        "Zeros all along: from zeros the network gets nowhere unless the token is *added*: W_h @ state + x.",
    ),
    "added to the old state": (
        lambda W_h, state, x: state + np.tanh(W_h @ state + x),
        "You added the new state to the old one (+=). It *replaces* the old one; what is kept comes through W_h.",
    ),
    "old state added inside": (
        lambda W_h, state, x: np.tanh(W_h @ state + x + state),
        "The old state is in your sum twice, through W_h and as it is. W_h @ state + x is all.",
    ),
    "token added again": (
        lambda W_h, state, x: np.tanh(W_h @ state + x) + x,
        "You added the token after tanh once more. It comes in once, inside.",
    ),
    "mean of old and new": (
        lambda W_h, state, x: (state + np.tanh(W_h @ state + x)) / 2,
        "You took the mean of the old and the new state. The new one *replaces* the old one (section 2).",
    ),
    "tanh on the token only": (
        lambda W_h, state, x: W_h @ state + np.tanh(x),
        f"You squashed the token and added the old state after. {_AROUND_THE_SUM}",
    ),
}
_OTHER_SQUASHES = {
    "tan": np.tan,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "ReLU": lambda z: np.maximum(z, 0.0),
    "arctan": np.arctan,
    "arctanh": lambda z: np.arctanh(np.clip(z, -1, 1)),
    "sin": np.sin,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "softmax": softmax,
    "exp": np.exp,
    "sign": np.sign,
    "clip": lambda z: np.clip(z, -1, 1),
    "1 / tanh": lambda z: 1 / np.tanh(z),
}
_KEPT = {
    "only the last state": (
        lambda states: states[-1],
        "That is the last state alone. Keep the state after every token: shape (T, hidden).",
    ),
    "only the last state, as a row": (
        lambda states: states[-1:],
        "That is the last state alone, in a list. Put each state into the list *inside* the loop: (T, hidden).",
    ),
    "only the first state": (
        lambda states: states[0],
        "That is the first state alone. Keep the state after every token. Is 'return' inside the loop?",
    ),
    "only the first state, as a row": (
        lambda states: states[:1],
        "One state came. Keep the state after every token. Is 'return' inside the loop?",
    ),
    "starts with a state of zeros in the list": (
        lambda states: np.vstack([np.zeros(states.shape[1]), states]),
        "Your list begins with the state before the first token. Give back one state for each token.",
    ),
    "kept before the step": (
        lambda states: np.vstack([np.zeros(states.shape[1]), states[:-1]]),
        "Each state is one token late: it goes into the list *before* the step, or the step reads the token before. "
        "Asked for is the state after every token: first the step with x, then states.append(state).",
    ),
    "last token not read": (
        lambda states: states[:-1],
        "The last state is missing. Does the loop stop before the last token? One state for each of the T tokens.",
    ),
    "first state not kept": (
        lambda states: states[1:],
        "The first state is missing. Give back one state for each of the T tokens.",
    ),
    "last state first": (
        lambda states: states[::-1],
        "The states are right, the last one first. Give them back in the order of the tokens.",
    ),
    "added up": (
        lambda states: np.cumsum(states, axis=0),
        "Each row of yours is the sum of all states so far. Keep each state by itself.",
    ),
    "sum of all states": (lambda states: states.sum(0), "That is the sum of the states. Keep each by itself."),
    "mean of all states": (lambda states: states.mean(0), "That is the mean of the states. Keep each by itself."),
    "one long row": (
        lambda states: states.ravel(),
        "All states came in one row. Asked for is a row for each token, shape (T, hidden): append, not extend.",
    ),
    "one array kept for every state": (
        lambda states: np.repeat(states[-1:], len(states), axis=0),
        "All rows of your result equal the last state: the list holds the same array each time, and each step "
        "wrote over it. Make a new array, or put a copy into the list: states.append(state.copy()).",
    ),
    "zeros at the end": (
        lambda states: np.vstack([states, np.zeros(states.shape[1])]),
        "There is a row of zeros at the end. Give back one state for each token: (T, hidden).",
    ),
    "one number for each state": (
        lambda states: states.mean(1),
        "One number for each token came, a mean over the units. Give back the whole states, shape (T, hidden).",
    ),
    "sum of each state": (
        lambda states: states.sum(1),
        "One number for each token came, a sum over the units. Give back the whole states, shape (T, hidden).",
    ),
    "one unit": (
        lambda states: states[:, 0],
        "One number for each token came, its first unit. Give back the whole states, shape (T, hidden).",
    ),
    "length of each state": (
        lambda states: np.linalg.norm(states, axis=1),
        "One number for each token came, the length of its state. Give back the whole states, shape (T, hidden).",
    ),
    "before and after": (
        lambda states: np.repeat(np.vstack([np.zeros(states.shape[1]), states]), 2, axis=0)[1:-1],
        "Two rows for each token came, the state before and the one after it. Keep the one after it.",
    ),
    "each state twice": (
        lambda states: np.repeat(states, 2, axis=0),
        "Each state is there twice. Is states.append called twice in the loop? One row for each token.",
    ),
    "rows for units": (
        lambda states: states.T,
        "The states are right, as columns. A row for each token is asked for, shape (T, hidden).",
    ),
}
_START = {
    "starts from ones": (
        lambda inputs: np.ones(inputs.shape[1]),
        "You started from ones. The state before the first token is zeros: np.zeros(...).",
    ),
    "starts from the first token": (
        lambda inputs: inputs[0],
        "You started from the first token, and then read it again. The state before the first token is zeros.",
    ),
    "starts from the first state": (
        lambda inputs: np.tanh(inputs[0]),
        "You started from the first state, and then read the first token again. The state before it is zeros.",
    ),
    "starts from the last token": (
        lambda inputs: inputs[-1],
        "You started from the last token. The state before the first token is zeros.",
    ),
    "starts from the mean of the tokens": (
        lambda inputs: inputs.mean(0),
        "You started from the mean of the tokens. The state before the first token is zeros.",
    ),
}
_COMMON_STEPS = ("no tanh", "token added after tanh", "W_h on the token", "W_h transposed")
_COMMON_LISTS = ("only the last state", "starts with a state of zeros in the list", "kept before the step")
_COMMON_LISTS += ("last token not read", "last state first")
_SEEN = {
    "tanh on the token only": "https://github.com/lmjohns3/theanets/issues/109",
    "one array kept for every state": "https://github.com/pytorch/pytorch/pull/153620",
}


def _loop_with(step: Callable, keep: Callable = np.array) -> Callable[..., np.ndarray]:
    return lambda inputs, W_h: keep(_recurrence(inputs, partial(step, W_h)))


def _started_from(start: Callable) -> Callable[..., np.ndarray]:
    return lambda inputs, W_h: _recurrence(inputs, lambda state, x: np.tanh(W_h @ state + x), start(inputs))


def _read_as(read: Callable) -> Callable[..., np.ndarray]:
    """The right loop, over other tokens than those that came."""
    return lambda inputs, W_h: _states(read(inputs), W_h)


def _counted(inputs: np.ndarray) -> np.ndarray:
    return np.arange(len(inputs))[:, None] + np.zeros_like(inputs)


def _unit_by_unit(order: slice, keep: Callable = np.array) -> Callable[..., np.ndarray]:
    """Each unit of the new state is written over the old one, which the next unit still reads."""

    def step(W_h, state, x):
        state = state.copy()
        for unit in range(len(state))[order]:
            state[unit] = np.tanh(W_h[unit] @ state + x[unit])
        return state

    return _loop_with(step, lambda states: keep(np.array(states)))


_OVERWRITTEN = (
    "The units of each new state are written over the old state one by one, and those that follow read the new ones "
    "already. Make the whole new state from the old one, then put it in its place: state = np.tanh(W_h @ state + x)."
)
STATES = Exercise(
    id="1.1",
    answer="rnn_states",
    title="Write rnn_states(inputs, W_h): the state after every token.",
    objective="write a recurrent network's loop",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=((_INPUTS, _W_H), (_MORE_INPUTS, _MORE_W_H)),
    right=_states,
    misconceptions=(
        *(
            Misconception(name, _loop_with(step), explain, seen=_SEEN.get(name, ""))
            for name, (step, explain) in _STEPS.items()
        ),
        *(
            Misconception(
                "another curve than tanh",
                _loop_with(lambda W_h, state, x, curve=curve: curve(W_h @ state + x)),
                f"{curve_name} came in place of tanh. The state goes through np.tanh, a curve from -1 to 1 (section "
                f"2).",
            )
            for curve_name, curve in _OTHER_SQUASHES.items()
        ),
        Misconception(
            "tanh after the loop",
            lambda inputs, W_h: np.tanh(_loop_with(_STEPS["no tanh"][0])(inputs, W_h)),
            "You squashed the states after the loop. Each new state goes through tanh *before* the next step uses it: "
            "tanh belongs inside the loop (section 2).",
        ),
        *(
            Misconception(name, lambda inputs, W_h, keep=keep: keep(_states(inputs, W_h)), explain, _SEEN.get(name, ""))
            for name, (keep, explain) in _KEPT.items()
        ),
        *(
            Misconception(
                f"{name}, and {kept}",
                _loop_with(_STEPS[name][0], _KEPT[kept][0]),
                f"Two things. {_STEPS[name][1]} And: {_KEPT[kept][1]}",
            )
            for name in _COMMON_STEPS
            for kept in _COMMON_LISTS
        ),
        *(Misconception(name, _started_from(start), explain) for name, (start, explain) in _START.items()),
        *(
            Misconception(
                "the first token enters by itself",
                _started_by,
                "Your first state is the first token as it came, without tanh. It is read like every other: from "
                "zeros, through np.tanh(W_h @ state + x).",
            )
            for _started_by in (
                lambda inputs, W_h: np.vstack(
                    [inputs[:1], _recurrence(inputs[1:], lambda state, x: np.tanh(W_h @ state + x), inputs[0])]
                ),
                lambda inputs, W_h: np.vstack([inputs[:1], _states(inputs, W_h)[1:]]),
            )
        ),
        Misconception(
            "nothing is remembered",
            lambda inputs, W_h: np.tanh(inputs),
            "Your first state is right, but each state depends on its own token alone: the old state must come in "
            "through W_h, and the new one must replace it for the next turn of the loop (section 2).",
            seen="https://github.com/ageron/handson-mlp/pull/4",
        ),
        Misconception(
            "the first token not read",
            lambda inputs, W_h: np.vstack([np.zeros(inputs.shape[1]), _states(inputs[1:], W_h)]),
            "Your first state is zeros: the loop begins with the second token. The zeros come *before* the first "
            "token; its own state is np.tanh(x).",
        ),
        Misconception(
            "the tokens turned in a circle",
            _read_as(lambda inputs: np.roll(inputs, 1, axis=0)),
            "You began with the last token: inputs[-1] is the end. At step t the token is inputs[t], not inputs[t - "
            "1].",
        ),
        Misconception(
            "the tokens as they came",
            lambda inputs, W_h: inputs,
            "Those are the tokens as they came. Each state is np.tanh(W_h @ state + x), one after the other.",
        ),
        *(
            Misconception(
                "all tokens at once",
                at_once,
                "You made all states at once, from the tokens alone. A state needs the one *before* it, which must be "
                "there first: that takes a loop (section 2).",
            )
            for at_once in (
                lambda inputs, W_h: np.tanh(inputs @ W_h.T + inputs),
                lambda inputs, W_h: np.tanh(inputs @ W_h + inputs),
                lambda inputs, W_h: np.tanh(inputs @ W_h.T),
                lambda inputs, W_h: np.tanh(inputs @ W_h),
                lambda inputs, W_h: inputs @ W_h.T + inputs,
                lambda inputs, W_h: inputs @ W_h.T,
                lambda inputs, W_h: inputs @ W_h,
                lambda inputs, W_h: np.tanh(np.tanh(inputs) @ W_h.T + inputs),
            )
        ),
        Misconception(
            "tokens added up",
            lambda inputs, W_h: np.tanh(np.cumsum(inputs, axis=0)),
            "You added up all tokens so far, each as it is. What is older has been through W_h and tanh more often: "
            "the old *state* comes in, W_h @ state (section 2).",
        ),
        Misconception(
            "the token before instead of the state before",
            lambda inputs, W_h: np.tanh(inputs + np.vstack([np.zeros(inputs.shape[1]), inputs[:-1]]) @ W_h.T),
            "Your first state is right. Then you multiplied W_h by the token before. It multiplies the state before, "
            "in which all earlier tokens have left something: W_h @ state (section 2).",
            seen="https://github.com/skeydan/Deep-Learning-and-Scientific-Computing-with-R-torch/issues/23",
        ),
        *(
            Misconception(
                "another state than the one before",
                _from_all_before(of_earlier),
                "Your first two states are right. From the third on W_h multiplies something else than the state "
                "just before: only that one comes in; whatever is older is in it already.",
            )
            for of_earlier in (
                lambda states: np.sum(states, axis=0),
                lambda states: np.mean(states, axis=0),
                lambda states: states[0],
                lambda states: states[-2] if len(states) > 1 else states[-1],
            )
        ),
        Misconception(
            "read from the end",
            lambda inputs, W_h: _states(inputs[::-1].copy(), W_h)[::-1],
            "You read the tokens from the last to the first. A recurrent network reads them in order.",
        ),
        Misconception(
            "read from the end, and kept so",
            _read_as(lambda inputs: inputs[::-1].copy()),
            "You read the tokens from the last to the first, and your first state is that of the last token. A "
            "recurrent network reads them in order.",
        ),
        Misconception(
            "the first token at every step",
            _read_as(lambda inputs: np.repeat(inputs[:1], len(inputs), axis=0)),
            "Your first state is right. Then the first token is read again and again: inputs[t] or 'for x in inputs'.",
        ),
        Misconception(
            "the token's number instead of the token",
            _read_as(_counted),
            "Your loop reads 0, 1, 2, … instead of the tokens: 'for x in inputs' gives the tokens; with "
            "range(len(inputs)) it is inputs[x].",
        ),
        *(
            Misconception("overwritten while it is read", _unit_by_unit(order), _OVERWRITTEN)
            for order in (slice(None), slice(None, None, -1))
        ),
        Misconception(
            "overwritten while it is read, and one array kept for every state",
            _unit_by_unit(slice(None), _KEPT["one array kept for every state"][0]),
            f"Two things. {_OVERWRITTEN} And: the list holds the same array for every token.",
        ),
        Misconception(
            "* instead of @",
            lambda inputs, W_h: _recurrence(
                inputs, lambda state, x: np.tanh(W_h * state + x), np.zeros((inputs.shape[1],) * 2)
            ),
            "Your state became a table: W_h * state multiplies number by number and adds nothing up. The matrix "
            "product is W_h @ state.",
        ),
        Misconception(
            "append's result kept",
            lambda inputs, W_h: [].append(inputs[0]).append(inputs[1]),
            "append changes the list and gives back None: write states.append(state), not states = states.append(...).",
        ),
    ),
    hints=(
        "Begin with state = np.zeros(...) and go through the tokens: for x in inputs: ...",
        "Inside the loop: state = np.tanh(W_h @ state + x); then put it into a list.",
    ),
    praise="Equal to torch.nn.RNN. Every state holds all that the network knows of what came before.",
)
