"""What the efficient attentions ask of their arguments, beyond what plain attention asks."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.attention import require_attention_inputs


def empty_context(function: str, query: Tensor, key: Tensor, value: Tensor, *, query_is_last: bool) -> Tensor:
    """Room for the result, ``(..., T_q, d_v)``, once query, key and value are found to fit together.

    ``query_is_last``: whether the queries are the last positions of the keys', so that there may be no more of them.

    Raises TypeError or ValueError naming the argument, what came and what was expected.
    """
    require_attention_inputs(function, query, key, value)
    if key.shape[-2] == 0:
        raise ValueError(f"{function}: key has no positions (shape {tuple(key.shape)}); expected at least one.")
    if query_is_last and query.shape[-2] > key.shape[-2]:
        raise ValueError(
            f"{function}: query has {query.shape[-2]} positions and key {key.shape[-2]}; expected no more queries "
            "than keys, because the queries are the last positions."
        )
    leading = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    return query.new_empty(*leading, query.shape[-2], value.shape[-1])


def require_size(function: str, name: str, size: object) -> None:
    """Raise TypeError or ValueError when ``size`` is no whole number from 1."""
    if isinstance(size, bool) or not isinstance(size, int):
        raise TypeError(f"{function}: {name} must be a whole number, got {size!r}.")
    if size < 1:
        raise ValueError(f"{function}: {name} is {size}, expected at least 1.")
