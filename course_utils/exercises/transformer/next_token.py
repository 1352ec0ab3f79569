"""Exercise 6.2: each step's prediction is judged by the token that comes next."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.transformer.logits import log_softmax

_GENERATOR = np.random.Generator(np.random.PCG64(6).advance(352))  # behind the numbers of exercise 6.1


def _of_next(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """The log-probability that each step gives to the next token: ``(T - 1,)``."""
    return _picked(log_softmax(logits)[:-1], tokens[1:])


def _picked(table: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return np.take_along_axis(table, np.asarray(tokens)[:, None], axis=-1)[:, 0]


# In the first, the worst prediction is neither the first nor the last, and token 0 is not the last to be predicted.
_SENTENCES = (
    (np.array([[1.2, 2.1, -1.0], [-0.6, 1.9, 0.5], [-0.4, 1.0, 1.7], [0.2, -2.0, 1.2]]), np.array([2, 1, 0, 1])),
    (2 * _GENERATOR.normal(size=(7, 5)), np.array([3, 1, 4, 1, 0, 2, 2])),
)


class _Pairing(NamedTuple):
    """Which step is judged by which token; ``of`` reads from a table of log-probabilities, (T, V)."""

    name: str
    of: Callable[[np.ndarray, np.ndarray], np.ndarray]
    told: str = ""


_RIGHT_PAIRS = _Pairing("right", lambda table, tokens: _picked(table[:-1], tokens[1:]))
_PAIRINGS = (
    _Pairing("not shifted", _picked, "each step is judged by its own token, which the model has read"),
    _Pairing(
        "not shifted, the last left out",
        lambda table, tokens: _picked(table[:-1], tokens[:-1]),
        "each step is judged by its own token: the last was left out of both",
    ),
    _Pairing(
        "not shifted, the first left out",
        lambda table, tokens: _picked(table[1:], tokens[1:]),
        "each step is judged by its own token: the first was left out of both",
    ),
    _Pairing(
        "shifted the wrong way",
        lambda table, tokens: _picked(table[1:], tokens[:-1]),
        "each step is judged by the token before",
    ),
    _Pairing(
        "shifted by two",
        lambda table, tokens: _picked(table[:-2], tokens[2:]),
        "each step is judged by the token after the next",
    ),
    _Pairing(
        "rolled round",
        lambda table, tokens: _picked(table, np.roll(tokens, -1)),
        "the last step is judged by the first token",
    ),
)


class _Reading(NamedTuple):
    """What is made of the log-probabilities that were picked, where their mean with a minus is asked for."""

    name: str
    of: Callable[[np.ndarray], np.ndarray | float]
    told: str


_MEAN_LOSS = _Reading("right", lambda log_p: -log_p.mean(), "")
_READINGS = (
    _Reading("sum instead of mean", lambda log_p: -log_p.sum(), "you gave the sum; the mean is asked for"),
    _Reading("sign forgotten", np.mean, "the minus is missing"),
    _Reading("one loss for each prediction", np.negative, "the mean over the steps is missing"),
    _Reading("mean probability", lambda log_p: np.exp(log_p).mean(), "you took the mean of the probabilities"),
    _Reading("softmax without logarithm", lambda log_p: -np.exp(log_p).mean(), "the logarithm is missing"),
    _Reading("bits instead of nats", lambda log_p: -log_p.mean() / math.log(2), "the logarithm is to base 2"),
    _Reading("perplexity", lambda log_p: np.exp(-log_p.mean()), "you gave its exponential, the perplexity"),
)


class _Table(NamedTuple):
    """What is read, (T, V), where the logarithm of a softmax along the last axis is asked for."""

    name: str
    of: Callable[[np.ndarray], np.ndarray]
    told: str


_LOG_SOFTMAX = _Table("right", log_softmax, "")
_TABLES = (
    _Table("softmax over the positions", lambda logits: log_softmax(logits, 0), "the softmax runs over the positions"),
    _Table("softmax over the whole array", lambda logits: logits - np.log(np.exp(logits).sum()), "all share one sum"),
    _Table("no softmax", np.copy, "the logits are read as they are, without a softmax"),
    _Table("softmax twice", lambda logits: log_softmax(softmax(logits)), "a softmax was taken twice"),
)
_PAIR_WITH_NEXT = "Pair logits[:-1] with tokens[1:], and take minus the mean of log p, in nats."


def _wrongly_read(table: _Table, pairing: _Pairing, reading: _Reading) -> Misconception:
    told = [part.told for part in (pairing, table, reading) if part.told]
    names = [part.name for part in (pairing, table, reading) if part.told]
    return Misconception(
        ", and ".join(names),
        lambda logits, tokens: reading.of(pairing.of(table.of(logits), tokens)),
        f"{'Two' if len(told) == 2 else 'Three'} things: {'; and '.join(told)}. {_PAIR_WITH_NEXT}",
    )


_WRONGLY_READ = (
    *(_wrongly_read(_LOG_SOFTMAX, pairing, reading) for pairing in _PAIRINGS for reading in _READINGS),
    *(_wrongly_read(table, pairing, _MEAN_LOSS) for table in _TABLES for pairing in (_PAIRINGS[0], _PAIRINGS[3])),
    *(_wrongly_read(table, _RIGHT_PAIRS, reading) for table in _TABLES for reading in _READINGS[:3]),
    *(_wrongly_read(table, _PAIRINGS[0], reading) for table in _TABLES for reading in _READINGS[:2]),
)


def _likeliest(logits: np.ndarray) -> np.ndarray:
    return log_softmax(logits).max(-1)


def _entropies(logits: np.ndarray) -> np.ndarray:
    return -(softmax(logits) * log_softmax(logits)).sum(-1)


def _hits(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return (logits[:-1].argmax(-1) == tokens[1:]).astype(float)


def _squared(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return (softmax(logits)[:-1] - np.eye(logits.shape[-1])[tokens[1:]]) ** 2


def _without_0(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return _of_next(logits, tokens)[np.asarray(tokens)[1:] != 0]


_WHAT_COUNTS = "Each of the T - 1 predictions costs -log p of the token that comes next; the loss is their mean."
_OTHER_LOSSES = tuple(
    Misconception(name, mistake, f"{told} {_WHAT_COUNTS}")
    for name, mistake, told in (
        ("likeliest token", lambda logits, tokens: -_likeliest(logits[:-1]).mean(), "{got} is what the likeliest "
         "token costs; tokens has no part in it."),
        ("likeliest token, at every step", lambda logits, tokens: -_likeliest(logits).mean(), "{got} is what the "
         "likeliest token costs; tokens has no part in it."),
        ("token 0 taken for padding", lambda logits, tokens: -_without_0(logits, tokens).mean(), "You left out the "
         "predictions of token 0. Here 0 is a token like all others, and nothing is padding."),
        ("token 0 left out of the sum", lambda logits, tokens: -_without_0(logits, tokens).sum() / (len(tokens) - 1),
         "You left out what the predictions of token 0 cost. Here 0 is a token like all others."),
        ("probability of the others", lambda logits, tokens: 1 - np.exp(_of_next(logits, tokens)).mean(), "{got} is "
         "the mean probability that the next token did not get, 1 - p. A logarithm is asked for."),
        ("logarithm of what is missing", lambda logits, tokens: -np.log1p(-np.exp(_of_next(logits, tokens))).mean(),
         "You took -log(1 - p), which is large where the prediction was good."),
        ("hits counted", lambda logits, tokens: _hits(logits, tokens).mean(), "{got} is how often the likeliest token "
         "came next: a hit rate, which does not see how sure the model was."),
        ("misses counted", lambda logits, tokens: 1 - _hits(logits, tokens).mean(), "{got} is how often the likeliest "
         "token did not come next, which does not see how sure the model was."),
        ("entropy of the predictions", lambda logits, tokens: _entropies(logits[:-1]).mean(), "{got} is the entropy of "
         "the predictions, how unsure they are; tokens has no part in it."),
        ("entropy of the predictions, all of them", lambda logits, tokens: _entropies(logits).mean(), "{got} is the "
         "entropy of the predictions, how unsure they are; tokens has no part in it."),
        ("squared error", lambda logits, tokens: _squared(logits, tokens).sum(-1).mean(), "{got} is a squared error "
         "of the probabilities."),
        ("squared error, over the vocabulary too", lambda logits, tokens: _squared(logits, tokens).mean(), "{got} is a "
         "squared error of the probabilities."),
        ("divided by the vocabulary", lambda logits, tokens: -_of_next(logits, tokens).mean() / logits.shape[-1],
         "The sum is right, and you divided it by V as well: a mean over a table that is 0 but for one entry in "
         "each row. Divide by T - 1 alone."),
        ("divided by the whole table", lambda logits, tokens: -_of_next(logits, tokens).sum() / logits.size, "The sum "
         "is right, and you divided it by T · V. There are T - 1 predictions."),
        ("divided by one more", lambda logits, tokens: -_of_next(logits, tokens).sum() / (len(tokens) + 1), "The sum "
         "is right, and you divided it by T + 1. There are T - 1 predictions."),
        ("divided by one less", lambda logits, tokens: -_of_next(logits, tokens).sum() / (len(tokens) - 2), "The sum "
         "is right, and you divided it by T - 2. There are T - 1 predictions."),
        ("first prediction left out", lambda logits, tokens: -_of_next(logits, tokens)[1:].mean(), "The first "
         "prediction is missing: the first step, which has read one token, is about the second."),
        ("last prediction left out", lambda logits, tokens: -_of_next(logits, tokens)[:-1].mean(), "The last "
         "prediction is missing: only the last step has no next token."),
        ("first prediction only", lambda logits, tokens: -_of_next(logits, tokens)[0], "{got} is what the first "
         "prediction costs. Does 'return' stand inside a loop?"),
        ("worst prediction only", lambda logits, tokens: -_of_next(logits, tokens).min(), "{got} is what the worst "
         "prediction costs."),
        ("base 10", lambda logits, tokens: -_of_next(logits, tokens).mean() / math.log(10), "{got} is with the "
         "logarithm to base 10; nats are asked for, np.log."),
        ("geometric mean", lambda logits, tokens: np.exp(_of_next(logits, tokens).mean()), "{got} is "
         "the geometric mean of the probabilities, exp of minus the loss."),
        ("probability of the whole sequence", lambda logits, tokens: np.exp(_of_next(logits, tokens).sum()), "{got} is "
         "the probability of the whole sequence, the product of all."),
        ("bits, and their exponential", lambda logits, tokens: np.exp(-_of_next(logits, tokens).mean() / math.log(2)),
         "{got} is an exponential of the loss in bits."),
        ("maximum instead of the sum", lambda logits, tokens: -_picked((logits - logits.max(-1, keepdims=True))[:-1],
                                                                     tokens[1:]).mean(),
         "You subtracted the maximum of each row. That keeps exp from overflowing; the logarithm of the sum of "
         "exponentials is to be subtracted as well."),
        ("sum without its logarithm", lambda logits, tokens: -_picked((logits - np.exp(logits).sum(-1, keepdims=True))
                                                                    [:-1], tokens[1:]).mean(),
         "You subtracted the sum of exponentials itself. log p is the logit minus its logarithm."),
        ("mean instead of the sum of exponentials", lambda logits, tokens:
         -_of_next(logits, tokens).mean() - math.log(logits.shape[-1]),
         "You took the mean of the exponentials instead of their sum."),
        ("row and column exchanged", lambda logits, tokens:
         -log_softmax(logits)[tokens[1:], np.arange(len(tokens) - 1)].mean(),
         "Your two indices have changed places: rows are steps, columns the vocabulary, log_p[step, token]."),
        ("every step with every token, not shifted", lambda logits, tokens: -log_softmax(logits)[:, tokens].mean(),
         "[:, tokens] pairs every step with every token, a whole table; and step t is about token t + 1."),
        ("every step with every token, over all steps", lambda logits, tokens:
         -log_softmax(logits)[:, tokens[1:]].mean(),
         "[:, tokens[1:]] pairs every step with every next token, a whole table."),
        ("tokens taken for rows", lambda logits, tokens: -log_softmax(logits)[tokens[1:]].mean(), "log_p[tokens[1:]] "
         "takes whole rows; a token is a column: log_p[step, token]."),
        ("the whole table", lambda logits, tokens: -log_softmax(logits).mean(), "You took the mean over the whole "
         "table; only the next token of each step counts."),
        ("the whole table but the last row", lambda logits, tokens: -log_softmax(logits[:-1]).mean(), "You took the "
         "mean over the whole table; only the next token of each step counts."),
        ("one taken from the token", lambda logits, tokens:
         -log_softmax(logits)[np.arange(len(tokens)), tokens - 1].mean(),
         "tokens - 1 is another entry of the vocabulary, not the token at another place. Shift the places."),
        ("one added to the next token", lambda logits, tokens:
         -_picked(log_softmax(logits)[:-1], tokens[1:] + 1).mean(),
         "Shifted, and then 1 was added to the token itself. A token is an entry of the vocabulary; shift the places "
         "alone."),
        ("one added to the token, round the vocabulary", lambda logits, tokens:
         -_picked(log_softmax(logits), (tokens + 1) % logits.shape[-1]).mean(),
         "tokens + 1 is another entry of the vocabulary, not the token at the next place. Shift the places."),
        ("logits rolled through the vocabulary", lambda logits, tokens: -_picked(np.roll(log_softmax(logits), 1),
                                                                               tokens).mean(),
         "np.roll without an axis moves the numbers through rows and columns."),
        ("keepdims forgotten", lambda logits, tokens: -_picked(logits - np.log(np.exp(logits).sum(-1)), tokens).mean(),
         "The sums have shape (T,) and do not fit (T, V). keepdims=True keeps their axis, (T, 1)."),
        ("keepdims forgotten, last row left out", lambda logits, tokens:
         -_picked(logits[:-1] - np.log(np.exp(logits[:-1]).sum(-1)), tokens[1:]).mean(),
         "The sums have lost their axis, so each was subtracted from a column instead of a row: keepdims=True."),
    )
)  # fmt: skip


NEXT_TOKEN = Exercise(
    id="6.2",
    answer="next_token_loss",
    title="Mend next_token_loss(logits, tokens): each step is judged by the token that comes next.",
    objective="pair each prediction with the token it is about",
    kind="mend",
    minutes=6,
    difficulty=2,
    cases=_SENTENCES,
    right=lambda logits, tokens: F.cross_entropy(torch.as_tensor(logits)[:-1], torch.as_tensor(tokens)[1:]),
    misconceptions=(
        Misconception(
            "not shifted",
            lambda logits, tokens: -_picked(log_softmax(logits), tokens).mean(),
            "That is the code as it came: logits[t] is judged by tokens[t], the very token that the model has read at "
            "t. A model that copies would get a loss near 0. logits[t] is about tokens[t + 1].",
            seen="https://github.com/huggingface/transformers/issues/3711",
        ),
        Misconception(
            "not shifted, the last left out",
            lambda logits, tokens: -_picked(log_softmax(logits)[:-1], tokens[:-1]).mean(),
            "You left out the last of both, so each step is still judged by its own token. Leave out the last logits, "
            "and the first token.",
        ),
        Misconception(
            "not shifted, the first left out",
            lambda logits, tokens: -_picked(log_softmax(logits)[1:], tokens[1:]).mean(),
            "You left out the first of both, so each step is still judged by its own token. Leave out the last logits, "
            "and the first token.",
        ),
        Misconception(
            "shifted the wrong way",
            lambda logits, tokens: -_picked(log_softmax(logits)[1:], tokens[:-1]).mean(),
            "Shifted, but the wrong way: each step is judged by the token before, logits[1:] with tokens[:-1]. It is "
            "about the token after: logits[:-1] with tokens[1:].",
        ),
        Misconception(
            "shifted by two",
            lambda logits, tokens: -_picked(log_softmax(logits)[:-2], tokens[2:]).mean(),
            "Your steps are judged by the token after the next: shifted twice. Once is enough, logits[:-1] with "
            "tokens[1:].",
            seen="https://github.com/huggingface/transformers/pull/37830",
        ),
        Misconception(
            "rolled round",
            lambda logits, tokens: -_picked(log_softmax(logits), np.roll(tokens, -1)).mean(),
            "The last step is judged by the first token: np.roll, or the index -1, goes round in a ring. Nothing is "
            "known about what comes after the last token, so its logits are left out.",
            seen="https://github.com/verl-project/verl/issues/6475",
        ),
        Misconception(
            "rolled round the wrong way",
            lambda logits, tokens: -_picked(log_softmax(logits), np.roll(tokens, 1)).mean(),
            "np.roll(tokens, 1) brings the token before, and the last one to the first place. Leave out the last "
            "logits and the first token instead: logits[:-1] with tokens[1:].",
        ),
        Misconception(
            "divided by the number of tokens",
            lambda logits, tokens: -_of_next(logits, tokens).sum() / len(tokens),
            "The sum is right, and you divided it by T. T tokens make T - 1 predictions: nothing predicts the first.",
            seen="https://github.com/Shark-NLP/OpenICL/issues/26",
        ),
        Misconception(
            "sum instead of mean",
            lambda logits, tokens: -_of_next(logits, tokens).sum(),
            "{got} is the sum over the T - 1 predictions; it would grow with the length. Take their mean.",
        ),
        Misconception(
            "sign forgotten",
            lambda logits, tokens: _of_next(logits, tokens).mean(),
            "{got} is negative: the mean logarithm of the probabilities. The loss is minus that, so that less is "
            "better.",
        ),
        Misconception(
            "bits instead of nats",
            lambda logits, tokens: -_of_next(logits, tokens).mean() / math.log(2),
            "{got} is in bits, with the logarithm to base 2. Nats are asked for: np.log.",
        ),
        Misconception(
            "perplexity",
            lambda logits, tokens: np.exp(-_of_next(logits, tokens).mean()),
            "{got} is the exponential of the loss, the perplexity. The loss itself is asked for, in nats.",
        ),
        Misconception(
            "one loss for each prediction",
            lambda logits, tokens: -_of_next(logits, tokens),
            "The single losses are right: {got}. Their mean is asked for, one number.",
        ),
        Misconception(
            "mean probability",
            lambda logits, tokens: np.exp(_of_next(logits, tokens)).mean(),
            "{got} is the mean probability of the next tokens. The loss is minus the mean of its logarithm.",
        ),
        Misconception(
            "logarithm of the mean",
            lambda logits, tokens: -np.log(np.exp(_of_next(logits, tokens)).mean()),
            "You took the mean first and the logarithm after. Each prediction has a loss of its own, -log p: first the "
            "logarithm, then the mean.",
        ),
        Misconception(
            "no softmax",
            lambda logits, tokens: -_picked(logits[:-1], tokens[1:]).mean(),
            "These are the logits themselves. They become logarithms of probabilities when the logarithm of the sum of "
            "exponentials is taken off: log_p, not logits.",
        ),
        Misconception(
            "softmax without logarithm",
            lambda logits, tokens: -np.exp(_of_next(logits, tokens)).mean(),
            "{got} is minus the mean probability: the logarithm is missing. Each prediction costs -log p.",
        ),
        Misconception(
            "softmax twice",
            lambda logits, tokens: F.cross_entropy(
                torch.as_tensor(softmax(logits))[:-1], torch.as_tensor(np.asarray(tokens))[1:]
            ),
            "You gave probabilities to a function that takes logits, so a second softmax was taken of them. "
            "cross_entropy does both steps itself: hand it the logits.",
            seen="https://github.com/bkitano/llama-from-scratch/issues/5",
        ),
        Misconception(
            "softmax over the positions",
            lambda logits, tokens: -_picked(log_softmax(logits, 0)[:-1], tokens[1:]).mean(),
            "You normalised over the positions, axis 0. Each step shares out 1 over the vocabulary, along the last "
            "axis.",
        ),
        Misconception(
            "softmax over the whole array",
            lambda logits, tokens: -_picked((logits - np.log(np.exp(logits).sum()))[:-1], tokens[1:]).mean(),
            "The shift is right, but all steps share one sum. Each step shares out 1 of its own: a sum for each row, "
            "along the last axis, with keepdims=True.",
        ),
        Misconception(
            "every step with every token",
            lambda logits, tokens: -log_softmax(logits)[:-1][:, tokens[1:]].mean(),
            "[:, tokens[1:]] pairs every step with every next token, a whole table. You want one for each step: "
            "log_p[np.arange(T - 1), tokens[1:]].",
        ),
        Misconception(
            "the last prediction only",
            lambda logits, tokens: -_of_next(logits, tokens)[-1],
            "{got} is the loss of the last prediction alone. Every step but the last predicts a token that is known: "
            "take the mean over all T - 1.",
        ),
        Misconception(
            "tokens shifted, steps not",
            lambda logits, tokens: -log_softmax(logits)[np.arange(len(tokens)), tokens[1:]].mean(),
            "tokens[1:] is one shorter than the steps. The last step has no next token: np.arange(len(tokens) - 1).",
        ),
        Misconception(
            "steps shortened, tokens not",
            lambda logits, tokens: -log_softmax(logits)[np.arange(len(tokens) - 1), tokens].mean(),
            "You left out the last step, right. But there is one token too many: the first is predicted by nobody, "
            "tokens[1:].",
        ),
        Misconception(
            "one step beyond the end",
            lambda logits, tokens: -np.mean([log_softmax(logits)[t, tokens[t + 1]] for t in range(len(tokens))]),
            "At the last step t + 1 lies beyond the end. T tokens make T - 1 pairs, step t with token t + 1: stop at "
            "len(tokens) - 1.",
        ),
        Misconception(
            "one added to the token",
            lambda logits, tokens: -log_softmax(logits)[np.arange(len(tokens)), tokens + 1].mean(),
            "An index lies beyond the vocabulary. tokens + 1 is another entry of it, not the token at the next place: "
            "shift the places, tokens[1:]. Was no 1 added? Then the two indices are exchanged: log_p[step, token].",
        ),
        *_WRONGLY_READ,
        *_OTHER_LOSSES,
    ),
    hints=(
        "Write 'the cat sat' with a pencil. When the model has read 'the', which word is its prediction about?",
        "Three tokens make two predictions. Which logits have no next token, and which token is predicted by nobody?",
        "Pair log_p[:-1] with tokens[1:]; np.arange must become one shorter, too.",
    ),
    praise="T tokens, T - 1 predictions: each is judged by what it has not read yet.",
)
