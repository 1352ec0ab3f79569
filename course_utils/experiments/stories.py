"""Stories: how near a small Transformer comes to the entropy of a grammar, and what its stories are worth (C7).

All learn from the same 12,800 stories. The Transformer, the one whose tokens see only themselves, the one without a
mask, the one without feed-forward networks (fewer parameters) and the GRU have the same steps and batches, and a
learning rate that falls to a quarter for the last 200 steps; ``gru_longer`` has three times the steps. The rates were
chosen on seeds 10 and 11, which no result uses: the Transformer's and the one without feed-forward networks' out of
1e-3, 2e-3 and 4e-3, the GRU's out of 2e-3, 4e-3 and 8e-3, the longer one's out of 2e-3 and 4e-3. The counting models
see every story once; to count again would change little. How much a shorter context counts was chosen for each of
them on the same two seeds, by the gap.

``gap_...`` is the cross-entropy on 1,000 held-out stories minus the exact negative log-probability of *these same*
stories, in nats a token; it has less noise than the difference to the entropy. ``accepted_...`` is the share of 500
stories, drawn at temperature 1, in which the grammar's reader finds no fault; ``copied_...`` the share that was learned
from, word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.datasets.stories import (
    MAX_TOKENS,
    NAMES,
    OBJECTS,
    VOCABULARY,
    Story,
    draw,
    encode,
    is_accepted,
    log_probability,
    read,
    split_text,
)
from course_utils.generation import Writing, generate, look_back
from course_utils.interpretability import hit_rate
from course_utils.models.counting import CountingModel
from course_utils.models.language_model import SEES, LanguageModel, RecurrentLanguageModel
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters, fit, minibatches

STORIES = 12_800  # to learn from
HELD_OUT = 1_000
SAMPLES = 500  # stories written by a model, to be judged
STEPS, SLOW_STEPS = 700, 200  # the second number at a quarter of the learning rate
BATCH = 32
D_MODEL, HEADS, LAYERS = 64, 4, 2
EMBEDDING_STD = 0.02  # as small as the positions begin, which are drowned out otherwise (Radford et al. 2019)
HIDDEN = 150  # units of the GRU, for as many parameters
RATES = {"transformer": 2e-3, "itself": 2e-3, "all": 2e-3, "no_feed_forward": 2e-3, "gru": 4e-3, "gru_longer": 2e-3}
TIMES = {"gru_longer": 3}  # the steps of the others
SHORTER = {2: 0.1, 3: 0.1, 8: 10.0, 20: 30.0}  # by tokens counted, the next one included: best out of 0.1 to 100
RECITING = (20, 0.3)  # tokens counted, and a weight of the shorter context that leaves most to the longest one
KINDS = ("object", "place", "thanked", "pronoun")
CUTS: dict[str, Callable[[Story, int], list[int]]] = {  # from the words and the position of *you*: places to close
    "nothing": lambda words, you: [],
    "giver": lambda words, you: [t for t in range(you) if words[t] == words[you + 1]],
    "other": lambda words, you: [t for t in range(you) if words[t] in NAMES and words[t] != words[you + 1]],
    "receiver": lambda words, you: [words.index("gave") + 1],  # him or her
    "thanker": lambda words, you: [words.index("said") - 1],  # he, she or a name
    "thing": lambda words, you: [words.index("gave") + 3],
}

OnStep = Callable[[int, float], None]
Model = Callable[..., tuple[Tensor, object]]


def build(kind: str, seed: int) -> nn.Module:
    """A fresh model.

    ``'transformer'``; ``'itself'``, the same with attention cut off; ``'all'``, without a mask; ``'no_feed_forward'``,
    which begins with the same numbers in all else; ``'gru'``; ``'gru_longer'``, the same, to be trained longer.

    Raises ValueError for any other kind.
    """
    set_seed(seed)
    if kind in ("gru", "gru_longer"):
        return RecurrentLanguageModel(len(VOCABULARY), D_MODEL, HIDDEN)
    if kind in RATES:
        sees = kind if kind in SEES else "past"
        model = LanguageModel(len(VOCABULARY), D_MODEL, HEADS, LAYERS, MAX_TOKENS, sees=sees)
        nn.init.normal_(model.embedding.weight, std=EMBEDDING_STD)
        if kind == "no_feed_forward":
            for block in model.blocks:
                block.feed_forward, block.norm_2 = AddsNothing(), nn.Identity()
        return model
    raise ValueError(f"build: kind is {kind!r}, expected one of {', '.join(map(repr, RATES))}.")


class AddsNothing(nn.Module):
    """Stands where a feed-forward network was."""

    def forward(self, x: Tensor) -> Tensor:
        """Zeros like x."""
        return torch.zeros_like(x)


def loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Cross-entropy in nats of every next token, ``<end>`` included; padding does not count."""
    (tokens,) = batch
    logits, _ = model(tokens[:, :-1], need_weights=False)  # (batch, T - 1, vocabulary): all predictions in one pass
    return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=VOCABULARY.PAD)


def train(kind: str, seed: int, *, on_step: OnStep | None = None) -> tuple[nn.Module, list[float]]:
    """A model trained on the stories of this seed, and its losses. Errors as in ``build``."""
    model, batches = build(kind, seed), minibatches((training_tokens(seed),), BATCH, generator(seed))
    rate, times = RATES[kind], TIMES.get(kind, 1)
    fast = fit(model, loss, batches, times * STEPS, rate, on_step=on_step)
    later = None if on_step is None else lambda step, number: on_step(times * STEPS + step, number)
    return model, fast + fit(model, loss, batches, times * SLOW_STEPS, rate / 4, on_step=later)


@cache
def training_tokens(seed: int) -> Tensor:
    """The stories to learn from, ``(STORIES, T)``; every seed has its own."""
    return encode(training_stories(seed))


@cache
def training_stories(seed: int) -> tuple[Story, ...]:
    """The same as words."""
    return tuple(draw(STORIES, 2 * seed))


@cache
def held_out(seed: int) -> tuple[Story, ...]:
    """Stories drawn anew. A few may also have been learned from: the grammar does not know."""
    return tuple(draw(HELD_OUT, 2 * seed + 1))


@torch.no_grad()
def cross_entropy(model: Model, stories: Sequence[Story]) -> float:
    """Nats a token, in the mean over all tokens of the stories."""
    return float(loss(model, (encode(stories),)))


def exact_cross_entropy(stories: Sequence[Story]) -> float:
    """What the grammar itself reaches on these stories, in nats a token."""
    return -sum(map(log_probability, stories)) / sum(map(len, stories))


def gap(model: Model, stories: Sequence[Story]) -> float:
    """How far the model's cross-entropy lies above the grammar's own, on the same stories, in nats a token."""
    return cross_entropy(model, stories) - exact_cross_entropy(stories)


def write(model: Model, count: int, seed: int, temperature: float = 1.0, top_k: int | None = None) -> list[Story]:
    """Let the model write stories, each as far as its ``<end>`` or the greatest length."""
    prompt = torch.full((count, 1), VOCABULARY.START)
    rows = generate(
        model, prompt, MAX_TOKENS - 1, temperature=temperature, top_k=top_k, end=VOCABULARY.END,
        generator=generator(seed), use_cache=getattr(model, "sees", None) == "past",
    )  # fmt: skip
    return [written(row) for row in rows]


def begin(
    model: LanguageModel, beginning: str, temperature: float = 1.0, top_k: int | None = None, seed: int = 0
) -> Writing:
    """Go on from a beginning in words, and keep what each token was drawn from and what was looked at.

    Raises ValueError when a word is not known or is a mark, or the beginning leaves no room for another token.
    """
    words = split_text(beginning)
    marks = [word for word in words if word in VOCABULARY.MARKS]
    if marks:
        raise ValueError(f"begin: {marks[0]} is a mark and no word; a beginning has words and full stops only.")
    given = [VOCABULARY.START, *VOCABULARY.encode(words)]
    if len(given) >= MAX_TOKENS:
        raise ValueError(f"begin: the beginning has {len(given) - 1:,} tokens, expected at most {MAX_TOKENS - 2}.")
    rows = generate(
        model, torch.tensor([given]), MAX_TOKENS - len(given), temperature=temperature, top_k=top_k,
        end=VOCABULARY.END, generator=generator(seed),
    )  # fmt: skip
    return look_back(model, rows[0], len(given), VOCABULARY.tokens, temperature, top_k)


def verdict(story: Sequence[str]) -> str:
    """What the grammar's reader says to a story, in a sentence."""
    fault = read(story).fault
    return "The grammar accepts it." if fault is None else f"The grammar refuses it: {fault}."


def written(row: Tensor) -> Story:
    """The tokens of a row after ``<start>``, up to its first ``<end>``."""
    tokens = [VOCABULARY.tokens[int(number)] for number in row[1:]]
    return tuple(tokens[: tokens.index("<end>") + 1] if "<end>" in tokens else tokens)


def accepted(stories: Sequence[Story]) -> float:
    """The share in which the grammar's reader finds no fault."""
    return sum(map(is_accepted, stories)) / len(stories)


def copied(stories: Sequence[Story], seed: int) -> float:
    """The share that stands word for word among the stories to learn from."""
    learned = set(training_stories(seed))
    return sum(story in learned for story in stories) / len(stories)


@torch.no_grad()
def places(model: LanguageModel, stories: Sequence[Story], kind: str) -> tuple[Tensor, Tensor, Tensor]:
    """Where the model looks from each word of this kind, and where the right places are.

    Returns weights ``(layers, heads, references, T_k)``, the right places ``(references, T_k)`` boolean, and the
    probability ``(references,)`` given to the token that follows.
    """
    tokens = encode(stories)
    logits, layers = model(tokens)
    weights = torch.stack(layers)  # (layers, batch, heads, T_q, T_k)
    found = [(row, r) for row, story in enumerate(stories) for r in read(story).references if r.kind == kind]
    rows, queries = torch.tensor([row for row, _ in found]), torch.tensor([r.query for _, r in found])
    right = torch.zeros(len(found), tokens.shape[1], dtype=torch.bool)
    for number, (_, reference) in enumerate(found):
        right[number, list(reference.keys)] = True
    following = logits[rows, queries].softmax(-1).gather(-1, tokens[rows, queries + 1][:, None])[:, 0]
    return weights[:, rows, :, queries].permute(1, 2, 0, 3), right, following


def best_head(weights: Tensor, right: Tensor) -> tuple[int, int]:
    """Layer and head, from 0, whose greatest weight lies most often on a right place; shapes as in ``places``."""
    rates = {(i, j): hit_rate(head, right) for i, layer in enumerate(weights) for j, head in enumerate(layer)}
    return max(rates, key=rates.__getitem__)


@torch.no_grad()
def said_by_part(model: LanguageModel, stories: Sequence[Story]) -> dict[str, float]:
    """How many nats each part of the stream speaks for the thing that follows, against the mean of the other things.

    The mean over all references of the kind ``'object'``. What the last norm takes off and divides by is that of the
    whole stream at that token; what the read-out says to nothing, by its biases, belongs to no part.

    Raises ValueError for a model that ``LanguageModel.written`` refuses.
    """
    tokens = encode(stories)
    found = [(row, r.query) for row, story in enumerate(stories) for r in read(story).references if r.kind == "object"]
    rows, queries = torch.tensor(found).T
    wrote = {name: x[rows, queries] for name, x in model.written(tokens).items()}  # (references, d_model) each
    size = (sum(wrote.values()).var(-1, unbiased=False, keepdim=True) + model.norm.eps).sqrt()
    things = torch.tensor(VOCABULARY.encode(OBJECTS))
    read_outs = model.output.weight[things]  # (6, d_model)
    others = (read_outs.sum(0) - read_outs) / (len(things) - 1)
    following = (tokens[rows, queries + 1][:, None] == things).long().argmax(-1)
    towards = ((read_outs - others) * model.norm.weight)[following]  # (references, d_model)
    return {name: float(((x - x.mean(-1, keepdim=True)) / size * towards).sum(-1).mean()) for name, x in wrote.items()}


@torch.no_grad()
def right_name(model: LanguageModel, stories: Sequence[Story], cut: Callable[[Story, int], Sequence[int]]) -> float:
    """What the thanked name gets, in the mean over all thanks, if *you* may not attend to some places in any layer.

    ``cut`` gets the words of a story, ``<start>`` first, and the position of *you*, and names the places to close. All
    other words look where they always do. Raises ValueError when nobody says thanks, and IndexError when a place lies
    outside.
    """
    thanks = [("<start>", *story) for story in stories if "thank" in story]
    if not thanks:
        raise ValueError("right_name: nobody says thanks in these stories.")
    tokens, rows = encode([words[1:] for words in thanks]), torch.arange(len(thanks))
    queries = torch.tensor([words.index("you") for words in thanks])
    mask = torch.ones(*tokens.shape, tokens.shape[1], dtype=torch.bool)  # (stories, T_q, T_k)
    for row, (words, query) in enumerate(zip(thanks, queries.tolist())):
        mask[row, query, list(cut(words, query))] = False
    x = model.residual_stream(tokens)[0]
    for block in model.blocks:
        x, _ = block(x, mask, causal=True, need_weights=False)
    probabilities = model.read_out(x[rows, queries]).softmax(-1)
    return float(probabilities[rows, tokens[rows, queries + 1]].mean())


def run(seed: int) -> dict[str, float]:
    """Gap and accepted share of every model; where the Transformer's heads look, chosen and scored apart.

    ``right_cut_...`` is what the thanked name gets when *you* may not attend to some places (``CUTS``), ``says_...``
    how much each part of the stream speaks for the thing that follows (``said_by_part``).
    """
    stories = held_out(seed)
    metrics: dict[str, float] = {}
    for kind in RATES:
        model, history = train(kind, seed)
        suffix = "" if kind == "transformer" else f"_{kind}"
        metrics[f"parameters{suffix}"] = count_parameters(model)
        metrics[f"final_loss{suffix}"] = sum(history[-50:]) / 50
        metrics |= judged(model, seed, suffix)
        if kind == "transformer":
            metrics |= heads_scored(model, stories)
            metrics |= {f"right_cut_{name}": right_name(model, stories, cut) for name, cut in CUTS.items()}
            said = said_by_part(model, stories)
            metrics |= {f"says_{part.replace(' ', '_').replace('-', '_')}": nats for part, nats in said.items()}
        if kind == "no_feed_forward":
            metrics["right_thanked_no_feed_forward"] = float(
                places(model, stories[HELD_OUT // 2 :], "thanked")[2].mean()
            )
    for n, shorter in SHORTER.items():
        metrics |= judged(counting(n, shorter, seed), seed, f"_{n}_tokens")
    metrics |= judged(counting(*RECITING, seed), seed, "_reciting")
    return {name: round(value, 4) for name, value in metrics.items()}


def counting(n: int, shorter: float, seed: int) -> CountingModel:
    """A model that has counted the stories of this seed; errors as ``CountingModel``."""
    model = CountingModel(n, len(VOCABULARY), shorter)
    model.count(training_tokens(seed), VOCABULARY.PAD)
    return model


def judged(model: Model, seed: int, suffix: str) -> dict[str, float]:
    """The model's gap on held-out stories; of the stories that it writes, the share accepted and the share copied."""
    told = write(model, SAMPLES, seed)
    return {
        f"gap_nats{suffix}": gap(model, held_out(seed)),
        f"accepted{suffix}": accepted(told),
        f"copied{suffix}": copied(told, seed),
    }


def heads_scored(model: LanguageModel, stories: Sequence[Story]) -> dict[str, float]:
    """For each kind of reference: the head chosen on the first half of the stories, and its hit rate on the second."""
    half, metrics = len(stories) // 2, {}
    for kind in KINDS:
        choosing, right, _ = places(model, stories[:half], kind)
        layer, head = best_head(choosing, right)
        weights, right, following = places(model, stories[half:], kind)
        metrics[f"layer_{kind}"], metrics[f"head_{kind}"] = layer + 1, head + 1
        metrics[f"hit_rate_{kind}"] = hit_rate(weights[layer, head], right)
        metrics[f"hit_rate_{kind}_mean_head"] = sum(hit_rate(h, right) for each in weights for h in each) / (
            LAYERS * HEADS
        )
        if kind != "pronoun":
            metrics[f"right_{kind}"] = float(following.mean())
    return metrics
