"""Exercise 7.5: the rollout, attention followed through several layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.vision.step import Step

_GENERATOR = np.random.Generator(np.random.PCG64(7).advance(433))  # behind the numbers of exercise 7.4


def _maps(T: int, layers: int) -> list[np.ndarray]:
    return [softmax(1.5 * _GENERATOR.normal(size=(T, T))) for _ in range(layers)]


# The first has numbers for pencil and paper; with one layer, in the last, an order and a mean do not show any more.
_PENCIL = [
    np.array([[0.6, 0.4, 0.0], [0.2, 0.2, 0.6], [0.0, 0.8, 0.2]]),
    np.array([[0.2, 0.4, 0.4], [0.0, 0.6, 0.4], [0.6, 0.2, 0.2]]),
]
_LAYERS = ((_PENCIL,), (_maps(4, 3),), (_maps(2, 5),), (_maps(5, 1),))


def _rollout(layers: list[np.ndarray]) -> np.ndarray:
    """Row by row, from the last layer down: where a token looks half the time it goes, half the time it stays."""
    rows = torch.eye(len(layers[0]), dtype=torch.float64)
    for layer in reversed(layers):
        rows = torch.lerp(rows, rows @ torch.as_tensor(layer), 0.5)
    return rows.numpy()


def _halves(layers: list[np.ndarray]) -> list[np.ndarray]:
    return [(layer + np.eye(len(layer))) / 2 for layer in layers]


def _product(maps: list[np.ndarray]) -> np.ndarray:
    """The last map on the left."""
    return reduce(lambda product, one: one @ product, maps)


def _rolled(maps: Callable[[list[np.ndarray]], list[np.ndarray]]) -> Callable[[list[np.ndarray]], np.ndarray]:
    """A mistake in what is multiplied."""
    return lambda layers: _product(maps(layers))


def _rows_to_one(array: np.ndarray) -> np.ndarray:
    return array / array.sum(-1, keepdims=True)


def _as_many_as_layers(layers: list[np.ndarray]) -> np.ndarray:
    return _product([0.5 * layer + 0.5 * np.eye(len(layers)) for layer in layers])


def _eye(layer: np.ndarray) -> np.ndarray:
    return np.eye(len(layer))


def _other_half(share: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda layer: share * layer + (1 - share) * _eye(layer)


_MIX = Step("right", lambda layer: (layer + _eye(layer)) / 2, "")
_MIXED_MAPS = (
    Step("identity forgotten", lambda layer: layer, "the maps have no identity in them"),
    Step("identity added, not halved", lambda layer: layer + _eye(layer), "the identity is added and nothing halved"),
    Step("halved, identity forgotten", lambda layer: layer / 2, "the maps are halved, and the identity is missing"),
    Step("half of the sum with the whole identity", lambda layer: layer / 2 + _eye(layer), "only the map is halved"),
    Step("identity halved, map not", lambda layer: layer + _eye(layer) / 2, "only the identity is halved"),
    Step("0.5 added everywhere", lambda layer: (layer + 1) / 2, "0.5 is added everywhere, not on the diagonal only"),
    Step("maps transposed", lambda layer: (layer.T + _eye(layer)) / 2, "each map is transposed"),
    Step("a softmax of the map", lambda layer: softmax(layer + _eye(layer)), "a softmax is taken of layer + np.eye(T); "
          "rows of a map sum to 1 already, and so do half map and half identity: no softmax is needed"),
    Step("a softmax of the map", lambda layer: (softmax(layer) + _eye(layer)) / 2, "a softmax is taken of each map; "
          "its weights are shares already"),
    Step("a softmax of the map", lambda layer: softmax((layer + _eye(layer)) / 2), "a softmax is taken of each mixed "
          "map; its rows sum to 1 already"),
    Step("a softmax of the map", softmax, "a softmax is taken of each map; its weights are shares already, and half "
          "of each is to be the identity"),
    Step("identity by a maximum", lambda layer: np.maximum(layer, _eye(layer)), "the diagonal is set to 1, "
          "or put in by a maximum; the map is halved, and half of the identity is added"),
    Step("diagonal set to a half", lambda layer: layer * (1 - _eye(layer)) + _eye(layer) / 2, "the diagonal is set to "
          "0.5; the map is to be halved, and 0.5 added on the diagonal"),
    Step("diagonal set to a half", lambda layer: (layer * (1 - _eye(layer)) + _eye(layer)) / 2, "the diagonal is set "
          "to 0.5, and what the map had there is lost"),
    Step("diagonal taken out", lambda layer: layer * (1 - _eye(layer)), "the diagonal is taken out"),
    Step("identity subtracted", lambda layer: (layer - _eye(layer)) / 2, "the identity is subtracted"),
    Step("map and its transpose", lambda layer: (layer + layer.T) / 2, "each map is averaged with its own transpose, "
          "not with the identity"),
    Step("multiplied by the identity", lambda layer: layer * _eye(layer), "the map is multiplied by the identity, "
          "which leaves the diagonal alone"),
    Step("multiplied by the identity", lambda layer: layer * _eye(layer) / 2, "the map is multiplied by the identity, "
          "which leaves the diagonal alone"),
    Step("multiplied by half of the identity", lambda layer: 0.5 * layer @ (0.5 * _eye(layer)), "the two halves are "
          "multiplied; they are added"),
    Step("averaged over the heads once more", lambda layer: (layer.mean(0) + _eye(layer)) / 2, "each map was averaged "
          "over its rows; the heads are averaged already"),
    Step("averaged over the heads once more", lambda layer: (layer.mean(0, keepdims=True) * np.ones_like(layer) / 2)
          + 0.0, "each map was averaged over its rows; the heads are averaged already"),
    *(
        Step("shares other than half", _other_half(share), f"{share:.2g} of each is the map, not a half")
        for share in (0.9, 0.1, 0.8, 0.2, 0.75, 0.25, 0.7, 0.3, 0.6, 0.4, 2 / 3, 1 / 3)
    ),
    Step("ones instead of the identity", lambda layer: layer + 1, "1 is added everywhere, not on the diagonal only"),
    Step("identity turned", lambda layer: (layer + _eye(layer)[::-1]) / 2, "the ones stand on the other diagonal"),
    Step("columns made to sum to 1", lambda layer: layer / layer.sum(0), "the columns are made to sum to 1"),
    Step("quarters", lambda layer: (layer + _eye(layer)) / 4, "the sum is divided by 4"),
    Step("halved twice", lambda layer: 0.5 * (0.5 * layer + _eye(layer)), "the map is halved twice"),
    Step("halved twice", lambda layer: 0.5 * (layer + 0.5 * _eye(layer)), "the identity is halved twice"),
    Step("divided by the number of tokens", lambda layer: (layer + _eye(layer)) / len(layer), "the sum is divided by "
          "T, not by 2"),
)  # fmt: skip
_TOGETHER = Step("right", _product, "")
_PUT_TOGETHER = (
    Step("product in the wrong order", lambda maps: _product(maps[::-1]), "the first layer stands on the left in the "
          "product; the later one belongs there, mixed @ result"),
    Step("sum of the layers", sum, "the maps are added up, not multiplied"),
    Step("mean of the layers", lambda maps: sum(maps) / len(maps), "the mean of the maps is taken, not their product"),
    Step("maximum over the layers", lambda maps: np.max(maps, axis=0), "the maximum over the maps is taken, not their "
          "product"),
    Step("minimum over the layers", lambda maps: np.min(maps, axis=0), "the minimum over the maps is taken, not their "
          "product"),
    Step("maps multiplied number by number", lambda maps: np.prod(maps, axis=0), "the maps are multiplied number by "
          "number; @ is the matrix product"),
    Step("last layer only", lambda maps: maps[-1], "only the last layer is there"),
    Step("first layer only", lambda maps: maps[0], "only the first layer is there"),
    Step("multiplied number by number from the identity", lambda maps: np.prod(maps, axis=0) * np.eye(len(maps[0])),
          "* instead of @, from the identity on, leaves the diagonal alone"),
    Step("geometric mean", lambda maps: np.prod(maps, axis=0) ** (1 / len(maps)), "the geometric mean is taken number "
          "by number; @ is the matrix product"),
    Step("mean of the maps, to a power", lambda maps: np.linalg.matrix_power(sum(maps) / len(maps), len(maps)), "the "
          "mean map is multiplied by itself, so that the order of the layers is lost"),
    Step("last map, to a power", lambda maps: np.linalg.matrix_power(maps[-1], len(maps)), "the last map is "
          "multiplied by itself; each layer has a map of its own"),
    Step("first map, to a power", lambda maps: np.linalg.matrix_power(maps[0], len(maps)), "the first map is "
          "multiplied by itself; each layer has a map of its own"),
    Step("product from ones", lambda maps: _product([np.ones_like(maps[0]), *maps]), "the product begins with ones "
          "everywhere; it begins with np.eye(T)"),
    Step("product transposed in turn", lambda maps: reduce(lambda result, one: one @ result.T, maps), "the result is "
          "transposed on the way"),
    Step("last layer twice", lambda maps: _product([*maps, maps[-1]]), "the last layer is in the product twice"),
    Step("all layers twice", lambda maps: _product([*maps, *maps]), "all layers are in the product twice"),
    Step("divided by the number of layers", lambda maps: _product(maps) / len(maps), "the product is divided by the "
          "number of layers"),
    Step("added on the way", lambda maps: reduce(lambda result, one: one @ result + result, maps), "each product is "
          "added to the result: x was counted in by the identity already"),
    Step("averaged on the way", lambda maps: reduce(lambda result, one: (one @ result + result) / 2, maps), "each "
          "product is averaged with the result: x was counted in by the identity already"),
)  # fmt: skip
_HALF_AND_PRODUCT = "Each map is half itself, half identity; then result = mixed @ result, layer by layer."


def _rolled_out(mix: Step, together: Step) -> Callable[[list[np.ndarray]], np.ndarray]:
    return lambda layers: together.does([mix.does(layer) for layer in layers])


def _ring(layers: list[np.ndarray], first_input: bool, right: bool = False) -> np.ndarray:
    result = np.eye(len(layers[0]))
    for layer in layers:
        came = np.eye(len(layer)) if first_input else result
        result = (result @ layer if right else layer @ result) / 2 + came / 2
    return result


def _halved(result: np.ndarray) -> np.ndarray:
    return (result + np.eye(len(result))) / 2


def _stretched(result: np.ndarray) -> np.ndarray:
    return (result - result.min()) / (result.max() - result.min())


_FINISHED_ROLLOUT = tuple(
    Misconception(name, mistake, f"{told} {_HALF_AND_PRODUCT}")
    for name, mistake, told in (
        ("identity of the first input at every layer", lambda layers: _ring(layers, True), "After each layer you mixed "
         "in np.eye(T), the first input. The stream brings what it holds by then: half of layer @ result and half of "
         "result."),
        ("identity of the first input at every layer, in the wrong order", lambda layers: _ring(layers, True, True),
         "After each layer you mixed in np.eye(T), the first input; and the later layer belongs on the left."),
        ("identity at the end as well", lambda layers: _halved(_rollout(layers)), "Right, and then mixed with the "
         "identity once more."),
        ("identity added at the end", lambda layers: _product(layers) + np.eye(len(layers[0])), "The maps are "
         "multiplied as they are, and the identity is added once, at the end. Every layer has its residual."),
        ("identity once, before the product", lambda layers: _halved(_product(layers[::-1])), "The identity is mixed "
         "in once, at the end, and the later layer belongs on the left."),
        ("identity added on the way", lambda layers: reduce(
            lambda result, layer: layer @ result + np.eye(len(layer)), layers, np.eye(len(layers[0]))), "After each "
         "layer you added np.eye(T), the first input, and halved nothing."),
        ("identity added on the way, product halved", lambda layers: reduce(
            lambda result, layer: layer @ result / 2 + np.eye(len(layer)), layers, np.eye(len(layers[0]))), "After "
         "each layer you added np.eye(T), the first input."),
        ("map added on the way", lambda layers: reduce(
            lambda result, layer: result @ result + layer, layers, np.eye(len(layers[0]))), "You added the maps on the "
         "way; they are multiplied."),
        ("mean with one identity", lambda layers: (sum(layers) + np.eye(len(layers[0]))) / (len(layers) + 1), "You "
         "took the mean of the maps and an identity. A mean does not follow a path through two layers."),
        ("number by number, then the identity", lambda layers: _halved(np.prod(layers, axis=0)), "* multiplies number "
         "by number. A path goes through any token in between: @."),
        ("number by number, then shared out", lambda layers: _rows_to_one(np.prod(layers, axis=0)), "* multiplies "
         "number by number. A path goes through any token in between: @. And half of each map is the identity."),
        ("0.5 everywhere, shared out again", lambda layers: _product(
            [_rows_to_one(layer + 1) for layer in layers]), "You added ones everywhere. The identity has ones on the "
         "diagonal and zeros elsewhere, np.eye(T)."),
        ("mean of both orders", lambda layers: (_rollout(layers) + _product(_halves(layers)[::-1])) / 2, "You took the "
         "mean of both orders. The later layer stands on the left."),
        ("identity in the last layer only", lambda layers: _product([*layers[:-1][::-1], _halves(layers)[-1]][::-1]),
         "Only one map has its half identity, and the order is reversed."),
        ("first row, as a row", lambda layers: _rollout(layers)[:1], "Only the first row came. All rows are "
         "asked for."),
        ("what stays with each token", lambda layers: np.diag(_rollout(layers)), "That is the diagonal alone. All of "
         "the map is asked for."),
        ("sum of the columns", lambda layers: _rollout(layers).sum(-1), "Those are the sums of the rows. The rows "
         "themselves are asked for."),
        ("column sums divided by", lambda layers: _rollout(layers) / _rollout(layers).sum(0), "The product is right, "
         "and then its columns were made to sum to 1."),
        ("each row by its greatest", lambda layers: _rollout(layers) / _rollout(layers).max(-1, keepdims=True), "The "
         "product is right, and each row was divided by its greatest number."),
        ("stretched between 0 and 1", lambda layers: _stretched(_rollout(layers)), "The product is right, and it was "
         "stretched between 0 and 1, as one does for a picture."),
        ("a softmax at the end", lambda layers: softmax(_rollout(layers)), "The product is right, and a softmax was "
         "taken of it. Its rows sum to 1 already."),
        ("diagonal taken out at the end", lambda layers: _rollout(layers) * (1 - np.eye(len(layers[0]))), "The product "
         "is right, and its diagonal was set to 0."),
        ("diagonal taken out, and shared out again", lambda layers: _rows_to_one(
            _rollout(layers) * (1 - np.eye(len(layers[0])))), "The product is right; its diagonal was set to 0, and "
         "the rest made to sum to 1."),
        ("mean over the rows", lambda layers: _rollout(layers).mean(0), "You took the mean over the tokens that look. "
         "All rows are asked for."),
        ("sum over the rows", lambda layers: _rollout(layers).sum(0), "You added up over the tokens that look. All "
         "rows are asked for."),
        ("last row only", lambda layers: _rollout(layers)[-1], "That is the row of the last token. All rows are asked "
         "for."),
        ("row of the first token, without itself", lambda layers: _rollout(layers)[0, 1:], "That is the row of the "
         "first token without itself, as for a class token. All rows are asked for."),
        ("all steps of the way", lambda layers: np.array([_rollout(layers[: i + 1]) for i in range(len(layers))]),
         "Those are the products after each layer. The last one is asked for."),
        ("where each token looks most", lambda layers: _rollout(layers).argmax(-1), "Those are the places of the "
         "greatest numbers. The rows themselves are asked for."),
        ("the identity alone", lambda layers: np.eye(len(layers[0])), "That is the identity: nothing was multiplied "
         "in. Is the result of mixed @ result kept?"),
        ("17 tokens", lambda layers: _product([layer / 2 + np.eye(17) / 2 for layer in layers]), "The identity has 17 "
         "rows, as for the lesson's model. It is as large as a map: T = len(layers[0])."),
        ("shape of a list", lambda layers: layers.shape, "layers is a list of maps, and a list has no shape: T = "
         "len(layers[0])."),
        ("map added to a list", lambda layers: layers.mean(0), "layers is a list of maps; go through it one by one."),
    )
)  # fmt: skip
_CLASS_TOKEN_LEFT_OUT = tuple(
    Misconception(name, mistake, f"You left out the first token's {told}. Give back all T x T; leaving out a class "
                  "token is the lesson's next step, after the rollout.")
    for part, told, left_out in (
        ("row and column", "row and column", lambda array: array[1:, 1:]),
        ("column", "column", lambda array: array[:, 1:]),
    )
    for name, mistake in (
        (f"first {part} left out", lambda layers, left_out=left_out: left_out(_rollout(layers))),
        (f"first {part} left out, and shared out again", lambda layers, left_out=left_out: _rows_to_one(
            left_out(_rollout(layers)))),
    )
)  # fmt: skip
_WITH_WORDS_OF_THEIR_OWN = {
    ("identity forgotten", step)
    for step in (
        *("product in the wrong order", "sum of the layers", "mean of the layers", "maximum over the layers"),
        *("maps multiplied number by number", "last layer only", "first layer only"),
    )
} | {
    ("identity added, not halved", "mean of the layers"),  # with two layers the same as the sum of the halves
    ("halved, identity forgotten", "sum of the layers"),  # and as the mean
    ("maps transposed", "product in the wrong order"),  # the transposed result
}
_OTHER_ROLLOUTS = (
    *(
        Misconception(
            step.name,
            _rolled_out(step, _TOGETHER),
            f"In your product {step.told}. {_HALF_AND_PRODUCT}",
        )
        for step in _MIXED_MAPS[7:]
    ),
    *(
        Misconception(step.name, _rolled_out(_MIX, step), f"Each map is right; but {step.told}. {_HALF_AND_PRODUCT}")
        for step in (_PUT_TOGETHER[4], *_PUT_TOGETHER[8:])
    ),
    *(
        Misconception(
            f"{mix.name}, and {step.name}",
            _rolled_out(mix, step),
            f"Two things: {mix.told}; and {step.told}. {_HALF_AND_PRODUCT}",
        )
        for mix in _MIXED_MAPS[:7]
        for step in _PUT_TOGETHER[:8]
        if (mix.name, step.name) not in _WITH_WORDS_OF_THEIR_OWN
    ),
    *_FINISHED_ROLLOUT,
    *_CLASS_TOKEN_LEFT_OUT,
)


ROLLOUT = Exercise(
    id="7.5",
    answer="rollout",
    title="Write rollout(layers): each map half itself, half identity; multiplied from the first layer to the last.",
    objective="follow attention through several layers",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=_LAYERS,
    right=_rollout,
    misconceptions=(
        Misconception(
            "identity forgotten",
            _rolled(list),
            "You multiplied the maps as they are. Around each attention layer x goes past it untouched, the residual "
            "(section 8, and lesson 06, section 2): half of each map is the identity, 0.5 * layer + 0.5 * np.eye(T).",
            seen="https://github.com/google-research/vision_transformer/issues/18",
        ),
        Misconception(
            "identity forgotten, and the product in the wrong order",
            lambda layers: _product(layers[::-1]),
            "Two things. Half of each map is the identity, for the residual around the layer: 0.5 * layer + 0.5 * "
            "np.eye(T). And the first layer stands on the right: a row of the last layer picks rows of what came "
            "before it.",
        ),
        Misconception(
            "product in the wrong order",
            lambda layers: _product(_halves(layers)[::-1]),
            "The first layer stands on the left in your product. A row of the *last* layer says which tokens it took, "
            "and the rows of the layer before say what those were made of (section 8): so result = mixed @ result, "
            "and not result @ mixed.",
        ),
        Misconception(
            "identity added, not halved",
            _rolled(lambda layers: [layer + np.eye(len(layer)) for layer in layers]),
            "Each layer doubles what a row sums to, 4 after two layers: you added the identity to the whole map. Half "
            "of each: 0.5 * layer + 0.5 * np.eye(T), and rows sum to 1 as they should.",
        ),
        Misconception(
            "halved, identity forgotten",
            _rolled(lambda layers: [layer / 2 for layer in layers]),
            "Each layer halves what a row sums to, a quarter after two layers: you took half of the map, but the "
            "other half, the identity, is missing: + 0.5 * np.eye(T).",
        ),
        Misconception(
            "half of the sum with the whole identity",
            _rolled(lambda layers: [layer / 2 + np.eye(len(layer)) for layer in layers]),
            "Each layer multiplies what a row sums to by 1.5, to 2.25 after two: the map is halved, the identity is "
            "not. The brackets: (layer + np.eye(T)) / 2.",
        ),
        Misconception(
            "identity halved, map not",
            _rolled(lambda layers: [layer + np.eye(len(layer)) / 2 for layer in layers]),
            "Each layer multiplies what a row sums to by 1.5, to 2.25 after two: the identity is halved, the map is "
            "not. The brackets: (layer + np.eye(T)) / 2.",
        ),
        Misconception(
            "0.5 added everywhere",
            _rolled(lambda layers: [(layer + 1) / 2 for layer in layers]),
            "You added 0.5 to *every* weight. The residual hands each token its own x only: the identity has ones on "
            "the diagonal and zeros elsewhere, np.eye(T), not np.ones or a plain 0.5.",
        ),
        Misconception(
            "identity once, at the end",
            lambda layers: (_product(layers) + np.eye(len(layers[0]))) / 2,
            "You multiplied the maps first and mixed in the identity once. There is a residual around *every* layer: "
            "half identity in each map, then the product.",
        ),
        Misconception(
            "identity only in the first layer",
            _rolled(lambda layers: [_halves(layers)[0], *layers[1:]]),
            "Only your first map has its half identity. Every layer has a residual around it, the later ones as well.",
        ),
        Misconception(
            "first layer without its identity",
            _rolled(lambda layers: [layers[0], *_halves(layers)[1:]]),
            "Your first layer is multiplied as it is; does result begin as layers[0]? It has a residual as well. Begin "
            "with np.eye(T), and let the loop run over all layers.",
        ),
        Misconception(
            "first layer twice",
            _rolled(lambda layers: [_halves(layers)[0], *_halves(layers)]),
            "Your first layer is in the product twice: result begins with it, and the loop multiplies it in again. "
            "Begin with np.eye(T), or let the loop run over layers[1:].",
        ),
        Misconception(
            "first layer twice, once without its identity",
            _rolled(lambda layers: [layers[0], *_halves(layers)]),
            "Your first layer is in the product twice: result begins as layers[0], and the loop multiplies it in "
            "again. Begin with np.eye(T).",
        ),
        Misconception(
            "sum of the layers",
            lambda layers: sum(layers),
            "You added the maps up, so rows sum to 2, the number of layers. A later layer looks at what an earlier one "
            "has *mixed already*: that is a product, layer by layer.",
        ),
        Misconception(
            "sum with identities",
            lambda layers: sum(_halves(layers)),
            "Each map is right, but you added them up, so rows sum to 2, the number of layers. A later layer looks at "
            "what an earlier one has *mixed already*: multiply, mixed @ result.",
        ),
        Misconception(
            "mean of the layers",
            lambda layers: sum(layers) / len(layers),
            "You took the mean of the maps. It does not matter to a mean which layer comes first, and it never follows "
            "a path through two layers. Multiply; and half of each map is the identity.",
            seen="https://github.com/MenghaoGuo/PCT/issues/14",
        ),
        Misconception(
            "mean with identities",
            lambda layers: sum(_halves(layers)) / len(layers),
            "Each map is right, but you took their mean, which never follows a path through two layers. Multiply: "
            "mixed @ result.",
        ),
        Misconception(
            "last layer only",
            lambda layers: layers[-1],
            "That is the map of the last layer. It looks at tokens that earlier layers have mixed already, so its "
            "largest weight may stand for another patch (section 8: the last layer alone hides b). All layers count, "
            "multiplied.",
        ),
        Misconception(
            "last layer only, with identity",
            lambda layers: _halves(layers)[-1],
            "That is the last layer alone, with its half identity. Does your loop write over result instead of "
            "multiplying? result = mixed @ result.",
        ),
        Misconception(
            "first layer only",
            lambda layers: layers[0],
            "That is the map of the first layer. All layers count, multiplied, each half identity.",
        ),
        Misconception(
            "first layer only, with identity",
            lambda layers: _halves(layers)[0],
            "That is the first layer alone, with its half identity. Does 'return' stand inside the loop?",
        ),
        Misconception(
            "maximum over the layers",
            lambda layers: np.max(layers, axis=0),
            "You took the greatest weight over the layers. That says where some layer looked; what *arrives* through "
            "all of them is a product.",
        ),
        Misconception(
            "maximum over the layers, with identities",
            lambda layers: np.max(_halves(layers), axis=0),
            "Each map is right, but you took the greatest weight over the layers. What *arrives* through all of them "
            "is a product: mixed @ result.",
        ),
        Misconception(
            "maps multiplied number by number",
            lambda layers: np.prod(_halves(layers), axis=0),
            "* multiplies number by number: your rows no longer sum to 1. A path goes from a token through *any* token "
            "in between: the matrix product, @.",
        ),
        Misconception(
            "maps multiplied number by number, identity forgotten",
            lambda layers: np.prod(layers, axis=0),
            "* multiplies number by number: your rows no longer sum to 1. A path goes from a token through *any* token "
            "in between: the matrix product, @. And half of each map is the identity.",
        ),
        Misconception(
            "maps multiplied number by number, then normalised",
            lambda layers: _rows_to_one(np.prod(_halves(layers), axis=0)),
            "* multiplies number by number, and dividing by the sums hides it. A path goes from a token through *any* "
            "token in between: the matrix product, @.",
        ),
        Misconception(
            "rows and columns exchanged",
            lambda layers: _rollout(layers).T,
            "Right, but transposed: your columns sum to 1. A row is the token that looks.",
        ),
        Misconception(
            "maps transposed",
            _rolled(lambda layers: [half.T for half in _halves(layers)]),
            "You transposed each map: its columns sum to 1 then. A row is the token that looks; leave the maps as they "
            "are.",
        ),
        Misconception(
            "columns made to sum to 1",
            _rolled(lambda layers: [(layer + np.eye(len(layer))) / (1 + layer.sum(0)) for layer in layers]),
            "You divided by the sums of the *columns*. Each row is a token that shares out 1: axis=-1, with "
            "keepdims=True. (Half of each needs no dividing at all.)",
        ),
        Misconception(
            "greatest weight made 1",
            lambda layers: _rollout(layers) / _rollout(layers).max(),
            "The product is right, and you divided it by its maximum, as one does for a picture on the screen. Leave "
            "that out: rows sum to 1.",
        ),
        Misconception(
            "one row only",
            lambda layers: _rollout(layers)[0],
            "That is the row of the first token, all that one needs when it is a class token. Asked for are all rows.",
        ),
        Misconception(
            "identity taken away from the result",
            lambda layers: _rollout(layers) - np.eye(len(layers[0])) / 2 ** len(layers),
            "You took the paths away that never leave their token. They belong to it: rows sum to 1.",
        ),
        Misconception(
            "each layer's map",
            _halves,
            "Those are the mixed maps, each right, one for each layer. Multiply them: result = np.eye(T), and then for "
            "each of them result = mixed @ result.",
        ),
        Misconception(
            "identity as large as the number of layers",
            _as_many_as_layers,
            "len(layers) is how many layers there are. The identity is as large as a map: T = len(layers[0]).",
        ),
        *_OTHER_ROLLOUTS,
    ),
    hints=(
        "Take one layer first: mixed = 0.5 * layer + 0.5 * np.eye(T), with T = len(layer). Do its rows sum to 1?",
        "Begin with result = np.eye(T), 'every token is itself'. Then, layer by layer, the new map comes to the left.",
        "for layer in layers: mix the layer's own map with the identity, and put its product with result in the "
        "place of result. On which side does the new map stand?",
    ),
    praise="Rows sum to 1 whatever the depth. It is a rule of bookkeeping, though: no value and no feed-forward layer "
    "appears in it.",
)
