"""Exercise 5.2: multi-head attention between its projections."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.mistaken_weights import (
    causal,
    even,
    highest_alone,
    in_proportion,
    scores_themselves,
    softmax_over_all,
    softmax_twice,
    without_keepdims,
)
from course_utils.exercises.multi_head.cutting import (
    by_positions,
    merge,
    merge_in_turn,
    merge_straight,
    split,
    split_in_turn,
    split_straight,
    swapped_sizes,
    whole,
    windows,
)
from course_utils.exercises.multi_head.steps import heads, maps, with_steps
from course_utils.exercises.multi_head.two_mistakes import TWO_MISTAKES
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(5)


def _projected(T_q: int, T_k: int, d_model: int, num_heads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    sizes = (T_q, d_model), (T_k, d_model), (T_k, d_model)
    return (*(_GENERATOR.normal(size=size) for size in sizes), num_heads)


_INPUTS = (_projected(2, 3, 4, 1), _projected(4, 6, 10, 2), _projected(9, 6, 12, 3))  # d_k: 4, 5, 4


def _of_pytorch(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    q, k, v = (torch.from_numpy(x).unflatten(1, (num_heads, -1)).transpose(0, 1) for x in (query, key, value))
    return F.scaled_dot_product_attention(q, k, v).transpose(0, 1).flatten(1).numpy()


def _softmax_over_heads_and_keys(scores: np.ndarray) -> np.ndarray:
    of_queries = scores.swapaxes(0, 1)  # (T_q, num_heads, T_k)
    return softmax(of_queries.reshape(len(of_queries), -1)).reshape(of_queries.shape).swapaxes(0, 1)


def _axes_not_swapped(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    q, k, v = (x.reshape(len(x), num_heads, -1) for x in (query, key, value))
    return softmax(q @ k.swapaxes(1, 2)) @ v


def _key_not_transposed(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    return split(query, num_heads) @ split(key, num_heads)


def _key_looks(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    return softmax(split(key, num_heads) @ split(query, num_heads).swapaxes(1, 2)) @ split(value, num_heads)


MULTI_HEAD = Exercise(
    id="5.2",
    answer="multi_head",
    title="Write multi_head(query, key, value, num_heads): attention in each head, the contexts side by side.",
    objective="write multi-head attention between its projections",
    kind="write",
    minutes=12,
    difficulty=3,
    cases=_INPUTS,
    right=_of_pytorch,
    misconceptions=(
        Misconception(
            "no scaling",
            with_steps(divide_by=lambda d_k, d_model, T_k: 1.0),
            "With one head this is plain attention, and yours has unscaled scores: you divided by nothing, or by the "
            "root of num_heads, which is 1 here. Divide by the root of d_k, the number of features of one head.",
            seen="https://github.com/tenstorrent/tt-metal/pull/56789",
        ),
        Misconception(
            "scaling by d instead of √d",
            with_steps(divide_by=lambda d_k, d_model, T_k: d_k),
            "You divided by d_k itself; divide by its square root (lesson 02, section 5).",
            seen="https://github.com/delzac/cntkx/issues/10",
        ),
        Misconception(
            "multiplied by √d_k",
            with_steps(divide_by=lambda d_k, d_model, T_k: 1 / np.sqrt(d_k)),
            "You multiplied the scores by √d_k, or divided them by 1/√d_k: each query then gives nearly all its weight "
            "to one key. Divide by √d_k (lesson 02, section 5).",
            seen="https://github.com/esceptico/perceiver-io/issues/9",
        ),
        Misconception(
            "scaled by the number of keys",
            with_steps(divide_by=lambda d_k, d_model, T_k: np.sqrt(T_k)),
            "You divided by the root of the number of keys. A dot product adds up features, so it is d_k that counts "
            "(lesson 02, section 5).",
        ),
        Misconception(
            "scaled by all features",
            with_steps(divide_by=lambda d_k, d_model, T_k: np.sqrt(d_model)),
            "Right with one head. With two you still divide by √10, the root of d_model, but a head's dot products "
            "have only d_k = 5 terms: divide by √5.",
            seen="https://github.com/lucidrains/vit-pytorch/issues/65",
        ),
        Misconception(
            "softmax over the queries",
            with_steps(share=lambda scores: softmax(scores, 1)),
            "You normalised over the queries: axis 1 of (num_heads, T_q, T_k), or axis 0 of one head's (T_q, T_k). "
            "In each head each query shares out 1 over its keys, so the softmax runs along the last axis, -1.",
            seen="https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/146",
        ),
        Misconception(
            "softmax over the heads",
            with_steps(share=lambda scores: softmax(scores, 0)),
            "You normalised over the heads, axis 0; with one head every weight is then 1. The heads share nothing: in "
            "each of them each query has its own 1, along the last axis.",
            seen="https://github.com/CAMMA-public/rendezvous-in-time/issues/3",
        ),
        Misconception(
            "softmax over the whole array",
            with_steps(share=softmax_over_all),
            "All the weights of a head together sum to 1. Each query shares out 1 of its own in each head: the softmax "
            "runs along the last axis.",
            seen="https://github.com/lucidrains/perceiver-pytorch/issues/46",
        ),
        Misconception(
            "softmax over heads and keys together",
            with_steps(share=_softmax_over_heads_and_keys),
            "Right with one head. With two, each query shares out one single 1 among both heads. Every head has a 1 of "
            "its own to share out over the keys: leave the heads' axis alone, and let the softmax run along the last "
            "axis.",
            seen="https://github.com/facebookresearch/detr/issues/247",
        ),
        Misconception(
            "no softmax",
            with_steps(share=scores_themselves),
            "You mixed the values by the scores themselves. The softmax turns scores into weights first.",
        ),
        Misconception(
            "weights instead of context",
            maps,
            "These are the weights, a map for each head. Mix each head's values by its map, weights @ value, and put "
            "the contexts side by side.",
        ),
        Misconception(
            "still an axis for the heads",
            heads,
            "These are the contexts of the heads one by one, (num_heads, T_q, d_k). Put them side by side, so that "
            "each position has d_model features again.",
        ),
        Misconception(
            "still an axis for the heads, in the middle",
            with_steps(lambda heads: heads.swapaxes(0, 1)),
            "Nearly: (T_q, num_heads, d_k). The last two axes are to become one, .reshape(T_q, d_model).",
        ),
        Misconception(
            "one map for all heads",
            lambda query, key, value, num_heads: _of_pytorch(query, key, value, 1),
            "Right with one head. With two you still computed a single map from all the features; whether the values "
            "are split then makes no difference. Split query and key as well: each head scores with its own features.",
        ),
        Misconception(
            "reshaped straight into heads",
            with_steps(split=split_straight),
            "Right with one head. With two, your reshape to (num_heads, T, d_k) puts slices of one position "
            "under one another and mixes positions up. Cut the last axis, (T, num_heads, d_k), then swap the first two "
            "(exercise 5.1).",
            seen="https://github.com/reczoo/FuxiCTR/issues/30",
        ),
        Misconception(
            "reshaped straight, in and out",
            with_steps(merge_straight, split=split_straight),
            "Right with one head. With two, both reshapes move nothing: head 1 is then the first half of the positions "
            "with their features in two rows, so no query ever reaches the other half. Cut to (T, num_heads, d_k) and "
            "swap axes; afterwards swap back and reshape.",
            seen="https://github.com/649453932/Chinese-Text-Classification-Pytorch/issues/53",
        ),
        Misconception(
            "merged without swapping back",
            with_steps(merge_straight),
            "The heads are right. Then you reshaped (num_heads, T_q, d_k) straight to (T_q, d_model): row 0 now holds "
            "head 1 of positions 0 and 1, where head 1 and head 2 of position 0 belong. Swap the first two axes "
            "back before the reshape.",
            seen="https://github.com/jsbaan/transformer-from-scratch/pull/6",
        ),
        Misconception(
            "features dealt out in turn",
            with_steps(split=split_in_turn),
            "Right with one head. With two, head 1 got the features 0, 2, 4, …, dealt out like cards. It should get "
            "the first d_k: reshape to (T, num_heads, d_k), not (T, d_k, num_heads).",
        ),
        Misconception(
            "features dealt out in turn and collected in turn",
            with_steps(merge_in_turn, split=split_in_turn),
            "Right with one head. With two, head 1 got the features 0, 2, 4, … A layer could be trained like this, but "
            "it is another one: here head 1 has the first d_k features, reshape to (T, num_heads, d_k).",
        ),
        Misconception(
            "heads shuffled into each other on merging",
            with_steps(merge_in_turn),
            "The heads are right, but the result takes one feature of head 1, one of head 2, and so on. Put the heads "
            "side by side, whole: from (T_q, num_heads, d_k), not (T_q, d_k, num_heads), or np.concatenate(axis=1).",
        ),
        Misconception(
            "num_heads and d_k exchanged",
            with_steps(split=swapped_sizes),
            "You made d_k heads of num_heads features. In the first call num_heads is 1 and d_model 4: one head that "
            "has all 4.",
        ),
        Misconception(
            "heads averaged",
            with_steps(lambda heads: heads.mean(0)),
            "You averaged the heads. Then what one head found is blurred by the others, and d_k features are left "
            "of d_model. Put them side by side: np.concatenate(contexts, axis=1).",
            seen="https://github.com/Chemellia/GraphTransformer.jl/pull/1",
        ),
        Misconception(
            "heads added up",
            with_steps(lambda heads: heads.sum(0)),
            "You added the heads up, and d_k features are left of d_model. Put them side by side, so that what comes "
            "next can tell them apart: np.concatenate(contexts, axis=1).",
            seen="https://github.com/awf/functional-transformer/issues/8",
        ),
        Misconception(
            "maximum over the heads",
            with_steps(lambda heads: heads.max(0)),
            "You kept the larger number of the two heads, feature by feature, and d_k features are left of d_model. "
            "Put the heads side by side, so that nothing one of them found is lost: np.concatenate(contexts, axis=1).",
            seen="https://github.com/broadinstitute/CellCap/issues/40",
        ),
        Misconception(
            "heads under one another",
            with_steps(np.concatenate),
            "You put the heads under one another, as if each brought new positions. They have the same positions and "
            "other features: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "values not split",
            with_steps(split_value=whole),
            "Each head mixed the whole value, so there are num_heads times too many features. Head h mixes its own "
            "slice of the value, d_k features.",
        ),
        Misconception(
            "values not split, heads averaged",
            with_steps(lambda heads: heads.mean(0), split_value=whole),
            "Either each head mixed the whole value and you averaged what came, or you averaged the maps and mixed "
            "with the mean: it is one look-up with the mean of the maps. Head h mixes its own slice of the value by "
            "its own map, and the slices stay side by side.",
        ),
        Misconception(
            "values not split, heads added up",
            with_steps(lambda heads: heads.sum(0), split_value=whole),
            "Each head mixed the whole value, and you added up what came. Head h mixes its own slice of the value, and "
            "the slices stay side by side.",
        ),
        Misconception(
            "positions dealt out to the heads",
            with_steps(np.concatenate, split=by_positions),
            "You divided the positions among the heads, so no query reaches the keys of the other head. Each head sees "
            "every position; what is divided are the features.",
        ),
        Misconception(
            "first head only",
            with_steps(lambda heads: heads[0]),
            "That is head 1 alone, d_k features. If there is a 'return' inside your loop, the loop ends there in its "
            "first round: collect the contexts, and put them side by side after the loop.",
        ),
        Misconception(
            "last head only",
            with_steps(lambda heads: heads[-1]),
            "That is the last head alone, d_k features: each round of the loop put its context in the place of the one "
            "before. Collect them in a list.",
        ),
        Misconception(
            "heads not in front",
            _axes_not_swapped,
            "Your heads are not in front: at (T, num_heads, d_k) the matrix product pairs heads with heads at each "
            "position, instead of queries with keys in each head. Swap the first two axes after the reshape.",
        ),
        Misconception(
            "key not transposed",
            _key_not_transposed,
            "Query rows are to meet key rows: swap the last two axes of the key. For one head that is key.T; for "
            "all at once it is key.swapaxes(1, 2), as .T would turn all three axes round.",
            seen="https://github.com/HomericIntelligence/Odyssey/issues/5648",
        ),
        Misconception(
            "key looks at query",
            _key_looks,
            "Your maps have a row for each key. The queries look: query @ key transposed, (T_q, T_k).",
        ),
        Misconception(
            "length of the query for the key",
            lambda query, key, value, num_heads: key.reshape(len(query), num_heads, key.shape[1] // num_heads),
            "You cut the key with the length of the query. There are T_q queries and T_k keys: take each array's own "
            "length, x.shape[0].",
        ),
        Misconception(
            "weights kept with the context",
            lambda *given: np.concatenate([(context, maps(*given)[0]) for context in heads(*given)], axis=1),
            "Your attention gives back two things, (context, weights), and you collected both. Keep the first: "
            "context, weights = attention(...).",
        ),
        Misconception(
            "/ instead of //",
            lambda query, key, value, num_heads: query.reshape(len(query), num_heads, query.shape[1] / num_heads),
            "A size has to be a whole number: 10 / 2 is 5.0, 10 // 2 is 5.",
        ),
        Misconception(
            "/ instead of //, in a slice",
            lambda query, key, value, num_heads: query[:, : query.shape[1] / num_heads],
            "A slice needs whole numbers: 10 / 2 is 5.0, 10 // 2 is 5.",
        ),
        Misconception(
            "keys as values",
            lambda query, key, value, num_heads: _of_pytorch(query, key, key, num_heads),
            "You mixed the keys. Queries and keys make the weights; what is mixed are the values, weights @ value.",
        ),
        Misconception(
            "key and value exchanged",
            lambda query, key, value, num_heads: _of_pytorch(query, value, key, num_heads),
            "You compared with the values and mixed the keys. Queries meet keys; the values are mixed.",
        ),
        Misconception(
            "keys compared with keys",
            lambda query, key, value, num_heads: _of_pytorch(key, key, value, num_heads),
            "The keys look at the keys: your result has a row for each key. The queries look, (T_q, d_model).",
        ),
        Misconception(
            "queries compared with queries",
            lambda query, key, value, num_heads: _of_pytorch(query, query, query, num_heads),
            "The query is taken three times. It meets the keys, and the values are mixed.",
        ),
        Misconception(
            "weights in proportion to the scores",
            with_steps(share=in_proportion),
            "You divided the scores by their sum. Scores may be negative: that makes no shares. Take np.exp of them "
            "first, then divide each row by its sum.",
        ),
        Misconception(
            "softmax twice",
            with_steps(share=softmax_twice),
            "The softmax runs twice, which makes the weights nearly even. Once is enough.",
        ),
        Misconception(
            "not normalised",
            with_steps(share=np.exp),
            "You mixed with np.exp of the scores. Divide each row by its sum, so that each query shares out 1.",
        ),
        Misconception(
            "the highest score alone",
            with_steps(share=highest_alone),
            "Each query took the value of its highest score alone. The softmax gives every key a share.",
        ),
        Misconception(
            "even weights",
            with_steps(share=even),
            "Every query got the plain mean of the values: your weights are even. They come from the scores, by the "
            "softmax.",
        ),
        Misconception(
            "causal mask",
            with_steps(share=causal),
            "You closed the keys that come later. No mask is asked for: every query may attend to every key.",
        ),
        Misconception(
            "scaled after the softmax",
            lambda *given: (
                merge(heads(*given, divide_by=lambda d_k, d_model, T_k: 1.0)) / np.sqrt(given[0].shape[1] / given[3])
            ),
            "You divided by √d_k after the softmax, so a query no longer shares out 1. Divide the scores, before it.",
        ),
        Misconception(
            "scaled twice",
            lambda *given: merge(heads(*given)) / np.sqrt(given[0].shape[1] / given[3]),
            "You divided by √d_k twice: the scores before the softmax, which is right, and what comes out once more. "
            "Leave the second out.",
        ),
        Misconception(
            "scaling by 2 · d_k, for want of brackets",
            with_steps(divide_by=lambda d_k, d_model, T_k: 2 * d_k),
            "You divided by 2 · d_k. Did you write d_k ** 1 / 2? ** binds more strongly than /, so the 1/2 needs "
            "brackets, d_k ** (1 / 2); or np.sqrt(d_k).",
        ),
        Misconception(
            "query added",
            lambda *given: merge(heads(*given)) + given[0],
            "Your contexts are right, and you added the query to them. Asked for are the contexts alone.",
        ),
        *(
            Misconception(
                name,
                mistake,
                ".sum(axis=-1) has lost the axis of the keys, so the division runs along the wrong one, or stops. Keep "
                "it: .sum(axis=-1, keepdims=True).",
            )
            for name, mistake in (
                ("axis lost in the sum", with_steps(share=without_keepdims)),
                ("axis lost in the sum, in a loop", lambda *given: without_keepdims(given[0] @ given[1].T)),
            )
        ),
        Misconception(
            "weights instead of context, for one head",
            lambda *given: maps(*given)[0],
            "That is a map of weights, (T_q, T_k). Mix each head's values by its map, weights @ value, and put the "
            "contexts side by side.",
        ),
        Misconception(
            "heads on the last axis",
            with_steps(lambda heads: np.stack(heads, axis=-1)),
            "The heads still have an axis, the last one: (T_q, d_k, num_heads). np.concatenate(contexts, axis=1) puts "
            "them side by side; np.stack always makes a new axis.",
        ),
        Misconception(
            "the result transposed",
            with_steps(lambda heads: merge(heads).T),
            "The numbers are right, but positions stand in columns. Rows are positions: (T_q, d_model).",
        ),
        Misconception(
            "the mean of the heads, repeated",
            with_steps(lambda heads: np.tile(heads.mean(0), len(heads))),
            "Right with one head. With two, both halves of your result are the mean of the heads. Each head keeps its "
            "own place: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "the sum of the heads, repeated",
            with_steps(lambda heads: np.tile(heads.sum(0), len(heads))),
            "Right with one head. With two, both halves of your result are the sum of the heads. (The sum over heads "
            "belongs to W_o, after them.) Each head keeps its own place: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "the first head, repeated",
            with_steps(lambda heads: np.tile(heads[0], len(heads))),
            "Right with one head. With two, your result is head 1 twice. Does each head take its own slice, "
            "h * d_k : (h + 1) * d_k?",
        ),
        Misconception(
            "the last head, repeated",
            with_steps(lambda heads: np.tile(heads[-1], len(heads))),
            "Right with one head. With two, your result is the last head twice. Is one array put into the list each "
            "time, and written over?",
        ),
        Misconception(
            "heads in the opposite order",
            with_steps(lambda heads: merge(heads[::-1])),
            "The heads are right, but the last comes first. Put them side by side from head 1 on.",
        ),
        Misconception(
            "heads multiplied",
            with_steps(lambda heads: heads.prod(0)),
            "Right with one head. With two, you multiplied the heads number by number, and d_k features are left of "
            "d_model. Put them side by side: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "the first head's map for all",
            lambda *given: np.concatenate([maps(*given)[0] @ part for part in split(given[2], given[3])], 1),
            "Right with one head. With two, both heads mix by the map of head 1. Each has a map of its own, from its "
            "own slices of query and key.",
        ),
        Misconception(
            "overlapping slices",
            with_steps(split=lambda x, num_heads: windows(x, num_heads, 1, x.shape[1] // num_heads)),
            "Right with one head. With two, your slices overlap: head 2 begins at feature 1. Head h begins at h * d_k, "
            "with h from 0.",
        ),
        Misconception(
            "last feature of each slice lost",
            with_steps(split=lambda x, num_heads: split(x, num_heads)[:, :, :-1]),
            "Each of your heads is one feature short. A slice stops before its end: h * d_k : (h + 1) * d_k.",
        ),
        Misconception(
            "slices as wide as the number of heads",
            with_steps(split=lambda x, num_heads: windows(x, num_heads, num_heads, num_heads)),
            "Your slices are num_heads wide: one feature with one head. d_k = d_model // num_heads.",
        ),
        Misconception(
            "a head left out",
            lambda *given: np.concatenate(list(heads(*given))[:-1], axis=1),
            "One head is missing, so with one head there is nothing to put together. range(num_heads) counts from 0 to "
            "num_heads - 1: no - 1 and no 1 in it.",
        ),
        *TWO_MISTAKES,
    ),
    hints=(
        "Take it apart: cut query, key and value into heads (5.1), attend in each head (lesson 02), put the contexts "
        "side by side.",
        "In a loop over h, take the slice h * d_k : (h + 1) * d_k of all three, and np.concatenate(contexts, axis=1) "
        "at the end. Which number goes under the root?",
        "Without a loop: scores = q @ k.swapaxes(1, 2) / np.sqrt(d_k) is (num_heads, T_q, T_k); the context is "
        "(num_heads, T_q, d_k), so swap the first two axes back before you reshape to (T_q, d_model).",
    ),
    praise="Equal to PyTorch with one, two and three heads: several look-ups for the price of one.",
)
