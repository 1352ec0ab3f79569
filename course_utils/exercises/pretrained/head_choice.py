"""Exercise 10.3: choose a head on one set of sentences, score it on another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception


def _masses(seed: int, layers: int, heads: int, choosing: int, scoring: int) -> tuple[np.ndarray, np.ndarray]:
    """Heads that differ, and sentences that differ more; the seed is one with which all mistakes differ."""
    generator = np.random.default_rng(seed)
    of_head = generator.uniform(0.2, 0.6, size=(layers, heads, 1))
    return tuple(
        np.clip(of_head + generator.normal(scale=0.25, size=(layers, heads, sentences)), 0.0, 1.0)
        for sentences in (choosing, scoring)
    )


_MASSES = (_masses(262, 6, 9, 5, 7), _masses(8, 5, 3, 4, 6))
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


_INSTEAD_OF_THE_MEAN = {
    "the median": lambda of_head: np.median(of_head, -1),
    "its best sentence": lambda of_head: of_head.max(-1),
    "its worst sentence": lambda of_head: of_head.min(-1),
    "its first sentence": lambda of_head: of_head[..., 0],
    "the spread": lambda of_head: of_head.std(-1),
    "the mean over the spread": lambda of_head: of_head.mean(-1) / of_head.std(-1),
    "the mean less the spread": lambda of_head: of_head.mean(-1) - of_head.std(-1),
}


def _with_place(place: Callable[[np.ndarray], tuple[int, int]]) -> Callable[..., Chosen]:
    """A mistake in where the head is looked for; its mean in scoring is given back."""

    def mistaken(choosing, scoring):
        layer, head = map(int, place(choosing))
        return layer, head, scoring[layer, head].mean()

    return mistaken


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
        *(
            Misconception(
                f"{name} in scoring",
                _told(
                    lambda layer, head, choosing, scoring, number=number: (layer, head, number(scoring[layer, head]))
                ),
                f"The right head, but {{got[2]}} is {name} in scoring. Asked for is its mean, {{expected[2]}}.",
            )
            for name, number in _INSTEAD_OF_THE_MEAN.items()
            if name != "its best sentence"
        ),
        *(
            Misconception(
                f"{name} in choosing",
                _chosen_by(lambda choosing, scoring, number=number: number(choosing)),
                f"Layer {{got[0]}}, head {{got[1]}}: you chose by {name} in choosing"
                f"{', or by its mean and spread' * (name == 'its worst sentence')}. Asked for is the largest mean.",
            )
            for name, number in _INSTEAD_OF_THE_MEAN.items()
            if name in {"its worst sentence", "its first sentence"}
        ),
        *(
            Misconception(
                f"{name} instead of the mean, twice",
                lambda choosing, scoring, number=number: (
                    *_best(number(choosing)),
                    number(scoring[_best(number(choosing))]),
                ),
                f"You went by {name}, to choose and to score. Asked for is the mean, both times.",
            )
            for name, number in _INSTEAD_OF_THE_MEAN.items()
            if name not in {"the median", "the mean less the spread"}
        ),
        *(
            Misconception(
                name,
                _told(
                    lambda layer, head, choosing, scoring, number=number: (
                        layer,
                        head,
                        number(layer, head, choosing, scoring),
                    )
                ),
                f"The right head, but {{got[2]}} is {what}. Asked for is the mean of this head in scoring, "
                f"{{expected[2]}}.",
            )
            for name, number, what in (
                ("mean of its layer", lambda i, h, c, s: s[i].mean(), "the mean of its whole layer"),
                ("mean of this head in all layers", lambda i, h, c, s: s[:, h].mean(), "the mean over the layers"),
                ("mean in both", lambda i, h, c, s: np.concatenate([c[i, h], s[i, h]]).mean(), "its mean in both sets"),
                (
                    "mean of the two means",
                    lambda i, h, c, s: (c[i, h].mean() + s[i, h].mean()) / 2,
                    "half of its two means together",
                ),
                ("gain over choosing", lambda i, h, c, s: s[i, h].mean() - c[i, h].mean(), "scoring less choosing"),
                ("loss from choosing", lambda i, h, c, s: c[i, h].mean() - s[i, h].mean(), "choosing less scoring"),
                ("gain over the mean of all", lambda i, h, c, s: s[i, h].mean() - s.mean(), "its lead over all heads"),
                ("largest of all", lambda i, h, c, s: s.max(), "the largest number of all"),
                ("largest of all", lambda i, h, c, s: c.max(), "the largest number of all"),
                ("mean of choosing, all heads", lambda i, h, c, s: c.mean(), "the mean of all heads in choosing"),
                ("sum in choosing", lambda i, h, c, s: c[i, h].sum(), "a sum, and of choosing"),
                (
                    "divided by the number in choosing",
                    lambda i, h, c, s: s[i, h].sum() / c.shape[-1],
                    "the sum in scoring divided by the number of sentences in choosing",
                ),
                ("per cent", lambda i, h, c, s: 100 * s[i, h].mean(), "in per cent"),
            )
        ),
        *(
            Misconception(
                "layer and head chosen apart",
                _with_place(place),
                "Layer {got[0]}, head {got[1]}: you chose the layer and the head each by itself. The best head is one "
                "place in the table (layers, heads): look for the largest of all.",
            )
            for place in (lambda choosing: (choosing.mean((1, 2)).argmax(), choosing.mean((0, 2)).argmax()),)
        ),
        Misconception(
            "a layer or a head left out",
            _chosen_by(lambda choosing, scoring: choosing[:-1].mean(-1)),
            "Layer {got[0]}, head {got[1]}: you never looked at the last layer. How far does the loop go?",
        ),
        Misconception(
            "a layer or a head left out",
            _chosen_by(lambda choosing, scoring: choosing[:, :-1].mean(-1)),
            "Layer {got[0]}, head {got[1]}: you never looked at the last head of a layer. How far does the loop go?",
        ),
        Misconception(
            "flat place",
            _told(
                lambda layer, head, choosing, scoring: (
                    layer * choosing.shape[1] + head,
                    scoring[layer, head].mean(),
                )
            ),
            "argmax counts all heads in one row. Layer and head of that place: np.unravel_index(place, table.shape).",
        ),
        Misconception(
            "flat place for the layer",
            _told(
                lambda layer, head, choosing, scoring: (
                    layer * choosing.shape[1] + head,
                    head,
                    scoring[layer, head].mean(),
                )
            ),
            "Head and number are right; {got[0]} is the place among *all* heads. The layer is that // the number of "
            "heads.",
        ),
        Misconception(
            "one head for each layer",
            lambda choosing, scoring: (
                np.arange(len(choosing)),
                choosing.mean(-1).argmax(1),
                scoring.mean(-1)[np.arange(len(choosing)), choosing.mean(-1).argmax(1)],
            ),
            "You chose a head in *every* layer. One is asked for: the best of all, so argmax over the whole table.",
        ),
        Misconception(
            "one layer for each head",
            lambda choosing, scoring: (
                choosing.mean(-1).argmax(0),
                np.arange(choosing.shape[1]),
                scoring.mean(-1)[choosing.mean(-1).argmax(0), np.arange(choosing.shape[1])],
            ),
            "You chose a layer for *every* head. One is asked for: the best of all, so argmax over the whole table.",
        ),
        Misconception(
            "all means of scoring",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring.mean(-1))),
            "The right head; the third is a table of all means in scoring. Give the one of this head.",
        ),
        Misconception(
            "means of its layer",
            _told(lambda layer, head, choosing, scoring: (layer, head, scoring[layer].mean(-1))),
            "The right head; the third has the means of its whole layer. Give the one of this head.",
        ),
        Misconception(
            "counted from 1, head alone",
            _told(lambda layer, head, choosing, scoring: (layer, head + 1, scoring[layer, head].mean())),
            "Layer and number are right; the head counts from 0 as well.",
        ),
        Misconception(
            "counted from 1, layer alone",
            _told(lambda layer, head, choosing, scoring: (layer + 1, head, scoring[layer, head].mean())),
            "Head and number are right; the layer counts from 0 as well.",
        ),
        *(
            Misconception(
                "a place beyond the table",
                _with_place(place),
                "That layer does not exist. Is your table (layers, heads), the mean over the *last* axis? And the flat "
                "place is divided by the number of *heads*; np.unravel_index(place, table.shape) does it.",
            )
            for place in (
                lambda choosing: divmod(int(choosing.mean(-1).argmax()), len(choosing)),
                lambda choosing: _best(choosing.mean(0)),
                lambda choosing: (int(choosing.mean(-1).argmax()), 0),
            )
        ),
    ),
    hints=(
        "choosing.mean(axis=-1) is a table (layers, heads). Where is its largest number?",
        "np.unravel_index(table.argmax(), table.shape) gives layer and head. Then look into scoring, nowhere else.",
    ),
    praise="What is reported has had no say in the choice: so the best of many heads is no longer flattered.",
)
