"""What an attention explorer is about: tokens, and for every head queries and keys or ready weights, all checked.

The arrays are float32, as the page gets them, so that Python and JavaScript compute from the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from course_utils.attention import causal_mask
from course_utils.widgets.attention_explorer.checks import CAUSAL, NO_MASK, Checks
from course_utils.widgets.attention_explorer.visible import apart

MOST = {"tokens": 256, "picture": 4096, "time": 1024}  # positions, by what is drawn


@dataclass(frozen=True, eq=False)
class Problem:
    """Checked arrays in float32 (H heads, T_q queries, T_k keys), and the names of everything in them."""

    name: str
    stage: str  # "tokens", "picture" or "time": how the page draws it
    stage_data: Mapping[str, object]
    query_tokens: tuple[str, ...]
    key_tokens: tuple[str, ...]
    query_labels: tuple[str, ...]  # as the words call them
    key_labels: tuple[str, ...]
    heads: tuple[str, ...]
    heads_numbered: bool  # the heads have no names but 1 .. H
    self_attention: bool
    query: np.ndarray | None  # (H, T_q, d_k)
    key: np.ndarray | None  # (H, T_k, d_k)
    value: np.ndarray | None  # (H, T_k, d_v)
    score_bias: np.ndarray | None  # (H, T_q, T_k)
    weights: np.ndarray | None  # (H, T_q, T_k), in place of query and key
    masks: Mapping[str, np.ndarray] = field(repr=False)  # each (T_q, T_k), True = may attend; without "none"
    marked: np.ndarray | None  # (T_q, T_k)
    marked_as: tuple[str, ...]  # (T_q,), or nothing
    start_temperature: float

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """``(H, T_q, T_k, d_k, d_v)``; d_k is 0 for ready weights, d_v where there are no values."""
        d_k = 0 if self.query is None else self.query.shape[2]
        d_v = 0 if self.value is None else self.value.shape[2]
        return len(self.heads), len(self.query_tokens), len(self.key_tokens), d_k, d_v

    @property
    def mask_names(self) -> list[str]:
        """What there is to choose from; the first is no mask."""
        return [NO_MASK, *self.masks]


def problem(
    said_by: str,
    tokens: Sequence[str],
    query: object = None,
    key: object = None,
    value: object = None,
    *,
    weights: object = None,
    key_tokens: Sequence[str] | None = None,
    score_bias: object = None,
    masks: Mapping[str, object] | None = None,
    head_names: Sequence[str] | None = None,
    unit: str = "token",
    temperature: float = 1.0,
    marked: object = None,
    marked_as: Sequence[str] | None = None,
    name: str = "Attention explorer",
    labels: Sequence[str] | None = None,
    stage: str = "tokens",
    stage_data: Mapping[str, object] | None = None,
) -> Problem:
    """Check everything, and bring it into one form. Arguments as of ``AttentionExplorer``.

    ``labels`` (T_q,), for self-attention only, are what the words call the positions, in place of "token (unit 1)".

    Raises TypeError or ValueError in the name of ``said_by``, naming the argument, what came and what was expected.
    """
    checks = Checks(said_by)
    query_tokens = checks.tokens("tokens", tokens, MOST[stage])
    self_attention = key_tokens is None
    keys = query_tokens if self_attention else checks.tokens("key_tokens", key_tokens, MOST[stage])
    T_q, T_k = len(query_tokens), len(keys)
    given = checks.given(query, key, weights, score_bias)
    arrays = {what: checks.numbers(what, thing) for what, thing in given.items()}
    if value is not None:
        arrays["value"] = checks.numbers("value", value)
    H = checks.fit(arrays, T_q, T_k, self_attention)
    masks = checks.mapping("masks", {} if masks is None else masks)
    checks.size(
        {what: array.nbytes for what, array in arrays.items()}
        | {"score_bias": 0 if score_bias is None else 4 * H * T_q * T_k}
        | {"masks": (len(masks) + self_attention) * T_q * T_k // 8}
        | {"marked": 0 if marked is None else T_q * T_k // 8}
    )
    if score_bias is not None:
        arrays["score_bias"] = checks.bias(score_bias, (H, T_q, T_k))
    if weights is not None:
        checks.sums(arrays["weights"])
    allowed = checks.masks(masks, T_q, T_k)
    if self_attention and stage != "picture":  # which has no before and after
        allowed = {CAUSAL: causal_mask(T_q).numpy(), **allowed}
    if (marked is None) != (marked_as is None):
        raise checks.wrong("marked and marked_as belong together: which keys, and what to call them.")
    if labels is None:
        unit = checks.text("unit", unit)
        query_labels, key_labels = _labels(query_tokens, unit), _labels(keys, unit)
    else:
        query_labels = key_labels = checks.names("labels", labels, T_q)
    numbered = head_names is None
    heads = [str(head + 1) for head in range(H)] if numbered else checks.names("head_names", head_names, H)
    return Problem(
        name=checks.text("name", name),
        stage=stage,
        stage_data={} if stage_data is None else dict(stage_data),
        query_tokens=tuple(query_tokens),
        key_tokens=tuple(keys),
        query_labels=tuple(query_labels),
        key_labels=tuple(key_labels),
        heads=tuple(heads),
        heads_numbered=numbered,
        self_attention=self_attention,
        **{what: arrays.get(what) for what in ("query", "key", "value", "score_bias", "weights")},
        masks=allowed,
        marked=None if marked is None else checks.mask("marked", marked, {"(T_q, T_k)": (T_q, T_k)}),
        marked_as=() if marked_as is None else tuple(checks.names("marked_as", marked_as, T_q, empty="")),
        start_temperature=checks.temperature(temperature),
    )


def _labels(tokens: Sequence[str], unit: str) -> list[str]:
    return [f"{apart(token)} ({unit} {index + 1})" for index, token in enumerate(tokens)]
