"""Tokens and their numbers, and which known token an unknown one was probably meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

LONGEST_SHOWN = 40  # letters of a token that is not known
MOST_NAMED = 5  # unknown tokens in one message


class Vocabulary:
    """Tokens and their numbers, in the order given; ``<pad>``, which fills up short sequences, is always 0."""

    PAD = 0
    MARKS: tuple[str, ...] = ("<pad>",)

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = (*self.MARKS, *dict.fromkeys(tokens))
        self._index = {token: index for index, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """The number of each token. Raises ValueError naming those that are not in the vocabulary."""
        if isinstance(tokens, str):
            raise ValueError(f"encode: expected a list of tokens, got the text {tokens!r}; split it first.")
        unknown = dict.fromkeys(str(token) for token in tokens if token not in self._index)
        if unknown:
            raise ValueError(self.unknown(list(unknown)))
        return [self._index[token] for token in tokens]

    def unknown(self, words: Sequence[str]) -> str:
        """The message about words that are not known: each with the known ones nearest to it, the first few of many."""
        more = f"; and {len(words) - MOST_NAMED:,} more" if len(words) > MOST_NAMED else ""
        return f"Not in the vocabulary: {'; '.join(map(self._near, words[:MOST_NAMED]))}{more}."

    def _near(self, word: str) -> str:
        near = get_close_matches(word[:LONGEST_SHOWN], self.tokens[len(self.MARKS) :], n=3, cutoff=0.5)
        return f"{shortened(word)!r} (near it: {', '.join(near)})" if near else repr(shortened(word))


class MarkedVocabulary(Vocabulary):
    """A vocabulary of sequences that begin with ``<start>``, 1, and end with ``<end>``, 2."""

    START, END = 1, 2
    MARKS = ("<pad>", "<start>", "<end>")

    def decode(self, ids: Sequence[int]) -> tuple[str, ...]:
        """The tokens before the first ``<end>``, without padding and start."""
        ids = [int(i) for i in ids]
        if self.END in ids:
            ids = ids[: ids.index(self.END)]
        return tuple(self.tokens[i] for i in ids if i not in (self.PAD, self.START))


def shortened(text: str) -> str:
    """Text of any length, cut where it would fill the screen."""
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
