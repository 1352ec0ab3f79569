"""Exercises of the lesson on cost."""

from __future__ import annotations

import collections
import itertools
import math
import weakref
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(9)

# --- 9.1: the bytes of a map ------------------------------------------------------------------------------------------

_TOKENS, _FLOAT32 = 8192, 4
_FEATURES = 64  # of a head in the lesson, for those who count with them


_ROUNDED = sorted(
    {round(_TOKENS**2 * _FLOAT32, -places) for places in range(1, 9)}
    | {round(_TOKENS**2, -places) * _FLOAT32 for places in range(1, 8)}
)


def _counted(name: str, number: float, explain: str) -> Misconception:
    """A number that another count, or another unit, gives."""
    return Misconception(name, lambda: number, explain)


WEIGHTS = Exercise(
    id="9.1",
    answer="weights_in_bytes",
    title="Predict how many bytes the weights of one head take for 8,192 tokens in float32.",
    objective="count the memory of a map of weights",
    kind="predict",
    minutes=2,
    difficulty=1,
    tolerance=0.4,
    right=lambda: _TOKENS**2 * _FLOAT32,
    misconceptions=(
        Misconception(
            "numbers instead of bytes",
            lambda: _TOKENS**2,
            "{got} is how many weights there are, 8,192 times 8,192. Each takes 4 bytes.",
        ),
        Misconception(
            "one row",
            lambda: _TOKENS * _FLOAT32,
            "{got} is one row, the weights of a single query. There are 8,192 queries.",
            seen="https://lists.cpunks.org/archives/list/cypherpunks@lists.cpunks.org/message/GNM7TNU67MJH4ODP7YW57OM5XCQJ4HNA",
        ),
        Misconception(
            "one row, counted in numbers",
            lambda: _TOKENS,
            "{got} is the number of tokens. Each is a query, and each query has a weight for every key.",
        ),
        Misconception(
            "bits",
            lambda: _TOKENS**2 * _FLOAT32 * 8,
            "{got} counts *bits*. 8 bits are a byte, so the 32 of each number are 4 bytes.",
        ),
        Misconception(
            "eight bytes a number, or two maps",
            lambda: _TOKENS**2 * 8,
            "{got}: twice. That would be float64, 8 bytes a number; float32 has 32 bits, 4 bytes. Or you counted two "
            "maps, the scores as well: asked for are the weights alone.",
        ),
        Misconception(
            "two bytes a number",
            lambda: _TOKENS**2 * 2,
            "{got}: half. That is a number of 2 bytes, or the half of the map that a causal mask leaves. Here every "
            "query sees every key, with 4 bytes a weight.",
        ),
        Misconception(
            "every pair counted once",
            lambda: _TOKENS * (_TOKENS + 1) // 2 * _FLOAT32,
            "{got} counts every pair once, as a causal mask would. Here A looks at B, and B looks at A: two weights.",
            seen="https://www.bytebell.ai/blog/quadratic-complexity-attention-problem",
        ),
        Misconception(
            "times two instead of squared",
            lambda: 2 * _TOKENS * _FLOAT32,
            "{got} is 8,192 *plus* 8,192 numbers, the sides of the map. Its area is 8,192 *times* 8,192.",
        ),
        Misconception("mebibytes", lambda: 256, "Right, in MiB. Asked for are bytes: 256 · 1024 · 1024."),
        Misconception("kibibytes", lambda: 2**18, "Right, in KiB. Asked for are bytes: 262,144 · 1024."),
        Misconception(
            "8,192 rounded",
            lambda: 8000**2 * _FLOAT32,
            "{got} is the right count for 8,000 tokens. Here there are 8,192, and the whole number is asked for.",
        ),
        _counted(
            "8,192 rounded, counted in numbers",
            8000**2,
            "{got} is how many weights 8,000 tokens have. Here there are 8,192, and each weight takes 4 bytes.",
        ),
        *(
            _counted(
                f"{unit}, {how}",
                number,
                "{got} is right in a larger unit, " + unit + ". Asked for is the whole number of bytes.",
            )
            for unit, size in (("kB", 10**3), ("MB", 10**6))
            for how, number in (
                ("exactly", _TOKENS**2 * _FLOAT32 / size),
                ("rounded", round(_TOKENS**2 * _FLOAT32 / size)),
            )
        ),
        _counted(
            "gibibytes",
            0.25,
            "{got} is right in GiB, or in GB. Asked for is the whole number of bytes.",
        ),
        *(
            _counted(
                f"rounded to {number:,}",
                number,
                "{got}: the right count, rounded at the end or on the way. The whole number is asked for, to the last "
                "byte; Python may multiply for you.",
            )
            for number in _ROUNDED
        ),
        Misconception(
            "commas between thousands",
            lambda: (268, 435, 456),
            "Right, but Python reads commas as three numbers. Write it without commas, or with _ between thousands.",
        ),
        _counted(
            "a key never for its own query",
            _TOKENS * (_TOKENS - 1) * _FLOAT32,
            "{got} leaves the diagonal out. A token looks at itself, too: each of the 8,192 queries has 8,192 keys.",
        ),
        _counted(
            "every pair counted once, and the diagonal left out",
            _TOKENS * (_TOKENS - 1) // 2 * _FLOAT32,
            "{got} counts each pair of two tokens once. A looks at B, B looks at A, and each looks at itself.",
        ),
        _counted(
            "every pair counted once, in numbers",
            _TOKENS * (_TOKENS + 1) // 2,
            "{got} counts every pair once, and no bytes. There is a weight from A to B and one from B to A, and each "
            "takes 4 bytes.",
        ),
        _counted(
            "half a map, in numbers",
            _TOKENS**2 // 2,
            "{got}: an eighth. That is half of the map, as a causal mask leaves, and no bytes yet. Here every query "
            "sees every key, with 4 bytes a weight.",
        ),
        *(
            _counted(
                f"{how} token{'s' * (how == 'two fewer')}",
                tokens**2 * _FLOAT32,
                "{got} is the count for " + f"{tokens:,}" + " tokens. There are 8,192 queries and 8,192 keys, no more "
                "and no less.",
            )
            for how, tokens in (("one more", 8193), ("one fewer", 8191), ("rounded up, 8,200", 8200))
        ),
        *(
            _counted(
                f"the features counted: {what}",
                number,
                "{got}: you let the features count: " + what + ". A weight is one number, however many features the "
                "query and the key have. 8,192 times 8,192 weights, 4 bytes each.",
            )
            for what, number in (
                ("64 numbers for each pair, or the flops of the whole", _TOKENS**2 * _FEATURES * _FLOAT32),
                ("64 products for each pair", _TOKENS**2 * _FEATURES),
                ("the flops of the scores", _TOKENS**2 * _FEATURES * 2),
                ("the numbers of the keys", _TOKENS * _FEATURES),
                ("the bytes of the keys, or of the queries", _TOKENS * _FEATURES * _FLOAT32),
                ("the bytes of the keys and the values", _TOKENS * _FEATURES * _FLOAT32 * 2),
                ("the bytes of queries, keys and values", _TOKENS * _FEATURES * _FLOAT32 * 3),
            )
        ),
        *(
            _counted(
                f"{heads} heads",
                _TOKENS**2 * _FLOAT32 * heads,
                "{got}: the weights of " + f"{heads} heads, or that many maps. Asked for is one head.",
            )
            for heads in (3, 6, 12)
        ),
        _counted(
            "the 4 squared as well",
            (_TOKENS * _FLOAT32) ** 2,
            "{got}: you squared the 4 bytes too (that is also four maps). Square the tokens, 8,192 times 8,192, and "
            "take 4 bytes for each weight.",
        ),
        _counted(
            "to the third power",
            _TOKENS**3,
            "{got} is 8,192 to the third power. A map has two sides, the queries and the keys.",
        ),
        _counted(
            "to the third power, in bytes",
            _TOKENS**3 * _FLOAT32,
            "{got} has 8,192 three times. A map has two sides, the queries and the keys.",
        ),
        _counted(
            "divided by the 4 bytes",
            _TOKENS**2 // _FLOAT32,
            "{got}: you divided by 4. Each weight takes 4 bytes, so there are more bytes than weights.",
        ),
        _counted(
            "twice as many numbers",
            2 * _TOKENS,
            "{got} is twice 8,192. The map has 8,192 *times* 8,192 weights, and each takes 4 bytes.",
        ),
    ),
    hints=(
        "A map has a row for each query and a column for each key. How many weights are that?",
        "A weight for each pair of a query and a key. And how many bytes are the 32 bits of one number? Python may "
        "multiply for you.",
    ),
    praise="268,435,456 bytes, 256 MiB, for one head of one layer: for 8,192 tokens only.",
)

# --- 9.2: attention block by block ------------------------------------------------------------------------------------

_ROOM = 4  # blocks that may be kept at a time


class Watched(np.ndarray):
    """An array from which none may be made that has ``too_many`` numbers or more: MemoryError."""

    too_many: int
    said: str

    def __array_finalize__(self, made_from: object) -> None:
        if self.size >= self.too_many:
            raise MemoryError(self.said)

    def __array_function__(self, function, types, arguments, options):
        result = super().__array_function__(function, types, arguments, options)
        return result.view(type(self)) if type(result) is np.ndarray else result  # np.where and others forget the class


class OfABlock(Watched):
    """Keys or values of a block, which do not grow into those of more than four."""

    too_many = _ROOM * 4 * 4 + 1  # numbers of four blocks of four keys, each with four features, and one
    said = f"no room for an array larger than {_ROOM} blocks"


class Blocks:
    """Keys and values block by block, as an iterator: it can be read once, in as many pieces as one likes.

    Raises MemoryError when more than four blocks would be kept.
    """

    def __init__(self, key: np.ndarray, value: np.ndarray, lengths: tuple[int, ...]):
        self.key, self.value = key, value
        self._cuts = np.cumsum((0, *lengths)).tolist()
        self._handed_out: list[tuple[weakref.ref, ...]] = []

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return self

    def __next__(self) -> tuple[np.ndarray, np.ndarray]:
        if len(self._handed_out) == len(self._cuts) - 1:
            raise StopIteration
        kept = sum(any(array() is not None for array in block) for block in self._handed_out)
        if kept >= _ROOM:
            message = f"no room for another block: {_ROOM} of those before are still kept"
            raise MemoryError(message)
        start, stop = self._cuts[len(self._handed_out) :][:2]
        owners = self.key[start:stop].copy(), self.value[start:stop].copy()  # of the numbers: every view keeps them
        self._handed_out.append(tuple(map(weakref.ref, owners)))
        return owners[0].view(OfABlock), owners[1].view(OfABlock)


def _stream(lengths: tuple[int, ...], tops: tuple[float, ...], d_k: int = 4, d_v: int = 3) -> tuple[np.ndarray, Blocks]:
    """A query, and blocks whose largest scores, divided by √d_k, are about ``tops``."""
    query = _GENERATOR.normal(size=d_k)
    query *= math.sqrt(d_k) / np.linalg.norm(query)
    key = _GENERATOR.normal(size=(sum(lengths), d_k))
    wanted = np.repeat(tops, lengths) - _GENERATOR.uniform(0.0, 1.5, size=sum(lengths))
    key += np.outer(wanted * math.sqrt(d_k) - key @ query, query) / (query @ query)
    return query, Blocks(key, _GENERATOR.normal(size=(sum(lengths), d_v)), lengths)


# Keys, features of a key and features of a value are never equally many in the first, which tells scalings apart.
_STREAMS = (
    _stream((5,), (1.0,)),
    _stream((2, 3, 2), (0.5, 2.0, 1.0)),
    _stream((2, 4, 3), (2.0, 0.5, 1.0)),
    _stream((2, 3), (900.0, 1000.0)),
    _stream((3, 2), (1000.0, 100.0)),
    _stream((2, 2), (-1000.0, -999.0)),
    _stream((2, 3), (-1000.0, 1000.0)),
    _stream((2,) * 12, tuple(np.linspace(-1.0, 1.0, 12))),
)


def _all_at_once(query: np.ndarray, blocks: Blocks) -> np.ndarray:
    given = (torch.from_numpy(array) for array in (query[None], blocks.key, blocks.value))
    return F.scaled_dot_product_attention(*given)[0].numpy()


def _online(
    query: np.ndarray,
    blocks: Blocks,
    *,
    divide_by: Callable = lambda d_k, length: math.sqrt(d_k),
    start: float = -np.inf,
    reference: Callable = max,
    of_block: Callable = lambda top, own, before: top,
    factors: Callable = lambda change: (change, change),
    exponential: Callable = np.exp,
    add: Callable = lambda old, factor, new: old * factor + new,
    each: Callable = lambda summed, total: (summed, total),
    end: Callable = lambda summed, total: summed / total,
) -> np.ndarray:
    """The online softmax, with a step of one's choice done differently.

    ``reference`` chooses the new maximum from the old one and the block's own; ``of_block`` what is subtracted from the
    block's scores (it sees the new maximum, the block's own and the old one); ``factors`` makes, of exp(old maximum -
    new), the factors of the sum of values and of the total; ``add`` joins each of these to what the block brings;
    ``each`` is done to both after every block, ``end`` after the last.
    """
    highest, total, summed = start, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / divide_by(len(query), len(key))
        own = scores.max()
        top = reference(highest, own)
        exps = exponential(scores - of_block(top, own, highest))
        of_sum, of_total = factors(np.exp(highest - top))
        summed, total = each(add(summed, of_sum, exps @ value), add(total, of_total, exps.sum()))
        highest = top
    return end(summed, total)


def _with(**change) -> Callable[..., np.ndarray]:
    return lambda query, blocks: _online(query, blocks, **change)


def _of_contexts(combine: Callable[[list[np.ndarray], list[int]], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake that makes a context of each block and puts these together."""

    def mistaken(query, blocks):
        contexts, lengths = [], []
        for key, value in blocks:
            contexts.append(softmax(key @ query / math.sqrt(len(query))) @ value)
            lengths.append(len(key))
        return combine(contexts, lengths)

    return mistaken


def _halved(contexts: list[np.ndarray], lengths: list[int]) -> np.ndarray:
    context = contexts[0]
    for new in contexts[1:]:
        context = (context + new) / 2
    return context


def _keeps_all(query, blocks):
    keys, values = map(np.concatenate, zip(*blocks))
    return softmax(keys @ query / math.sqrt(len(query))) @ values


def _grows(query, blocks):
    keys, values = next(blocks)
    for key, value in blocks:
        keys, values = np.concatenate([keys, key]), np.concatenate([values, value])
    return softmax(keys @ query / math.sqrt(len(query))) @ values


def _second_reading(name: str, second: Callable[[np.ndarray, Blocks, int], object]) -> Misconception:
    """What a loop over blocks that have been read comes to; it sees how many features a value has."""

    def mistaken(query, blocks):
        d_v = [value.shape[1] for _, value in blocks][0]
        return second(query, blocks, d_v)

    return Misconception(
        f"reads the blocks twice{name}",
        mistaken,
        "The blocks come only once: your second loop over them found none left, and did nothing. The largest score of "
        "all would be good to know, but a second reading is not to be had. Keep the largest score *so far*, and "
        "correct what you have when a larger one comes.",
        seen="" if name else "https://github.com/python/mypy/issues/8640",
    )


def _in_plain_numbers(subtract: bool) -> Callable[..., list[float]]:
    """One key after the other, in numbers of Python, where 0/0 and too large a number stop; begins at 0."""

    def mistaken(query, blocks):
        highest, total, summed = 0.0, 0.0, [0.0] * blocks.value.shape[1]
        for keys, values in blocks:
            for key, value in zip(keys, values.tolist()):
                score = float(key @ query) / math.sqrt(len(query))
                top = max(highest, score) if subtract else 0.0
                old, new = math.exp(highest - top), math.exp(score - top)
                total = total * old + new
                summed = [s * old + v * new for s, v in zip(summed, value)]
                highest = top
        return [s / total for s in summed]

    return mistaken


def _best_block(query, blocks):
    scored = [((key @ query).max(), softmax(key @ query / math.sqrt(len(query))) @ value) for key, value in blocks]
    return max(scored, key=lambda block: block[0])[1]


def _best_key(query, blocks):
    return max(((key @ query).max(), value[(key @ query).argmax()]) for key, value in blocks)[1]


def _blocks_weighed(query, blocks):
    """Contexts of the blocks, weighed by a softmax of their largest scores."""
    highest, contexts = [], []
    for key, value in blocks:
        scores = key @ query / math.sqrt(len(query))
        highest.append(scores.max())
        contexts.append(softmax(scores) @ value)
    return softmax(np.array(highest)) @ np.array(contexts)


def _mean_of_values(query, blocks):
    return sum(value.sum(0) for _, value in blocks) / len(blocks.value)


def _scores_times_values(query, blocks):
    return sum((key @ query / math.sqrt(len(query))) @ value for key, value in blocks)


ONLINE = Exercise(
    id="9.2",
    answer="attend_in_blocks",
    title="Write attend_in_blocks(query, blocks): read each block once, keep few, get the context (d_v,) of them all.",
    objective="attend to blocks that are read once: the online softmax",
    kind="write",
    minutes=10,
    difficulty=3,
    cases=_STREAMS,
    right=_all_at_once,
    misconceptions=(
        Misconception(
            "blocks indexed",
            lambda query, blocks: blocks[0],
            "blocks is an iterator: it gives the next block, and no other. for key, value in blocks reads it.",
        ),
        Misconception(
            "number of blocks asked for",
            lambda query, blocks: len(blocks),
            "An iterator does not know how many are to come: the text may still be growing. for key, value in blocks "
            "reads until there are no more.",
            seen="https://github.com/coddingtonbear/django-mailbox/issues/203",
        ),
        Misconception(
            "maximum begins at 0, in plain numbers",
            _in_plain_numbers(subtract=True),
            "Right until all scores are far below 0. Here they are about -1000, your maximum stays at the 0 where it "
            "began, every exp is 0, and you divide by 0. Begin with -np.inf.",
        ),
        Misconception(
            "no maximum subtracted, in plain numbers",
            _in_plain_numbers(subtract=False),
            "Right for small scores. Here they are about 1000, and exp of that is too large for a number. Subtract the "
            "largest score so far, and rescale when it grows.",
        ),
        _second_reading(
            "", lambda query, blocks, d_v: sum((1.0 for _ in blocks), 0.0) / sum((0.0 for _ in blocks), 0.0)
        ),
        _second_reading(", whole numbers", lambda query, blocks, d_v: sum(1 for _ in blocks) / sum(1 for _ in blocks)),
        _second_reading(", and finds 0", lambda query, blocks, d_v: 0.0),
        _second_reading(", and finds zeros", lambda query, blocks, d_v: np.zeros(d_v)),
        _second_reading(", into an array", lambda query, blocks, d_v: np.concatenate([v for _, v in blocks])),
        _second_reading(", into a stack", lambda query, blocks, d_v: np.stack([v for _, v in blocks])),
        _second_reading(", for the maximum", lambda query, blocks, d_v: max(k.max() for k, _ in blocks)),
        Misconception(
            "no scaling",
            _with(divide_by=lambda d_k, length: 1.0),
            "With one block this is plain attention, and yours has unscaled scores: divide them by √d_k.",
        ),
        Misconception(
            "scaling by d instead of √d",
            _with(divide_by=lambda d_k, length: d_k),
            "You divided by d_k itself; divide by its square root (lesson 02, section 5).",
        ),
        Misconception(
            "scaled by the length of the block",
            _with(divide_by=lambda d_k, length: math.sqrt(length)),
            "You divided by the root of the block's length. It is d_k, len(query), that counts: a dot product adds up "
            "features.",
        ),
        Misconception(
            "scaled by the width of the values",
            _with(divide_by=lambda d_k, length: math.sqrt(3)),
            "You divided by √d_v, the root of how many features a *value* has. A score adds up products of query and "
            "key: it is their number of features that counts, d_k, len(query).",
        ),
        Misconception(
            "multiplied by √d_k",
            _with(divide_by=lambda d_k, length: 1 / math.sqrt(d_k)),
            "You multiplied the scores by √d_k. Divide them by it.",
        ),
        *(
            Misconception(
                f"never divided by the total, and {name}",
                _with(divide_by=divisor, end=lambda summed, total: summed),
                "Two things. Your result is the sum of exp(score) · value: divide it by the sum of all exp(score), at "
                "the end. And the scores are to be divided by √d_k: " + what + ".",
            )
            for name, divisor, what in (
                ("not scaled", lambda d_k, length: 1.0, "yours are not scaled"),
                ("scaled by d", lambda d_k, length: d_k, "you divided by d_k itself"),
            )
        ),
        Misconception(
            "no softmax",
            _scores_times_values,
            "You added up values times *scores*. A score becomes a weight by exp, and by dividing by the sum of all.",
        ),
        Misconception(
            "never divided by the total",
            _with(end=lambda summed, total: summed),
            "Your result is the sum of exp(score) · value. Divide it by the sum of all exp(score), at the end.",
        ),
        Misconception(
            "the total instead of the context",
            _with(end=lambda summed, total: total),
            "That is what to divide by, the sum of exp(score). Keep the sum of exp(score) · value beside it; their "
            "ratio is the context.",
        ),
        Misconception(
            "rescaled the wrong way",
            _with(factors=lambda change: (1 / change, 1 / change)),
            "Your factor is exp(new maximum - old): it makes the old part *larger*, infinite at the first block. What "
            "was exp(score - old) should become exp(score - new): multiply by exp(old - new). (Or you divide 0 by 0: "
            "if a second loop goes over blocks, it finds none left; and the factor of the first block is 0, so rescale "
            "the old part alone, *before* you add.)",
            seen="https://github.com/deepseek-ai/FlashMLA/pull/177",
        ),
        Misconception(
            "rescaled the wrong way, but for the first block",
            _with(factors=lambda change: (1 / change if change else 0.0,) * 2),
            "Right as long as the first block holds the largest score. When a larger one comes, your factor is "
            "exp(new - old), which makes the old part *larger*. Multiply by exp(old - new).",
        ),
        Misconception(
            "mean of the blocks' contexts",
            _of_contexts(lambda contexts, lengths: np.mean(contexts, axis=0)),
            "You took the mean of the blocks' contexts. Each block shared out a whole 1 of its own; but a block with "
            "low scores should get little. Add up exp(score) · value and exp(score) over all blocks, divide once.",
        ),
        Misconception(
            "mean of the blocks' contexts, by length",
            _of_contexts(lambda contexts, lengths: np.average(contexts, axis=0, weights=lengths)),
            "You weighed the blocks' contexts by the lengths of the blocks. A long block of low scores should get "
            "little: what counts is its sum of exp(score).",
        ),
        Misconception(
            "each new block counts half",
            _of_contexts(_halved),
            "You took the mean of the old context and the new one: the last block always gets half. What counts is "
            "each block's sum of exp(score).",
        ),
        Misconception(
            "sum of the blocks' contexts",
            _of_contexts(lambda contexts, lengths: np.sum(contexts, axis=0)),
            "You added up the blocks' contexts: every block shared out a whole 1, so all weights together sum to the "
            "number of blocks. Divide once, at the end, by the total of all blocks.",
        ),
        Misconception(
            "the best block alone",
            _best_block,
            "That is the context of the one block with the largest score. The others count too, each by its sum of "
            "exp(score).",
        ),
        Misconception(
            "the best key alone",
            _best_key,
            "That is the value of the one key with the largest score. All keys count, each with exp(score) over the "
            "sum of all.",
        ),
        Misconception(
            "blocks weighed by their largest scores",
            _blocks_weighed,
            "You weighed the blocks' contexts by a softmax of their largest scores. A block also counts by how many of "
            "its scores are high: by its sum of exp(score).",
        ),
        Misconception(
            "plain mean of the values",
            _mean_of_values,
            "That is the mean of all values: the scores have no effect. Each value counts with exp(score).",
        ),
        Misconception(
            "keys mixed instead of values",
            lambda query, blocks: _online(query, ((key, key) for key, _ in blocks)),
            "You mixed the *keys*: your result has a number for each of their features. The weights come from the "
            "keys, but what is mixed are the values.",
        ),
        Misconception(
            "only the last block",
            _of_contexts(lambda contexts, lengths: contexts[-1]),
            "That is the context of the last block alone: each block overwrote the one before. Carry the sum and the "
            "total on from block to block.",
        ),
        *(
            Misconception(
                f"only the {name} {many} blocks",
                lambda query, blocks, some=some, many=many: _online(query, some(blocks, many)),
                "Right as long as there are few blocks; then your context is that of the " + name + f" {many}. There "
                "is room for four at a time, but all of them count: read one, add it to what you have, and let it go.",
            )
            for name, some, counts in (("first", itertools.islice, (2, 3, 4)), ("last", collections.deque, (2, 3)))
            for many in counts
        ),
        Misconception(
            "divided by the number of keys",
            lambda query, blocks: _online(query, blocks, end=lambda summed, total: summed / len(blocks.value)),
            "You divided by the number of keys. Divide by the sum of all exp(score): then the weights sum to 1.",
        ),
        Misconception(
            "only the first block",
            _of_contexts(lambda contexts, lengths: contexts[0]),
            "That is the context of the first block alone. If there is a 'return' inside your loop, the loop ends "
            "there in its first round.",
        ),
        Misconception(
            "each block has its own maximum",
            _with(of_block=lambda top, own, before: own, factors=lambda change: (1.0, 1.0)),
            "Each block's scores are measured from its own maximum, so the best key of every block counts 1, however "
            "low its score. Measure the new block from the largest score so far, max(old, own), and bring what you "
            "have to the same.",
        ),
        Misconception(
            "no rescaling",
            _with(factors=lambda change: (1.0, 1.0)),
            "Right as long as the first block holds the largest score. When a larger one comes, what you have is "
            "measured from the old maximum: multiply the sum *and* the total by exp(old - new) before you add.",
        ),
        Misconception(
            "total not rescaled",
            _with(factors=lambda change: (change, 1.0)),
            "You rescaled the sum of the values, but not the total that it is divided by. Both are measured from the "
            "old maximum: multiply both by exp(old - new).",
        ),
        Misconception(
            "sum of values not rescaled",
            _with(factors=lambda change: (1.0, change)),
            "You rescaled the total, but not the sum of the values. Both are measured from the old maximum: multiply "
            "both by exp(old - new).",
        ),
        Misconception(
            "new block measured from its own maximum",
            _with(of_block=lambda top, own, before: own),
            "What you have is brought to the largest score so far, and that is right; but the new block is measured "
            "from its *own* maximum. Measure both from the same: exp(scores - max(old, own)).",
        ),
        Misconception(
            "new block rescaled as well",
            _with(add=lambda old, factor, new: (old + new) * (factor or 1.0)),
            "Right as long as the first block holds the largest score. When a larger one comes, you add first and "
            "rescale then, so the new block shrinks too. It is measured from the new maximum already: rescale the old "
            "part, then add.",
        ),
        Misconception(
            "new block measured from the old maximum",
            _with(of_block=lambda top, own, before: before if np.isfinite(before) else top),
            "Right as long as the first block holds the largest score. When a larger one comes, you bring the old part "
            "to the new maximum, but measure the new block from the old one. Both from the new: exp(scores - new).",
        ),
        Misconception(
            "new block measured from the old maximum, and nothing rescaled",
            _with(
                of_block=lambda top, own, before: before if np.isfinite(before) else top,
                factors=lambda change: (1.0, 1.0),
            ),
            "Right with two blocks. But the maximum from which you measure moves on from block to block, and what you "
            "have is not brought along: multiply the sum *and* the total by exp(old - new).",
        ),
        Misconception(
            "divided in every block",
            _with(each=lambda summed, total: (summed / total, total)),
            "You divide in every block and go on with the quotient, as if it were the sum: it is divided again in the "
            "next. Keep the sum undivided, and divide once, at the end.",
        ),
        Misconception(
            "total of the last block",
            _with(factors=lambda change: (change, 0.0)),
            "Your total is that of the last block alone: it is overwritten in each round. Carry it on: total = total "
            "· factor + exps.sum().",
        ),
        Misconception(
            "sum of values of the last block",
            _with(factors=lambda change: (0.0, change)),
            "Your sum of exp(score) · value is that of the last block alone: it is overwritten in each round. Carry it "
            "on: summed = summed · factor + exps @ value.",
        ),
        Misconception(
            "maximum of the first block",
            _with(reference=lambda highest, own: own if highest == -np.inf else highest),
            "Right as long as the first block's maximum will do for the others. Here the first scores lie near -1000 "
            "and later ones near 1000: exp(2000) overflows, and {got} comes out. When a larger score comes, measure "
            "from it, and rescale what you have.",
        ),
        Misconception(
            "scores clipped",
            _with(
                start=0.0,
                reference=lambda highest, own: 0.0,
                exponential=lambda scores: np.exp(np.clip(scores, -50, 50)),
            ),
            "Right for small scores. Here they lie about 1000, and clipped they are all alike: your result is the "
            "plain mean of the values. Clip nothing; subtract the largest score so far, and rescale when it grows.",
        ),
        Misconception(
            "no maximum subtracted",
            _with(start=0.0, reference=lambda highest, own: 0.0),
            "Right for small scores. Here they are about 1000: exp overflows to infinity, and {got} comes out. "
            "Subtract the largest score so far, and rescale when it grows.",
            seen="https://github.com/NVIDIA/DeepLearningExamples/issues/169",
        ),
        Misconception(
            "maximum of the last block",
            _with(reference=lambda highest, own: own),
            "Right until the next block is much lower: you go down to *its* maximum, and exp(1000 - 100), which the "
            "old part is multiplied by, overflows. The maximum so far never goes down: max(old, own).",
        ),
        Misconception(
            "maximum begins at 0",
            _with(start=0.0),
            "Right until all scores are far below 0. Here they are about -1000, your maximum stays at the 0 where it "
            "began, every exp is 0, and 0/0 comes out: {got}. Begin with -np.inf.",
            seen="https://github.com/flashinfer-ai/flashinfer/issues/4267",
        ),
        Misconception(
            "keeps every block",
            _keeps_all,
            "The right number, but you kept every block. Then the text must fit into memory, which is what blocks are "
            "to avoid. Three things are enough, however long the text: the largest score so far, the sum of exp(score) "
            "and the sum of exp(score) · value.",
        ),
        Misconception(
            "grows one array of keys and one of values",
            _grows,
            "The right number, but your arrays grow with every block, and in the end they hold the whole text, which "
            "is what blocks are to avoid. Three things are enough, however long the text: the largest score so far, "
            "the sum of exp(score) and the sum of exp(score) · value.",
        ),
    ),
    hints=(
        "A context is one sum over another: of exp(score) · value, and of exp(score). Both can be carried on from "
        "block to block. Do it first without subtracting a maximum.",
        "Keep the largest score so far. When it grows from old to new, multiply both sums by exp(old - new): each "
        "exp(score - old) in them becomes exp(score - new).",
        "highest, total, summed = -np.inf, 0.0, 0.0. In each block: scores; new = max(highest, scores.max()); "
        "factor = np.exp(highest - new); exps = np.exp(scores - new); then both sums, old · factor + the block's.",
    ),
    praise="One maximum and two sums, whatever the length. This is how attention gets by without its map of weights.",
)

# --- 9.3: a sliding window --------------------------------------------------------------------------------------------

_WINDOWS = ((8, 5), (5, 2), (4, 1), (3, 7))  # in the first, half a window is not one less than a window
_ONE_WINDOW = "A query sees window positions, its own among them: 0 <= i - j < window for query i and key j."


def _by_distance(may: Callable[[np.ndarray, int], np.ndarray]) -> Callable[[int, int], np.ndarray]:
    """A mask from i - j, how far the key j lies before the query i."""

    def mask(length: int, window: int) -> np.ndarray:
        places = np.arange(length)
        return may(places[:, None] - places, window)

    return mask


_sliding = _by_distance(lambda back, window: (back >= 0) & (back < window))


def _row_by_row(before: int, end: int) -> Callable[[int, int], np.ndarray]:
    """Slices from i - window + before to i + end, also where they begin below 0."""

    def mask(length: int, window: int) -> np.ndarray:
        mask = np.zeros((length, length), bool)
        for i in range(length):
            mask[i, i - window + before : i + end] = True
        return mask

    return mask


def _one_by_one(before: int, end: int) -> Callable[[int, int], np.ndarray]:
    """Single places from i - window + before to i + end, also below 0."""

    def mask(length: int, window: int) -> np.ndarray:
        mask = np.zeros((length, length), bool)
        for i in range(length):
            mask[i, np.arange(i - window + before, i + end) % length] = True
        return mask

    return mask


def _nearest(back: int) -> str:
    return {-1: "the next position", 0: "its own position", 1: "the position before"}[back]


def _between(first: int, last: int) -> Misconception:
    """A window from ``first`` positions back to window + ``last`` positions back."""
    begins = "" if first == 0 else f" The nearest key a query sees is to be itself; in yours it is {_nearest(first)}."
    far = {-3: "two positions too near", -2: "one position too near", 0: "one position too far", 1: "two too far"}
    ends = "" if last == -1 else f" And the farthest is window - 1 back; yours lies {far[last]}."
    return Misconception(
        f"a window from {first} to window{f' {last:+}' if last else ''} back",
        _by_distance(lambda back, window: (back >= first) & (back <= window + last)),
        f"Your window begins or ends at another place.{begins}{ends} " + _ONE_WINDOW,
    )


def _in_pieces(causal: bool) -> Callable[[int, int], np.ndarray]:
    """Windows side by side that do not slide."""

    def mask(length: int, window: int) -> np.ndarray:
        i, j = np.indices((length, length))
        return (i // window == j // window) & ((j <= i) | (not causal))

    return mask


WINDOW = Exercise(
    id="9.3",
    answer="window_mask",
    title="Write window_mask(length, window): True where query i may attend to key j, itself and window - 1 before.",
    objective="mask all but a sliding window",
    kind="write",
    minutes=5,
    difficulty=2,
    cases=_WINDOWS,
    right=_sliding,
    misconceptions=(
        Misconception(
            "one position too many",
            _by_distance(lambda back, window: (back >= 0) & (back <= window)),
            "With window 2 your queries see 3 positions: you count window *besides* their own. " + _ONE_WINDOW,
            seen="https://github.com/ml-explore/mlx-lm/pull/390",
        ),
        Misconception(
            "one position too few",
            _by_distance(lambda back, window: (back >= 0) & (back < window - 1)),
            "With window 2 your queries see 1 position, only themselves. " + _ONE_WINDOW,
            seen="https://github.com/lightseekorg/tokenspeed/pull/578",
        ),
        Misconception(
            "own position left out",
            _by_distance(lambda back, window: (back > 0) & (back < window)),
            "Your queries do not see their own position, and the first one sees nothing. " + _ONE_WINDOW,
        ),
        Misconception(
            "window before the own position",
            _by_distance(lambda back, window: (back > 0) & (back <= window)),
            "Your window ends before the own position, and the first query sees nothing. " + _ONE_WINDOW,
        ),
        *(
            _between(first, last)
            for first in (-1, 0, 1)
            for last in (-3, -2, -1, 0, 1)
            if (first, last) not in {(0, -1), (0, 0), (0, -2), (1, -1), (1, 0), (1, -3), (0, -3)}  # right, or named
        ),
        Misconception(
            "half before, half after",
            _by_distance(lambda back, window: abs(back) <= window // 2),
            "Your window has its middle at the query: half of it comes later. Causal means that nothing later is seen. "
            + _ONE_WINDOW,
        ),
        Misconception(
            "half the window",
            _by_distance(lambda back, window: (back >= 0) & (back <= window // 2)),
            "Your window goes back only half as far. " + _ONE_WINDOW,
        ),
        Misconception(
            "every window-th position",
            _by_distance(lambda back, window: (back >= 0) & (back % window == 0)),
            "Your queries see every window-th key before them, and skip those between. " + _ONE_WINDOW,
        ),
        Misconception(
            "everybody sees everything",
            lambda length, window: np.ones((length, length), bool),
            "Your mask is True everywhere. If you joined the two conditions by | (or), every key fulfils one of them: "
            "both must hold, &. " + _ONE_WINDOW,
        ),
        Misconception(
            "looks ahead",
            _by_distance(lambda back, window: abs(back) < window),
            "Your window reaches to both sides. Causal means that nothing later is seen. " + _ONE_WINDOW,
        ),
        Misconception(
            "looks ahead, one too many",
            _by_distance(lambda back, window: abs(back) <= window),
            "Your window reaches window positions to *both* sides. " + _ONE_WINDOW,
            seen="https://github.com/huggingface/transformers/issues/39408",
        ),
        Misconception(
            "queries and keys exchanged",
            _by_distance(lambda back, window: (back <= 0) & (-back < window)),
            "Your queries see only what comes later: i and j have changed places. A row is a query. " + _ONE_WINDOW,
        ),
        Misconception(
            "window without causal",
            _by_distance(lambda back, window: back < window),
            "Your queries see everything later. Two conditions: not later than i, and fewer than window before it.",
        ),
        Misconception(
            "causal without window",
            _by_distance(lambda back, window: back >= 0),
            "That is the causal mask; window has no effect yet. Two conditions: not later than i, and fewer than "
            "window before it.",
        ),
        Misconception(
            "mask polarity",
            lambda length, window: ~_sliding(length, window),
            "The other way round: your True stands where attention is *forbidden*. In this course True = may attend.",
        ),
        Misconception(
            "only what comes later",
            _by_distance(lambda back, window: back < 0),
            "Your queries see exactly what comes *later*: the causal condition stands on its head. " + _ONE_WINDOW,
        ),
        Misconception(
            "later, or itself",
            _by_distance(lambda back, window: back <= 0),
            "Your queries see themselves and what comes *later*: i and j have changed places, and window has no "
            "effect. " + _ONE_WINDOW,
        ),
        Misconception(
            "only what lies outside the window",
            _by_distance(lambda back, window: back >= window),
            "Your queries see exactly what lies *before* their window: that condition stands on its head. "
            + _ONE_WINDOW,
        ),
        *(
            Misconception(
                f"queries and keys exchanged, {name}",
                _by_distance(may),
                "Your queries see only what comes later: i and j have changed places. A row is a query. And the window "
                f"is {name}. " + _ONE_WINDOW,
            )
            for name, may in (
                ("one position too wide", lambda back, window: (back <= 0) & (-back <= window)),
                ("one position too narrow", lambda back, window: (back <= 0) & (-back < window - 1)),
                ("without the own position", lambda back, window: (back < 0) & (-back < window)),
            )
        ),
        *(
            Misconception(
                f"mask polarity, {name}",
                _by_distance(lambda back, window, may=may: ~may(back, window)),
                f"Two things: your True stands where attention is *forbidden*, and {what}. " + _ONE_WINDOW,
            )
            for name, what, may in (
                (
                    "one position too few",
                    "the window is one too narrow",
                    lambda back, window: (back >= 0) & (back < window - 1),
                ),
                ("to both sides", "the window reaches to both sides", lambda back, window: abs(back) < window),
                ("exchanged", "i and j have changed places", lambda back, window: (back <= 0) & (-back < window)),
            )
        ),
        Misconception(
            "mask polarity, one position too many",
            _by_distance(lambda back, window: ~((back >= 0) & (back <= window))),
            "Two things: your True stands where attention is *forbidden*, and the window is one too wide. "
            + _ONE_WINDOW,
        ),
        Misconception(
            "only the farthest position",
            _by_distance(lambda back, window: back == window - 1),
            "Each of your queries sees a single key, the farthest one of its window. It should see all between as "
            "well. " + _ONE_WINDOW,
        ),
        Misconception(
            "only the key a window before",
            _by_distance(lambda back, window: back == window),
            "Each of your queries sees a single key, window positions before it. It should see those between, and "
            "itself. " + _ONE_WINDOW,
        ),
        Misconception(
            "windows that do not slide",
            _in_pieces(causal=True),
            "You cut the text into pieces of window positions: the first of each piece sees only itself. A sliding "
            "window goes along with each query. " + _ONE_WINDOW,
        ),
        Misconception(
            "windows that do not slide, and look ahead",
            _in_pieces(causal=False),
            "You cut the text into pieces of window positions, and within a piece everybody sees everybody. "
            + _ONE_WINDOW,
        ),
        Misconception(
            "the first keys for all",
            lambda length, window: (
                _by_distance(lambda back, _: back >= 0)(length, window) & (np.arange(length) < window)
            ),
            "All of your queries see the first window keys. The window goes along with the query. " + _ONE_WINDOW,
        ),
        Misconception(
            "the last keys for all",
            lambda length, window: (
                _by_distance(lambda back, _: back >= 0)(length, window) & (np.arange(length) >= length - window)
            ),
            "All of your queries see the last window keys, as far as they are not later. The window goes along with "
            "the query. " + _ONE_WINDOW,
        ),
        Misconception(
            "a column for each place in the window",
            lambda length, window: np.arange(length)[:, None] >= np.arange(window),
            "Your mask has a column for each place in the window, (length, window). A column is a key, and there are "
            "length of them: most are False. " + _ONE_WINDOW,
        ),
        Misconception(
            "a column for each place in the window, all True",
            lambda length, window: np.ones((length, window), bool),
            "Your mask has a column for each place in the window, (length, window). A column is a key, and there are "
            "length of them: most are False. " + _ONE_WINDOW,
        ),
        Misconception(
            "a mask as large as the window",
            lambda length, window: np.tril(np.ones((window, window), bool)),
            "Your mask is (window, window), a causal mask of one window. Asked for is (length, length): a row for each "
            "query, a column for each key. " + _ONE_WINDOW,
        ),
        Misconception(
            "the last query alone",
            lambda length, window: _sliding(length, window)[-1],
            "That is one row, the last query's, and it is right. Asked for is a row for each query.",
        ),
        Misconception(
            "how many pairs",
            lambda length, window: int(_sliding(length, window).sum()),
            "{got} is how many pairs are seen, and it is right. Asked for is the mask itself, (length, length), True "
            "at each of them.",
        ),
        Misconception(
            "how many keys for each query",
            lambda length, window: _sliding(length, window).sum(1),
            "{got} is how many keys each query sees, and it is right. Asked for is the mask itself, (length, length).",
        ),
        Misconception(
            "places instead of a mask",
            lambda length, window: [list(range(max(0, i - window + 1), i + 1)) for i in range(length)],
            "Those are the places of the keys that each query sees, and they are right. Asked for is a mask: a row "
            "with length times True or False, True at these places.",
        ),
        Misconception(
            "the table of distances",
            lambda length, window: np.subtract.outer(np.arange(length), np.arange(length)),
            "That is the table of i - j, how far key j lies back. Now compare it: 0 <= i - j, and i - j < window, each "
            "in brackets, joined by &.",
        ),
        Misconception(
            "the word 'and' between arrays",
            lambda length, window: np.arange(length) >= 0 and np.arange(length) < window,
            "'and', 'or', 'not' and a chain such as 0 <= i - j < window ask for one truth value, and an array has "
            "many. "
            "Join two comparisons place by place, with & and each of them in brackets: (i - j >= 0) & (i - j < "
            "window).",
        ),
        Misconception(
            "minus between masks",
            lambda length, window: np.tril(np.ones((length, length), bool)) - np.eye(length, dtype=bool),
            "NumPy does not subtract booleans. Take one mask *and not* the other: a & ~b.",
        ),
        Misconception(
            "nobody sees anything",
            lambda length, window: np.zeros((length, length), bool),
            "Your mask is False everywhere. If you used np.tril and np.triu: positions *before* the query lie below "
            "the diagonal, so the k of np.triu is negative, -(window - 1).",
        ),
        Misconception(
            "a slice that begins below 0",
            _row_by_row(1, 1),
            "Right but for the first rows. i - window + 1 is negative there, and a negative start counts from the "
            "*end*, so your slice is empty. Begin at max(0, i - window + 1).",
        ),
        Misconception(
            "wrapped around the beginning",
            _one_by_one(1, 1),
            "Right but for the first rows: i - 1 is -1 at i = 0, and index -1 is the *last* key, which comes later. "
            "Leave out what is below 0.",
        ),
        *(
            Misconception(
                f"{name}, {wrong}",
                marked(before, end),
                f"Two things. In the first rows your {where} begin below 0, and below 0 one counts from the *end*: "
                f"begin at max(0, …). And {what}. " + _ONE_WINDOW,
            )
            for name, marked, where in (
                ("a slice that begins below 0", _row_by_row, "slices"),
                ("wrapped around the beginning", _one_by_one, "places"),
            )
            for wrong, before, end, what in (
                ("one position too many", 0, 1, "the window is one too wide"),
                ("one position too few", 2, 1, "the window is one too narrow"),
                (
                    "own position left out",
                    1,
                    0,
                    "a slice or a range stops *before* its end, so the query does not see itself",
                ),
                (
                    "window before the own position",
                    0,
                    0,
                    "a slice or a range stops *before* its end, so the query does not see itself",
                ),
            )
        ),
        *(
            Misconception(
                f"added to the scores{name}",
                lambda length, window, seen=seen, hidden=hidden: np.where(_sliding(length, window), seen, hidden),
                what + ". Asked for is the boolean one: True = may attend.",
            )
            for name, seen, hidden, what in (
                ("", 0.0, -np.inf, "The right places, as a mask of 0 and -inf that is *added* to the scores"),
                (", -1e9", 0.0, -1e9, "The right places, as a mask of 0 and -1e9 that is *added* to the scores"),
                (
                    ", turned round",
                    -np.inf,
                    0.0,
                    "That is a mask to be *added* to the scores, and it is turned round: "
                    "-inf stands where attention is allowed",
                ),
                (
                    ", turned round, -1e9",
                    -1e9,
                    0.0,
                    "That is a mask to be *added* to the scores, and it is turned "
                    "round: -1e9 stands where attention is allowed",
                ),
            )
        ),
    ),
    hints=(
        "Draw the mask for 5 positions and window 2: each row has two True, but for the first.",
        "i = np.arange(length)[:, None] and j = np.arange(length) make a table of i - j by broadcasting. Between which "
        "numbers must it lie?",
        "Two conditions, each in brackets, joined by &: the key is not later than the query, and lies fewer than "
        "window positions back.",
    ),
    praise="Each row has at most window True: the cost grows with the length, no longer with its square.",
)

# --- 9.4: linear attention --------------------------------------------------------------------------------------------

_LONG_Q, _LONG_K = 50, 40


class OfLongText(Watched):
    """Queries, keys or values from which no table of all pairs is made."""

    too_many = _LONG_Q * _LONG_K
    said = f"a table of {_LONG_Q} x {_LONG_K} numbers, one for each query and key, has no room here"


def _given(T_q: int, T_k: int, d_k: int, d_v: int) -> tuple[np.ndarray, ...]:
    return tuple(_GENERATOR.normal(size=size) for size in ((T_q, d_k), (T_k, d_k), (T_k, d_v)))


_LINEAR = (_given(3, 4, 5, 2), tuple(array.view(OfLongText) for array in _given(_LONG_Q, _LONG_K, 3, 2)))


def _elu_plus_1(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0) + np.exp(np.minimum(x, 0))


def _identity(x: np.ndarray) -> np.ndarray:
    return x


def _linear(
    *, of_query: Callable = _elu_plus_1, of_key: Callable = _elu_plus_1, divide_by: Callable | None = None
) -> Callable[..., np.ndarray]:
    """Linear attention with other feature maps, or divided by something else."""

    def context(query, key, value):
        q, k = of_query(query), of_key(key)
        return q @ (k.T @ value) / (divide_by(q, k) if divide_by else (q @ k.sum(0))[:, None])

    return context


def _mapped(features: Callable) -> Callable[..., np.ndarray]:
    return _linear(of_query=features, of_key=features)


def _half_mapped(*maps: Callable) -> Callable[..., np.ndarray]:
    """Other feature maps of query and key in the numerator, and of query and key in the normaliser."""
    above_q, above_k, below_q, below_k = maps
    return lambda query, key, value: (
        above_q(query) @ (above_k(key).T @ value) / (below_q(query) @ below_k(key).sum(0))[:, None]
    )


def _sharing(axis: int) -> Callable[[np.ndarray], np.ndarray]:
    """A softmax over an axis, instead of φ."""
    return lambda x: np.exp(x) / np.exp(x).sum(axis, keepdims=True)


def _running(seen: Callable[[int, int], int]) -> Callable[..., np.ndarray]:
    """A state that grows while the queries come; ``seen`` says how many keys query i of T_k keys meets."""

    def context(query, key, value):
        q, k = _elu_plus_1(query), _elu_plus_1(key)
        rows = []
        for i, row in enumerate(q):
            known = seen(i, len(k))
            rows.append(row @ (k[:known].T @ value[:known]) / (row @ k[:known].sum(0)))
        return np.array(rows)

    return context


_MAPS = (  # a name, φ, and what is to be said of it
    (
        "relu instead of elu + 1",
        lambda x: np.maximum(x, 0),
        "Your φ is max(x, 0). Below 0 it is to be exp(x), and above 0 it is x + 1.",
    ),
    (
        "elu without the 1",
        lambda x: _elu_plus_1(x) - 1,
        "Your φ is elu alone, which goes down to -1. The 1 makes every feature, and so every weight, positive.",
    ),
    (
        "relu + 1",
        lambda x: np.maximum(x, 0) + 1,
        "Your φ is 1 for everything below 0. There it is to be exp(x).",
    ),
    (
        "x itself above 0",
        lambda x: np.where(x > 0, x, np.exp(x)),
        "Below 0 your φ is right. Above 0 it is to be x + 1; yours is x, and jumps down at 0.",
    ),
    (
        "1 added below 0 as well",
        lambda x: np.where(x > 0, x, np.exp(x)) + 1,
        "Above 0 your φ is right. elu(x) is exp(x) - 1 below 0; plus 1, that leaves exp(x).",
    ),
    ("exp everywhere", np.exp, "Your φ is exp(x) everywhere. Above 0 it is to be x + 1."),
    ("x + 1 everywhere", lambda x: x + 1, "Your φ is x + 1 everywhere. Below 0 it is to be exp(x)."),
    (
        "the two sides of φ exchanged",
        lambda x: np.where(x > 0, np.exp(x), x + 1),
        "The two sides of your φ are exchanged: x + 1 belongs above 0, and exp(x) below.",
    ),
    (
        "exp and x added",
        lambda x: np.maximum(x, 0) + np.exp(x),
        "Your φ adds exp(x) above 0 as well. There it is to be x + 1 alone: exp stands for the negative x only.",
    ),
    (
        "1 added twice",
        lambda x: _elu_plus_1(x) + 1,
        "Your φ is elu + 2: the 1 is in x + 1 and in exp(x) already. (φ applied twice gives that, too.)",
    ),
    ("the size of x", np.abs, "Your φ is |x|. Below 0 it is to be exp(x), and above 0 it is x + 1."),
    ("x squared", np.square, "Your φ is x². Below 0 it is to be exp(x), and above 0 it is x + 1."),
    (
        "a sigmoid",
        lambda x: 1 / (1 + np.exp(-x)),
        "Your φ is a sigmoid, which never exceeds 1. Above 0 it is to be x + 1, and below exp(x).",
    ),
    (
        "a softplus",
        lambda x: np.log1p(np.exp(x)),
        "Your φ is log(1 + exp(x)), the softplus. Above 0 it is to be x + 1, and below exp(x).",
    ),
    (
        "a softmax over the features",
        _sharing(1),
        "Your φ is a softmax over the features of each query and key. Here φ works number by number: x + 1 above 0, "
        "exp(x) below.",
    ),
    (
        "a softmax over the positions",
        _sharing(0),
        "Your φ is a softmax over the positions. Here φ works number by number: x + 1 above 0, exp(x) below.",
    ),
)


def _of_pairs(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> np.ndarray:
    q, k, v = (torch.from_numpy(np.array(array)) for array in (query, key, value))
    weights = (F.elu(q) + 1) @ (F.elu(k) + 1).T
    return (weights / weights.sum(-1, keepdim=True) @ v).numpy()


def _quadratic(query, key, value):
    weights = _elu_plus_1(query) @ _elu_plus_1(key).T
    return weights / weights.sum(-1)[:, None] @ value


def _features_of_scores(query, key, value):
    weights = _elu_plus_1(query @ key.T)
    return weights / weights.sum(-1)[:, None] @ value


def _linear_of_last_key(query, key, value):
    q, k = _elu_plus_1(query), _elu_plus_1(key)
    return q @ np.outer(k[-1], value[-1]) / (q @ k.sum(0))[:, None]


def _softmax_attention(scaled: bool) -> Callable[..., np.ndarray]:
    return lambda query, key, value: softmax(query @ key.T / (math.sqrt(query.shape[1]) if scaled else 1.0)) @ value


LINEAR = Exercise(
    id="9.4",
    answer="linear_attention",
    title="Write linear_attention(query, key, value) with φ = elu + 1, without a table (T_q, T_k).",
    objective="change the order of the products, and the cost becomes linear",
    kind="write",
    minutes=8,
    difficulty=3,
    cases=_LINEAR,
    right=_of_pairs,
    misconceptions=(
        Misconception(
            "still quadratic",
            _quadratic,
            "The right numbers, but by way of a table with a weight for each pair, so the cost is still quadratic. "
            "Multiply from the other end: φ(key).T @ value is (d_k, d_v), whatever the length, and then φ(query) @ it. "
            "The normaliser alike: φ(query) @ φ(key).sum(0).",
            seen="https://github.com/sdoria/SimpleSelfAttention/pull/1",
        ),
        Misconception(
            "no normaliser",
            _linear(divide_by=lambda q, k: 1.0),
            "You never divide, so a query's weights do not sum to 1. Divide row i by φ(q_i) · (the sum of all φ(k_j)).",
            seen="https://github.com/lucidrains/performer-pytorch/issues/9",
        ),
        Misconception(
            "multiplied by the normaliser",
            _linear(divide_by=lambda q, k: 1 / (q @ k.sum(0))[:, None]),
            "You multiplied each row by its normaliser. A mean divides by the sum of its weights: "
            "/ (φ(query) @ φ(key).sum(0))[:, None].",
            seen="https://github.com/lucidrains/performer-pytorch/issues/40",
        ),
        Misconception(
            "divided by the sum of all features",
            _linear(divide_by=lambda q, k: k.sum()),
            "You divided all rows by one number, the sum of all features of all keys. Each query weighs these "
            "features: "
            "φ(query) @ φ(key).sum(0), with axis 0, has a number for each query.",
        ),
        Misconception(
            "rows of the context made to sum to 1",
            lambda query, key, value: (
                _linear(divide_by=lambda q, k: 1.0)(query, key, value)
                / _linear(divide_by=lambda q, k: 1.0)(query, key, value).sum(1, keepdims=True)
            ),
            "The numbers of your *contexts* sum to 1 in each row. It is the weights that are to sum to 1: divide by "
            "their sum, φ(query) @ φ(key).sum(0).",
        ),
        *(
            Misconception(
                f"shares of {name}",
                context,
                "You divided before the product: " + what + ". The weights φ(q_i)·φ(k_j) of a query then do not sum to "
                "1. Divide after it, row i by φ(query) @ φ(key).sum(0).",
            )
            for name, what, context in (
                (
                    "the keys",
                    "each feature of the keys by its sum over the positions",
                    _linear(of_key=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(0), divide_by=lambda q, k: 1.0),
                ),
                (
                    "query and keys",
                    "the features of a query by their sum, and each feature of the keys by its sum over the positions",
                    _linear(
                        of_query=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(1, keepdims=True),
                        of_key=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(0),
                        divide_by=lambda q, k: 1.0,
                    ),
                ),
                (
                    "each vector",
                    "the features of each query and of each key by their sum",
                    _linear(
                        of_query=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(1, keepdims=True),
                        of_key=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(1, keepdims=True),
                        divide_by=lambda q, k: 1.0,
                    ),
                ),
            )
        ),
        *(
            Misconception(
                f"divided by {name}",
                _linear(divide_by=divisor),
                "You divided by " + name + ". The weights φ(q_i)·φ(k_j) sum to φ(q_i) · (the sum of all φ(k_j)), "
                "another number for each query.",
            )
            for name, divisor in (
                ("d_k", lambda q, k: q.shape[1]),
                ("√d_k", lambda q, k: math.sqrt(q.shape[1])),
                ("the number of queries", lambda q, k: len(q)),
                ("the root of the number of keys", lambda q, k: math.sqrt(len(k))),
                ("the sums of a query's and of all keys' features", lambda q, k: q.sum(1, keepdims=True) * k.sum()),
            )
        ),
        Misconception(
            "a softmax of the contexts",
            lambda query, key, value: softmax(_linear(divide_by=lambda q, k: 1.0)(query, key, value)),
            "You took a softmax of what should be divided: its rows are contexts, not weights. Divide row i by "
            "φ(query) @ φ(key).sum(0).",
        ),
        Misconception(
            "divided by the sum of the values",
            lambda query, key, value: _linear(divide_by=lambda q, k: 1.0)(query, key, value) / value.sum(0),
            "You divided by the sum of the *values*. A mean divides by the sum of its weights, φ(query) @ "
            "φ(key).sum(0).",
        ),
        Misconception(
            "one truth value asked of an array",
            lambda query, key, value: _linear()(query if query > 0 else np.exp(query), key, value),
            "'if' and max ask one question, and an array has many numbers. np.where(x > 0, x + 1, np.exp(x)) and "
            "np.maximum work place by place.",
        ),
        Misconception(
            "root of the normaliser",
            _linear(divide_by=lambda q, k: np.sqrt(q @ k.sum(0))[:, None]),
            "You divided by the *root* of the normaliser. Weights sum to 1 when they are divided by their sum itself.",
        ),
        Misconception(
            "divided by the length of the features",
            _linear(divide_by=lambda q, k: np.linalg.norm(q, axis=1, keepdims=True) * np.linalg.norm(k)),
            "You divided by the lengths of the vectors. The weights sum to φ(query) @ φ(key).sum(0).",
        ),
        Misconception(
            "φ of the summed keys",
            _half_mapped(_elu_plus_1, _elu_plus_1, _elu_plus_1, lambda key: _elu_plus_1(key.sum(0))[None]),
            "In the normaliser you added up the keys and applied φ to the sum. φ of a sum is not the sum of φ: "
            "φ(key).sum(0), first φ, then the sum.",
        ),
        Misconception(
            "φ of the table",
            lambda query, key, value: (
                _elu_plus_1(query)
                @ _elu_plus_1(key.T @ value)
                / (_elu_plus_1(query) @ _elu_plus_1(key).sum(0))[:, None]
            ),
            "You applied φ to the table key.T @ value. It belongs to the keys, before the product: φ(key).T @ value.",
        ),
        Misconception(
            "φ of the values as well",
            lambda query, key, value: _linear()(query, key, _elu_plus_1(value)),
            "You applied φ to the values, too. φ makes weights of queries and keys; what is mixed are the values as "
            "they are.",
        ),
        Misconception(
            "φ of the result",
            lambda query, key, value: _elu_plus_1(_linear()(query, key, value)),
            "Right until you applied φ to the result. It belongs to query and key, before the product.",
        ),
        Misconception(
            "keys mixed instead of values",
            lambda query, key, value: _linear()(query, key, key),
            "You mixed the *keys*: your result has a number for each of their features. The weights come from the "
            "keys, but what is mixed are the values: φ(key).T @ value.",
        ),
        Misconception(
            "the table alone",
            lambda query, key, value: _elu_plus_1(key).T @ value,
            "That is the table φ(key).T @ value, and it is right. Each query still has to read it: φ(query) @ table, "
            "divided by the normaliser.",
        ),
        Misconception(
            "the normaliser alone",
            lambda query, key, value: _elu_plus_1(query) @ _elu_plus_1(key).sum(0),
            "That is the normaliser, and it is right. It stands below the line; above it: φ(query) @ (φ(key).T @ "
            "value).",
        ),
        *(
            Misconception(
                f"a state that grows with the queries, {name}",
                _running(seen),
                "You let the state grow while the queries come, so that a query meets only the keys before it. Here is "
                "no mask: every query meets all keys. First the whole table φ(key).T @ value, then the queries.",
            )
            for name, seen in (
                ("its own key with it", lambda i, keys: i + 1),
                ("one key ahead", lambda i, keys: min(i + 2, keys)),
            )
        ),
        Misconception(
            "only the last key",
            lambda query, key, value: _linear()(query, key[-1:], value[-1:]),
            "All of your contexts are the last value: in your loop the table is overwritten in each round. Add up: "
            "table += np.outer(φ(k), v).",
        ),
        Misconception(
            "table of the last key, normaliser of all",
            _linear_of_last_key,
            "In your loop the table is overwritten in each round, so that only the last key is in it. Add up: "
            "table += np.outer(φ(k), v).",
        ),
        Misconception(
            "divided by the number of keys",
            _linear(divide_by=lambda q, k: len(k)),
            "You divided by the number of keys. The weights φ(q_i)·φ(k_j) sum to φ(q_i) · (the sum of all φ(k_j)), "
            "another number for each query.",
        ),
        Misconception(
            "one normaliser for all queries",
            _linear(divide_by=lambda q, k: (q @ k.sum(0)).sum()),
            "You divided all rows by one number. Each query's own weights are to sum to 1: φ(query) @ φ(key).sum(0) "
            "has a number for each.",
        ),
        Misconception(
            "normaliser without its axis",
            _linear(divide_by=lambda q, k: q @ k.sum(0)),
            "The normaliser has one number for each query, (T_q,). It stands for a row: give it an axis, [:, None].",
        ),
        Misconception(
            "normaliser of the features",
            _linear(divide_by=lambda q, k: q.sum(-1, keepdims=True)),
            "You divided by the sum of the query's own features. The keys are missing: φ(query) @ φ(key).sum(0).",
        ),
        *(
            Misconception(
                f"φ forgotten for {name}",
                _half_mapped(*maps),
                "φ is missing in one place and there in another: " + what + ". Above and below the line stand the same "
                "weights, φ(q_i)·φ(k_j).",
            )
            for name, maps, what in (
                (
                    "the normaliser",
                    (_elu_plus_1, _elu_plus_1, _identity, _identity),
                    "your normaliser adds up products of queries and keys as they came",
                ),
                (
                    "the query in the normaliser",
                    (_elu_plus_1, _elu_plus_1, _identity, _elu_plus_1),
                    "in your normaliser stands the query as it came",
                ),
                (
                    "the numerator",
                    (_identity, _identity, _elu_plus_1, _elu_plus_1),
                    "your numerator multiplies queries and keys as they came",
                ),
                (
                    "the query in the numerator",
                    (_identity, _elu_plus_1, _elu_plus_1, _elu_plus_1),
                    "in your numerator stands the query as it came",
                ),
                (
                    "the key in the numerator",
                    (_elu_plus_1, _identity, _elu_plus_1, _elu_plus_1),
                    "in your numerator stand the keys as they came",
                ),
            )
        ),
        Misconception(
            "keys that were not mapped, in the normaliser",
            _half_mapped(_elu_plus_1, _elu_plus_1, _elu_plus_1, _identity),
            "Your numerator is right; in the normaliser stand the keys as they came. It adds up the same weights, so "
            "φ(key) there as well.",
        ),
        Misconception(
            "feature map on the query only",
            _linear(of_key=_identity),
            "φ is missing on the keys: some weights are negative. Both sides go through φ.",
        ),
        Misconception(
            "feature map on the key only",
            _linear(of_query=_identity),
            "φ is missing on the queries: some weights are negative. Both sides go through φ.",
        ),
        Misconception(
            "no feature map",
            _mapped(_identity),
            "You multiplied queries and keys as they are: their products may be negative, and the sum near 0. φ makes "
            "all of them positive.",
        ),
        Misconception(
            "feature map of the scores",
            _features_of_scores,
            "You applied φ to the scores, q_i·k_j. It belongs to query and key *before* the product; only then can "
            "the keys be multiplied with the values first.",
        ),
        Misconception(
            "softmax instead of φ",
            _softmax_attention(scaled=True),
            "That is ordinary attention, with a softmax. Here the weight is φ(q_i)·φ(k_j), without exp of the score.",
        ),
        Misconception(
            "softmax instead of φ, not scaled",
            _softmax_attention(scaled=False),
            "That is a softmax of unscaled scores. Here the weight is φ(q_i)·φ(k_j), without exp of the score.",
        ),
        Misconception(
            "scaled by √d",
            _linear(
                of_query=lambda x: _elu_plus_1(x / math.sqrt(x.shape[1])),
                of_key=lambda x: _elu_plus_1(x / math.sqrt(x.shape[1])),
            ),
            "You divided query and key by √d_k before φ. That keeps a softmax from getting too sharp; there is none "
            "here.",
        ),
        Misconception(
            "query scaled by √d",
            _linear(of_query=lambda x: _elu_plus_1(x / math.sqrt(x.shape[1]))),
            "You divided the query by √d_k before φ. That keeps a softmax from getting too sharp; there is none here.",
        ),
        Misconception(
            "a softmax on each side",
            lambda query, key, value: _sharing(1)(query) @ (_sharing(0)(key).T @ value),
            "You took a softmax over the features of the queries and one over the positions of the keys. That is "
            "another way to make attention linear; here φ works number by number, x + 1 above 0 and exp(x) below, and "
            "a normaliser divides.",
        ),
        *(Misconception(name, _mapped(features), explain) for name, features, explain in _MAPS),
        *(
            Misconception(
                f"{name}, and no normaliser",
                _linear(of_query=features, of_key=features, divide_by=lambda q, k: 1.0),
                f"Two things. {explain} And you never divide: row i by φ(q_i) · (the sum of all φ(k_j)).",
            )
            for name, features, explain in (*_MAPS, ("no φ", _identity, "You multiplied queries and keys as they are."))
        ),
        Misconception(
            "mean of the values",
            lambda query, key, value: np.broadcast_to(value.mean(0), (len(query), value.shape[1])).copy(),
            "Every query gets the mean of all values: its own features have no effect. φ(query) @ (φ(key).T @ value).",
        ),
    ),
    hints=(
        "(A @ B) @ C = A @ (B @ C). Which of the two orders makes no table (T_q, T_k)?",
        "φ is np.where(x > 0, x + 1, np.exp(x)). Numerator: φ(query) @ (φ(key).T @ value), which is (T_q, d_v).",
        "Divide row i by φ(q_i) · (the sum of all φ(k_j)): φ(query) @ φ(key).sum(0), with an axis, [:, None].",
    ),
    praise="The keys and values shrink to one table (d_k, d_v), whatever the length: a state of fixed size again.",
)

# --- 9.5: the bytes of a KV cache -------------------------------------------------------------------------------------

_SHAPES = ((3, 5, 7, 19, 4), (32, 8, 128, 8192, 2))


def _cache_bytes(layers: int, kv_heads: int, d_k: int, length: int, bytes_per_number: int) -> int:
    return 2 * layers * kv_heads * d_k * length * bytes_per_number


def _times(name: str, factor: float, explain: str) -> Misconception:
    """A cache times a factor."""
    return Misconception(name, lambda *given: _cache_bytes(*given) * factor, explain)


def _left_out(name: str, place: int, explain: str, seen: str = "") -> Misconception:
    """One of the arguments has no effect."""
    return Misconception(name, lambda *given: _cache_bytes(*given) // given[place], explain, seen)


_FACTORS = (  # of the product, and what each is there for
    ("2", "2, for a key *and* a value"),
    ("layers", "layers, each with a cache of its own"),
    ("kv_heads", "kv_heads, each with keys and values of its own"),
    ("d_k", "d_k, the numbers of one key"),
    ("length", "length, the positions"),
    ("bytes", "bytes_per_number"),
)


def _several_left_out(places: tuple[int, ...]) -> Misconception:
    """Two or three of the factors have no effect."""
    missing = [_FACTORS[place] for place in places]
    return Misconception(
        f"left out: {', '.join(name for name, _ in missing)}",
        lambda *given: math.prod(factor for place, factor in enumerate((2, *given)) if place not in places),
        "{got}: there is more than one factor missing: " + "; ".join(why for _, why in missing) + ".",
    )


def _other_count(name: str, count: Callable[[int, int, int, int], float], explain: str) -> Misconception:
    """Another count of the numbers that are kept; it sees layers, kv_heads, d_k and length."""
    return Misconception(name, lambda *given: count(*given[:4]) * given[4], explain)


CACHE = Exercise(
    id="9.5",
    answer="kv_cache_bytes",
    title="Write kv_cache_bytes(layers, kv_heads, d_k, length, bytes_per_number): the memory of a KV cache.",
    objective="count the memory of a KV cache",
    kind="write",
    minutes=4,
    difficulty=1,
    cases=_SHAPES,
    right=_cache_bytes,
    misconceptions=(
        _times(
            "only keys or only values",
            0.5,
            "{got}: just half. For each position a key *and* a value are kept, and each number takes bytes_per_number, "
            "whatever that is.",
        ),
        _times(
            "queries kept as well",
            1.5,
            "{got}: half as much again. Keys and values are kept; a query is used once and never asked for again.",
        ),
        _times("bits", 8, "{got} are bits. bytes_per_number counts bytes already."),
        _times(
            "an eighth",
            0.125,
            "{got}: an eighth. If you divided by 8: bytes_per_number counts bytes already. If you counted how many "
            "numbers the keys have: there are values as well, and each number takes bytes_per_number.",
        ),
        _left_out("numbers instead of bytes", 4, "{got} is how many numbers are kept. Times bytes_per_number."),
        _left_out(
            "one layer",
            0,
            "{got} is the cache of one layer. Each layer has keys and values of its own.",
            seen="https://github.com/mudler/vllm.cpp/issues/357",
        ),
        _left_out(
            "one head",
            1,
            "{got} is the cache of one head. Each of the kv_heads has keys and values of its own.",
            seen="https://github.com/rohitg00/ai-engineering-from-scratch/pull/57",
        ),
        _left_out("one number a key", 2, "{got} has one number for each key and value. Each has d_k numbers."),
        _left_out("one position", 3, "{got} is what *one* position adds. There are length of them."),
        Misconception(
            "heads counted twice",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads**2, d_k, length, size),
            "{got} has kv_heads in it twice. d_k is how many numbers *one* head keeps for a key; all heads together "
            "keep kv_heads · d_k. So kv_heads stands in the product once.",
            seen="https://github.com/jranaraki/vllm-fit/issues/2",
        ),
        Misconception(
            "squared length",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads, d_k, length**2, size),
            "{got} grows with the square of the length. The map of weights does that, but it is not kept: each "
            "position adds one key and one value.",
        ),
        Misconception(
            "the map instead of the cache",
            lambda layers, kv_heads, d_k, length, size: layers * kv_heads * length**2 * size,
            "{got} is the map of weights, length · length in each head. The cache has no map: for each position a key "
            "and a value of d_k numbers.",
        ),
        Misconception(
            "the last token missing",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads, d_k, length - 1, size),
            "{got}: one position is missing. All length positions are kept, the last one too.",
        ),
        Misconception(
            "both squared",
            lambda layers, kv_heads, d_k, length, size: layers * kv_heads * d_k**2 * length * size,
            "{got} has d_k squared in it. A key has d_k numbers, a value has d_k numbers: 2 · d_k.",
        ),
        _other_count(
            "d_k squared, twice",
            lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * d_k**2 * length,
            "{got} has d_k squared in it. A key has d_k numbers and no more, and so has a value: 2 · d_k.",
        ),
        _other_count(
            "layers counted twice",
            lambda layers, kv_heads, d_k, length: 2 * layers**2 * kv_heads * d_k * length,
            "{got} has layers in it twice. Each layer has one cache: layers stands in the product once.",
        ),
        Misconception(
            "bytes counted twice",
            lambda *given: _cache_bytes(*given) * given[4],
            "{got}: four times as much. Is bytes_per_number in it twice? 2 · d_k numbers for each position, in each "
            "head of "
            "each layer, and once the bytes.",
        ),
        _times(
            "twice as much",
            2,
            "{got}: twice as much. For each position one key and one value are kept, 2 · d_k numbers, in each head of "
            "each layer. (And bytes_per_number is 4 only where it says 4.)",
        ),
        _times(
            "queries and outputs added",
            2.5,
            "{got}: two and a half times as much. Keys and values are kept, nothing else.",
        ),
        Misconception(
            "four bytes taken for granted",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads, d_k, length, 4),
            "{got}: right as long as a number takes 4 bytes. Here bytes_per_number is 2.",
        ),
        _other_count(
            "added up over the steps",
            lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k * length * (length + 1),
            "{got} adds up the caches of all steps: 1 position, 2 positions, and so on. There is one cache; each step "
            "adds a position to it, and at the end it has length of them.",
        ),
        _other_count(
            "added up over the steps, without the last",
            lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k * length * (length - 1),
            "{got} adds up the caches of the steps. There is one cache; each step adds a position to it, and at the "
            "end it has length of them.",
        ),
        _other_count(
            "a value is one number",
            lambda layers, kv_heads, d_k, length: layers * kv_heads * length * (d_k + 1),
            "{got} counts d_k numbers for a key and one for a value (or the other way round). Both have d_k.",
        ),
        *(
            _other_count(
                f"one layer too {name}",
                lambda layers, kv_heads, d_k, length, more=more: 2 * (layers + more) * kv_heads * d_k * length,
                "{got} has one layer too " + name + ". Every layer with attention has a cache; the embedding has none.",
            )
            for name, more in (("many", 1), ("few", -1))
        ),
        *(
            _other_count(
                f"all features squared{name}",
                count,
                "{got} has kv_heads · d_k squared in it, as the matrices of a layer have. Those are parameters. The "
                "cache keeps 2 · kv_heads · d_k numbers for each position.",
            )
            for name, count in (
                ("", lambda layers, kv_heads, d_k, length: 2 * layers * (kv_heads * d_k) ** 2),
                (
                    ", for each position",
                    lambda layers, kv_heads, d_k, length: 2 * layers * (kv_heads * d_k) ** 2 * length,
                ),
                (", four of them", lambda layers, kv_heads, d_k, length: 4 * layers * (kv_heads * d_k) ** 2),
            )
        ),
        *(
            Misconception(
                f"{_FACTORS[one + 1][0]} + {_FACTORS[other + 1][0]}",
                lambda *given, one=one, other=other: (
                    _cache_bytes(*given) * (given[one] + given[other]) / (given[one] * given[other])
                ),
                f"{{got}}: you added {_FACTORS[one + 1][0]} and {_FACTORS[other + 1][0]}. For each of the one there "
                f"are "
                "all of the other: multiply them.",
            )
            for one, other in itertools.combinations(range(5), 2)
        ),
        Misconception(
            "keys and values apart",
            lambda *given: (_cache_bytes(*given) // 2, _cache_bytes(*given) // 2),
            "{got}: the bytes of the keys and those of the values, both right. Asked for is their sum.",
        ),
        Misconception(
            "layer by layer",
            lambda layers, *given: [_cache_bytes(1, *given)] * layers,
            "{got}: the bytes of each layer, all right. Asked for is their sum.",
        ),
        _other_count(
            "one token too many",
            lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * d_k * (length + 1),
            "{got}: there is one position too many. Kept are length positions, no more.",
        ),
        *(
            _other_count(
                f"a state that does not grow, {name}",
                count,
                "{got} does not depend on the length: that is the state of linear attention. A KV cache keeps a key "
                "and a value for *each* of the length positions.",
            )
            for name, count in (
                ("a table", lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k**2),
                ("a table and a sum", lambda layers, kv_heads, d_k, length: layers * kv_heads * (d_k**2 + d_k)),
                ("two tables", lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * d_k**2),
            )
        ),
        *(
            _other_count(
                f"the map {name}",
                count,
                "{got} has a map of weights in it, length · length. No map is kept: for each position a key and a "
                "value of d_k numbers.",
            )
            for name, count in (
                ("twice", lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * length**2),
                ("of one layer", lambda layers, kv_heads, d_k, length: kv_heads * length**2),
                ("of one head", lambda layers, kv_heads, d_k, length: layers * length**2),
                ("times d_k", lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k * length**2),
                (
                    "beside the cache",
                    lambda layers, kv_heads, d_k, length: layers * kv_heads * length * (2 * d_k + length),
                ),
            )
        ),
        *(
            Misconception(
                f"in {unit}",
                lambda *given, size=size: _cache_bytes(*given) / size,
                "{got} is right in " + unit + ". Asked for are bytes.",
            )
            for unit, size in (("KiB", 2**10), ("kB", 10**3), ("MiB", 2**20), ("MB", 10**6))
        ),
        Misconception(
            "a larger unit, rounded",
            lambda *given: f"{_cache_bytes(*given) / 2**20:.1f} MiB",
            "{got}: in a larger unit, MiB or GiB, this is next to nothing (and so is bytes_per_number // 8). Asked "
            "for is the number of bytes: "
            "{expected}.",
        ),
        *(
            _several_left_out(places)
            for many in (2, 3)
            for places in itertools.combinations(range(6), many)
            if places != (0, 5)  # an eighth
        ),
    ),
    hints=(
        "How many numbers does one position leave in one head of one layer? Count the key and the value.",
        "2 · d_k numbers for each position, in each head, of each layer; then bytes.",
    ),
    praise="It grows with the length, not with its square; and fewer key/value heads make it smaller.",
)

# --- 9.6: positions with a cache --------------------------------------------------------------------------------------

_STEPS = ((5, 3), (3, 1), (0, 4))  # in the first, every mistake gives another list


def _from_to(first: int, last: int) -> Misconception:
    """A range that begins or ends beside the right place."""
    where = {-1: "one too early", 0: "rightly", 1: "one too late"}
    return Misconception(
        f"begins {where[first]}, ends {where[last]}",
        lambda cached, new: list(range(cached + first, cached + new + last)),
        f"{{got}} begins {where[first]} and ends {where[last]}. The cached tokens stand at 0, 1 and so on up to cached "
        "- 1, so the new ones begin at cached; and there are new of them, range(cached, cached + new).",
    )


def _joined(join: Callable[[int, int], object], name: str) -> Misconception:
    return Misconception(
        f"a number added to a {name}",
        join,
        "A number cannot be added to a list or a range: + joins two lists. Add it to each position, "
        "[cached + i for i in range(new)], or let the range begin later, range(cached, cached + new).",
    )


_GO_ON = "After three cached tokens, at 0, 1 and 2, the next one stands at 3, and the one after that at 4."

POSITIONS = Exercise(
    id="9.6",
    answer="positions_of",
    title="Mend positions_of(cached, new): where in the text do the new tokens stand, after cached ones?",
    objective="count positions on when a KV cache is used",
    kind="mend",
    minutes=3,
    difficulty=1,
    cases=_STEPS,
    right=lambda cached, new: list(range(cached, cached + new)),
    misconceptions=(
        Misconception(
            "restarts at 0",
            lambda cached, new: list(range(new)),
            "{got}, as in the code that came: the count restarts at 0, so every new token claims to be the first of "
            "the text. With {expected} it goes on where the cache ends.",
            seen="https://github.com/Blaizzy/mlx-vlm/issues/1983",
        ),
        Misconception(
            "one too far",
            lambda cached, new: list(range(cached + 1, cached + new + 1)),
            "{got} is one too far. Positions count from 0: three cached tokens stand at 0, 1 and 2, so the next one is "
            "at 3.",
            seen="https://github.com/fla-org/flash-linear-attention/issues/766",
        ),
        Misconception(
            "the last cached one again",
            lambda cached, new: list(range(cached - 1, cached + new - 1)),
            "{got} begins at the last cached token. Three cached tokens stand at 0, 1 and 2; the next one is at 3.",
        ),
        Misconception(
            "cached ones as well",
            lambda cached, new: list(range(cached + new)),
            "{got}: these are the positions of all tokens. Only the new ones go through the network; asked for are "
            "theirs.",
        ),
        *(_from_to(first, last) for first, last in ((0, -1), (1, 0), (-1, 0), (-1, 1))),
        *(
            Misconception(name, positions, "{got}: " + what + " " + _GO_ON)
            for name, positions, what in (
                (
                    "restarts at 1",
                    lambda cached, new: list(range(1, new + 1)),
                    "the count restarts, at 1, so the new tokens claim to stand near the beginning of the text.",
                ),
                (
                    "cached and new exchanged",
                    lambda cached, new: list(range(new, new + cached)),
                    "cached and new have changed places: you begin at new and give as many positions as are cached.",
                ),
                (
                    "begins at new",
                    lambda cached, new: list(range(new, 2 * new)),
                    "you begin at new. But new is how many tokens come, cached how many stand before them.",
                ),
                (
                    "as many as are cached",
                    lambda cached, new: list(range(cached, 2 * cached)),
                    "you begin rightly, but give as many positions as are cached. As many are asked for as are new.",
                ),
                (
                    "from new to cached",
                    lambda cached, new: list(range(new, cached)),
                    "range(new, cached) begins at how many are new and ends at how many are cached.",
                ),
                (
                    "the last of the cached ones",
                    lambda cached, new: list(range(cached - new, cached)),
                    "these are places of cached tokens, the last of them. They are taken.",
                ),
                (
                    "cached added twice",
                    lambda cached, new: [2 * cached + i for i in range(new)],
                    "you added cached twice.",
                ),
                (
                    "restarts, backwards",
                    lambda cached, new: list(range(new - 1, -1, -1)),
                    "the count restarts at 0, and runs backwards.",
                ),
                (
                    "from the end down",
                    lambda cached, new: [cached + new - i for i in range(new)],
                    "you begin one beyond the end and count down.",
                ),
                (
                    "every cached-th position",
                    lambda cached, new: list(range(0, cached + new, cached or 1)),
                    "the third argument of range is its step. Positions grow by 1.",
                ),
                (
                    "after the new ones, one too far",
                    lambda cached, new: [cached + new + i + 1 for i in range(new)],
                    "you begin beyond where the new tokens end.",
                ),
                (
                    "places as shares of the length",
                    lambda cached, new: [(cached + i) / (cached + new) for i in range(new)],
                    "you divided by how many tokens there are. A position is a whole number.",
                ),
                (
                    "cached subtracted",
                    lambda cached, new: [i - cached for i in range(new)],
                    "you subtracted cached. The new tokens stand *after* the cached ones: add it.",
                ),
                (
                    "steps as long as new",
                    lambda cached, new: [new * i for i in range(new)],
                    "you multiplied by new. From one token to the next the position grows by 1.",
                ),
                (
                    "steps as long as new, from the cache on",
                    lambda cached, new: [cached + new * i for i in range(new)],
                    "you begin rightly, but go on in steps of new. From one token to the next the position grows by 1.",
                ),
                (
                    "all at 0",
                    lambda cached, new: [0] * new,
                    "all new tokens claim the first place of the text.",
                ),
                (
                    "a mask",
                    lambda cached, new: [0] * cached + [1] * new,
                    "that is a mask of all tokens, 1 where one is new. Asked for are the positions of the new ones.",
                ),
                (
                    "the number of new tokens",
                    lambda cached, new: new,
                    "that is how many come. Asked for is a list with the position of each.",
                ),
                (
                    "a number one further",
                    lambda cached, new: cached + 1,
                    "that is one number, and one too far for the first of them. Asked for is a list with the position "
                    "of each.",
                ),
                (
                    "the last position, a number",
                    lambda cached, new: cached + new - 1,
                    "that is the position of the last new token. Asked for is a list with the position of each.",
                ),
                (
                    "after the new ones",
                    lambda cached, new: list(range(cached + new, cached + 2 * new)),
                    "you begin where the new tokens *end*.",
                ),
                (
                    "steps as long as the cache",
                    lambda cached, new: [cached * i for i in range(new)],
                    "you multiplied by cached. It is what to *add*: from one token to the next the position grows by "
                    "1.",
                ),
                (
                    "negative",
                    lambda cached, new: list(range(-new, 0)),
                    "negative places count from the end of a list. Positions in a text count from its beginning.",
                ),
                (
                    "negative, backwards",
                    lambda cached, new: [-i for i in range(1, new + 1)],
                    "negative places count from the end of a list. Positions in a text count from its beginning.",
                ),
                (
                    "backwards from the cache",
                    lambda cached, new: list(range(cached, cached - new, -1)),
                    "you count down from where the cache ends. Those places are taken.",
                ),
                (
                    "backwards",
                    lambda cached, new: list(range(cached + new - 1, cached - 1, -1)),
                    "the right positions, the last one first.",
                ),
                (
                    "all the new ones at the end",
                    lambda cached, new: [cached + new] * new,
                    "all new tokens claim the same position, one beyond the end.",
                ),
                (
                    "all the new ones at the last place",
                    lambda cached, new: [cached + new - 1] * new,
                    "all new tokens claim the same position, the last.",
                ),
                (
                    "first and last",
                    lambda cached, new: [cached, cached + new - 1],
                    "you gave where the new ones begin and where they end. Asked for is a position for each.",
                ),
                (
                    "first and after the last",
                    lambda cached, new: [cached, cached + new],
                    "you gave the two ends of the range. Asked for is a position for each new token.",
                ),
                (
                    "cached and new",
                    lambda cached, new: [cached, new],
                    "these are the two numbers that came. Asked for is a position for each new token.",
                ),
                (
                    "only the last one",
                    lambda cached, new: [cached + new - 1],
                    "that is the last new token alone. Asked for is a position for each.",
                ),
                (
                    "all of them, the new ones from 0 again",
                    lambda cached, new: [*range(cached), *range(new)],
                    "these are the positions of all tokens, and the new ones begin at 0 again. Asked for are the new "
                    "ones' alone.",
                ),
                (
                    "all of them, counted from 1",
                    lambda cached, new: list(range(1, cached + new + 1)),
                    "these are the positions of all tokens, counted from 1. Asked for are the new ones', counted from "
                    "0.",
                ),
                (
                    "all of them, and one more",
                    lambda cached, new: list(range(cached + new + 1)),
                    "these are the positions of all tokens, and one more. Asked for are the new ones'.",
                ),
            )
        ),
        _joined(lambda cached, new: cached + list(range(new)), "list"),
        _joined(lambda cached, new: list(range(new)) + cached, "list, behind it"),
        _joined(lambda cached, new: cached + range(new), "range"),
        _joined(lambda cached, new: range(new) + cached, "range, behind it"),
        Misconception(
            "only the cached ones",
            lambda cached, new: list(range(cached)),
            "{got}: these are the positions of the cached tokens. Asked for are those that follow.",
        ),
        Misconception(
            "new taken for the end",
            lambda cached, new: list(range(cached, new)),
            "{got}: range(cached, new) ends before it begins. new is how many, not where they end: cached + new.",
        ),
        Misconception(
            "one too many",
            lambda cached, new: list(range(cached, cached + new + 1)),
            "{got}: one too many. range stops before its end, so the end is cached + new.",
        ),
        Misconception(
            "a number instead of a list",
            lambda cached, new: cached,
            "{got} is where the new tokens begin. Asked for is a list with the position of each.",
        ),
        Misconception(
            "the number of tokens",
            lambda cached, new: cached + new,
            "{got} is how many tokens there are now. Asked for is a list with the position of each new one.",
        ),
        Misconception(
            "only the first new one",
            lambda cached, new: [cached],
            "{got}: right for the first new token. There may be several at once: a position for each.",
        ),
        Misconception(
            "all at the same position",
            lambda cached, new: [cached] * new,
            "{got}: all new tokens claim the same position. The second one stands one further.",
        ),
    ),
    hints=(
        "Three tokens are cached, at 0, 1 and 2. Where does the next one stand?",
        "range(start, end) stops before its end. Where do the new ones begin, and where would the next after them be?",
    ),
    praise="The count goes on where the cache ends. Nothing stops when it does not: the text only gets worse.",
)

EXERCISES = (WEIGHTS, ONLINE, WINDOW, LINEAR, CACHE, POSITIONS)
