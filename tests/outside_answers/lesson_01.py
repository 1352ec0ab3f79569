"""Answers from outside to the exercises of lesson 01."""

import functools
import itertools
import math
from decimal import Decimal

import numpy as np
import torch

from outside_answers import right, wrong

# 1.1 rnn_states(inputs, W_h): state = tanh(W_h @ state + x), the state after every token.


@right("1.1", "a loop and a list")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@right("1.1", "a table of zeros that is filled, the first state apart")
def _(inputs, W_h):
    states = np.zeros(inputs.shape)
    states[0] = np.tanh(inputs[0])
    for t in range(1, len(inputs)):
        states[t] = np.tanh(inputs[t] + np.dot(W_h, states[t - 1]))
    return states


@right("1.1", "rows times the transposed matrix, a list of arrays")
def _(inputs, W_h):
    states = [np.zeros((1, W_h.shape[0]))]
    for x in inputs:
        states.append(np.tanh(states[-1] @ W_h.T + x[None]))
    return [state[0] for state in states[1:]]


@right("1.1", "torch with einsum, a tensor")
def _(inputs, W_h):
    inputs, W_h = torch.as_tensor(inputs), torch.as_tensor(W_h)
    state, states = torch.zeros_like(inputs[0]), []
    for x in inputs:
        state = torch.tanh(torch.einsum("ij,j->i", W_h, state) + x)
        states.append(state)
    return torch.stack(states)


@right("1.1", "accumulate from zeros, the zeros cut off")
def _(inputs, W_h):
    steps = itertools.accumulate(inputs, lambda state, x: np.tanh(W_h @ state + x), initial=np.zeros(len(W_h)))
    return np.stack(list(steps)[1:])


@right("1.1", "PyTorch's RNN with W_h put in")
def _(inputs, W_h):
    hidden = len(W_h)
    cell = torch.nn.RNN(hidden, hidden, bias=False, batch_first=True).double()
    with torch.no_grad():
        cell.weight_ih_l0.copy_(torch.eye(hidden))
        cell.weight_hh_l0.copy_(torch.as_tensor(W_h))
        states, _last = cell(torch.as_tensor(inputs, dtype=torch.float64)[None])
    return states[0].numpy()


@right("1.1", "plain numbers and math.tanh, lists in lists")
def _(inputs, W_h):
    units = range(len(W_h))
    state, states = [0.0 for _unit in units], []
    for x in inputs:
        state = [math.tanh(sum(W_h[i][j] * state[j] for j in units) + x[i]) for i in units]
        states.append(state)
    return states


@right("1.1", "single precision")
def _(inputs, W_h):
    inputs, W_h = np.float32(inputs), np.float32(W_h)
    states = np.zeros((len(inputs) + 1, len(W_h)), dtype=np.float32)
    for t, x in enumerate(inputs):
        states[t + 1] = np.tanh(W_h @ states[t] + x)
    return states[1:]


@right("1.1", "recursion: the states before, then one more")
def _recursive(inputs, W_h):
    if len(inputs) == 1:
        return np.tanh(inputs)
    before = _recursive(inputs[:-1], W_h)
    return np.vstack([before, np.tanh(W_h @ before[-1] + inputs[-1])])


class _Network:
    def __init__(self, bend):
        self.bend = bend

    def __call__(self, inputs, W_h):
        self.state = 0 * inputs[0]
        return np.array([self.step(x, W_h) for x in inputs])

    def step(self, x, W_h):
        self.state = self.bend(np.matmul(W_h, self.state) + x)
        return self.state


right("1.1", "an object that holds the state")(_Network(lambda z: 2 / (1 + np.exp(-2 * z)) - 1))


@right("1.1", "a batch of one sequence")
def _(inputs, W_h):
    batch = inputs[np.newaxis]
    state, states = np.zeros((1, inputs.shape[1])), []
    for t in range(batch.shape[1]):
        state = np.tanh(np.einsum("bj,ij->bi", state, W_h) + batch[:, t])
        states.append(state)
    return np.stack(states, axis=1)


@wrong("1.1", "state @ W_h: the matrix from the other side", named="W_h transposed")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(state @ W_h + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "leaves the tanh out", named="no tanh")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = W_h @ state + x
        states.append(state)
    return np.array(states)


@wrong("1.1", "adds the token after the tanh", named="token added after tanh")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ state) + x
        states.append(state)
    return np.array(states)


@wrong("1.1", "notes the state before the token instead of after", named="kept before the step")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        states.append(state)
        state = np.tanh(W_h @ state + x)
    return np.array(states)


@wrong("1.1", "gives the last state only", named="only the last state")
def _(inputs, W_h):
    state = np.zeros(len(W_h))
    for x in inputs:
        state = np.tanh(W_h @ state + x)
    return state


@wrong("1.1", "keeps the zeros as a first row", named="starts with a state of zeros in the list")
def _(inputs, W_h):
    states = [np.zeros(len(W_h))]
    for x in inputs:
        states.append(np.tanh(W_h @ states[-1] + x))
    return np.array(states)


@wrong("1.1", "changes one state array in place and appends it again", named="one array kept for every state")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state[:] = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "forgets to keep the new state", named="nothing is remembered")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        states.append(np.tanh(W_h @ state + x))
    return np.array(states)


@wrong("1.1", "the matrix acts on the token, not on the state", named="W_h on the token")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ x + state)
        states.append(state)
    return np.array(states)


@wrong("1.1", "the matrix acts on state and token together", named="W_h on both")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ (state + x))
        states.append(state)
    return np.array(states)


@wrong("1.1", "* where @ is meant", named="* instead of @")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h * state + x)
        states.append(state)
    return np.array(states)


@wrong(
    "1.1", "takes the token before instead of the state before", named="the token before instead of the state before"
)
def _(inputs, W_h):
    states = np.zeros(inputs.shape)
    states[0] = np.tanh(inputs[0])
    for t in range(1, len(inputs)):
        states[t] = np.tanh(W_h @ inputs[t - 1] + inputs[t])
    return states


@wrong("1.1", "forgets to return", named="no return")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)


@wrong("1.1", "halves the old state, as in section 1", named="section 1's network")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = 0.5 * state + x
        states.append(state)
    return np.array(states)


@wrong("1.1", "starts from the first token and then reads it again", named="starts from the first token")
def _(inputs, W_h):
    state, states = inputs[0], []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "overwrites the state unit by unit while still reading it", named="overwritten while it is read")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        for i in range(len(state)):
            state[i] = np.tanh(W_h[i] @ state + x[i])
        states.append(state.copy())
    return np.array(states)


@wrong("1.1", "the zeros of the start set again at every token", named="nothing is remembered")
def _(inputs, W_h):
    states = []
    for x in inputs:
        state = np.zeros(len(W_h))
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "loops over the features instead of the tokens", named="shapes that do not fit")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs.T:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "adds the new state to the old", named="added to the old state")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state += np.tanh(W_h @ state + x)
        states.append(state.copy())
    return np.array(states)


@wrong("1.1", "returns inside the loop, after one token", named="only the first state, as a row")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
        return np.array(states)


@wrong("1.1", "starts from ones", named="starts from ones")
def _(inputs, W_h):
    state, states = np.ones(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "a sigmoid for the tanh", named="another curve than tanh")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = 1 / (1 + np.exp(-(W_h @ state + x)))
        states.append(state)
    return np.array(states)


@wrong("1.1", "the first token enters without tanh", named="the first token enters by itself")
def _(inputs, W_h):
    states = [inputs[0]]
    for x in inputs[1:]:
        states.append(np.tanh(W_h @ states[-1] + x))
    return np.array(states)


@wrong("1.1", "a state as long as the sequence", named="shapes that do not fit")
def _(inputs, W_h):
    state, states = np.zeros(len(inputs)), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "four units, as in the example of section 2", named="shapes that do not fit")
def _(inputs, W_h):
    state, states = np.zeros(4), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "writes the states over the inputs", named="input changed in place")
def _(inputs, W_h):
    inputs[0] = np.tanh(inputs[0])
    for t in range(1, len(inputs)):
        inputs[t] = np.tanh(W_h @ inputs[t - 1] + inputs[t])
    return inputs


@wrong("1.1", "all tokens at once, without a loop", named="all tokens at once")
def _(inputs, W_h):
    return np.tanh(inputs @ W_h.T + inputs)


@wrong("1.1", "reads from the last token to the first", named="read from the end, and kept so")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs[::-1]:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "tan for tanh", named="another curve than tanh")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tan(W_h @ state + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "leaves the first row zeros and begins at the second", named="the first token not read")
def _(inputs, W_h):
    states = np.zeros_like(inputs)
    for t in range(1, len(inputs)):
        states[t] = np.tanh(W_h @ states[t - 1] + inputs[t])
    return states


@wrong("1.1", "bends twice: tanh on the old state as well", named="squashed twice")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ np.tanh(state) + x)
        states.append(state)
    return np.array(states)


@wrong("1.1", "the states as columns, (hidden, T)", named="rows for units")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.stack(states, axis=1)


@wrong("1.1", "states and last state, as PyTorch's RNN gives them", named="more than was asked for")
def _(inputs, W_h):
    state, states = np.zeros(len(W_h)), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states), state


# 1.2 share_left: 0.9 ** 20 = 0.12.

right("1.2", "two decimals")(0.12)
right("1.2", "computed")(0.9**20)
right("1.2", "as text")("0.12")
right("1.2", "in a loop, single precision")(
    np.float32(functools.reduce(lambda left, _step: 0.9 * left, range(20), 1.0))
)
right("1.2", "a tensor")(torch.tensor(0.9) ** 20)
right("1.2", "four decimals, in an array")(np.array(0.1216))
right("1.2", "in percent, with the sign")("12 %")
right("1.2", "a decimal number of Python's own")(Decimal("0.9") ** 20)
right("1.2", "with a comma, as in German")("0,12")

wrong("1.2", "counts the token itself: 21 steps", named="one step too many")(0.9**21)
wrong("1.2", "gives what is lost, not what is left", named="what is lost instead of what is left")(0.88)
wrong("1.2", "halves, as in section 1", named="one half at each step")(0.5**20)
wrong("1.2", "multiplies: 20 times 0.9", named="factors added")(18.0)
wrong("1.2", "one step too few: 19", named="one step too few")(0.9**19)
wrong("1.2", "loses a tenth of the first amount each time: nothing left", named="nothing left")(0.0)
wrong("1.2", "one step only: still 0.9", named="the factor counts once")(0.9)
wrong("1.2", "keeps a tenth at each step", named="nothing left")(0.1**20)
wrong("1.2", "divides nine tenths among twenty tokens", named="shared among the tokens")(0.045)
wrong("1.2", "shares alike: one of 21 tokens", named="shared among the tokens")(0.05)
wrong("1.2", "goes below nothing: 1 less 20 tenths", named="a loss is subtracted")(-1.0)
wrong("1.2", "takes five steps, as many as in section 1", named="another number of steps")(0.59)
wrong("1.2", "share of all that the state holds after equal tokens", named="share of the whole state")(0.01)
wrong("1.2", "only the tenth that one step takes away", named="the loss of one step")(0.1)
wrong("1.2", "ten steps for twenty", named="another number of steps")(0.35)
wrong("1.2", "the gates of section 4: 95 % kept at each step", named="the gates of section 4")(0.36)

# 1.3 factor_per_step: ten powers of ten in 50 steps, 10 ** -0.2 = 0.63.

right("1.3", "two decimals")(0.63)
right("1.3", "computed from the two ends")(10 ** (-10 / 50))
right("1.3", "from the point at 20 steps")((1e-4) ** (1 / 20))
right("1.3", "as text, four decimals")("0.6310")
right("1.3", "by logarithms, a NumPy number")(np.exp(np.log(1e-10) / 50))
right("1.3", "a single-precision tensor")(torch.tensor(0.631))
right("1.3", "read off the curve: the second point over the first")(np.logspace(0, -10, 51)[1:2])

wrong("1.3", "gives the slope: powers of ten per step", named="a negative exponent as the factor")(-0.2)
wrong("1.3", "the slope without its sign", named="the exponent instead of the factor")(0.2)
wrong("1.3", "divides the last value by the number of steps", named="the height at the end as the factor")(1e-10 / 50)
wrong("1.3", "the factor of one grid line: 10 steps", named="read at another place, to a power of ten")(0.01)
wrong("1.3", "counts forwards: the factor is turned upside down", named="growing instead of falling")(1.58)
wrong("1.3", "e to the slope instead of 10", named="another base than ten")(0.82)
wrong("1.3", "gives what is lost at each step", named="what a step takes")(0.37)
wrong("1.3", "a straight line, so the same difference: 1/50", named="shared among the steps")(0.02)
wrong("1.3", "what is left after one straight step: 1 less 1/50", named="shared among the steps")(0.98)
wrong("1.3", "the factor of 20 steps", named="read at another place, to a power of ten")(1e-4)
wrong("1.3", "the slope in natural logarithms", named="a logarithm of the factor")(-0.46)
wrong("1.3", "one power of ten at each step", named="one power of ten per step")(0.1)
wrong("1.3", "how many steps make a power of ten", named="steps for a power of ten")(5)
wrong("1.3", "2 to the slope instead of 10", named="another base than ten")(0.87)
wrong("1.3", "takes the whole fall: 10 to the minus 10", named="the height at the end as the factor")(1e-10)
wrong("1.3", "halved at each step, as in section 4", named="a factor of the lesson")(0.5)
wrong("1.3", "reads 10 to the minus 10 at 20 steps", named="read at another place")(0.32)
wrong("1.3", "reads 1e-4 at 50 steps", named="read at another place")(10 ** (-4 / 50))
wrong("1.3", "0.9, as in the lesson's chart", named="a factor of the lesson")(0.9)

# 1.4 at_own_best_rate(accuracy): the mean over the seeds, at the rate where it is highest.


@right("1.4", "mean over seeds, then the largest over rates")
def _(accuracy):
    return accuracy.mean(axis=-1).max(axis=-1)


@right("1.4", "loops and lists of plain numbers")
def _(accuracy):
    best = []
    for model in accuracy:
        means = [sum(float(seed) for seed in rate) / len(rate) for rate in model]
        best.append(max(means))
    return best


@right("1.4", "chooses the rate first, then picks its mean")
def _(accuracy):
    means = np.einsum("mrs->mr", accuracy) / accuracy.shape[2]
    rate = means.argmax(axis=1)
    return means[np.arange(len(means)), rate]


@right("1.4", "torch: amax of the mean")
def _(accuracy):
    return torch.as_tensor(accuracy).mean(dim=2).amax(dim=1)


@right("1.4", "picks the seeds at the best rate, then averages these")
def _(accuracy):
    rate = np.argmax(np.mean(accuracy, axis=2), axis=1)
    seeds = np.take_along_axis(accuracy, rate[:, None, None], axis=1)
    return seeds[:, 0].mean(axis=-1)


right("1.4", "single precision, a comprehension")(
    lambda accuracy: np.array([max(rate.mean() for rate in model) for model in np.float32(accuracy)])
)


@right("1.4", "sorts the means and takes the last")
def _(accuracy):
    return np.sort(np.average(accuracy, axis=-1), axis=-1)[:, -1]


@right("1.4", "a loop that remembers the best so far")
def _(accuracy):
    models, rates, _seeds = accuracy.shape
    best = np.full(models, -np.inf)
    for model in range(models):
        for rate in range(rates):
            mean = np.sum(accuracy[model, rate]) / len(accuracy[model, rate])
            if mean > best[model]:
                best[model] = mean
    return best


right("1.4", "a partial with both steps as functions")(
    functools.partial(lambda first, then, accuracy: then(first(accuracy, -1), -1), np.mean, np.max)
)


@wrong("1.4", "each seed takes its own best rate", named="a new best rate for every seed")
def _(accuracy):
    return accuracy.max(axis=1).mean(axis=-1)


@wrong("1.4", "the luckiest run of each model", named="the best seed picked")
def _(accuracy):
    return accuracy.max(axis=(1, 2))


@wrong("1.4", "the mean over seeds and rates", named="averaged over the rates too")
def _(accuracy):
    return accuracy.mean(axis=(1, 2))


@wrong("1.4", "one rate for all: the best on average", named="one rate for all")
def _(accuracy):
    rate = accuracy.mean(axis=(0, 2)).argmax()
    return accuracy[:, rate].mean(axis=-1)


@wrong("1.4", "the number of the rate instead of the mean there", named="the place instead of the accuracy")
def _(accuracy):
    return accuracy.mean(axis=-1).argmax(axis=-1)


@wrong("1.4", "one number for all: the best of everything", named="the best model alone")
def _(accuracy):
    return accuracy.mean(axis=-1).max()


@wrong("1.4", "the best model for each rate", named="another axis")
def _(accuracy):
    return accuracy.mean(axis=-1).max(axis=0)


@wrong("1.4", "mean over the rates, best seed", named="rates and seeds swapped")
def _(accuracy):
    return accuracy.mean(axis=1).max(axis=-1)


@wrong("1.4", "no choice of a rate: a table of means", named="one axis too many")
def _(accuracy):
    return accuracy.mean(axis=-1)


@wrong("1.4", "chooses the rate on the first seed alone", named="rate chosen by the first seed")
def _(accuracy):
    rate = accuracy[:, :, 0].argmax(axis=1)
    return accuracy[np.arange(len(accuracy)), rate].mean(axis=-1)


@wrong("1.4", "the loop stops before the last rate", named="the last rate left out")
def _(accuracy):
    models, rates, _seeds = accuracy.shape
    best = np.zeros(models)
    for rate in range(rates - 1):
        best = np.maximum(best, accuracy[:, rate].mean(axis=-1))
    return best


@wrong("1.4", "the median chooses the rate, the mean is reported", named="rate chosen by the median")
def _(accuracy):
    rate = np.median(accuracy, axis=-1).argmax(axis=-1)
    return accuracy[np.arange(len(accuracy)), rate].mean(axis=-1)


@wrong("1.4", "always five seeds: divides by 5", named="divided by another number than that of the seeds")
def _(accuracy):
    return (accuracy.sum(axis=-1) / 5).max(axis=-1)


@wrong("1.4", "chooses the rate by mean less standard deviation", named="rate chosen by the mean less the spread")
def _(accuracy):
    rate = (accuracy.mean(axis=-1) - accuracy.std(axis=-1)).argmax(axis=-1)
    return accuracy[np.arange(len(accuracy)), rate].mean(axis=-1)


@wrong("1.4", "leaves out the seeds that only guess", named="seeds left out by their result")
def _(accuracy):
    learned = accuracy > 0.15
    means = (accuracy * learned).sum(axis=-1) / np.maximum(learned.sum(axis=-1), 1)
    return means.max(axis=-1)


@wrong("1.4", "the median for the mean", named="the median, instead of the mean")
def _(accuracy):
    return np.median(accuracy, axis=-1).max(axis=-1)


@wrong("1.4", "forgets to return", named="no return")
def _(accuracy):
    best = accuracy.mean(axis=-1).max(axis=-1)  # noqa: F841


@wrong("1.4", "the rate with the best single seed", named="rate chosen by the best seed")
def _(accuracy):
    rate = accuracy.max(axis=-1).argmax(axis=-1)
    return accuracy[np.arange(len(accuracy)), rate].mean(axis=-1)


@wrong("1.4", "indexes with the rates and gets every model at every rate", named="every model at every chosen rate")
def _(accuracy):
    rate = accuracy.mean(axis=-1).argmax(axis=-1)
    return accuracy[:, rate].mean(axis=-1)


@wrong("1.4", "the first rate, the default, for everybody", named="rate chosen by its place: always the first")
def _(accuracy):
    return accuracy[:, 0].mean(axis=-1)


@wrong("1.4", "the best rate judged by its worst seed", named="rate chosen by the worst seed")
def _(accuracy):
    rate = accuracy.min(axis=-1).argmax(axis=-1)
    return accuracy[np.arange(len(accuracy)), rate].mean(axis=-1)


@wrong("1.4", "the sum over the seeds, not the mean", named="no mean, a sum")
def _(accuracy):
    return accuracy.sum(axis=-1).max(axis=-1)


@wrong("1.4", "the lowest mean, as if it were a loss", named="the lowest mean")
def _(accuracy):
    return accuracy.mean(axis=-1).min(axis=-1)


@wrong("1.4", "mean over the models: axes counted from the front", named="another axis")
def _(accuracy):
    return accuracy.mean(axis=0).max(axis=0)


@wrong("1.4", "the best seed at the rate with the best mean", named="the best seed at the right rate")
def _(accuracy):
    rate = accuracy.mean(axis=-1).argmax(axis=-1)
    return accuracy[np.arange(len(accuracy)), rate].max(axis=-1)


@wrong(
    "1.4",
    "argmax without an axis counts through the whole table",
    named="argmax over the whole table, taken for a rate",
)
def _(accuracy):
    means = accuracy.mean(axis=2)
    return means[:, means.argmax()]


@wrong("1.4", "the rate with the smallest spread over the seeds", named="rate chosen by the smallest spread")
def _(accuracy):
    rate = accuracy.std(axis=-1).argmin(axis=-1)
    return accuracy[np.arange(len(accuracy)), rate].mean(axis=-1)


@wrong("1.4", "number of the rate and mean, side by side", named="rate and accuracy together")
def _(accuracy):
    means = accuracy.mean(axis=-1)
    return np.stack([means.argmax(axis=-1), means.max(axis=-1)], axis=-1)


@wrong("1.4", "largest over the rates, seeds left apart", named="one axis too many")
def _(accuracy):
    return accuracy.max(axis=1)


@wrong("1.4", "puts the models in order, best first", named="models in order of success")
def _(accuracy):
    return np.sort(accuracy.mean(axis=-1).max(axis=-1))[::-1]


@wrong("1.4", "returns after the first model", named="the first model alone")
def _(accuracy):
    best = []
    for model in accuracy:
        best.append(model.mean(axis=-1).max())
        return np.array(best)


@wrong("1.4", "prints instead of returning", named="no return")
def _(accuracy):
    for model in accuracy:
        print(model.mean(axis=-1).max())


@wrong("1.4", "Python's max on a table of two axes", named="Python's max for rows")
def _(accuracy):
    return np.array([max(model) for model in accuracy]).mean(axis=-1)
