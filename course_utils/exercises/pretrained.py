"""Exercises of the lesson on a real, pretrained model."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(10)


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


# --- 10.1: the vector of a sentence -----------------------------------------------------------------------------------


def _padded(mask: list[bool], d: int) -> tuple[np.ndarray, np.ndarray]:
    states = 1.0 + _GENERATOR.normal(size=(len(mask), d)) * np.linspace(0.5, 2.0, len(mask))[:, None]
    return states, np.array(mask)


_STATES = (_padded([True] * 4, 3), _padded([True] * 4 + [False] * 2, 5), _padded([False] * 3 + [True] * 4, 4))


def _mean(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return states[mask].mean(0)


def _of_real(vector: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what is done with the states of the real tokens."""
    return lambda states, mask: vector(states[mask])


def _of_pytorch(states: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return F.normalize(torch.from_numpy(states[mask]).mean(0), dim=0).numpy()


VECTOR = Exercise(
    id="10.1",
    answer="sentence_vector",
    title="Write sentence_vector(states, mask): the mean over the real tokens, brought to length 1.",
    objective="make one vector of a sentence's states",
    kind="write",
    minutes=5,
    difficulty=1,
    cases=_STATES,
    right=_of_pytorch,
    misconceptions=(
        Misconception(
            "not brought to length 1",
            _of_real(lambda real: real.mean(0)),
            "Right, but for its length. Divide by np.linalg.norm(mean), so that a dot product of two sentences is "
            "their cosine.",
            seen="https://github.com/epfml/sent2vec/issues/94",
        ),
        Misconception(
            "sum, not brought to length 1",
            _of_real(lambda real: real.sum(0)),
            "That is the sum of the states: longer sentences get longer vectors. Bring it to length 1.",
        ),
        Misconception(
            "[CLS] taken",
            _of_real(lambda real: _unit(real[0])),
            "You took the state of the first token, [CLS]. Some models are trained for that; this one was trained for "
            "the *mean* over all real tokens.",
            seen="https://github.com/microsoft/CodeBERT/issues/209",
        ),
        Misconception(
            "[CLS] taken, not brought to length 1",
            _of_real(lambda real: real[0]),
            "You took the state of the first token, [CLS]. This model was trained for the *mean* over all real tokens, "
            "brought to length 1.",
        ),
        Misconception(
            "last token taken",
            _of_real(lambda real: _unit(real[-1])),
            "You took the state of the last token. Asked for is the mean over all real tokens.",
        ),
        Misconception(
            "[CLS] and [SEP] left out",
            _of_real(lambda real: _unit(real[1:-1].mean(0))),
            "You left out the first and the last token. [CLS] and [SEP] are no words, but this model was trained with "
            "them in the mean.",
        ),
        Misconception(
            "maximum instead of the mean",
            _of_real(lambda real: _unit(real.max(0))),
            "You took the largest number of each feature. Asked for is the mean over the tokens, axis 0, "
            "and then length 1.",
        ),
        Misconception(
            "each state brought to length 1 first",
            _of_real(lambda real: _unit(_unit(real).mean(0))),
            "You brought each *state* to length 1 before the mean. Then long states count no more than short ones. "
            "Mean first, then length 1.",
        ),
        Misconception(
            "only each state brought to length 1",
            _of_real(lambda real: _unit(real).mean(0)),
            "You brought each *state* to length 1, and then took the mean, whose length is below 1. Mean first, then "
            "length 1.",
        ),
        Misconception(
            "divided by the sum",
            _of_real(lambda real: real.mean(0) / real.mean(0).sum()),
            "Your numbers *sum* to 1. Asked for is length 1: divide by the root of the sum of squares, np.linalg.norm.",
        ),
        Misconception(
            "divided by the squared length",
            _of_real(lambda real: real.mean(0) / (real.mean(0) ** 2).sum()),
            "You divided by the sum of the squares. The length is its root, np.linalg.norm.",
        ),
        Misconception(
            "divided by the largest",
            _of_real(lambda real: real.mean(0) / np.abs(real.mean(0)).max()),
            "Your largest number is 1. Asked for is length 1: divide by np.linalg.norm.",
        ),
        Misconception(
            "softmax instead of length 1",
            _of_real(lambda real: softmax(real.mean(0))),
            "You took a softmax: positive numbers that sum to 1. Asked for is length 1: divide by np.linalg.norm.",
        ),
        Misconception(
            "brought to mean 0 and spread 1",
            _of_real(lambda real: (real.mean(0) - real.mean(0).mean()) / real.mean(0).std()),
            "You standardised the numbers, as a layer norm does. Asked for is length 1: divide by np.linalg.norm.",
        ),
        Misconception(
            "mean over the features",
            _of_real(lambda real: _unit(real.mean(1))),
            "You took the mean over the features: one number a token. Over the tokens it is axis 0.",
        ),
        *(
            Misconception(
                "mask without its axis",
                product,
                "mask is (T,), states is (T, d): give the mask an axis, mask[:, None], or pick the rows out, "
                "states[mask].",
            )
            for product in (lambda states, mask: states * mask, lambda states, mask: mask * states)
        ),
        Misconception(
            "mask polarity",
            lambda states, mask: _unit(states[~mask].mean(0)),
            "You took the mean over the padding; here there is none, so that is 0/0. mask is True at the *real* "
            "tokens.",
        ),
        Misconception(
            "padding averaged in",
            lambda states, mask: _unit(states.mean(0)),
            "Right without padding. With padding you took it into the mean, so a sentence's vector would depend on the "
            "other sentences of its batch. Only the tokens where mask is True.",
            seen="https://github.com/huggingface/transformers/issues/17463",
        ),
        Misconception(
            "last token of all left out",
            lambda states, mask: _unit(states[:-1].mean(0)) if len(states) > mask.sum() else _of_pytorch(states, mask),
            "Padding is still in your mean: you left out one token, and there may be more. mask says which.",
        ),
        Misconception(
            "as many tokens from the front",
            lambda states, mask: _unit(states[: mask.sum()].mean(0)),
            "Right as long as the padding comes last. Here it stands in front: take the rows where mask is True, not "
            "the first mask.sum().",
        ),
    ),
    hints=(
        "Which rows count? states[mask] picks out those where mask is True.",
        "Mean over the tokens, axis 0; then divide by its length, np.linalg.norm.",
    ),
    praise="Padding, wherever it stands, changes nothing; and a dot product of two such vectors is their cosine.",
)

# --- 10.2: nearest neighbours -----------------------------------------------------------------------------------------


def _clusters(seed: int, N: int, d: int, senses: int) -> tuple[np.ndarray, np.ndarray]:
    """States of unequal lengths, around a centre for each sense; the seed is one with which all mistakes differ."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(senses, size=N)
    states = 0.8 * generator.normal(size=(senses, d))[labels] + generator.normal(size=(N, d)) + 0.5
    return states * generator.uniform(0.3, 3.0, size=(N, 1)) * np.linspace(0.5, 2.0, d), labels


_OPPOSED = np.array([[1.0, 0.0], [-0.4, 0.9], [-0.6, -0.9]])  # all cosines are below 0
_NEIGHBOURS = (_clusters(83, 31, 4, 2), (_OPPOSED, np.array([0, 0, 1])))


def _nearest(
    states: np.ndarray,
    labels: np.ndarray,
    *,
    scores: Callable = lambda states: _unit(states) @ _unit(states).T,
    own: float = -np.inf,
    pick: Callable = lambda row: row.argmax(),
) -> np.ndarray:
    """Whether each one's neighbour has its label; ``own`` is written in place of its score with itself."""
    table = scores(states)
    if own is not None:
        np.fill_diagonal(table, own)
    return np.array([labels[pick(row)] == label for row, label in zip(table, labels)])


def _share(**change) -> Callable[..., float]:
    return lambda states, labels: _nearest(states, labels, **change).mean()


def _dot(states: np.ndarray) -> np.ndarray:
    return states @ states.T


def _distances(states: np.ndarray) -> np.ndarray:
    return np.linalg.norm(states[:, None] - states, axis=-1)


def _places_shifted(states: np.ndarray, labels: np.ndarray) -> float:
    """The place among the others is taken for the place among all."""
    table = _unit(states) @ _unit(states).T
    return np.mean([labels[np.delete(row, i).argmax()] == labels[i] for i, row in enumerate(table)])


def _nearest_centre(states: np.ndarray, labels: np.ndarray) -> float:
    names = np.unique(labels)
    centres = np.array([_unit(states)[labels == name].mean(0) for name in names])
    return np.mean(names[(_unit(states) @ _unit(centres).T).argmax(1)] == labels)


def _majority_of_three(states: np.ndarray, labels: np.ndarray) -> float:
    table = _unit(states) @ _unit(states).T
    np.fill_diagonal(table, -np.inf)
    return np.mean([np.bincount(labels[np.argsort(row)[-3:]]).argmax() == own for row, own in zip(table, labels)])


def _all_pairs(states: np.ndarray, labels: np.ndarray) -> float:
    same = labels[:, None] == labels
    return same[~np.eye(len(labels), dtype=bool)].mean()


def _right_accuracy(states: np.ndarray, labels: np.ndarray) -> float:
    units = F.normalize(torch.from_numpy(states), dim=1)
    nearest = (units @ units.T).fill_diagonal_(-torch.inf).argmax(1).numpy()
    return float((labels[nearest] == labels).mean())


NEIGHBOURS = Exercise(
    id="10.2",
    answer="neighbour_accuracy",
    title="Write neighbour_accuracy(states, labels): how often has the nearest OTHER state (cosine) the same label?",
    objective="measure whether like states lie together",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_NEIGHBOURS,
    right=_right_accuracy,
    misconceptions=(
        Misconception(
            "its own neighbour",
            _share(own=None),
            "{got}: each state is nearest to itself, so it always has the right label. Put -inf on the diagonal of the "
            "cosines before you look for the largest.",
            seen="https://github.com/mlpack/benchmarks/pull/123",
        ),
        Misconception(
            "plain dot product",
            _share(scores=_dot),
            "{got}: your neighbours are those of the largest dot product, so long states are everybody's neighbour. "
            "Bring each state to length 1 first: then a dot product is a cosine.",
            seen="https://github.com/mem0ai/mem0/issues/5959",
        ),
        Misconception(
            "plain dot product, itself among them",
            _share(scores=_dot, own=None),
            "{got}, with two mistakes: these are dot products, not cosines, and a state may be its own neighbour.",
        ),
        Misconception(
            "Euclidean distance",
            _share(scores=_distances, own=np.inf, pick=lambda row: row.argmin()),
            "{got}: your neighbours are nearest by distance. A cosine looks at the direction alone: bring each "
            "state to length 1 first.",
        ),
        Misconception(
            "the farthest instead of the nearest",
            _share(own=np.inf, pick=lambda row: row.argmin()),
            "{got}: you took the *smallest* cosine, so the state that is least alike. A distance is smallest for the "
            "nearest, a cosine is largest.",
            seen="https://github.com/microsoft/promptbase/pull/38",
        ),
        Misconception(
            "the farthest distance",
            _share(scores=_distances, own=-np.inf),
            "{got}: you took the *largest* distance. What is largest for the nearest is the *cosine*: bring each "
            "state to length 1, and take the largest of the dot products.",
        ),
        Misconception(
            "second from the wrong end",
            _share(own=None, pick=lambda row: np.argsort(row)[1]),
            "{got}: np.argsort begins with the smallest cosine, so its second entry is nearly the *farthest*. The "
            "nearest other one is the last but one, [-2].",
        ),
        Misconception(
            "features normalised instead of states",
            _share(scores=lambda states: _dot(states / np.linalg.norm(states, axis=0))),
            "{got}: you divided each *feature* by its length over all states. Each state, a row, is to have length 1: "
            "axis=1, keepdims=True.",
        ),
        Misconception(
            "misses counted",
            lambda states, labels: 1 - _nearest(states, labels).mean(),
            "{got} is the share of misses. Asked for is the share of hits.",
        ),
        Misconception(
            "number of hits",
            lambda states, labels: _nearest(states, labels).sum(),
            "{got} hits: right. Asked for is their share: divide by N.",
        ),
        Misconception(
            "per cent",
            lambda states, labels: 100 * _nearest(states, labels).mean(),
            "{got} per cent is right; asked for is the share, from 0 to 1.",
        ),
        Misconception(
            "hits instead of their share",
            _nearest,
            "These are the hits, one for each sentence, and they are right. Give back their mean.",
        ),
        Misconception(
            "places shifted by the one left out",
            _places_shifted,
            "{got}: you left out the state itself, and then looked up the neighbour's label among *all* labels: from "
            "there on every place is one too low. Leave the label out as well, or put -inf in place of the state.",
        ),
        Misconception(
            "centres instead of neighbours",
            _nearest_centre,
            "{got}: you compared with the mean of each label, in which the state itself has a part. Asked for is the "
            "nearest other state.",
        ),
        Misconception(
            "three neighbours",
            _majority_of_three,
            "{got}: you let three neighbours vote. Asked for is the nearest one.",
        ),
        Misconception(
            "all pairs",
            _all_pairs,
            "{got} is how many of *all* pairs have the same label: the states have no say. Compare each one's label "
            "with that of its nearest neighbour.",
        ),
        Misconception(
            "0 in place of itself",
            _share(own=0.0),
            "Right as long as some cosine is above 0. Here all of them are below, so the 0 you wrote on the diagonal "
            "is the largest, and each is its own neighbour again. -np.inf is below everything.",
            seen="https://github.com/NicolasHug/Surprise/issues/356",
        ),
    ),
    hints=(
        "Bring each state to length 1; then units @ units.T has all cosines, with 1 on the diagonal. Why is the "
        "diagonal a trap?",
        "np.fill_diagonal(cosines, -np.inf); cosines.argmax(axis=1) is the place of each one's nearest.",
        "labels[nearest] == labels, and the mean of it.",
    ),
    praise="Nobody is trained here: the share says how well direction alone tells the senses apart.",
)

# --- 10.3: choose on one set, score on another ------------------------------------------------------------------------


def _masses(seed: int, layers: int, heads: int, choosing: int, scoring: int) -> tuple[np.ndarray, np.ndarray]:
    """Heads that differ, and sentences that differ more; the seed is one with which all mistakes differ."""
    generator = np.random.default_rng(seed)
    of_head = generator.uniform(0.2, 0.6, size=(layers, heads, 1))
    return tuple(
        np.clip(of_head + generator.normal(scale=0.25, size=(layers, heads, sentences)), 0.0, 1.0)
        for sentences in (choosing, scoring)
    )


_MASSES = (_masses(2811, 3, 4, 5, 7), _masses(1, 5, 3, 4, 6))
Chosen = tuple[int, int, float]


def _best(of_heads: np.ndarray) -> tuple[int, int]:
    layer, head = np.unravel_index(np.argmax(of_heads), of_heads.shape)
    return int(layer), int(head)


def _chosen_by(number: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., Chosen]:
    """A mistake in what is largest for the head that is chosen; it sees both sets."""

    def mistaken(choosing, scoring):
        layer, head = _best(number(choosing, scoring))
        return layer, head, scoring[layer, head].mean()

    return mistaken


def _told(tell: Callable[[int, int, np.ndarray, np.ndarray], object]) -> Callable[..., object]:
    """The right head, and a mistake in what is given back."""
    return lambda choosing, scoring: tell(*_best(choosing.mean(-1)), choosing, scoring)


def _divided_by_layers(choosing: np.ndarray, scoring: np.ndarray) -> Chosen:
    layer, head = divmod(int(choosing.mean(-1).argmax()), len(choosing))
    return layer, head, scoring[_best(choosing.mean(-1))].mean()


def _first_layer_then_head(choosing: np.ndarray, scoring: np.ndarray) -> Chosen:
    layer = int(choosing.mean((1, 2)).argmax())
    head = int(choosing[layer].mean(-1).argmax())
    return layer, head, scoring[layer, head].mean()


def _most_often_best(choosing: np.ndarray, scoring: np.ndarray) -> np.ndarray:
    flat = choosing.reshape(-1, choosing.shape[-1])
    return np.bincount(flat.argmax(0), minlength=len(flat)).reshape(choosing.shape[:2])


CHOICE = Exercise(
    id="10.3",
    answer="choose_and_score",
    title="Write choose_and_score(choosing, scoring): choose the head on one set, report its mean on the other.",
    objective="choose a head on one set of sentences and score it on another",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=_MASSES,
    right=_chosen_by(lambda choosing, scoring: torch.from_numpy(choosing).mean(-1).numpy()),
    parts=("layer", "head", "mean mass"),
    misconceptions=(
        Misconception(
            "scored on what it was chosen on",
            _told(lambda layer, head, choosing, scoring: (layer, head, choosing[layer, head].mean())),
            "The right head, but {got[2]} is its mean in the sentences it was *chosen* on. The best of many is partly "
            "lucky, and that luck is in this number. Its mean in scoring is {expected[2]}.",
            seen="https://github.com/titu1994/LSTM-FCN/issues/7",
        ),
        Misconception(
            "chosen on the scoring sentences",
            _chosen_by(lambda choosing, scoring: scoring.mean(-1)),
            "Layer {got[0]}, head {got[1]} is the best in *scoring*: chosen and scored on the same sentences, so its "
            "{got[2]} is partly luck. Choose in choosing alone.",
            seen="https://github.com/xuanmay2701/shapeformer/issues/2",
        ),
        Misconception(
            "the two sets exchanged",
            lambda choosing, scoring: (*_best(scoring.mean(-1)), choosing[_best(scoring.mean(-1))].mean()),
            "The two sets have changed places: you chose in scoring and scored in choosing.",
        ),
        Misconception(
            "chosen on both",
            _chosen_by(lambda choosing, scoring: np.concatenate([choosing, scoring], -1).mean(-1)),
            "Layer {got[0]}, head {got[1]} is the best of both sets together: the scoring sentences have had a say in "
            "the choice. Choose in choosing alone.",
        ),
        Misconception(
            "best sentence instead of best mean",
            _chosen_by(lambda choosing, scoring: choosing.max(-1)),
            "Layer {got[0]}, head {got[1]} has the largest single number in choosing: one lucky sentence. Choose by "
            "the mean over the sentences.",
        ),
        Misconception(
            "median instead of mean",
            _chosen_by(lambda choosing, scoring: np.median(choosing, -1)),
            "Layer {got[0]}, head {got[1]} has the largest *median* in choosing. Asked for is the largest mean.",
        ),
        Misconception(
            "most often the best",
            _chosen_by(_most_often_best),
            "Layer {got[0]}, head {got[1]} is most often the best of a sentence. Asked for is the head with the "
            "largest mean.",
        ),
        Misconception(
            "smallest mean",
            _chosen_by(lambda choosing, scoring: -choosing.mean(-1)),
            "Layer {got[0]}, head {got[1]} has the *smallest* mean in choosing. The largest is asked for: argmax.",
        ),
        Misconception(
            "first the best layer, then its head",
            _first_layer_then_head,
            "You chose the layer with the largest mean first. The best head may stand in a layer of poor ones: take "
            "the largest of all heads at once.",
        ),
        Misconception(
            "layer and head swapped",
            _told(lambda layer, head, choosing, scoring: (head, layer, scoring[layer, head].mean())),
            "The number is right; layer and head have changed places. The first axis is the layer.",
        ),
        Misconception(
            "divided by the number of layers",
            _divided_by_layers,
            "The number is right, but layer {got[0]}, head {got[1]} is not. A flat place is layer · heads + head: "
            "divide by the number of *heads*, or use np.unravel_index.",
        ),
        Misconception(
            "counted from 1",
            _told(lambda layer, head, choosing, scoring: (layer + 1, head + 1, scoring[layer, head].mean())),
            "The number is right; layer and head count from 0.",
        ),
        Misconception(
            "best sentence in scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer, head].max())),
            "The right head, but {got[2]} is its best sentence in scoring. Asked for is its mean.",
        ),
        Misconception(
            "sum instead of mean in scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer, head].sum())),
            "The right head, but {got[2]} is a sum over the sentences. Asked for is the mean.",
        ),
        Misconception(
            "mean of all heads",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring.mean())),
            "The right head, but {got[2]} is the mean over *all* heads of scoring.",
        ),
        Misconception(
            "best mean in scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring.mean(-1).max())),
            "The right head, but {got[2]} is the best mean of *any* head in scoring. Asked for is that of the chosen "
            "one: {expected[2]}.",
            seen="https://github.com/SamitHuang/EV_GCN/issues/7",
        ),
        Misconception(
            "not averaged",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer, head])),
            "The right head; its numbers in scoring still need their mean.",
        ),
        Misconception(
            "number first",
            _told(lambda layer, head, choosing, scoring: (scoring[layer, head].mean(), layer, head)),
            "All three are right; the order is layer, head, mean.",
        ),
        Misconception(
            "number alone",
            _told(lambda layer, head, choosing, scoring: scoring[layer, head].mean()),
            "The number is right. Give back the head as well, in front: return layer, head, mean.",
        ),
        Misconception(
            "head alone",
            _told(lambda layer, head, choosing, scoring: (layer, head)),
            "The right head. Give back its mean in scoring as well: return layer, head, mean.",
        ),
    ),
    hints=(
        "choosing.mean(axis=-1) is a table (layers, heads). Where is its largest number?",
        "np.unravel_index(table.argmax(), table.shape) gives layer and head. Then look into scoring, nowhere else.",
    ),
    praise="What is reported has had no say in the choice: so the best of many heads is no longer flattered.",
)

# --- 10.4: what leaving out a word does -------------------------------------------------------------------------------

_D = 8


def encode(words: list[str]) -> np.ndarray:
    """A vector of length 1 that depends on the words and on their order. Raises TypeError for a string."""
    if isinstance(words, str):
        message = "encode takes a list of words; a single string came"
        raise TypeError(message)
    total = np.full(_D, 0.5)
    for place, word in enumerate(words):
        total += (1.0 + 0.3 * place) * np.random.default_rng(zlib.crc32(str(word).encode())).normal(size=_D)
    return _unit(total)


_SENTENCES = (
    (encode, ["muddy", "river", "banks", "flood"]),
    (encode, ["the", "bank", "of", "the", "river", "was", "muddy"]),
)


def _cosines(encode: Callable, words: list[str], without: Callable[[list[str], int], list[str]]) -> np.ndarray:
    whole = encode(words)
    return np.array([whole @ encode(without(words, i)) for i in range(len(words))])


def _one_out(words: list[str], i: int) -> list[str]:
    return words[:i] + words[i + 1 :]


def _leaving(without: Callable[[list[str], int], list[str]]) -> Callable[..., np.ndarray]:
    """A mistake in what is left of the sentence."""
    return lambda encode, words: 1 - _cosines(encode, words, without)


def _of_cosines(number: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what is made of the right cosines."""
    return lambda encode, words: number(_cosines(encode, words, _one_out))


def _without_the_first_like_it(words: list[str], i: int) -> list[str]:
    return _one_out(words, words.index(words[i]))


def _from_one_to_the_next(encode, words):
    vectors = [encode(_one_out(words, i)) for i in range(len(words))]
    return np.array([1 - encode(words) @ vectors[0], *(1 - one @ other for one, other in zip(vectors, vectors[1:]))])


def _in_place(remove: Callable[[list[str], int], object]) -> Callable[..., np.ndarray]:
    """The words go, one after the other, out of the list that came."""

    def mistaken(encode, words):
        whole, effects = encode(words), []
        for i in range(len(words)):
            remove(words, i)
            effects.append(1 - whole @ encode(words))
        return np.array(effects)

    return mistaken


def _while_reading(encode, words):
    whole, effects = encode(words), []
    for word in words:
        words.remove(word)
        effects.append(1 - whole @ encode(words))
    return np.array(effects)


_LIST_CHANGED = (
    "You took the word out of the list itself, so it becomes shorter while you go through it. Make a new list for each "
    "word: words[:i] + words[i + 1 :]."
)

EFFECTS = Exercise(
    id="10.4",
    answer="deletion_effects",
    title="Write deletion_effects(encode, words): for each word, 1 - cosine of the sentence's vector without it.",
    objective="measure what leaving out a word does",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=_SENTENCES,
    right=_leaving(lambda words, i: [word for place, word in enumerate(words) if place != i]),
    misconceptions=(
        Misconception(
            "a sentence instead of a list",
            lambda encode, words: encode(" ".join(words)),
            "You gave encode one string. It takes a *list* of words, as words is one: encode(words).",
        ),
        Misconception(
            "cosine itself",
            _of_cosines(lambda cosines: cosines),
            "{got}: these are the cosines. They are *near 1* where a word hardly matters; the effect is 1 minus that.",
        ),
        Misconception(
            "sign",
            _of_cosines(lambda cosines: cosines - 1),
            "{got}: the right sizes, below 0. Asked for is 1 - cosine, not cosine - 1.",
        ),
        Misconception(
            "halved",
            _of_cosines(lambda cosines: (1 - cosines) / 2),
            "{got}: half of 1 - cosine. Give 1 - cosine itself, without dividing it by 2.",
        ),
        Misconception(
            "distance instead of cosine",
            _of_cosines(lambda cosines: np.sqrt(2 - 2 * cosines)),
            "{got}: these are distances between the two vectors. Asked for is 1 - cosine.",
        ),
        Misconception(
            "squared distance",
            _of_cosines(lambda cosines: 2 - 2 * cosines),
            "{got}: these are squared distances, twice the 1 - cosine that is asked for.",
        ),
        Misconception(
            "shares of the whole",
            _of_cosines(lambda cosines: (1 - cosines) / (1 - cosines).sum()),
            "{got}: you divided by the sum. Effects of single words need not add up to anything; give them as they "
            "are.",
        ),
        Misconception(
            "sorted",
            _of_cosines(lambda cosines: np.sort(1 - cosines)[::-1]),
            "{got}: sorted, so that nobody can tell which word each belongs to. Keep the order of the words.",
        ),
        Misconception(
            "sorted, smallest first",
            _of_cosines(lambda cosines: np.sort(1 - cosines)),
            "{got}: sorted, so that nobody can tell which word each belongs to. Keep the order of the words.",
        ),
        Misconception(
            "largest alone",
            _of_cosines(lambda cosines: (1 - cosines).max()),
            "{got} is the largest effect. Asked for is one number for each word.",
        ),
        Misconception(
            "deletes cumulatively",
            _leaving(lambda words, i: words[i + 1 :]),
            "{got}: your words do not come back, so the last number is for an empty sentence. Each time *one* word is "
            "left out of the whole sentence: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "deletes cumulatively from the end",
            _leaving(lambda words, i: words[:i]),
            "{got}: you cut the sentence off before the word. What comes after it belongs to it as well: "
            "words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "cut off after the word",
            _leaving(lambda words, i: words[: i + 1]),
            "{got}: you cut the sentence off *after* the word. Leave out that word only: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "the word alone",
            _leaving(lambda words, i: [words[i]]),
            "{got}: you compared with the word alone. Asked for is the sentence *without* it.",
        ),
        Misconception(
            "nothing deleted",
            _leaving(lambda words, i: words),
            "{got}: no effect anywhere. words[:i] + words[i:] is the whole list; skip one: words[i + 1 :].",
        ),
        Misconception(
            "two words at a time",
            _leaving(lambda words, i: words[:i] + words[i + 2 :]),
            "{got}: the word and the next one are both gone. words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "two words at a time, the one before",
            _leaving(lambda words, i: words[: max(i - 1, 0)] + words[i + 1 :]),
            "{got}: the word before is gone as well. words[:i] stops before i by itself.",
        ),
        *(
            Misconception(
                "replaced instead of deleted",
                _leaving(partial(lambda words, i, other: [*words[:i], other, *words[i + 1 :]], other=other)),
                f"{{got}}: you put {other!r} in place of the word. That asks another question; here the sentence gets "
                "shorter.",
                seen="https://github.com/PAIR-code/lit/issues/58",
            )
            for other in ("", " ", "[MASK]", "[UNK]", "[PAD]", "_")
        ),
        Misconception(
            "compared with the word before",
            _from_one_to_the_next,
            "{got}: from the second number on you compare with the sentence that lacks the word *before*. Compare each "
            "with the whole sentence.",
        ),
        Misconception("changes the list", _in_place(lambda words, i: words.pop(i)), _LIST_CHANGED),
        Misconception("changes the list, with del", _in_place(lambda words, i: words.__delitem__(i)), _LIST_CHANGED),
        Misconception(
            "changes the list, with remove", _in_place(lambda words, i: words.remove(words[i])), _LIST_CHANGED
        ),
        Misconception(
            "changes the list while reading it",
            _while_reading,
            _LIST_CHANGED,
            seen="https://stackoverflow.com/questions/6500888/removing-from-a-list-while-iterating-over-it/6500896",
        ),
        Misconception(
            "removes every equal word",
            _leaving(lambda words, i: [word for word in words if word != words[i]]),
            "Right until a word occurs twice: you took out *both*. Compare places, not words: "
            "words[:i] + words[i + 1 :].",
            seen="https://github.com/marcotcr/lime/issues/623",
        ),
        Misconception(
            "removes the first equal word",
            _leaving(_without_the_first_like_it),
            "Right until a word occurs twice: remove and index find the *first* one, and order matters to encode. "
            "Compare places: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "one number for each different word",
            lambda encode, words: np.array(
                list({word: 1 - encode(words) @ encode(_one_out(words, i)) for i, word in enumerate(words)}.values())
            ),
            "Right until a word occurs twice: in a dictionary the second one overwrites the first. One number for each "
            "place.",
        ),
    ),
    hints=(
        "encode(words) once, and encode of the sentence without word i for each i. Which slices make that sentence?",
        "words[:i] + words[i + 1 :] is a new list without place i. Both vectors have length 1, so their dot product is "
        "the cosine.",
    ),
    praise="One place at a time, against the whole sentence. This asks the model itself, not its map.",
)

# --- 10.5: what a weight shows ----------------------------------------------------------------------------------------

WEIGHT = Exercise(
    id="10.5",
    answer="what_it_shows",
    title="Read: 0.9 from 'bank' to 'river' in one map of this model. What does that show? One letter.",
    objective="say what a weight in a map shows, and what it does not",
    kind="read",
    minutes=2,
    difficulty=2,
    right=lambda: "D",
    misconceptions=(
        Misconception(
            "a weight is an effect",
            lambda: "A",
            "Perhaps, but the map does not show it. What leaving out a word does has to be tried out: delete it, as in "
            "10.4. The value at 'river' may be short, or other heads and the residual may carry the same.",
            seen="https://github.com/jessevig/bertviz/issues/84",
        ),
        Misconception(
            "a weight is a reason",
            lambda: "B",
            "One head of 72 has looked there. Whether the model goes by it is another question: make its weights "
            "uniform and see what changes. Often it is little.",
            seen="https://courses.eduardonacimiento.com/course/AI-course2/en/module7",
        ),
        Misconception(
            "a weight is understanding",
            lambda: "C",
            "A weight comes from the match of two vectors. Some heads look at the next token, some at [SEP], whatever "
            "the sentence says. A map in which the pair looks sensible is easily found among 72.",
        ),
    ),
    hints=(
        "What is multiplied by a weight, and what is added up? Nothing else is certain.",
        "After a few layers, what is in the state at 'river': the word alone?",
    ),
    praise="A share of one mixture, of a value that is itself made of mixtures. The rest has to be tried out.",
)

EXERCISES = (VECTOR, NEIGHBOURS, CHOICE, EFFECTS, WEIGHT)
