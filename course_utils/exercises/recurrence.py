"""Exercises of the lesson on recurrent networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import permutations

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

# --- 1.1: the loop ----------------------------------------------------------------------------------------------------

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
                "zeros, "
                "through np.tanh(W_h @ state + x).",
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
            "token; "
            "its own state is np.tanh(x).",
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
                "just before: only "
                "that one comes in; whatever is older is in it already.",
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
        Misconception(
            "* instead of @",
            lambda inputs, W_h: _recurrence(
                inputs, lambda state, x: np.tanh(W_h * state + x), np.zeros((inputs.shape[1],) * 2)
            ),
            "Your state became a table: W_h * state multiplies number by number and adds nothing up. The matrix "
            "product "
            "is W_h @ state.",
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

# --- 1.2: what fades --------------------------------------------------------------------------------------------------

_HELD_OF_ALL = sum(0.9**n for n in range(21))  # of the first token and the twenty after it, each as large as 1

FADING = Exercise(
    id="1.2",
    answer="share_left",
    title="Predict how much of a token is left after twenty more, when each step keeps 0.9.",
    objective="predict how fast a state forgets",
    kind="predict",
    minutes=3,
    difficulty=1,
    tolerance=0.004,
    right=lambda: 0.9**20,
    misconceptions=(
        Misconception(
            "a loss is subtracted",
            lambda: 1 - 20 * 0.1,
            "{got} is 1 minus twenty tenths. Each step loses a tenth of what is *left*, so factors multiply "
            "(section 1).",
            seen="https://www.revisiondojo.com/blog/why-does-exponential-decay-feel-so-counterintuitive-in-money-problems",
        ),
        Misconception(
            "the factor counts once",
            lambda: 0.9,
            "{got} is left after one step. There are twenty, and each keeps 0.9 of what the one before left "
            "(section 1).",
        ),
        Misconception(
            "factors added",
            lambda: 20 * 0.9,
            "{got} is twenty times 0.9, more than there was. Each step multiplies what is left: factors multiply, "
            "they do not add (section 1).",
        ),
        *(
            Misconception(
                "one step too few",
                lambda left=left: left,
                "{got} is 0.9 to the 19th. Twenty more tokens are twenty more steps (section 1).",
            )
            for left in (0.9**19, 0.14)
        ),
        Misconception(
            "taken by eye",
            lambda: 0.13,
            "{got} is near, but not to two decimals. Let Python multiply: 0.9 to the 20th.",
        ),
        Misconception(
            "what is lost instead of what is left",
            lambda: 1 - 0.9**20,
            "{got} is what has been lost. Asked for is what is left: one minus that (section 1).",
        ),
        Misconception(
            "one step too many",
            lambda: 0.9**21,
            "{got} is 0.9 to the 21st. The token's own step adds it whole; the twenty after it shrink it (section 1).",
        ),
        *(
            Misconception(
                "shared among the tokens",
                lambda share=share: share,
                "{got} divides among the tokens. Nothing is handed round: what is left shrinks by a factor at each "
                "step "
                "(section 1).",
            )
            for share in (1 / 20, 1 / 21, 0.9 / 20, 0.9 / 21)
        ),
        *(
            Misconception(
                "another number of steps",
                lambda steps=steps: 0.9**steps,
                f"{{got}} is 0.9 to the {steps}th power. Twenty more tokens are twenty more steps (section 1).",
            )
            for steps in (4, 5, 8, 10, 15, 18, 22, 30, 40)
        ),
        Misconception(
            "two steps",
            lambda: 0.9**2,
            "{got} is 0.9 times 0.9, what is left after two steps. There are twenty (section 1).",
        ),
        Misconception(
            "one half at each step",
            lambda: 0.5**20,
            "{got} is what is left where each step keeps a half, as in section 1. Here each keeps nine tenths.",
        ),
        Misconception(
            "one tenth kept at each step",
            lambda: 0.1**20,
            "{got}: a tenth kept at each of twenty steps. A tenth is what is *lost*; nine tenths are kept.",
        ),
        Misconception(
            "nothing left",
            lambda: 0,
            "{got}: little is left, but not that little. A factor of 0.9 makes the share smaller, never nothing.",
        ),
        Misconception(
            "all is left",
            lambda: 1,
            "{got}: then nothing would be forgotten. Each of the twenty steps keeps nine tenths (section 1).",
        ),
        *(
            Misconception(
                "share of the whole state",
                lambda held=held: 0.9**20 / held,
                "{got} is the token's share of all that the state then holds. Asked for is what is left of the token "
                "*itself*, of the 1 that came in.",
            )
            for held in (_HELD_OF_ALL, _HELD_OF_ALL - 1, 10)
        ),
        Misconception(
            "all that the state holds",
            lambda: _HELD_OF_ALL,
            "{got} is what the state holds of all tokens together. Asked for is what is left of the first.",
        ),
        *(
            Misconception(
                "all that the state holds, less one token",
                lambda total=total: total,
                "{got} adds up what is left after each step. Asked for is what is left after the last of them.",
            )
            for total in (_HELD_OF_ALL - 1, _HELD_OF_ALL - 0.9**20)
        ),
        Misconception(
            "the loss of one step",
            lambda: 0.1,
            "{got} is what one step takes, a tenth. (Or the answer with one decimal: two are asked for.)",
        ),
        Misconception(
            "losses added",
            lambda: 20 * 0.1,
            "{got} is twenty tenths, more than there was. Each step takes a tenth of what is *left* (section 1).",
        ),
        Misconception(
            "factors added, with the first",
            lambda: 21 * 0.9,
            "{got} adds factors. They multiply: 0.9 of 0.9 of 0.9 … (section 1).",
        ),
        *(
            Misconception(
                "a loss is subtracted, elsewhere",
                lambda left=left: left,
                "{got} takes the same off at each step. Each step takes a tenth of what is *left*, so factors multiply "
                "(section 1).",
            )
            for left in (0.9 - 2, 1 - 21 * 0.1, 1 - 20 * 0.9)
        ),
        Misconception(
            "a hundredth a step",
            lambda: 1 - 0.2,
            "{got} would be a loss of a hundredth at each of twenty steps. It is a tenth, and of what is *left*.",
        ),
        Misconception(
            "a hundredth of what is left a step",
            lambda: 0.99**20,
            "{got} is 0.99 to the 20th. Nine tenths are 0.9.",
        ),
        Misconception(
            "another number of steps, what is lost",
            lambda: 1 - 0.9**21,
            "{got} is what has been lost, and after 21 steps. Asked for is what is left after twenty.",
        ),
        Misconception(
            "base and exponent exchanged",
            lambda: 20**0.9,
            "{got} is 20 to the power 0.9. It is 0.9 that is multiplied by itself, twenty times: 0.9 ** 20.",
        ),
        Misconception(
            "root instead of power",
            lambda: 0.9 ** (1 / 20),
            "{got} to the 20th is 0.9. Each step keeps 0.9, so it is 0.9 to the 20th.",
        ),
        *(
            Misconception(
                "the logarithm",
                lambda logarithm=logarithm: logarithm,
                "{got} is a logarithm of the share. Raise its base to it, or take 0.9 ** 20 at once.",
            )
            for logarithm in (20 * np.log(0.9), 20 * np.log10(0.9), 20 * np.log2(0.9))
        ),
        Misconception(
            "fading without steps",
            lambda: np.exp(-2),
            "{got} is e to the -2, for a loss that never pauses. Here there are twenty steps of 0.9 each.",
        ),
        Misconception(
            "a product with the number of tokens",
            lambda: 20 * 0.9**20,
            "{got} is twenty times what is left. The twenty is the exponent, and no more.",
        ),
        Misconception(
            "a fifth of nine tenths",
            lambda: 0.9 * 0.2,
            "{got} is 0.9 times twenty hundredths. Twenty is the number of steps: 0.9 is multiplied by itself.",
        ),
        Misconception(
            "a half",
            lambda: 0.5,
            "{got}: half is left after about seven steps already. Here there are twenty.",
        ),
    ),
    hints=(
        "After one more token 0.9 is left, after two 0.9 times 0.9.",
        "Each of the twenty tokens brings one more factor of 0.9. In Python, ** multiplies a number by itself.",
    ),
    praise="0.9 to the 20th is 0.12: a tenth a step, and after twenty steps nearly nine tenths are gone.",
)

FACTOR = Exercise(
    id="1.3",
    answer="factor_per_step",
    title="Read the factor per step off a line that falls from 1 to 1e-10 in 50 steps.",
    objective="read a decay off a logarithmic axis",
    kind="read",
    minutes=4,
    difficulty=2,
    tolerance=0.006,
    right=lambda: 10 ** (-10 / 50),
    misconceptions=(
        Misconception(
            "read as a linear axis",
            lambda: 1 - 10 / 50,
            "{got} takes the powers of ten as if they were evenly spaced numbers. On this axis a straight line is a "
            "constant factor: which number to the 50th is 1e-10? (section 4)",
            seen=(
                "https://m.moam.info/download/"
                "student-accuracy-in-reading-logarithmic-plots-osu-physics-the-_5b98f035097c470f548b46f6.html"
            ),
        ),
        Misconception(
            "the exponent instead of the factor",
            lambda: 10 / 50,
            "{got} is the powers of ten lost per step. The factor is 10 to the minus that (section 4).",
        ),
        Misconception(
            "a negative exponent as the factor",
            lambda: -10 / 50,
            "{got} is the logarithm of the factor. Raise 10 to it (section 4).",
        ),
        Misconception(
            "one power of ten per step",
            lambda: 0.1,
            "{got} would be a power of ten at each step, 1e-50 after fifty. The line falls by ten powers of ten in "
            "all (section 4).",
        ),
        Misconception(
            "the height at the end as the factor",
            lambda: 1e-10,
            "{got} is what all fifty steps did together. One step is its fiftieth root (section 4).",
        ),
        Misconception(
            "growing instead of falling",
            lambda: 10 ** (10 / 50),
            "{got} is above 1, so the line would rise. It falls: the factor is one over that (section 4).",
        ),
        *(
            Misconception(
                "growing, in a logarithm",
                lambda logarithm=logarithm: logarithm,
                "{got} is a logarithm, of another base than ten or without its minus. The factor itself is asked "
                "for: ten "
                "powers of ten in fifty steps, 10 to the -10/50 (section 4).",
            )
            for logarithm in (-np.log(10) / 5, np.log(10) / 5, -np.log2(10) / 5, np.log(10) * 10)
        ),
        *(
            Misconception(
                "what a step takes",
                lambda lost=lost: lost,
                "{got} is what a step takes away. The factor is what is left of 1 after it: 1 less that.",
            )
            for lost in (1 - 10**-0.2, 10**-0.2 - 1)
        ),
        *(
            Misconception(
                "shared among the steps",
                lambda share=share: share,
                "{got} divides by fifty, as if each step took an equal part. On this axis a straight line is a "
                "constant "
                "*factor*: which number to the 50th is 1e-10? (section 4)",
            )
            for share in (1 / 50, 1 - 1 / 50, -1 / 50, 1 / 51, 1 - 1 / 51)
        ),
        Misconception(
            "steps for a power of ten",
            lambda: 50 / 10,
            "{got} steps make a power of ten, right. So the factor of one step is the fifth root of 0.1.",
        ),
        Misconception(
            "power of ten in all",
            lambda: -10,
            "{got} is the exponent at the end, after all fifty steps. One step has a fiftieth of it; then 10 to that.",
        ),
        Misconception(
            "powers of ten, without the minus",
            lambda: 10,
            "{got} is how many powers of ten are lost in all, or the base. How many in one step? Then 10 to minus "
            "that.",
        ),
        Misconception(
            "number of steps",
            lambda: 50,
            "{got} is the number of steps. Which factor, multiplied by itself so often, makes 1e-10?",
        ),
        *(
            Misconception(
                "read at another place",
                lambda powers=powers, steps=steps: 10 ** (-powers / steps),
                f"{{got}} would be a line that has fallen by {powers} powers of ten after {steps} steps. This one "
                f"falls "
                "by 4 in 20, and by 10 in 50 (section 4).",
            )
            for powers, steps in ((4, 50), (4, 10), (6, 50), (8, 50), (10, 10), (10, 20), (10, 40), (10, 100))
            if (powers, steps) != (10, 10)
        ),
        *(
            Misconception(
                "read at another place, to a power of ten",
                lambda height=height: height,
                "{got} is a height of the line, or the factor of many steps. One step: its root, of as many steps.",
            )
            for height in (1e-2, 1e-4, 1e-5)
        ),
        *(
            Misconception(
                "another base than ten",
                lambda factor=factor: factor,
                "{got} takes another base than ten. The axis shows powers of *ten*: 10 to the -10/50 (section 4).",
            )
            for factor in (np.exp(-0.2), 2**-0.2, 10 ** (-np.log(10) / 5))
        ),
        *(
            Misconception(
                "two steps, or more",
                lambda steps=steps: 10 ** (-0.2 * steps),
                f"{{got}} is the factor of {steps} steps. Asked for is that of one.",
            )
            for steps in (3, 4)
        ),
        *(
            Misconception(
                "a factor of the lesson",
                lambda factor=factor: factor,
                "{got} belongs to a network of the lesson. This line is another: it falls from 1 to 1e-10 in 50 steps. "
                "Read it anew.",
            )
            for factor in (0.9, 0.702, 0.54, 0.5)
        ),
        *(
            Misconception(
                "taken by eye",
                lambda factor=factor: factor,
                "{got} is near, but two decimals are asked for. Do not take it by eye: which number to the 50th is "
                "1e-10?",
            )
            for factor in (0.6, 0.61, 0.62, 0.64, 0.65)
        ),
        Misconception(
            "no change",
            lambda: 1,
            "{got} would be a level line. This one falls.",
        ),
        Misconception(
            "minus the factor",
            lambda: -(10**-0.2),
            "{got}: a negative factor would change the sign at every step. The line falls, so the factor lies "
            "between 0 "
            "and 1; the minus stands in the exponent.",
        ),
    ),
    hints=(
        "Ask for the number that, multiplied by itself 50 times, gives 1e-10.",
        "Take logarithms: 50 times log10(factor) is -10.",
    ),
    praise="0.63 to the 50th is 1e-10. A straight line on a logarithmic axis is a constant factor.",
)

# --- 1.4: a fair comparison -------------------------------------------------------------------------------------------


def _grid(seed: int, models: int, rates: int, seeds: int) -> np.ndarray:
    """Accuracies of rates that differ, of seeds that differ more, and of some runs that only guess.

    The seed is one with which all mistakes differ.
    """
    generator = np.random.default_rng(seed)
    of_rate = generator.uniform(0.4, 0.7, size=(models, rates, 1))
    accuracy = of_rate + generator.normal(scale=0.2, size=(models, rates, seeds))
    guesses = generator.uniform(size=accuracy.shape) < 0.15
    return np.where(guesses, generator.uniform(0.03, 0.09, size=accuracy.shape), np.clip(accuracy, 0.1, 0.98)).round(3)


_ACCURACIES = (_grid(507, 4, 7, 6), _grid(1, 2, 3, 4))
_AXES, _IN_WORDS = ("models", "rates", "seeds"), {"mean": "mean", "max": "best"}
_CHOSEN_BY = {  # (models, rates, seeds) -> (models, rates): largest for the rate that is chosen
    "the median": lambda accuracy: np.median(accuracy, 2),
    "the best seed": lambda accuracy: accuracy.max(2),
    "the worst seed": lambda accuracy: accuracy.min(2),
    "the first seed": lambda accuracy: accuracy[:, :, 0],
    "the last seed": lambda accuracy: accuracy[:, :, -1],
    "the mean less the spread": lambda accuracy: accuracy.mean(2) - accuracy.std(2),
    "the mean over the spread": lambda accuracy: accuracy.mean(2) / accuracy.std(2),
    "the mean and the spread": lambda accuracy: accuracy.mean(2) + accuracy.std(2),
    "the smallest spread": lambda accuracy: -accuracy.std(2),
    "how many seeds it wins": lambda accuracy: (accuracy == accuracy.max(1, keepdims=True)).sum(2),
    "the mean without the best and the worst seed": lambda accuracy: np.sort(accuracy, 2)[:, :, 1:-1].mean(2),
    "the mean of all models": lambda accuracy: np.repeat(accuracy.mean((0, 2))[None], len(accuracy), 0),
    "the first model alone": lambda accuracy: np.repeat(accuracy.mean(2)[:1], len(accuracy), 0),
    "the last model alone": lambda accuracy: np.repeat(accuracy.mean(2)[-1:], len(accuracy), 0),
    "its place: always the first": lambda accuracy: np.arange(accuracy.shape[1], 0, -1) + 0 * accuracy.mean(2),
    "its place: always the last": lambda accuracy: np.arange(accuracy.shape[1]) + 0 * accuracy.mean(2),
}
_NOT_BY_CHANCE = {"the best seed", "the worst seed", "the first seed", "the last seed"}
_TOLD = {  # (models, seeds) at the chosen rate -> what is given back
    "the best seed": lambda seeds: seeds.max(1),
    "the worst seed": lambda seeds: seeds.min(1),
    "the median of the seeds": lambda seeds: np.median(seeds, 1),
    "the first seed": lambda seeds: seeds[:, 0],
    "the last seed": lambda seeds: seeds[:, -1],
    "the spread of the seeds": lambda seeds: seeds.std(1),
    "the mean less the spread": lambda seeds: seeds.mean(1) - seeds.std(1),
    "the mean without the best and the worst seed": lambda seeds: np.sort(seeds, 1)[:, 1:-1].mean(1),
}
_CHOSEN_AND_TOLD = {  # the same number chooses, and is given back: it stands in both tables above
    "the best seed": ("the best seed", "the best seed"),
    "the median": ("the median", "the median of the seeds"),
    "the worst seed": ("the worst seed", "the worst seed"),
    "the first seed": ("the first seed", "the first seed"),
    "the last seed": ("the last seed", "the last seed"),
    "the mean less the spread": ("the mean less the spread", "the mean less the spread"),
    "the mean without two seeds": (
        "the mean without the best and the worst seed",
        "the mean without the best and the worst seed",
    ),
}


def _at_rate(chosen_by: Callable, told: Callable = lambda seeds: seeds.mean(1)) -> Callable[[np.ndarray], np.ndarray]:
    def mistaken(accuracy):
        return told(accuracy[np.arange(len(accuracy)), np.argmax(chosen_by(accuracy), axis=1)])

    return mistaken


def _means(accuracy: np.ndarray) -> np.ndarray:
    return accuracy.mean(2)


def _reduced(steps: tuple[tuple[str, int], ...]) -> Callable[[np.ndarray], np.ndarray]:
    """A mean or a maximum over one axis after the other."""

    def mistaken(accuracy):
        for name, axis in steps:
            accuracy = getattr(accuracy, name)(axis, keepdims=True)
        return accuracy.squeeze(tuple(axis for _, axis in steps))

    return mistaken


def _without_guesses(limit: float) -> Callable[[np.ndarray], np.ndarray]:
    """Seeds that only guess are left out of the means."""

    def mistaken(accuracy):
        kept = accuracy > limit
        return (np.where(kept, accuracy, 0).sum(2) / np.maximum(kept.sum(2), 1)).max(1)

    return mistaken


_AXES_IN_WORDS = (
    "The axes are (models, rates, seeds): the mean over seeds, the last; then the best over rates, in the middle."
)
_RULE = "Average over the seeds first, then choose one rate by that mean (section 6)."

BEST_OF_GRID = Exercise(
    id="1.4",
    answer="at_own_best_rate",
    title="Write at_own_best_rate(accuracy): each model's mean over seeds, at the rate where that mean is highest.",
    objective="compare models fairly over learning rates and seeds",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=tuple((accuracy,) for accuracy in _ACCURACIES),
    right=lambda accuracy: torch.as_tensor(accuracy).mean(2).amax(1),
    misconceptions=(
        Misconception(
            "the place instead of the accuracy",
            lambda accuracy: accuracy.mean(2).argmax(1),
            "{got} is the place of the best rate, from argmax. Give back the accuracy there: max.",
        ),
        Misconception(
            "the place, counted from 1",
            lambda accuracy: accuracy.mean(2).argmax(1) + 1,
            "{got} is the number of the best rate. Give back the accuracy there: max.",
        ),
        Misconception(
            "the place of the best run",
            lambda accuracy: accuracy.reshape(len(accuracy), -1).argmax(1),
            f"{{got}} are places, of single runs at that. Give back accuracies: {_RULE}",
        ),
        Misconception(
            "the best seed picked",
            lambda accuracy: accuracy.max(axis=(1, 2)),
            "You took the best single run, {got}: lucky seeds win. Average over the seeds first, then choose the rate "
            "(section 6).",
            seen="https://github.com/JingweiToo/Wrapper-Feature-Selection-Toolbox/issues/4",
        ),
        Misconception(
            "best seed of each rate, then averaged",
            lambda accuracy: accuracy.max(2).mean(1),
            "You took the best seed of each rate, then the mean over rates. It is the other way round: mean over seeds "
            "(the last axis), best over rates (section 6).",
        ),
        Misconception(
            "a new best rate for every seed",
            lambda accuracy: accuracy.max(1).mean(1),
            "You let every seed choose its own rate, {got}: nobody knows beforehand which seed they will get. Average "
            "over the seeds first, then choose one rate (section 6).",
        ),
        Misconception(
            "rates and seeds swapped",
            lambda accuracy: accuracy.mean(1).max(1),
            "You averaged over the rates and took the best seed, {got}. The axes are (models, rates, seeds): seeds are "
            "the last one, rates the one in the middle.",
        ),
        Misconception(
            "averaged over the rates too",
            lambda accuracy: accuracy.mean(axis=(1, 2)),
            "You averaged over the rates as well, {got}: a model pays for rates nobody would choose. Mean over seeds, "
            "then the best rate (section 6).",
        ),
        Misconception(
            "one rate for all",
            _at_rate(_CHOSEN_BY["the mean of all models"]),
            "You chose one rate for all models together: that is section 5. In section 6 each has its own.",
            seen="https://github.com/AI-secure/Transferability-Reduced-Smooth-Ensemble/issues/2",
        ),
        *(
            Misconception(
                f"rate chosen by {which}",
                _at_rate(chosen_by),
                f"{{got}}: you report means over the seeds, as asked; but the rate was chosen by {which}. "
                f"{'One run decides nothing. ' if which in _NOT_BY_CHANCE else ''}"
                "It is the rate with the highest mean of the model (section 6).",
            )
            for which, chosen_by in _CHOSEN_BY.items()
            if which != "the mean of all models"
        ),
        *(
            Misconception(
                f"{told_as} at the right rate",
                _at_rate(_means, told),
                f"The right rate, but of its runs you give {told_as}: {{got}}. Give their mean.",
            )
            for told_as, told in _TOLD.items()
        ),
        *(
            Misconception(
                f"{which}, instead of the mean",
                _at_rate(_CHOSEN_BY[chosen_by], _TOLD[told]),
                f"You went by {which} of the runs: {{got}}. Asked for is the mean over the seeds, to choose the rate "
                f"and to "
                "report.",
            )
            for which, (chosen_by, told) in _CHOSEN_AND_TOLD.items()
            if which != "the best seed"
        ),
        *(
            Misconception(
                f"{name} left out",
                lambda accuracy, cut=cut: accuracy[:, cut].mean(2).max(1),
                f"{{got}}: you never looked at {name}. All the rates count: how far does the loop go?",
            )
            for name, cut in (("the last rate", slice(None, -1)), ("the first rate", slice(1, None)))
        ),
        *(
            Misconception(
                f"{name} left out",
                lambda accuracy, cut=cut: accuracy[:, :, cut].mean(2).max(1),
                f"{{got}}: you never looked at {name}. All the seeds count in the mean.",
            )
            for name, cut in (("the last seed", slice(None, -1)), ("the first seed", slice(1, None)))
        ),
        *(
            Misconception(
                "seeds left out by their result",
                left_out,
                "You left out seeds because of their result: {got}. A network that only guesses with one seed in five "
                "does so for its user, too: all seeds count in the mean.",
            )
            for left_out in (
                *map(_without_guesses, (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)),
                lambda accuracy: np.sort(accuracy, 2)[:, :, 1:].mean(2).max(1),
                lambda accuracy: np.sort(accuracy, 2)[:, :, :-1].mean(2).max(1),
            )
        ),
        Misconception(
            "the second best rate",
            lambda accuracy: np.sort(accuracy.mean(2), 1)[:, -2],
            "{got} belongs to the second best rate. The highest mean is the last of a sorted row, [-1], or max.",
        ),
        Misconception(
            "the lowest mean",
            lambda accuracy: accuracy.mean(2).min(1),
            "You took the lowest mean, as if it were a loss: {got}. Of accuracies the highest is the best: max.",
        ),
        Misconception(
            "the spread of the means",
            lambda accuracy: accuracy.mean(2).std(1),
            "{got} is how much the means of the rates differ. Asked for is the highest of them.",
        ),
        Misconception(
            "the median of the means",
            lambda accuracy: np.median(accuracy.mean(2), 1),
            "{got} is the middle one of the rates' means. Asked for is the highest.",
        ),
        Misconception(
            "the sum of the means",
            lambda accuracy: accuracy.mean(2).sum(1),
            "{got} adds up the means of all rates. Asked for is the highest of them.",
        ),
        Misconception(
            "no mean, a sum",
            lambda accuracy: accuracy.sum(2).max(1),
            "{got}: you added up the seeds. Divide by their number, accuracy.shape[2], for the mean.",
        ),
        *(
            Misconception(
                "divided by another number than that of the seeds",
                lambda accuracy, divisor=divisor: accuracy.sum(2).max(1) / divisor(accuracy),
                "{got}: the right sums, divided by something else than the number of seeds. It is accuracy.shape[2], "
                "or let mean do it.",
            )
            for divisor in (
                lambda accuracy: 3,
                lambda accuracy: 5 if accuracy.shape[2] != 5 else 4,
                lambda accuracy: 10,
                lambda accuracy: accuracy.shape[2] - 1,
                lambda accuracy: accuracy.shape[2] + 1,
                lambda accuracy: accuracy.shape[1] + accuracy.shape[2],
            )
        ),
        Misconception(
            "per cent",
            lambda accuracy: 100 * accuracy.mean(2).max(1),
            "{got} per cent is right; asked for are accuracies, from 0 to 1.",
        ),
        Misconception(
            "misses",
            lambda accuracy: 1 - accuracy.mean(2).max(1),
            "{got} is the share of misses. Asked for is the accuracy.",
        ),
        *(
            Misconception(
                "another axis",
                _reduced(steps),
                f"You took the {_IN_WORDS[steps[0][0]]} over the {_AXES[steps[0][1]]}, then the "
                f"{_IN_WORDS[steps[1][0]]} "
                f"over the {_AXES[steps[1][1]]}. {_AXES_IN_WORDS}",
            )
            for names in (("mean", "max"), ("max", "mean"), ("max", "max"), ("mean", "mean"))
            for axes in permutations(range(3), 2)
            for steps in [tuple(zip(names, axes))]
            if 0 in axes
        ),
        *(
            Misconception(
                "one axis too many",
                _reduced((step,)),
                f"You took the {_IN_WORDS[step[0]]} over the {_AXES[step[1]]}, and stopped there. One number for "
                f"each model "
                f"is asked for. {_AXES_IN_WORDS}",
            )
            for step in ((name, axis) for name in ("mean", "max") for axis in range(3))
        ),
        Misconception(
            "the runs at the best rate",
            lambda accuracy: accuracy[np.arange(len(accuracy)), accuracy.mean(2).argmax(1)],
            "The right rate; you give all of its runs. Give their mean, one number for each model.",
        ),
        *(
            Misconception(
                "every model at every chosen rate",
                paired,
                "accuracy[:, rate] takes *every* model at every chosen rate. Each model has its own: "
                "accuracy[np.arange(len(accuracy)), rate], or max instead of argmax.",
            )
            for paired in (
                lambda accuracy: accuracy[:, accuracy.mean(2).argmax(1)].mean(-1),
                lambda accuracy: accuracy[:, accuracy.mean(2).argmax(1)],
                lambda accuracy: accuracy.mean(2)[:, accuracy.mean(2).argmax(1)],
            )
        ),
        Misconception(
            "accuracy and rate together",
            lambda accuracy: np.stack([accuracy.mean(2).max(1), accuracy.mean(2).argmax(1)], axis=1),
            "The accuracies are right; the rate's place beside them is not asked for. One number for each model.",
        ),
        Misconception(
            "rate and accuracy together",
            lambda accuracy: np.stack([accuracy.mean(2).argmax(1), accuracy.mean(2).max(1)], axis=1),
            "The accuracies are right; the rate's place beside them is not asked for. One number for each model.",
        ),
        Misconception(
            "averaged over the models",
            lambda accuracy: accuracy.mean(2).max(1).mean(),
            "One number is left, {got}: you averaged over the models as well. Give back one number for each.",
        ),
        Misconception(
            "the best model alone",
            lambda accuracy: accuracy.mean(2).max(),
            "One number is left, {got}: the best of all models. Give back one number for each: max over axis 1 only.",
        ),
        Misconception(
            "the best run of all",
            lambda accuracy: accuracy.max(),
            f"One number is left, {{got}}: the best of all runs. One number for each model is asked for. {_RULE}",
        ),
        Misconception(
            "the mean of all",
            lambda accuracy: accuracy.mean(),
            f"One number is left, {{got}}: the mean of all runs. One number for each model is asked for. {_RULE}",
        ),
        *(
            Misconception(
                f"{which} model alone",
                lambda accuracy, place=place: accuracy.mean(2).max(1)[[place]],
                f"The number of {which} model is right, the others are missing. Is 'return' inside the loop, or a list "
                "made anew each time?",
            )
            for which, place in (("the first", 0), ("the last", -1))
        ),
        *(
            Misconception(
                "models in order of success",
                lambda accuracy, step=step: np.sort(accuracy.mean(2).max(1))[::step],
                "The right numbers, sorted: {got}. Keep the order of the models, so that each is known by its place.",
            )
            for step in (1, -1)
        ),
        *(
            Misconception(
                "rounded",
                lambda accuracy, digits=digits: accuracy.mean(2).max(1).round(digits),
                "{got}: rounded. Small differences between models would be lost; give the means just as they are.",
            )
            for digits in (0, 1, 2)
        ),
        *(
            Misconception(
                "Python's max for rows",
                stopped,
                "Python's max cannot compare rows of numbers. Take the mean over the seeds, then the largest along the "
                "axis of the rates: accuracy.mean(axis=2).max(axis=1).",
            )
            for stopped in (
                lambda accuracy: [max(model) for model in accuracy],
                lambda accuracy: max(accuracy.mean(2)),
            )
        ),
    ),
    hints=(
        "accuracy has shape (models, rates, seeds). Which axis is chance, and which is a choice?",
        "accuracy.mean(axis=2) has shape (models, rates): chance is gone. Now take the best along the axis of choice.",
    ),
    praise="Average over chance, choose over choices. In this order a lucky seed cannot win.",
)

EXERCISES = (STATES, FADING, FACTOR, BEST_OF_GRID)
