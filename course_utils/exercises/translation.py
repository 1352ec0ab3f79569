"""Exercises of the lesson on cross-attention."""

from __future__ import annotations

import math

import numpy as np

from course_utils.datasets.number_words import ENGLISH
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

START, END, PAD = ENGLISH.START, ENGLISH.END, ENGLISH.PAD
_SENTENCES = tuple(
    (np.array(ENGLISH.encode(words)), START, END)
    for words in (["ninety", "seven"], ["two", "hundred", "and", "ninety", "seven"], ["nine"])
)

_GENERATOR = np.random.default_rng(3)


def _batch(T_q: int, T_k: int, lengths: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sizes = (len(lengths), T_q, 9), (len(lengths), T_k, 9)
    return (*(_GENERATOR.normal(size=size) for size in sizes), np.array(lengths))


_PADDED = (_batch(4, 5, [2, 3]), _batch(4, 6, [6, 2, 1]), _batch(2, 4, [2]))

_MAP = np.array(  # zwei|hundert|sieben|und|neunzig to two hundred and ninety seven; 'seven' looks at 'und'
    [
        [0.90, 0.04, 0.03, 0.02, 0.01],
        [0.10, 0.80, 0.04, 0.03, 0.03],
        [0.05, 0.60, 0.05, 0.25, 0.05],
        [0.02, 0.02, 0.04, 0.02, 0.90],
        [0.01, 0.02, 0.40, 0.55, 0.02],
    ]
)
_ALIGNMENT = (0, 1, None, 4, 2)
_SMALL_MAP = np.array(  # four hits of five, three of them with more than half of the weight
    [[0.20, 0.18, 0.62], [0.45, 0.30, 0.25], [0.10, 0.25, 0.65], [0.30, 0.50, 0.20], [0.70, 0.20, 0.10]]
)
_MISSED_MAP = np.array([[0.15, 0.25, 0.60], [0.45, 0.35, 0.20], [0.20, 0.50, 0.30], [0.10, 0.15, 0.75]])


def _scores(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return query @ np.swapaxes(key, -2, -1) / math.sqrt(query.shape[-1])


def _real(key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """True on morphemes, False on padding: ``(batch, 1, T_k)``."""
    return (np.arange(key.shape[1]) < lengths[:, None])[:, None, :]


def _masked(query: np.ndarray, key: np.ndarray, mask: np.ndarray, fill: float = -np.inf, axis: int = -1) -> np.ndarray:
    return softmax(np.where(mask, _scores(query, key), fill), axis)


def _infinity_times_0(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return softmax(_scores(query, key) + ~_real(key, lengths) * -np.inf)


def _mask_on_queries(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    rows = (np.arange(query.shape[1]) < lengths[:, None])[:, :, None]
    return _masked(query, key, rows)


def _sources(alignment: tuple[int | None, ...]) -> tuple[list[int], list[int]]:
    """The rows that have a source, and their sources."""
    rows = [row for row, source in enumerate(alignment) if source is not None]
    return rows, [alignment[row] for row in rows]


def _on_the_source(weights: np.ndarray, alignment: tuple[int | None, ...]) -> np.ndarray:
    """For each word that has a source, the weight on it."""
    return weights[_sources(alignment)]


def _hits(weights: np.ndarray, alignment: tuple[int | None, ...]) -> np.ndarray:
    rows, sources = _sources(alignment)
    return weights.argmax(-1)[rows] == sources


SHIFTED = Exercise(
    id="3.1",
    answer="given_and_wanted",
    title="Mend given_and_wanted(english, start, end): at each step the word before is given, the next one wanted.",
    objective="shift the target by one for teacher forcing",
    kind="mend",
    minutes=6,
    difficulty=2,
    cases=_SENTENCES,
    right=lambda english, start, end: np.array([[start, *english], [*english, end]]),
    misconceptions=(
        Misconception(
            "not shifted",
            lambda english, start, end: np.array([english, english]),
            "That is the code as it came: at each step the decoder is given the very word that it should predict. It "
            "learns to copy, its loss is nearly 0, and alone it can write nothing. Put start before what is given and "
            "end after what is wanted.",
            seen="https://github.com/Project-MONAI/GenerativeModels/issues/314",
        ),
        Misconception(
            "start and end around both",
            lambda english, start, end: np.array([[start, *english, end]] * 2),
            "Both rows are the same, so each step is still given its own answer. Only the first row begins with start, "
            "only the second ends with end: that is the shift by one.",
            seen="https://github.com/pytorch/tutorials/issues/719",
        ),
        Misconception(
            "start before both",
            lambda english, start, end: np.array([[start, *english]] * 2),
            "Both rows are the same, so each step is given its own answer. What is wanted begins with the first "
            "word itself and stops with end.",
        ),
        Misconception(
            "end after both",
            lambda english, start, end: np.array([[*english, end]] * 2),
            "Both rows are the same, so each step is given its own answer. What is given begins with start: it is all "
            "that the decoder has before the first word.",
        ),
        Misconception(
            "shifted the wrong way",
            lambda english, start, end: np.array([[*english, end], [start, *english]]),
            "Your two rows are swapped: each step is given a word and asked for the one before it. The first row is "
            "what is given, the second what is wanted.",
        ),
        Misconception(
            "no start",
            lambda english, start, end: np.array([english, [*english[1:], end]]),
            "The first word is never asked for: your decoder is given it. Before the first word there is only start.",
            seen="https://github.com/ssbuild/t5_finetuning/issues/2",
        ),
        Misconception(
            "no end",
            lambda english, start, end: np.array([[start, *english[:-1]], english]),
            "Nothing ever asks for end, so this decoder does not learn to stop. What is wanted has one entry more.",
            seen="https://github.com/zhang0jhon/AttentionOCR/issues/92",
        ),
        Misconception(
            "neither start nor end",
            lambda english, start, end: np.array([english[:-1], english[1:]]),
            "Shifted by one, good; but the first word is never asked for, and nothing teaches the decoder to stop. "
            "start and end are made for these two.",
        ),
        Misconception(
            "start and end exchanged",
            lambda english, start, end: np.array([[end, *english], [*english, start]]),
            "start and end have changed places. What is given begins with start, what is wanted stops with end.",
        ),
        Misconception(
            "start instead of end",
            lambda english, start, end: np.array([[start, *english], [*english, start]]),
            "After the last word you ask for start. end is what tells the decoder to stop.",
        ),
        Misconception(
            "padding instead of end",
            lambda english, start, end: np.array([[start, *english], [*english, PAD]]),
            "After the last word you ask for padding, 0, which does not count in the loss. end has a number of its "
            "own, so that stopping can be learned.",
            seen="https://github.com/mlabonne/llm-course/issues/33",
        ),
        Misconception(
            "start and end added, not put beside",
            lambda english, start, end: np.array([start + english, english + end]),
            "With an array + adds numbers: every word has become another one. Put the entries into a list: "
            "[start, *english].",
        ),
        Misconception(
            "rows of unequal length",
            lambda english, start, end: np.array([[start, *english], english]),
            "Your rows differ in length. start comes before what is given, end after what is wanted.",
        ),
    ),
    hints=(
        "Write both rows for 'ninety seven' with a pencil. What is given before 'ninety', and wanted after 'seven'?",
        "given: start ninety seven. wanted: ninety seven end.",
        "[start, *english] puts start before the words; the other row is built alike.",
    ),
    praise="At each step the word before is given and the next one wanted, so that nothing can be copied.",
)

SHAPE = Exercise(
    id="3.2",
    answer="shape_of_weights",
    title="Predict the shape of the weights, as a tuple.",
    objective="tell the axes of cross-attention apart",
    kind="predict",
    minutes=3,
    difficulty=1,
    right=lambda: (64, 12, 11),
    misconceptions=(
        Misconception(
            "axes swapped",
            lambda: (64, 11, 12),
            "Rows are queries, and the queries come from the one who writes: English has 12, so 12 comes first.",
        ),
        Misconception(
            "the context's shape",
            lambda: (64, 12, 28),
            "That is the context: a mixture of values, 28 features, for each English word. A row of weights has one "
            "number for each key, so for each German morpheme.",
        ),
        Misconception(
            "the keys' shape",
            lambda: (64, 11, 28),
            "That is the shape of the keys. The dot product adds the 28 features up; what stays is one number for "
            "each pair of a query and a key.",
        ),
        Misconception(
            "queries with themselves",
            lambda: (64, 12, 12),
            "You let the English look at the English. The keys come from the one who has read: 11 German morphemes.",
            seen="https://github.com/huggingface/transformers/pull/48356",
        ),
        Misconception(
            "keys with themselves",
            lambda: (64, 11, 11),
            "You let the German look at the German. The queries come from the one who writes: 12 English words.",
        ),
        Misconception(
            "features with features",
            lambda: (64, 28, 28),
            "The features are what the dot product adds up; none of them is left. Count queries and keys.",
        ),
        Misconception(
            "end counted twice",
            lambda: (64, 13, 11),
            "The 12 English entries have <end> among them already.",
        ),
        Misconception(
            "the mask's shape",
            lambda: (64, 1, 11),
            "That is the shape of the mask, which is the same for all queries. The weights differ from query to query.",
        ),
        Misconception(
            "batch forgotten",
            lambda: (12, 11),
            "Right for one number. Each of the 64 has a map of its own, so 64 comes in front.",
        ),
    ),
    hints=(
        "A row for each query, a column for each key, and a map for each number of the batch.",
        "Who asks here, the German or the English? That one gives T_q.",
    ),
    praise="A map for each number: 12 English rows, 11 German columns. The two lengths need not be equal.",
)

CROSS = Exercise(
    id="3.3",
    answer="cross_weights",
    title="Write cross_weights(query, key, lengths): scaled scores, a padding mask, then softmax.",
    objective="write cross-attention's weights for a padded batch",
    kind="write",
    minutes=9,
    difficulty=3,
    cases=_PADDED,
    right=lambda query, key, lengths: _masked(query, key, _real(key, lengths)),
    misconceptions=(
        Misconception(
            "no mask",
            lambda query, key, lengths: softmax(_scores(query, key)),
            "Without a mask the padding takes its share. Only the first lengths[b] keys of number b are morphemes "
            "(section 3).",
            seen="https://github.com/tensorflow/tensorflow/issues/43941",
        ),
        Misconception(
            "mask after softmax",
            lambda query, key, lengths: softmax(_scores(query, key)) * _real(key, lengths),
            "The padding gets 0, but your rows sum to less than 1: it took its share before you removed it. Mask the "
            "scores, before the softmax.",
        ),
        Misconception(
            "mask on the queries",
            _mask_on_queries,
            "You masked rows, the queries. lengths counts German morphemes, and these are the keys: the mask runs "
            "along the last axis, [:, None, :].",
            seen="https://github.com/hyunwoongko/transformer/pull/40",
        ),
        Misconception(
            "mask on the queries, rows of zeros",
            lambda query, key, lengths: np.nan_to_num(_mask_on_queries(query, key, lengths)),
            "You masked rows, the queries. lengths counts German morphemes, and these are the keys: the mask runs "
            "along the last axis, [:, None, :].",
        ),
        Misconception(
            "one too many",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths + 1)),
            "One padding too many is let in. Positions count from 0, so a number of length 3 has keys 0, 1, 2: use <, "
            "not <=.",
            seen="https://github.com/ajhalthor/Transformer-Neural-Network/issues/15",
        ),
        Misconception(
            "one too few",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths - 1)),
            "The last morpheme of each number is kept out. In siebenundneunzig that is the one you need first. "
            "Positions count from 0: position < length.",
        ),
        Misconception(
            "mask polarity",
            lambda query, key, lengths: _masked(query, key, ~_real(key, lengths)),
            "You kept the padding and removed the morphemes. True means MAY attend.",
            seen="https://github.com/InseeFrLab/torchTextClassifiers/pull/92",
        ),
        Misconception(
            "softmax over the queries",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths), axis=1),
            "Your columns sum to 1, not your rows. Axis 1 of (batch, T_q, T_k) runs over the queries; the softmax runs "
            "along the last axis.",
            seen="https://github.com/rasbt/machine-learning-book/issues/170",
        ),
        Misconception(
            "softmax over the batch",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths), axis=0),
            "You normalised over the numbers of the batch. Each row of each map shares out 1: the softmax runs along "
            "the last axis.",
            seen="https://github.com/jadore801120/attention-is-all-you-need-pytorch/issues/52",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths), fill=0.0),
            "You set the padding's scores to 0. exp(0) is 1, so it still gets a share. Minus infinity gets none.",
            seen="https://github.com/Shujun-He/RibonanzaNet/issues/5",
        ),
        Misconception(
            "infinity times 0",
            _infinity_times_0,
            "Your rows are NaN. Was minus infinity multiplied by the mask? 0 times infinity is NaN, and so is infinity "
            "minus infinity, if a score became plus infinity. Choose instead: np.where(mask, scores, -np.inf).",
            seen="https://github.com/cerebroai/reformers/issues/3",
        ),
        Misconception(
            "no scaling",
            lambda query, key, lengths: _masked(query * math.sqrt(query.shape[-1]), key, _real(key, lengths)),
            "These are the weights of unscaled scores. Divide by the root of d_k first (lesson 02, section 5).",
        ),
        Misconception(
            "scaling by the number of keys",
            lambda query, key, lengths: softmax(
                np.where(_real(key, lengths), query @ np.swapaxes(key, -2, -1) / math.sqrt(key.shape[1]), -np.inf)
            ),
            "You divided by the root of the number of keys. d_k is the number of features, query.shape[-1].",
        ),
        Misconception(
            "scaling by d instead of √d",
            lambda query, key, lengths: _masked(query / math.sqrt(query.shape[-1]), key, _real(key, lengths)),
            "You divided by d_k itself; divide by its square root (lesson 02, section 5).",
        ),
        Misconception(
            "no mask, no scaling",
            lambda query, key, lengths: softmax(query @ np.swapaxes(key, -2, -1)),
            "Two things are missing: the division by the root of d_k, and the mask that keeps the padding out.",
        ),
        Misconception(
            "the longest length for all",
            lambda query, key, lengths: _masked(query, key, np.arange(key.shape[1]) < lengths.max()),
            "All numbers got the length of the longest. Compare every position with every length: "
            "np.arange(T_k) < lengths[:, None].",
        ),
        Misconception(
            "one length for all",
            lambda query, key, lengths: _masked(query, key, np.arange(key.shape[1]) < lengths[0]),
            "All numbers got the length of the first. Compare every position with every length: "
            "np.arange(T_k) < lengths[:, None].",
        ),
        Misconception(
            "query axis missing in the mask",
            lambda query, key, lengths: np.where(
                np.arange(key.shape[1]) < lengths[:, None], _scores(query, key), -np.inf
            ),
            "Your mask has shape (batch, T_k), the scores (batch, T_q, T_k). Give it an axis for the queries: "
            "mask[:, None, :].",
        ),
        Misconception(
            "key not transposed",
            lambda query, key, lengths: query @ key,
            "Query rows are to meet key rows: swap the last two axes of the key, np.swapaxes(key, 1, 2). key.T will "
            "not do, it turns all three round.",
            seen="https://github.com/HomericIntelligence/Odyssey/issues/5648",
        ),
    ),
    hints=(
        "np.swapaxes(key, 1, 2) has shape (batch, d_k, T_k); query @ that gives the scores of the whole batch.",
        "np.arange(T_k) < lengths[:, None] is True on morphemes; it has shape (batch, T_k) and lacks an axis for the "
        "queries.",
        "np.where(mask[:, None, :], scores, -np.inf), then a softmax along the last axis.",
    ),
    praise="Every English word shares out 1 among the morphemes of its own number, and the padding gets nothing.",
)

ALIGNED = Exercise(
    id="3.4",
    answer="on_source",
    title="Write on_source(weights, alignment): how often does an English word look most at its source?",
    objective="score a map of two sequences against the true alignment",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=((_SMALL_MAP, (2, 0, 2, 2, 0)), (_MAP, _ALIGNMENT), (_MISSED_MAP, (2, None, 0, 2))),
    right=lambda weights, alignment: _hits(weights, alignment).mean(),
    misconceptions=(
        Misconception(
            "None counted as a miss",
            lambda weights, alignment: _hits(weights, alignment).sum() / len(alignment),
            "{got}: you divided by all English words. 'and' has no source, so there is nothing that it could hit; "
            "leave it out of the count.",
            seen="https://github.com/open-mmlab/mmsegmentation/issues/1209",
        ),
        Misconception(
            "None counted as a hit",
            lambda weights, alignment: (_hits(weights, alignment).sum() + alignment.count(None)) / len(alignment),
            "{got}: a word without a source was counted as a hit. Leave it out of the count.",
            seen="https://github.com/DaoyuanLi2816/Molecule-Generator/pull/21",
        ),
        Misconception(
            "source 0 left out",
            lambda weights, alignment: np.mean(
                [weights[row].argmax() == source for row, source in enumerate(alignment) if source]
            ),
            "{got}: 'if source' is False for position 0 as well, and so the first morpheme was left out. Ask "
            "'if source is not None'.",
            seen="https://github.com/leonid-pishchulin/poseval/issues/18",
        ),
        Misconception(
            "mean weight instead of hits",
            lambda weights, alignment: _on_the_source(weights, alignment).mean(),
            "{got} is the mean weight on the source. A hit is a word whose largest weight lies there; the rate counts "
            "hits.",
            seen="https://github.com/davidsandberg/facenet/issues/954",
        ),
        Misconception(
            "more than half",
            lambda weights, alignment: (_on_the_source(weights, alignment) > 0.5).mean(),
            "{got}: you asked for more than half of the weight. The largest of a row may be less.",
        ),
        Misconception(
            "hits counted, not shared",
            lambda weights, alignment: _hits(weights, alignment).sum(),
            "{got} is the number of hits. Divide by the number of words that have a source.",
        ),
        Misconception(
            "largest weight of the whole map",
            lambda weights, alignment: np.mean([weights.argmax() == source for source in _sources(alignment)[1]]),
            "{got}: argmax without an axis lays all rows end to end, and finds one place in the whole map. Each "
            "English word has a row of its own: argmax(axis=-1).",
            seen="https://github.com/BVLC/caffe/pull/3182",
        ),
        Misconception(
            "one answer for each word",
            _hits,
            "These are hits and misses, word by word: {got}. Their mean is the rate.",
        ),
        Misconception(
            "misses counted",
            lambda weights, alignment: 1 - _hits(weights, alignment).mean(),
            "{got} is the share of misses. A hit is where the largest weight and the source agree.",
            seen="https://github.com/luispedro/milk/pull/4",
        ),
        Misconception(
            "per cent",
            lambda weights, alignment: 100 * _hits(weights, alignment).mean(),
            "{got} is per cent. A rate is a share of 1.",
        ),
        Misconception(
            "columns matched with English words",
            lambda weights, alignment: np.mean(
                [place == source for place, source in zip(weights.argmax(0), alignment) if source is not None]
            ),
            "{got}: argmax(axis=0) has one entry for each German piece, but alignment has one for each English word. "
            "Each English word has a row: argmax(axis=-1).",
        ),
        Misconception(
            "largest weight of each morpheme",
            lambda weights, alignment: np.mean(
                [weights[:, source].argmax() == row for row, source in enumerate(alignment) if source is not None]
            ),
            "{got}: you looked down the columns, and asked which word looks most at a morpheme. Look along each "
            "word's row: argmax(axis=-1).",
        ),
    ),
    hints=(
        "weights.argmax(axis=-1) gives, for each English word, the position with the largest weight.",
        "Go through zip(weights.argmax(axis=-1), alignment) and keep the pairs whose source is not None.",
        "hits = [place == source for place, source in zip(...) if source is not None]; their mean is the rate.",
    ),
    praise="Words without a source do not count, the first morpheme does: the map has a number.",
)

MISREAD = Exercise(
    id="3.5",
    answer="what_the_map_shows",
    title="Read the map: which conclusion does it allow, a, b, c or d?",
    objective="say what a weight on a position does and does not mean",
    kind="read",
    minutes=4,
    difficulty=3,
    right=lambda: "c",
    misconceptions=(
        Misconception(
            "map taken for the meaning",
            lambda: "a",
            "The value at *und* is a state, and that state has read *sieben* before. A weight on a position is not a "
            "weight on the morpheme that stands there (section 6).",
            seen="https://github.com/jessevig/bertviz/issues/84",
        ),
        Misconception(
            "off the source means wrong",
            lambda: "b",
            "In section 6 models with such maps translated as well as the others. A map does not tell whether the "
            "answer is right.",
            seen="https://github.com/AI4Bharat/indicTrans/issues/16",
        ),
        Misconception(
            "map taken for decoration",
            lambda: "d",
            "Exchanging the state at *und* changed the word that was written (section 6). The weight is real; what is "
            "unsure is what the value stands for.",
        ),
    ),
    hints=(
        "What is handed over where this model looks: the morpheme alone, or what the encoder knew at that place?",
        "In section 6 we put another number's state in the place of *und*. What did the model write then?",
    ),
    praise="A weight says where most of a value came from; what it knows, and whether it was needed, it does not.",
)

EXERCISES = (SHIFTED, SHAPE, CROSS, ALIGNED, MISREAD)
