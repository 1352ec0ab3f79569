"""Exercise 4.4: a causal and a padding mask combined."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import torch

from course_utils.attention import causal_mask, padding_mask
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.slips import Slip, both

# In the first there are as many sentences as positions, so that a mask without a query axis is not stopped.
_LENGTHS = ((np.array([2, 1, 3, 1]), 4), (np.array([3, 5]), 5), (np.array([4, 1, 2]), 6), (np.array([2]), 3))


def _causal(T: int, k: int = 0) -> np.ndarray:
    return np.tril(np.ones((T, T), dtype=bool), k)


def _real(lengths: np.ndarray, T: int) -> np.ndarray:
    """True on words, False on padding, ``(batch, T_k)``."""
    return np.arange(T) < lengths[:, None]


def _both(lengths: np.ndarray, T: int) -> np.ndarray:
    return (causal_mask(T) & padding_mask(torch.as_tensor(lengths), T)).numpy()


_Mask = Callable[[np.ndarray, int], np.ndarray]


def _masked(
    triangle: Callable[[int], np.ndarray] = _causal,
    real: _Mask = _real,
    place: Callable[[np.ndarray], np.ndarray] = lambda real: real[:, None, :],
    sign: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.logical_and,
    at_the_end: Callable[[np.ndarray], np.ndarray] = np.copy,
) -> _Mask:
    """Both masks combined, with some steps done differently."""
    return lambda lengths, T: at_the_end(sign(triangle(T), place(real(lengths, T))))


# What is done instead of a step, and how one says it beside a second mistake.
_SLIPS = (
    Slip("triangle", "the future instead of the past", lambda T: _causal(T).T, "triu keeps the later keys: np.tril"),
    Slip(
        "triangle",
        "a word may not look at itself",
        lambda T: _causal(T, -1),
        "the diagonal is closed: np.tril without k",
    ),
    Slip("triangle", "one word ahead", lambda T: _causal(T, 1), "each word sees the next one: np.tril without k"),
    Slip(
        "triangle",
        "triangle of what is forbidden",
        lambda T: ~_causal(T),
        "your triangle marks what is forbidden, later keys; True means MAY attend: np.tril",
    ),
    Slip(
        "real",
        "one padding too many",
        lambda lengths, T: _real(lengths + 1, T),
        "one padding is let in: positions count from 0, so <, not <=",
    ),
    Slip(
        "real",
        "last word closed",
        lambda lengths, T: _real(lengths - 1, T),
        "the last word of each sentence is closed: np.arange(T) < lengths[:, None]",
    ),
    Slip(
        "real",
        "padding kept, words closed",
        lambda lengths, T: ~_real(lengths, T),
        "the words are closed and the padding is open: position < length is a word",
    ),
    Slip(
        "real",
        "words closed, and one padding too",
        lambda lengths, T: ~_real(lengths + 1, T),
        "the words are closed and the padding is open: position < length is a word",
    ),
    Slip(
        "real",
        "padding in front",
        lambda lengths, T: _real(lengths, T)[:, ::-1],
        "the last places are taken for words, but padding comes after the words",
    ),
    Slip(
        "place",
        "padding on the query axis",
        lambda real: real[:, :, None],
        "the padding is closed as a query; keys are the last axis, real[:, None, :]",
    ),
    Slip("sign", "or instead of and", np.logical_or, "| (or +) opens what *one* of the two masks allows; both must: &"),
    Slip("sign", "exclusive or", np.logical_xor, "^ opens what exactly one of the two masks allows; both must: &"),
    Slip(
        "at_the_end", "True means closed", np.invert, "at the end True and False are exchanged; True means MAY attend"
    ),
    Slip(
        "at_the_end",
        "keys and queries exchanged",
        lambda mask: mask.swapaxes(1, 2),
        "keys and queries are exchanged; rows are queries",
    ),
)
_SAME_AS_ANOTHER = (  # two mistakes that give what a single one gives, or another two
    {"the future instead of the past", "or instead of and"},
    {"the future instead of the past", "padding on the query axis"},
    {"the future instead of the past", "keys and queries exchanged"},
    {"triangle of what is forbidden", "padding on the query axis"},
    {"triangle of what is forbidden", "keys and queries exchanged"},
    {"triangle of what is forbidden", "True means closed"},
    {"padding kept, words closed", "exclusive or"},
    {"words closed, and one padding too", "exclusive or"},
    {"words closed, and one padding too", "True means closed"},
    {"padding kept, words closed", "True means closed"},
    {"padding on the query axis", "keys and queries exchanged"},
    {"or instead of and", "True means closed"},
    {"exclusive or", "True means closed"},
)
_TWO_MISTAKES = tuple(
    both(one, other, _masked, joint=". And ")
    for one, other in combinations(_SLIPS, 2)
    if one.step != other.step and {one.name, other.name} not in _SAME_AS_ANOTHER
)

CAUSAL_AND_PADDING = Exercise(
    id="4.4",
    answer="causal_and_padding",
    title="Mend causal_and_padding(lengths, T): True where the key is a word and not later than the query.",
    objective="combine a causal and a padding mask",
    kind="mend",
    minutes=7,
    difficulty=2,
    cases=_LENGTHS,
    right=_both,
    misconceptions=(
        Misconception(
            "not mended",
            lambda lengths, T: _causal(T).T | _real(lengths, T)[:, None, :],
            "That is the code as it came. Two things are wrong. Print it for one sentence of 2 words and T = 3: which "
            "words does the first one see? And does anything keep the padding out?",
        ),
        Misconception(
            "or instead of and",
            lambda lengths, T: _causal(T) | _real(lengths, T)[:, None, :],
            "The triangle is right now. But | (and + between booleans is the same) opens a pair when *one* of the two "
            "masks allows it: the first word sees all words that follow, and the last rows see the padding. Both must "
            "allow it: &.",
            seen="https://github.com/lucidrains/local-attention/issues/5",
        ),
        Misconception(
            "the future instead of the past",
            lambda lengths, T: _causal(T).T & _real(lengths, T)[:, None, :],
            "& is right. But triu keeps the upper right: each word sees itself and what comes *after* it. Rows are "
            "queries, so keys that came before stand to the left of the diagonal: np.tril.",
            seen="https://github.com/karpathy/nanoGPT/issues/170",
        ),
        Misconception(
            "padding on the query axis",
            lambda lengths, T: _causal(T) & _real(lengths, T)[:, :, None],
            "You closed the *rows* of the padding. The words' rows are right all the same, as padding comes after the "
            "words and the triangle keeps them apart; but a row without any open key has nothing to share out, and is "
            "NaN in many programs. Padding is kept out as a key, and keys are the last axis: real[:, None, :].",
            seen="https://github.com/bentrevett/pytorch-seq2seq/issues/96",
        ),
        Misconception(
            "a word may not look at itself",
            lambda lengths, T: _causal(T, -1) & _real(lengths, T)[:, None, :],
            "The diagonal is closed, as by k=-1 or by ~np.triu: the first word has nowhere to look. A word may attend "
            "to itself: np.tril without k.",
            seen="https://github.com/pbloem/former/issues/10",
        ),
        Misconception(
            "one word ahead",
            lambda lengths, T: _causal(T, 1) & _real(lengths, T)[:, None, :],
            "With k=1 each word sees the next one as well, which a model that writes does not have yet: np.tril "
            "without k.",
        ),
        Misconception(
            "triangle of what is forbidden",
            lambda lengths, T: ~_causal(T) & _real(lengths, T)[:, None, :],
            "triu with k=1 marks what a causal mask *forbids*. Here True means MAY attend: use np.tril, or turn it "
            "round with ~.",
            seen="https://github.com/rasbt/LLMs-from-scratch/issues/1061",
        ),
        Misconception(
            "True means closed",
            lambda lengths, T: ~_both(lengths, T),
            "The wrong way round: you have True where a pair is closed. torch.nn.MultiheadAttention reads a mask like "
            "that. In this course True means MAY attend.",
            seen="https://github.com/lucidrains/x-transformers/issues/160",
        ),
        Misconception(
            "padding kept, words closed",
            lambda lengths, T: _causal(T) & ~_real(lengths, T)[:, None, :],
            "The triangle is right, but you kept the padding and closed the words: take the ~ away from real.",
        ),
        Misconception(
            "one padding too many",
            lambda lengths, T: _causal(T) & _real(lengths + 1, T)[:, None, :],
            "One padding is let in. Positions count from 0, so a sentence of length 2 has keys 0 and 1: <, not <=.",
            seen="https://github.com/ajhalthor/Transformer-Neural-Network/issues/15",
        ),
        Misconception(
            "last word closed",
            lambda lengths, T: _causal(T) & _real(lengths - 1, T)[:, None, :],
            "The last word of each sentence is closed. Positions count from 0, so a sentence of length 2 has keys 0 "
            "and 1: np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "padding in front",
            lambda lengths, T: _causal(T) & _real(lengths, T)[:, None, ::-1],
            "You took the last places for the words. Here padding comes after the words: position < length.",
        ),
        Misconception(
            "padding forgotten, no batch",
            lambda lengths, T: _causal(T),
            "That is the causal mask alone, (T, T): the padding is still open, to the rows of the padding. Each "
            "sentence has its own length, and so a mask of its own: & real[:, None, :].",
        ),
        Misconception(
            "padding forgotten",
            lambda lengths, T: np.broadcast_to(_causal(T), (len(lengths), T, T)),
            "That is the causal mask, once for each sentence. It does keep the padding from the words, because it "
            "comes after them; the rows of the padding still see padding. & real[:, None, :].",
        ),
        Misconception(
            "future open, no query axis",
            lambda lengths, T: _real(lengths, T)[:, None, :],
            "That is the padding mask alone: every word still sees what comes later. & it with the causal mask.",
        ),
        Misconception(
            "future open",
            lambda lengths, T: np.repeat(_real(lengths, T)[:, None, :], T, axis=1),
            "That is the padding mask, the same for every query: each word still sees what comes later. & it with the "
            "causal mask.",
            seen="https://github.com/keras-team/keras/pull/23040",
        ),
        Misconception(
            "query axis missing in the mask",
            lambda lengths, T: _causal(T) & _real(lengths, T),
            "real has shape (batch, T) and the triangle (T, T). With as many sentences as positions NumPy takes "
            "sentences for queries, with others it stops. Give real an axis for the queries: real[:, None, :].",
        ),
        Misconception(
            "an axis for the batch missing",
            lambda lengths, T: _causal(T) & _real(lengths, T)[None],
            "real[None] puts the new axis in front, where the batch should be, and the sentences are taken for "
            "queries. The axis for the queries belongs in the middle: real[:, None, :].",
        ),
        Misconception(
            "batch and queries exchanged",
            lambda lengths, T: np.swapaxes(_both(lengths, T), 0, 1),
            "The first axis of your mask runs over the queries, the second over the sentences. (batch, T_q, T_k) is "
            "asked for: causal & real[:, None, :].",
        ),
        Misconception(
            "keys and queries exchanged",
            lambda lengths, T: np.swapaxes(_both(lengths, T), 1, 2),
            "Your mask is transposed: rows are keys. Rows are queries here, the last axis is the keys.",
        ),
        Misconception(
            "an axis too many",
            lambda lengths, T: _both(lengths, T)[:, None],
            "Right but for an axis: (batch, 1, T, T), where the 1 would stand for heads. They come in lesson 05; here "
            "(batch, T, T) is asked for.",
        ),
        Misconception(
            "scores instead of a mask",
            lambda lengths, T: np.where(_both(lengths, T), 0.0, -np.inf),
            "0 and minus infinity are what you would *add* to scores. Asked for is a boolean mask, True where a query "
            "may attend.",
        ),
        Misconception(
            "the longest length for all",
            lambda lengths, T: _causal(T) & np.broadcast_to(np.arange(T) < lengths.max(), (len(lengths), T, T)),
            "All sentences got the length of the longest. Compare every position with every length: "
            "np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "the shortest length for all",
            lambda lengths, T: _causal(T) & np.broadcast_to(np.arange(T) < lengths.min(), (len(lengths), T, T)),
            "All sentences got one length, the shortest. Compare every position with every length: "
            "np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "one length for all",
            lambda lengths, T: _causal(T) & np.broadcast_to(np.arange(T) < lengths[0], (len(lengths), T, T)),
            "All sentences got the length of the first. Compare every position with every length: "
            "np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "exclusive or",
            lambda lengths, T: _causal(T) ^ _real(lengths, T)[:, None, :],
            "^ is True where exactly one of the two masks is. Both must allow a pair: &.",
        ),
        Misconception(
            "the word 'and' between arrays",
            lambda lengths, T: _causal(T) and _real(lengths, T)[:, None, :],
            "'and', 'or' and 'not' ask for one single truth, and an array has many. &, | and ~ work place by place.",
            seen=(
                "https://stackoverflow.com/questions/10062954/"
                "valueerror-the-truth-value-of-an-array-with-more-than-one-element-is-ambiguous"
            ),
        ),
        Misconception(
            "a triangle of floats",
            lambda lengths, T: np.tril(np.ones((T, T))) & _real(lengths, T)[:, None, :],
            "& needs True and False on both sides; np.ones without dtype=bool holds floats. "
            "np.tril(np.ones((T, T), dtype=bool)).",
        ),
        Misconception(
            "a triangle of floats, with or",
            lambda lengths, T: np.tril(np.ones((T, T))) | _real(lengths, T)[:, None, :],
            "| and & need True and False on both sides; np.ones without dtype=bool holds floats: "
            "np.tril(np.ones((T, T), dtype=bool)). And both masks must allow a pair: &.",
        ),
        Misconception(
            "added without a boolean",
            lambda lengths, T: np.tril(np.ones((T, T))) + _real(lengths, T)[:, None, :],
            "You added the two masks: 1 and 2 where one of them or both are open. Both must allow a pair: &, "
            "between booleans.",
        ),
        Misconception(
            "scores instead of a mask, with a large number",
            lambda lengths, T: np.where(_both(lengths, T), 0.0, -1e9),
            "0 and a hugely negative number are what you would *add* to scores. Asked for is a boolean mask, True "
            "where a query may attend.",
        ),
        Misconception(
            "nothing closed",
            lambda lengths, T: np.ones((len(lengths), T, T), dtype=bool),
            "Your mask is True everywhere: nothing is closed. Closed is a key that comes later than the query, and a "
            "key that is padding.",
        ),
        Misconception(
            "padding closed as key and as query, the future open",
            lambda lengths, T: _real(lengths, T)[:, None, :] & _real(lengths, T)[:, :, None],
            "You combined the padding mask with itself, once for keys and once for queries. The causal mask is "
            "missing: each word still sees what comes later.",
        ),
        Misconception(
            "future open, padding on the query axis",
            lambda lengths, T: np.repeat(_real(lengths, T)[:, :, None], T, axis=2),
            "Two things: the padding is closed as a query, but keys are the last axis; and the causal mask is missing, "
            "so each word still sees what comes later.",
        ),
        Misconception(
            "the last length for all",
            lambda lengths, T: _causal(T) & np.broadcast_to(np.arange(T) < lengths[-1], (len(lengths), T, T)),
            "All sentences got the length of the last. Does each round of a loop write over the one before? Compare "
            "every position with every length: np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "one sentence's mask",
            lambda lengths, T: _both(lengths, T)[0],
            "That is the mask of the first sentence alone, (T, T). There is one for each sentence: (batch, T, T).",
        ),
        Misconception(
            "lengths without an axis",
            lambda lengths, T: _causal(T) & (np.arange(T) < lengths),
            "np.arange(T) < lengths compares place 0 with the first length, place 1 with the second. Every place is to "
            "meet every length: lengths[:, None] gives (batch, T).",
        ),
        Misconception(
            "lengths without an axis, then indexed",
            lambda lengths, T: _causal(T) & (np.arange(T) < lengths)[:, None, :],
            "np.arange(T) < lengths compares place 0 with the first length, place 1 with the second. Every place is to "
            "meet every length: lengths[:, None] gives (batch, T).",
        ),
        Misconception(
            "words closed, and one padding too",
            _masked(real=lambda lengths, T: ~_real(lengths + 1, T)),
            "Two things: you kept the padding and closed the words; and positions count from 0, so a word has "
            "position < length, not <=.",
        ),
        *_TWO_MISTAKES,
    ),
    hints=(
        "Two words have to change. Print what comes back for lengths = np.array([2]) and T = 3, and look at the first "
        "row: it is the first word's.",
        "np.triu keeps the upper right triangle. Rows are queries: on which side of the diagonal are earlier keys?",
        "A pair is open when the causal mask allows it *and* the key is a word. Which sign says 'and' for arrays?",
    ),
    praise="Both masks must agree. As padding comes last, the triangle alone would keep it from the words; with "
    "padding in front, only the padding mask does.",
)
