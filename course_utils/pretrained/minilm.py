"""all-MiniLM-L6-v2, read into the course's own ``SentenceEncoder``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from course_utils.models.sentence_encoder import Encoded, SentenceEncoder
from course_utils.pretrained import files
from course_utils.pretrained.pieces import between, find_word, require_sentence

if TYPE_CHECKING:
    from tokenizers import Encoding

D_MODEL, NUM_HEADS, NUM_LAYERS, D_FF = 384, 12, 6, 1536
VOCABULARY_SIZE = 30_522
POSITIONS = 512  # that the file has
MAX_PIECES = 256  # that the model was made for, [CLS] and [SEP] among them
LAYER_PARTS = {  # ours -> BERT's, in each layer
    "attention.W_q": "attention.self.query",
    "attention.W_k": "attention.self.key",
    "attention.W_v": "attention.self.value",
    "attention.W_o": "attention.output.dense",
    "norm_1": "attention.output.LayerNorm",
    "feed_forward.widen": "intermediate.dense",
    "feed_forward.narrow": "output.dense",
    "norm_2": "output.LayerNorm",
}


class MiniLM:
    """The model itself: answers for every English sentence of at most 256 pieces.

    A piece is a word or a part of one, as the model's vocabulary cuts it; ``[CLS]`` stands before the first and
    ``[SEP]`` after the last.

    Source: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), made from MiniLM, Wang et al.
    2020 (arXiv:2002.10957).
    """

    live = True
    shown = "shown: measured now"

    def __init__(self, place: files.Place) -> None:
        """Raises PretrainedError when the files there are not the published ones, or cannot be read here."""
        files.require_readers()
        vocabulary = files.read(place, files.VOCABULARY).decode("utf-8").split("\n")
        from safetensors.torch import load
        from tokenizers import BertWordPieceTokenizer

        self.source = f"{files.MODEL} from {place.name}, compared with its SHA-256."
        self.tokenizer = BertWordPieceTokenizer({piece: number for number, piece in enumerate(vocabulary) if piece})
        state = from_bert(load(files.read(place, files.WEIGHTS)))
        with torch.random.fork_rng(devices=[]):  # what is drawn here gives way to the file's numbers
            self.encoder = SentenceEncoder(VOCABULARY_SIZE, D_MODEL, NUM_HEADS, NUM_LAYERS, D_FF, POSITIONS)
        self.encoder.load_state_dict(state, assign=True)
        self.encoder.requires_grad_(False).eval()

    def pieces(self, sentence: str) -> tuple[str, ...]:
        """The pieces that the model sees, ``T`` of them. Raises ValueError as ``tokens`` does."""
        return tuple(self._cut(sentence).tokens)

    def tokens(self, sentences: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Numbers of the pieces, filled up with padding, and the mask that is True at real ones, both ``(batch, T)``.

        Raises ValueError when there is no sentence, or one is no text, empty or longer than 256 pieces.
        """
        if isinstance(sentences, str) or not isinstance(sentences, Sequence) or not sentences:
            raise ValueError(f"tokens: sentences is {sentences!r}, expected a list with at least one sentence.")
        rows = [self._cut(sentence).ids for sentence in sentences]
        longest = max(map(len, rows))
        mask = torch.tensor([[place < len(row) for place in range(longest)] for row in rows])
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows]), mask  # [PAD] is number 0

    def vector(self, sentence: str) -> Tensor:
        """The sentence's vector, ``(384,)``, of length 1. Raises ValueError as ``tokens`` does."""
        return self._encode(sentence).vectors[0]

    def weights(self, sentence: str) -> Tensor:
        """The attention weights of all layers and heads, ``(6, 12, T, T)``.

        Raises ValueError as ``tokens`` does, and when another function attends in a layer and gives no weights.
        """
        weights = self._encode(sentence).weights
        if any(of_layer is None for of_layer in weights):
            raise ValueError("weights: the function that attends gives none; let it return (context, weights).")
        return torch.stack(weights)[:, 0]

    def word_states(self, sentence: str, word: str) -> Tensor:
        """The states of one word, ``(7, 384)``: at the embedding and after each layer, the mean over its pieces.

        Raises ValueError as ``tokens`` does, and when the word does not stand in the sentence exactly once.
        """
        places = find_word(self.pieces(sentence), word)
        return torch.stack(self._encode(sentence).states)[:, 0, places].mean(1)

    def weights_between(self, sentence: str, word: str, other: str) -> Tensor:
        """The weight that one word gives another, ``(6, 12)``: mean over the pieces of the one, sum over the other's.

        Raises ValueError as ``word_states`` does.
        """
        return between(self.weights(sentence), self.pieces(sentence), word, other)

    def _encode(self, sentence: str) -> Encoded:
        return self.encoder(*self.tokens([sentence]))

    def _cut(self, sentence: str) -> Encoding:
        require_sentence(sentence)
        cut = self.tokenizer.encode(sentence)
        if len(cut.ids) == 2:  # [CLS] and [SEP] alone
            raise ValueError(f"sentence is {sentence!r}, in which there is nothing to read; expected an English one.")
        if len(cut.ids) > MAX_PIECES:
            raise ValueError(
                f"sentence has {len(cut.ids):,} pieces with [CLS] and [SEP], expected at most {MAX_PIECES}: "
                "the model was not made for longer ones."
            )
        return cut


def from_bert(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of a ``SentenceEncoder`` from tensors by the names that BERT's authors gave them.

    Every sentence is of BERT's kind 0, whose embedding is added to the positions. BERT's pooler, which takes [CLS]
    alone, is left out: this model does not use it.
    """
    named = {f"norm.{kind}": f"embeddings.LayerNorm.{kind}" for kind in ("weight", "bias")}
    named["embedding.weight"] = "embeddings.word_embeddings.weight"
    for layer in range(NUM_LAYERS):
        for ours, theirs in LAYER_PARTS.items():
            for kind in ("weight", "bias"):
                named[f"blocks.{layer}.{ours}.{kind}"] = f"encoder.layer.{layer}.{theirs}.{kind}"
    state = {ours: tensors[theirs] for ours, theirs in named.items()}
    kind_0 = tensors["embeddings.token_type_embeddings.weight"][0]
    return state | {"positions.vectors": tensors["embeddings.position_embeddings.weight"] + kind_0}
