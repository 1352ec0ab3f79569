"""Exercise 6.3: the probabilities that a token is drawn from, with a temperature and the top_k largest logits."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.transformer.logits import log_softmax


def _kept(logits: np.ndarray, count: int) -> np.ndarray:
    """True on the ``count`` largest."""
    mask = np.zeros(len(logits), dtype=bool)
    mask[torch.topk(torch.as_tensor(logits), count).indices.numpy()] = True
    return mask


def _shared(logits: np.ndarray, mask: np.ndarray, temperature: float = 1.0, fill: float = -np.inf) -> np.ndarray:
    return softmax(np.where(mask, logits, fill) / temperature)


def _among_top(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, _kept(logits, top_k), temperature)


def _exponentials(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return np.where(_kept(logits, top_k), np.exp(logits / temperature), 0.0)


def _overflowing(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    kept = _exponentials(logits, temperature, top_k)
    return kept / kept.sum()


def _overflowing_before_the_choice(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    all_of_them = np.exp(logits / temperature)
    kept = np.where(_kept(logits, top_k), all_of_them / all_of_them.sum(), 0.0)
    return kept / kept.sum()


def _strictly_above_the_next(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, logits > np.sort(logits)[-top_k - 1], temperature)


def _strictly_above_the_next_from_the_front(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, logits > np.sort(logits)[::-1][top_k], temperature)


def _one_token(logits: np.ndarray, temperature: float, top_k: int, rank: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.reshape(np.argsort(-logits)[min(rank, len(logits) - 1)], shape)


class _Choice(NamedTuple):
    """Which tokens are kept, where the ``top_k`` largest are asked for."""

    name: str
    kept: Callable[[np.ndarray, int], np.ndarray]  # from logits and top_k, (V,)
    told: str


def _ranked(logits: np.ndarray, first: int, end: int) -> np.ndarray:
    """True on the logits from one rank to another, the end left out; the largest has rank 0."""
    rank = np.argsort(np.argsort(-logits))
    return (rank >= first) & (rank < end)


_CHOSEN_WRONG = (
    _Choice("one too many", lambda logits, k: _ranked(logits, 0, k + 1), "one token more than top_k is kept"),
    _Choice("one too few", lambda logits, k: _ranked(logits, 0, k - 1), "one token less than top_k is kept"),
    _Choice("the smallest kept", lambda logits, k: _ranked(-logits, 0, k), "the smallest are kept, not the largest"),
    _Choice("the first ones kept", lambda logits, k: np.arange(len(logits)) < k, "the first tokens are kept, not the "
            "largest"),
    _Choice("the last ones kept", lambda logits, k: np.arange(len(logits)) >= len(logits) - k, "the last tokens of the "
            "vocabulary are kept, not the largest; was it sorted before?"),
    _Choice("the largest removed", lambda logits, k: _ranked(logits, k, len(logits)), "the largest are removed and all "
            "others kept"),
    _Choice("top_k removed instead of kept", lambda logits, k: _ranked(logits, 0, len(logits) - k), "top_k tokens are "
            "removed, not kept"),
    _Choice("counted from the smallest", lambda logits, k: _ranked(logits, 0, len(logits) - k + 1), "the cut is "
            "counted from the smallest"),
    _Choice("the largest left out", lambda logits, k: _ranked(logits, 1, k), "the largest itself is left out: a slice "
            "that ends with -1 stops before the last"),
    _Choice("ranks counted from 1", lambda logits, k: _ranked(logits, 1, k + 1), "the largest is left out, and one too "
            "many below is kept: the largest has index 0, not 1"),
    _Choice("only one kept", lambda logits, k: _ranked(logits, k - 1, k), "only the k-th largest is kept, and all that "
            "are larger are not"),
)  # fmt: skip


class _Sharing(NamedTuple):
    """What the kept ones get, where a softmax among them is asked for."""

    name: str
    of: Callable[[np.ndarray, np.ndarray, float], np.ndarray]  # from logits, mask and temperature
    told: str
    with_choice: bool = False  # found together with a wrong choice


def _among(raised: np.ndarray, mask: np.ndarray) -> np.ndarray:
    kept = np.where(mask, raised, 0.0)
    return kept / kept.sum()


_SHARED_WRONG = (
    _Sharing("not shared out again", lambda x, mask, t: np.where(mask, softmax(x / t), 0.0), "what is left does not "
             "sum to 1, since the softmax ran over all tokens", True),
    _Sharing("equal shares", lambda x, mask, t: mask / max(mask.sum(), 1), "the kept ones share equally", True),
    _Sharing("zero instead of minus infinity", lambda x, mask, t: _shared(x, mask, t, fill=0.0), "the others got a "
             "logit of 0, and exp(0) = 1 is a share", True),
    _Sharing("not normalised", lambda x, mask, t: np.where(mask, np.exp(x / t), 0.0), "the exponentials are not "
             "divided by their sum", True),
    _Sharing("logits instead of probabilities", lambda x, mask, t: np.where(mask, x / t, -np.inf), "the softmax is "
             "missing", True),
    _Sharing("logits with zeros", lambda x, mask, t: np.where(mask, x / t, 0.0), "these are logits, and the softmax is "
             "missing", True),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=-1.0), "the others "
             "have a logit of -1, which still gets a share; minus infinity gets none"),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=-5.0), "the others "
             "have a logit of -5, which still gets a share; minus infinity gets none"),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=x.min()), "the others "
             "were set to the smallest logit, which still gets a share; minus infinity gets none"),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=x[mask].min()), "the "
             "others were raised to the cut, and share with it; minus infinity gets nothing"),
    _Sharing("divided by the greatest", lambda x, mask, t: np.where(mask, np.exp((x - x.max()) / t), 0.0), "the "
             "greatest is 1, and all together are more; divide by the sum, not by the maximum"),
    _Sharing("divided by top_k", lambda x, mask, t: np.where(mask, np.exp(x / t), 0.0) / mask.sum(), "the exponentials "
             "are divided by top_k; divide by their sum"),
    _Sharing("divided by top_k", lambda x, mask, t: np.where(mask, np.exp((x - x.max()) / t), 0.0) / mask.sum(), "the "
             "exponentials are divided by top_k; divide by their sum"),
    _Sharing("powers of 2", lambda x, mask, t: _among(2.0 ** (x / t), mask), "these are powers of 2; the softmax takes "
             "powers of e, np.exp"),
    _Sharing("powers of 10", lambda x, mask, t: _among(10.0 ** (x / t), mask), "these are powers of 10; the softmax "
             "takes powers of e, np.exp"),
    _Sharing("squares", lambda x, mask, t: _among((x / t) ** 2, mask), "these are shares of the squares; the softmax "
             "takes np.exp"),
    _Sharing("logarithms", lambda x, mask, t: _among(np.log1p(np.exp(x / t)), mask), "these are shares of "
             "log(1 + e^x); the softmax takes np.exp alone"),
    _Sharing("a gate instead of a softmax", lambda x, mask, t: np.where(mask, 1 / (1 + np.exp(-x / t)), 0.0), "each "
             "is a sigmoid by itself, and they do not share 1"),
    _Sharing("shares of gates", lambda x, mask, t: _among(1 / (1 + np.exp(-x / t)), mask), "these are shares of "
             "sigmoids; the softmax takes np.exp"),
    _Sharing("the smaller the likelier", lambda x, mask, t: _shared(-x, mask, t), "the sign is turned round: the "
             "smallest of the kept ones gets the most"),
    _Sharing("logits rounded down", lambda x, mask, t: _shared(np.floor(x / t), mask), "the logits lost their "
             "fractions: // rounds down, / does not, and an array of whole numbers keeps none"),
    _Sharing("logarithms of all probabilities", lambda x, mask, t: np.where(mask, log_softmax(x / t), 0.0), "these "
             "are logarithms of probabilities, over all tokens"),
    _Sharing("which are kept", lambda x, mask, t: mask.astype(float), "1 stands for every token that is kept: a mask, "
             "and no shares yet"),
    _Sharing("the kept and their complement", lambda x, mask, t: 1 - _shared(x, mask, t), "this is 1 minus each "
             "probability"),
)  # fmt: skip
_THREE_STEPS = "Keep the top_k largest, set the others to -np.inf, one softmax over all at the end."
_SAMPLED_WRONG = (
    *(
        Misconception(
            choice.name,
            lambda logits, temperature, top_k, choice=choice: _shared(logits, choice.kept(logits, top_k), temperature),
            f"In your answer {choice.told}. {_THREE_STEPS}",
        )
        for choice in _CHOSEN_WRONG
        if choice.name in {"the last ones kept", "the largest left out", "ranks counted from 1", "only one kept"}
    ),
    *(
        Misconception(
            sharing.name,
            lambda logits, temperature, top_k, sharing=sharing: sharing.of(logits, _kept(logits, top_k), temperature),
            f"The right tokens are kept, but {sharing.told}. {_THREE_STEPS}",
        )
        for sharing in _SHARED_WRONG
        if sharing.name
        not in {"not shared out again", "equal shares", "zero instead of minus infinity", "not normalised"}
        | {"logits instead of probabilities"}
    ),
    *(
        Misconception(
            f"{choice.name}, and {sharing.name}",
            lambda logits, temperature, top_k, choice=choice, sharing=sharing: sharing.of(
                logits, choice.kept(logits, top_k), temperature
            ),
            f"Two things: {choice.told}; and {sharing.told}. {_THREE_STEPS}",
        )
        for choice in _CHOSEN_WRONG
        for sharing in _SHARED_WRONG
        if sharing.with_choice and (choice.name, sharing.name) != ("only one kept", "equal shares")
    ),
    *(
        Misconception(
            f"top_k ignored, and {sharing.name}",
            lambda logits, temperature, top_k, sharing=sharing: sharing.of(
                logits, np.ones(len(logits), dtype=bool), temperature
            ),
            f"Two things: every token is kept; and {told}. {_THREE_STEPS}",
        )
        for sharing in _SHARED_WRONG
        for told in (sharing.told.replace("the kept ones", "they"),)
        if sharing.name
        in {"equal shares", "not normalised", "divided by the greatest", "a gate instead of a softmax", "powers of 2"}
        | {"logits instead of probabilities", "the smaller the likelier", "logarithms of all probabilities"}
    ),
    *(
        Misconception(name, mistake, told)
        for name, mistake, told in (
            *(
                (
                    f"numbers of the kept tokens{order}",
                    mistake,
                    "{got} are the numbers of the tokens that are kept. Give back a probability for every token.",
                )
                for order, mistake in (
                    ("", lambda logits, temperature, top_k: np.argsort(-logits)[:top_k]),
                    (", the largest last", lambda logits, temperature, top_k: np.argsort(logits)[-top_k:]),
                    (", in their order", lambda logits, temperature, top_k: np.flatnonzero(_kept(logits, top_k))),
                )
            ),
            (
                "the kept logits",
                lambda logits, temperature, top_k: np.sort(logits / temperature)[::-1][:top_k],
                "{got} are the logits that are kept. They become probabilities by a softmax, each at its token's "
                "place, and the others get 0.",
            ),
            (
                "a token drawn, as a row",
                lambda logits, temperature, top_k: np.eye(len(logits))[np.argsort(-logits)[1]],
                "All of it went to one token. Drawing comes after this function: the top_k largest share, by softmax.",
            ),
            (
                "root of the temperature",
                lambda logits, temperature, top_k: _among_top(logits, math.sqrt(temperature), top_k),
                "You divided by the root of the temperature; it is the temperature itself that divides the logits.",
            ),
            (
                "kept where not among the largest",
                lambda logits, temperature, top_k: np.where(
                    _kept(logits, top_k), _among_top(logits, temperature, top_k), softmax(logits / temperature)
                ),
                "The kept ones share 1 as they should; the others still have a share besides. They get 0.",
            ),
        )
    ),
)


_DRAWN = 3  # how many tokens the first case keeps, and so may be drawn from
_LOGITS = np.array([1.6, -0.4, 2.4, 0.3, -1.1, 3.0, 0.9, 2.0])
_CHOICES = (
    (_LOGITS, 1.0, _DRAWN),
    (np.array([-0.5, 1.5, 0.2, -2.0, 2.3, 0.8]), 0.5, 4),
    (np.array([0.4, 2.2, -1.3, 1.0]), 2.0, 4),
    (np.array([0.0, 1000.0, 3.0, 998.5, 999.0, -2.0]), 1.0, 3),
    (np.array([-1003.0, -1000.0, -1002.0, -1001.0]), 1.5, 2),
)

SAMPLING = Exercise(
    id="6.3",
    answer="next_probabilities",
    title="Write next_probabilities(logits, temperature, top_k): the top_k largest logits share 1, the others get 0.",
    objective="turn logits into the probabilities that a token is drawn from",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_CHOICES,
    right=_among_top,
    misconceptions=(
        Misconception(
            "top_k ignored",
            lambda logits, temperature, top_k: softmax(logits / temperature),
            "Every token got a probability: {got}. Only the top_k largest logits may share; the others get 0.",
        ),
        Misconception(
            "not shared out again",
            lambda logits, temperature, top_k: np.where(_kept(logits, top_k), softmax(logits / temperature), 0.0),
            "The right tokens are kept, but together they are less than 1: the others took their share in the softmax "
            "before you removed them. Take them out before the softmax, or divide by the sum of what is left.",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k), temperature, fill=0.0),
            "You set the other logits to 0. exp(0) is 1, so they still get a share. Minus infinity gets none: "
            "np.where(kept, logits, -np.inf).",
            seen="https://github.com/karpathy/minGPT/issues/10",
        ),
        Misconception(
            "the smallest kept",
            lambda logits, temperature, top_k: _shared(logits, _kept(-logits, top_k), temperature),
            "You kept the top_k smallest logits. np.argsort goes upwards, so the largest stand at its end: "
            "np.argsort(logits)[-top_k:].",
        ),
        Misconception(
            "counted from the smallest",
            lambda logits, temperature, top_k: _shared(logits, logits >= np.sort(logits)[top_k - 1], temperature),
            "Your cut is np.sort(logits)[top_k - 1]. np.sort goes upwards, so that is counted from the smallest. The "
            "smallest that stays is counted from the end: [-top_k].",
        ),
        Misconception(
            "all up to the cut kept",
            lambda logits, temperature, top_k: _shared(logits, logits <= np.sort(logits)[-top_k], temperature),
            "Your cut is right, your comparison goes the other way: <= keeps what lies below the cut. What stays is "
            "logits >= np.sort(logits)[-top_k].",
        ),
        Misconception(
            "the largest removed",
            lambda logits, temperature, top_k: _shared(logits, ~_kept(logits, top_k), temperature),
            "You removed the top_k largest and kept the others. Those top_k are the ones that may share.",
        ),
        Misconception(
            "top_k removed instead of kept",
            lambda logits, temperature, top_k: _shared(logits, ~_kept(-logits, top_k), temperature),
            "You removed the top_k smallest, and all others stayed. top_k says how many stay: the cut lies at "
            "np.sort(logits)[-top_k], counted from the end.",
        ),
        Misconception(
            "one too many",
            lambda logits, temperature, top_k: _among_top(logits, temperature, min(top_k + 1, len(logits))),
            "You kept one token more than top_k. Counted from 0 downwards, the smallest one that stays has the index "
            "top_k - 1; in np.sort(logits), which goes upwards, it is [-top_k].",
            seen="https://github.com/kingoflolz/mesh-transformer-jax/issues/164",
        ),
        Misconception(
            "one too few",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k - 1), temperature),
            "You kept one token less than top_k. Is your comparison with the smallest one that stays a >? It has to "
            "stay, too: >=.",
        ),
        Misconception(
            "the first ones kept",
            lambda logits, temperature, top_k: _shared(logits, np.arange(len(logits)) < top_k, temperature),
            "You kept the first top_k tokens of the vocabulary. Keep those with the largest logits, wherever they "
            "stand.",
        ),
        Misconception(
            "argsort taken for ranks",
            lambda logits, temperature, top_k: _shared(logits, np.argsort(-logits) < top_k, temperature),
            "np.argsort does not give ranks. Its first entry is the place of the first in order, and so on: use what "
            "it gives as places, kept[np.argsort(-logits)[:top_k]] = True.",
        ),
        Misconception(
            "upward argsort taken for ranks",
            lambda logits, temperature, top_k: _shared(logits, np.argsort(logits) >= len(logits) - top_k, temperature),
            "np.argsort does not give ranks. Its last entries are the places of the largest: use them as places, "
            "kept[np.argsort(logits)[-top_k:]] = True.",
        ),
        Misconception(
            "everything to the largest",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, 1)),
            "All of it went to the largest logit: that is greedy choice. The top_k largest share, by softmax.",
            seen="https://github.com/fluxions-ai/vui/pull/32",
        ),
        Misconception(
            "equal shares",
            lambda logits, temperature, top_k: _kept(logits, top_k) / top_k,
            "The kept tokens share equally, 1/top_k each. A larger logit gets a larger share: softmax among the kept.",
        ),
        Misconception(
            "no exponential",
            lambda logits, temperature, top_k: (
                np.where(_kept(logits, top_k), logits, 0.0) / logits[_kept(logits, top_k)].sum()
            ),
            "You divided the logits themselves by their sum. A logit may be negative; the exponential makes each "
            "positive first (lesson 02, section 2).",
        ),
        Misconception(
            "not normalised",
            _exponentials,
            "These are the exponentials, {got}. Divide them by their sum; probabilities are 1 together.",
        ),
        Misconception(
            "logits instead of probabilities",
            lambda logits, temperature, top_k: np.where(_kept(logits, top_k), logits / temperature, -np.inf),
            "These are the logits that are left, divided by the temperature: {got}. One step is missing, the softmax.",
        ),
        Misconception(
            "logarithms of the probabilities",
            lambda logits, temperature, top_k: log_softmax(
                np.where(_kept(logits, top_k), logits / temperature, -np.inf)
            ),
            "These are the logarithms of the probabilities, {got}. np.exp makes probabilities of them.",
        ),
        Misconception(
            "softmax twice",
            lambda logits, temperature, top_k: _shared(softmax(logits), _kept(logits, top_k), temperature),
            "You put probabilities into a softmax. They lie between 0 and 1, so the second softmax makes them nearly "
            "equal. Choose the top_k among the logits, and take one softmax, at the end.",
        ),
        Misconception(
            "softmax twice, the second over all",
            lambda logits, temperature, top_k: softmax(_among_top(logits, temperature, top_k)),
            "You took a softmax of probabilities: each 0 became exp(0) = 1 and got a share again. One softmax is "
            "enough.",
        ),
        *_SAMPLED_WRONG,
        Misconception(
            "sorted, largest first",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k))[::-1],
            "The numbers are right, but in sorted order: the first one no longer belongs to token 0. Every probability "
            "stays at its token's place; sort only to find the cut.",
        ),
        Misconception(
            "sorted, largest last",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k)),
            "The numbers are right, but in sorted order: the last one no longer belongs to the last token. Every "
            "probability stays at its token's place; sort only to find the cut.",
        ),
        *(
            Misconception(
                f"only the kept ones, {order}",
                mistake,
                "{got} is right, but nobody can tell any more which token each belongs to. Give back one number for "
                "every token, in the order of logits, with 0 for the others.",
            )
            for order, mistake in (
                ("largest first", lambda logits, temperature, k: np.sort(_among_top(logits, temperature, k))[::-1][:k]),
                ("largest last", lambda logits, temperature, k: np.sort(_among_top(logits, temperature, k))[-k:]),
                ("in their order", lambda logits, temperature, k: _among_top(logits, temperature, k)[_kept(logits, k)]),
            )
        ),
        *(
            Misconception(
                "a token instead of probabilities",
                partial(_one_token, rank=rank, shape=shape),
                "{got} is one token. Drawing comes after this function: give back a probability for every token.",
            )
            for rank in range(_DRAWN)
            for shape in ((), (1,))
        ),
        Misconception(
            "temperature ignored",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k),
            "These are the probabilities at temperature 1. Divide the logits by the temperature, before the softmax: a "
            "factor that comes after it cancels when you share out 1.",
            seen="https://github.com/google/gemma.cpp/pull/981",
        ),
        Misconception(
            "temperature multiplied",
            lambda logits, temperature, top_k: _among_top(logits, 1 / temperature, top_k),
            "The other way round: a low temperature should make the likeliest token likelier still; yours makes all "
            "more alike. Divide the logits by it: at temperature 0.5 their differences double.",
        ),
        Misconception(
            "probabilities divided by the temperature",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k) / temperature,
            "You divided the probabilities: at temperature 0.5 together they are 2. Divide the logits, before the "
            "softmax.",
        ),
        Misconception(
            "powers not shared out again",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k) ** (1 / temperature),
            "You divided logarithms of probabilities, log p / temperature; their exponentials no longer sum to 1. "
            "Divide the logits, and take the softmax last.",
            seen="https://github.com/MoonshotAI/Kimi-Audio/pull/161",
        ),
        Misconception(
            "temperature twice",
            lambda logits, temperature, top_k: _among_top(logits, temperature**2, top_k),
            "Your logits were divided by the temperature twice; at 0.5 that is a division by 0.25. Once is enough.",
            seen="https://github.com/RL-Align/RL-Kernel/issues/81",
        ),
        Misconception(
            "nothing below to compare with",
            _strictly_above_the_next,
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= np.sort(logits)[-top_k].",
            seen="https://github.com/ml-explore/mlx-lm/pull/1377",
        ),
        Misconception(
            "nothing below to compare with, counted from the largest",
            _strictly_above_the_next_from_the_front,
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= np.sort(logits)[::-1][top_k - 1].",
        ),
        Misconception(
            "nothing below to compare with, in a list",
            lambda logits, temperature, top_k: _shared(
                logits, logits > sorted(logits.tolist(), reverse=True)[top_k], temperature
            ),
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= sorted(logits, reverse=True)[top_k - 1].",
        ),
        *(
            Misconception(
                name,
                mistake,
                "Right for small logits. Here some are about 1000: exp overflows to infinity, and {got} comes out. "
                "Subtract the maximum first; no probability changes (lesson 02, section 4).",
                seen,
            )
            for name, mistake, seen in (
                ("no maximum subtracted", _overflowing, "https://github.com/ollama/ollama/pull/9631"),
                ("no maximum subtracted before the choice", _overflowing_before_the_choice, ""),
            )
        ),
        Misconception(
            "fill not low enough",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k), temperature, fill=-100.0),
            "Right as long as logits are near 0. Here the kept ones are about -1000, and those that you put below them "
            "are higher. Minus infinity is below everything: -np.inf.",
        ),
    ),
    hints=(
        "Three steps: find the smallest logit that stays, take out what lies below it, softmax over the rest.",
        "np.sort(logits)[-top_k] is the smallest that stays. np.where(logits >= it, logits, -np.inf) takes out the "
        "others, since exp(-inf) is 0.",
        "Divide what is left by the temperature, subtract its maximum, take np.exp, divide by the sum.",
    ),
    praise="The top_k largest share 1, the temperature says how unequally, and logits of 1000 do no harm.",
)
