"""Exercises of the lesson on recurrent networks."""

from __future__ import annotations

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception

_GENERATOR = np.random.default_rng(1)
_INPUTS, _W_H = _GENERATOR.normal(size=(4, 3)), _GENERATOR.normal(size=(3, 3))
_MORE_INPUTS, _MORE_W_H = _GENERATOR.normal(size=(6, 2)), _GENERATOR.normal(size=(2, 2))
# (models, rates, seeds): every slip below gives another answer
_ACCURACY = np.array(
    [
        [[0.1, 0.3, 0.5], [0.9, 0.6, 0.6], [0.95, 0.1, 0.15]],
        [[0.5, 0.5, 0.8], [0.4, 0.4, 0.4], [0.3, 0.2, 0.1]],
    ]
)


def _states(inputs: np.ndarray, W_h: np.ndarray) -> np.ndarray:
    cell = torch.nn.RNN(W_h.shape[0], W_h.shape[0], bias=False).double()
    with torch.no_grad():
        cell.weight_ih_l0.copy_(torch.eye(W_h.shape[0]))
        cell.weight_hh_l0.copy_(torch.as_tensor(W_h))
        return cell(torch.as_tensor(inputs))[0].numpy()


def _recurrence(inputs: np.ndarray, step) -> np.ndarray:
    state, states = np.zeros(inputs.shape[1]), []
    for x in inputs:
        state = step(state, x)
        states.append(state)
    return np.array(states)


def _one_array_kept(inputs: np.ndarray, W_h: np.ndarray) -> np.ndarray:
    state, states = np.zeros(inputs.shape[1]), []
    for x in inputs:
        state[:] = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


STATES = Exercise(
    id="1.1",
    answer="rnn_states",
    title="Write rnn_states(inputs, W_h): the state after every token.",
    objective="write a recurrent network's loop",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=((_INPUTS[:2], _W_H), (_INPUTS, _W_H), (_MORE_INPUTS, _MORE_W_H)),
    right=_states,
    misconceptions=(
        Misconception(
            "no tanh",
            lambda inputs, W_h: _recurrence(inputs, lambda state, x: W_h @ state + x),
            "Your states are those of the linear network, and some leave the range from -1 to 1. Each new state goes "
            "through tanh before the next token is read (section 2).",
        ),
        Misconception(
            "tanh on the old state only",
            lambda inputs, W_h: _recurrence(inputs, lambda state, x: W_h @ np.tanh(state) + x),
            "You squashed the old state and added the token after. tanh goes around the whole sum (section 2).",
        ),
        Misconception(
            "token added after tanh",
            lambda inputs, W_h: _recurrence(inputs, lambda state, x: np.tanh(W_h @ state) + x),
            "You added the token after tanh. It must be inside: tanh goes around the whole sum (section 2).",
        ),
        Misconception(
            "tanh on the token only",
            lambda inputs, W_h: _recurrence(inputs, lambda state, x: W_h @ state + np.tanh(x)),
            "You squashed the token and added the old state after. tanh goes around the whole sum (section 2).",
            seen="https://github.com/lmjohns3/theanets/issues/109",
        ),
        Misconception(
            "W_h on the token",
            lambda inputs, W_h: _recurrence(inputs, lambda state, x: np.tanh(state + W_h @ x)),
            "W_h stands at the wrong place: it mixes the old state. The token comes in as it is (section 2).",
        ),
        Misconception(
            "one array kept for every state",
            _one_array_kept,
            "All rows of your result equal the last state: the list holds the same array each time, and each step "
            "wrote over it. Make a new array, or put a copy into the list: states.append(state.copy()).",
            seen="https://github.com/pytorch/pytorch/pull/153620",
        ),
        Misconception(
            "nothing is remembered",
            lambda inputs, W_h: np.tanh(inputs),
            "Your first state is right, but each state depends on its own token alone: the old state must come in "
            "through W_h, and the new one must replace it for the next turn of the loop (section 2).",
            seen="https://github.com/ageron/handson-mlp/pull/4",
        ),
        Misconception(
            "the token before instead of the state before",
            lambda inputs, W_h: np.tanh(inputs + np.vstack([np.zeros(inputs.shape[1]), inputs[:-1]]) @ W_h.T),
            "Your first state is right. Then you multiplied W_h by the token before. It multiplies the state before, "
            "in which all earlier tokens have left something: W_h @ state (section 2).",
            seen="https://github.com/skeydan/Deep-Learning-and-Scientific-Computing-with-R-torch/issues/23",
        ),
        Misconception(
            "W_h transposed",
            lambda inputs, W_h: _recurrence(inputs, lambda state, x: np.tanh(W_h.T @ state + x)),
            "From the second token on your matrix is transposed: it is W_h @ state. state @ W_h would use its columns "
            "(section 2).",
        ),
        Misconception(
            "W_h multiplied number by number",
            lambda inputs, W_h: _recurrence(inputs, lambda state, x: np.tanh((W_h * state).sum(0) + x)),
            "You multiplied W_h and the state number by number and added up the columns. "
            "A matrix product adds up the rows: W_h @ state (section 2).",
        ),
        Misconception(
            "only the last state",
            lambda inputs, W_h: _states(inputs, W_h)[-1],
            "That is the last state alone. Keep the state after every token: shape (T, hidden).",
        ),
        Misconception(
            "starts with a state of zeros in the list",
            lambda inputs, W_h: np.vstack([np.zeros(inputs.shape[1]), _states(inputs, W_h)]),
            "Your list begins with the state before the first token. Give back one state for each token.",
        ),
        Misconception(
            "read from the end",
            lambda inputs, W_h: _states(inputs[::-1].copy(), W_h)[::-1],
            "You read the tokens from the last to the first. A recurrent network reads them in order.",
        ),
    ),
    hints=(
        "Begin with state = np.zeros(...) and go through the tokens: for x in inputs: ...",
        "Inside the loop: state = np.tanh(W_h @ state + x); then put it into a list.",
    ),
    praise="Equal to torch.nn.RNN. Every state holds all that the network knows of what came before.",
)

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
        Misconception(
            "one step too few",
            lambda: 0.9**19,
            "{got} is 0.9 to the 19th. Twenty more tokens are twenty more steps (section 1).",
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
        Misconception(
            "shared among the tokens",
            lambda: 1 / 20,
            "{got} gives every token an equal share. A later token has been shrunk less often (section 1).",
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
    ),
    hints=(
        "Ask for the number that, multiplied by itself 50 times, gives 1e-10.",
        "Take logarithms: 50 times log10(factor) is -10.",
    ),
    praise="0.63 to the 50th is 1e-10. A straight line on a logarithmic axis is a constant factor.",
)

BEST_OF_GRID = Exercise(
    id="1.4",
    answer="at_own_best_rate",
    title="Write at_own_best_rate(accuracy): each model's mean over seeds, at the rate where that mean is highest.",
    objective="compare models fairly over learning rates and seeds",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=((_ACCURACY[:1],), (_ACCURACY,)),
    right=lambda accuracy: torch.as_tensor(accuracy).mean(2).amax(1),
    misconceptions=(
        Misconception(
            "the place instead of the accuracy",
            lambda accuracy: accuracy.mean(2).argmax(1),
            "{got} is the place of the best rate, from argmax. Give back the accuracy there: max.",
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
            lambda accuracy: accuracy.mean(2)[:, accuracy.mean(axis=(0, 2)).argmax()],
            "You chose one rate for all models together: that is section 5. In section 6 each has its own.",
            seen="https://github.com/AI-secure/Transferability-Reduced-Smooth-Ensemble/issues/2",
        ),
        Misconception(
            "rate chosen by its luckiest seed",
            lambda accuracy: np.take_along_axis(accuracy.mean(2), accuracy.max(2).argmax(1)[:, None], 1)[:, 0],
            "You chose the rate by its best seed. That rewards a rate that works once. Choose it by its mean "
            "(section 6).",
        ),
        Misconception(
            "averaged over the models",
            lambda accuracy: accuracy.mean(2).max(1).mean(),
            "One number is left, {got}: you averaged over the models as well. Give back one number for each.",
        ),
    ),
    hints=(
        "accuracy has shape (models, rates, seeds). Which axis is chance, and which is a choice?",
        "accuracy.mean(axis=2) has shape (models, rates): chance is gone. Now take the best along the axis of choice.",
    ),
    praise="Average over chance, choose over choices. In this order a lucky seed cannot win.",
)

EXERCISES = (STATES, FADING, FACTOR, BEST_OF_GRID)
