"""What attention costs in a model of a given shape, by closed forms: nothing is built, nothing is run.

Operations are counted as ``count`` counts them: the multiplications and additions of matrix products, and of the whole
table of scores, also where a mask forbids half of it. Biases, norms and positions are left out of the parameters; in
the published shapes they are under 2 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from course_utils.datasets.model_shapes import ModelShape


@dataclass(frozen=True)
class Estimate:
    """The cost of one text. Memory in bytes, arithmetic in operations.

    ``weights_bytes`` are the attention weights of one layer, all heads, if they are all kept at once;
    ``all_weights_bytes`` those of all layers, as training keeps them. ``cache_bytes`` are the keys and values of the
    whole text. ``attention_flops`` are the two products that grow with the square of the text, ``other_flops`` the
    projections, the feed-forward networks and, in a model that writes, the read-out. ``next_token_bytes`` are read to
    write one more token after the text: all matrices once, but for the embedding, of which it needs a row, and the
    kept keys and values.
    """

    weights_bytes: int
    all_weights_bytes: int
    cache_bytes: int
    parameter_bytes: int
    attention_flops: int
    other_flops: int
    next_token_bytes: int

    @property
    def attention_share(self) -> float:
        """The part of the operations that are attention's two products."""
        return self.attention_flops / (self.attention_flops + self.other_flops)

    def seconds(self, flops_per_second: float) -> float:
        """How long the arithmetic takes at this rate; moving the numbers is not counted.

        Raises ValueError when the rate is not a positive, finite number.
        """
        _require_rate("seconds", "flops_per_second", flops_per_second)
        return (self.attention_flops + self.other_flops) / flops_per_second

    def seconds_to_read(self, bytes_per_second: float) -> float:
        """How long ``next_token_bytes`` take at this rate: one more token for one reader, without its arithmetic.

        Raises ValueError when the rate is not a positive, finite number.
        """
        _require_rate("seconds_to_read", "bytes_per_second", bytes_per_second)
        return self.next_token_bytes / bytes_per_second


def attention_estimate(shape: ModelShape, length: int, bytes_per_number: int = 4) -> Estimate:
    """What one text of ``length`` tokens costs a model of this shape, read in one pass.

    With a window each query sees as many keys at most, and no more are kept (Jiang et al. 2023, section 2). A model
    that does not write keeps no keys and values: its ``cache_bytes`` and ``next_token_bytes`` are 0.

    Raises TypeError when ``shape`` is no ``ModelShape``, ValueError when ``length`` or ``bytes_per_number`` is no
    whole number from 1.
    """
    if not isinstance(shape, ModelShape):
        raise TypeError(f"attention_estimate: shape must be a ModelShape, such as MODEL_SHAPES[name]; got {shape!r}.")
    for name, number in (("length", length), ("bytes_per_number", bytes_per_number)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ValueError(f"attention_estimate: {name} is {number!r}, expected a whole number from 1.")
    seen = length if shape.window is None else min(length, shape.window)  # keys that a query sees
    table = shape.heads * length * seen
    read_out = shape.d_model * shape.vocabulary if shape.writes else 0
    kept = 2 * shape.layers * shape.kv_heads * shape.d_k * seen if shape.writes else 0
    multiplied = shape.layers * _layer_parameters(shape) + read_out  # each number once a token
    return Estimate(
        weights_bytes=table * bytes_per_number,
        all_weights_bytes=shape.layers * table * bytes_per_number,
        cache_bytes=kept * bytes_per_number,
        parameter_bytes=parameters(shape) * bytes_per_number,
        attention_flops=shape.layers * 2 * 2 * table * shape.d_k,  # scores, then context
        other_flops=length * 2 * multiplied,
        next_token_bytes=(multiplied + kept) * bytes_per_number if shape.writes else 0,
    )


def parameters(shape: ModelShape) -> int:
    """How many numbers the matrices of such a model hold: its layers, the embedding and an untied read-out."""
    embeddings = 2 if shape.writes and not shape.tied else 1
    return shape.layers * _layer_parameters(shape) + embeddings * shape.vocabulary * shape.d_model


def overtaking_length(shape: ModelShape) -> int | None:
    """From how many tokens on attention's two products are more than half of a layer's operations.

    Without shared keys and with the usual feed-forward network, two matrices and ``d_ff = 4 d_model``, that is just
    above ``6 d_model``. None where a window keeps them below half at any length.
    """
    length = _layer_parameters(shape) // (2 * shape.heads * shape.d_k) + 1
    return length if shape.window is None or length <= shape.window else None


def _layer_parameters(shape: ModelShape) -> int:
    """Numbers in one layer's matrices; each is multiplied and added once a token."""
    attention = 2 * shape.d_model * shape.d_k * (shape.heads + shape.kv_heads)  # W_q and W_o, W_k and W_v
    return attention + shape.feed_forward_matrices * shape.d_model * shape.d_ff


def _require_rate(function: str, name: str, rate: float) -> None:
    if not (math.isfinite(rate) and rate > 0):
        raise ValueError(f"{function}: {name} is {rate}, expected a positive number.")
