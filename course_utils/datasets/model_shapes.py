"""The shapes of published Transformers: how many layers, heads and features, each from the paper that names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelShape:
    """What decides the cost of a Transformer.

    ``kv_heads`` keys and values are shared by ``heads`` queries (*grouped-query attention*, Ainslie et al. 2023,
    arXiv:2305.13245); without sharing the two are equal. A feed-forward network has two matrices ``d_model x d_ff``,
    or three where one of them gates (*SwiGLU*, Shazeer 2020, arXiv:2002.05202). ``context`` is the length in tokens
    that the model was made for, ``window`` how many keys a query sees at most. A model that ``writes`` predicts the
    next token and keeps keys and values meanwhile; the others read a whole text at once. Where the read-out is
    ``tied`` it is the embedding matrix once more. ``note`` says where the shape simplifies the model.
    """

    name: str
    layers: int
    heads: int
    kv_heads: int
    d_k: int
    d_model: int
    d_ff: int
    feed_forward_matrices: int
    context: int
    vocabulary: int
    source: str
    writes: bool = True
    tied: bool = False
    window: int | None = None
    note: str = ""


_SHAPES = (
    ModelShape(
        name="MiniLM-L6",
        layers=6,
        heads=12,
        kv_heads=12,
        d_k=32,
        d_model=384,
        d_ff=1536,
        feed_forward_matrices=2,
        context=512,
        vocabulary=30_522,
        writes=False,
        source="Wang et al. 2020 (arXiv:2002.10957); the configuration published with all-MiniLM-L6-v2",
    ),
    ModelShape(
        name="BERT base",
        layers=12,
        heads=12,
        kv_heads=12,
        d_k=64,
        d_model=768,
        d_ff=3072,
        feed_forward_matrices=2,
        context=512,
        vocabulary=30_522,
        writes=False,
        source="Devlin et al. 2018, section 3 (arXiv:1810.04805); the vocabulary as published with it",
    ),
    ModelShape(
        name="GPT-2 XL",
        layers=48,
        heads=25,
        kv_heads=25,
        d_k=64,
        d_model=1600,
        d_ff=6400,
        feed_forward_matrices=2,
        context=1024,
        vocabulary=50_257,
        tied=True,
        source="Radford et al. 2019, section 2.3 and table 2; the heads as published with it",
    ),
    ModelShape(
        name="GPT-3 175B",
        layers=96,
        heads=96,
        kv_heads=96,
        d_k=128,
        d_model=12_288,
        d_ff=49_152,
        feed_forward_matrices=2,
        context=2048,
        vocabulary=50_257,
        tied=True,
        source="Brown et al. 2020, section 2.1 and table 2.1 (arXiv:2005.14165); read-out as in GPT-2",
        note="Every other layer sees a band of the text only; here all layers are taken to see all of it.",
    ),
    ModelShape(
        name="Llama 2 7B",
        layers=32,
        heads=32,
        kv_heads=32,
        d_k=128,
        d_model=4096,
        d_ff=11_008,
        feed_forward_matrices=3,
        context=4096,
        vocabulary=32_000,
        source="Touvron et al. 2023, section 2.2 and table 1 (arXiv:2307.09288); layers, widths as published with it",
    ),
    ModelShape(
        name="Mistral 7B v0.1",
        layers=32,
        heads=32,
        kv_heads=8,
        d_k=128,
        d_model=4096,
        d_ff=14_336,
        feed_forward_matrices=3,
        context=8192,
        vocabulary=32_000,
        window=4096,
        source="Jiang et al. 2023, table 1 (arXiv:2310.06825); later versions have no window",
    ),
    ModelShape(
        name="Llama 3.1 8B",
        layers=32,
        heads=32,
        kv_heads=8,
        d_k=128,
        d_model=4096,
        d_ff=14_336,
        feed_forward_matrices=3,
        context=131_072,
        vocabulary=128_256,
        source="Grattafiori et al. 2024, table 3 and section 3.4.2 (arXiv:2407.21783); the vocabulary as published "
        "with it",
    ),
    ModelShape(
        name="Llama 3.1 405B",
        layers=126,
        heads=128,
        kv_heads=8,
        d_k=128,
        d_model=16_384,
        d_ff=53_248,
        feed_forward_matrices=3,
        context=131_072,
        vocabulary=128_256,
        source="Grattafiori et al. 2024, table 3 and section 3.4.2 (arXiv:2407.21783); the vocabulary as published "
        "with it",
    ),
)
MODEL_SHAPES = {shape.name: shape for shape in _SHAPES}
