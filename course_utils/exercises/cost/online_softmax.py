"""Exercise 9.2: attention to blocks that are read once."""

from __future__ import annotations

import collections
import itertools
import math
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.cost.blocks import STREAMS, Blocks
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax


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


_FAR_BELOW = (
    "Right until all scores are far below 0. Here they are about -1000, what you subtract is not, every exp is 0, and "
)
_BEGIN_BELOW = (
    "Did your maximum begin at 0, or at another number above them all? Begin with -np.inf. Or is it the largest "
    "*size*, 1000 for -1000? The largest score counts with its sign: scores.max()."
)

ONLINE = Exercise(
    id="9.2",
    answer="attend_in_blocks",
    title="Write attend_in_blocks(query, blocks): read each block once, keep few, get the context (d_v,) of them all.",
    objective="attend to blocks that are read once: the online softmax",
    kind="write",
    minutes=10,
    difficulty=3,
    cases=STREAMS,
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
            _FAR_BELOW + "you divide by 0. " + _BEGIN_BELOW,
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
            "measured from the old maximum: multiply both, the sum of exp(score) and the sum of exp(score) · value, by "
            "exp(old - new) before you add. (If you do: is old overwritten by the new maximum before that line? Then "
            "the factor is always 1.)",
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
        *(
            Misconception(
                f"divided in every block{name}, and not again",
                _with(each=each, end=lambda summed, total: summed),
                "Right with one block. But you divide inside the loop, and the next block is added to the quotient as "
                "if it were the sum. Carry the undivided sum of exp(score) · value and the total, and divide once, "
                "after the last block.",
            )
            for name, each in (
                ("", lambda summed, total: (summed / total, total)),
                (", the total set to 1", lambda summed, total: (summed / total, 1.0)),
            )
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
            _FAR_BELOW + "0/0 comes out: {got}. " + _BEGIN_BELOW,
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
