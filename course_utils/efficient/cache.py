"""The keys and values of what was read, kept: what need not be computed twice."""

from __future__ import annotations

import torch
from torch import Tensor


class KeyValueCache:
    """Keep the keys and values of the tokens already read, so that a new token needs only its own.

    One for each attention layer; hand it to ``MultiHeadAttention`` or ``TransformerBlock`` as
    ``cache``. It grows by what each call brings.

    Source: named and measured in Shazeer 2019, section 2.4 (arXiv:1911.02150).
    """

    def __init__(self) -> None:
        self.key: Tensor | None = None  # (batch, heads, length, d_k)
        self.value: Tensor | None = None

    @property
    def length(self) -> int:
        """How many tokens are kept."""
        return 0 if self.key is None else self.key.shape[-2]

    @property
    def bytes(self) -> int:
        """How much memory keys and values take."""
        return 0 if self.key is None else self.key.nbytes + self.value.nbytes

    def append(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Add the new tokens' keys and values ``(batch, heads, T, d_k)`` and return all there are.

        Raises ValueError when they differ from each other or from what is kept in anything but length.
        """
        if key.shape != value.shape:
            raise ValueError(
                f"KeyValueCache: key has shape {tuple(key.shape)} and value {tuple(value.shape)}; expected equal ones."
            )
        if self.key is not None:
            kept, came = self.key.shape, key.shape
            if kept[:-2] != came[:-2] or kept[-1] != came[-1]:
                raise ValueError(
                    f"KeyValueCache: keys of shape {tuple(came)} came, but those kept have {tuple(kept)}; "
                    "only the length (the last axis but one) may differ. Begin every sequence with a new cache."
                )
            key, value = torch.cat([self.key, key], -2), torch.cat([self.value, value], -2)
        self.key, self.value = key, value
        return key, value
