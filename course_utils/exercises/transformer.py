"""Exercises of the lesson on a small transformer."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial, wraps

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(6)
Layer = Callable[[np.ndarray], np.ndarray]


def _log_softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    return torch.log_softmax(torch.as_tensor(scores), axis).numpy()


def _standardised(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)


def _either_kind(layer: Layer) -> Layer:
    """A tensor gives a tensor back, so that an answer may be written in torch."""

    @wraps(layer)
    def called(x):
        if isinstance(x, torch.Tensor):
            return torch.from_numpy(layer(x.detach().numpy()))
        return layer(np.asarray(x, dtype=float))

    called.__qualname__ = layer.__name__  # the name that an exception shows
    return called


def _layers(d_model: int) -> tuple[Layer, Layer, Layer, Layer]:
    """attention mixes positions, feed_forward bends, each norm has a gain and a shift of its own."""
    W_q, W_k, W_v, W_in, W_out = _GENERATOR.normal(size=(5, d_model, d_model))
    gains, shifts = _GENERATOR.uniform(0.5, 1.5, size=(2, d_model)), _GENERATOR.normal(size=(2, d_model))

    def attention(x):
        if x.ndim != 2:
            message = f"attention mixes positions: it takes (T, d_model), and an array of shape {x.shape} came"
            raise ValueError(message)
        return softmax((x @ W_q) @ (x @ W_k).T / math.sqrt(d_model)) @ (x @ W_v)

    def feed_forward(x):
        return np.maximum(x @ W_in + 1.0, 0.0) @ W_out

    def norm_1(x):
        return gains[0] * _standardised(x) + shifts[0]

    def norm_2(x):
        return gains[1] * _standardised(x) + shifts[1]

    return tuple(map(_either_kind, (attention, feed_forward, norm_1, norm_2)))


_SIZES = ((3, 4), (5, 6))  # T, d_model
_BLOCKS = tuple((1.0 + 2.0 * _GENERATOR.normal(size=size), *_layers(size[1])) for size in _SIZES)


def _pre_norm(x: np.ndarray, attention: Layer, feed_forward: Layer, norm_1: Layer, norm_2: Layer) -> np.ndarray:
    for norm, layer in ((norm_1, attention), (norm_2, feed_forward)):
        x = x + layer(norm(x))
    return x


def _after_attention(x: np.ndarray, attention: Layer, norm_1: Layer) -> np.ndarray:
    return x + attention(norm_1(x))


def _residual_from_the_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x)
    x = x + attention(x)
    x = norm_2(x)
    return x + feed_forward(x)


def _second_residual_from_the_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_2(_after_attention(x, attention, norm_1))
    return x + feed_forward(x)


def _first_residual_from_the_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x)
    x = x + attention(x)
    return x + feed_forward(norm_2(x))


def _residual_inside(x, attention, feed_forward, norm_1, norm_2):
    x = attention(x + norm_1(x))
    return feed_forward(x + norm_2(x))


def _norm_on_the_way_out(x, attention, feed_forward, norm_1, norm_2):
    x = x + norm_1(attention(x))
    return x + norm_2(feed_forward(x))


def _post_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x + attention(x))
    return norm_2(x + feed_forward(x))


def _no_residual_at_attention(x, attention, feed_forward, norm_1, norm_2):
    x = attention(norm_1(x))
    return x + feed_forward(norm_2(x))


def _attention_added_to_itself(x, attention, feed_forward, norm_1, norm_2):
    x = attention(norm_1(x))
    x = x + x
    return x + feed_forward(norm_2(x))


def _second_from_the_first_x(x, attention, feed_forward, norm_1, norm_2):
    return x + feed_forward(norm_2(_after_attention(x, attention, norm_1)))


def _only_what_is_added(x, attention, feed_forward, norm_1, norm_2):
    return _pre_norm(x, attention, feed_forward, norm_1, norm_2) - x


def _reads_attention_alone(x, attention, feed_forward, norm_1, norm_2):
    mixed = attention(norm_1(x))
    return x + mixed + feed_forward(norm_2(mixed))


def _first_row_of_attention(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))[0]
    return x + feed_forward(norm_2(x))


def _unpacks_weights(x, attention, feed_forward, norm_1, norm_2):
    context, _ = attention(norm_1(x))
    return x + context


def _one_row_at_a_time(x, attention, feed_forward, norm_1, norm_2):
    return np.stack([_pre_norm(row, attention, feed_forward, norm_1, norm_2) for row in x])


def _itself_alone(x, attention, feed_forward, norm_1, norm_2):
    return np.vstack([_pre_norm(row[None], attention, feed_forward, norm_1, norm_2) for row in x])


PRE_NORM = Exercise(
    id="6.1",
    answer="pre_norm_block",
    title="Write pre_norm_block(x, attention, feed_forward, norm_1, norm_2): two parts, each adds to x.",
    objective="wire a transformer block: what is normalised, what is added to what",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=_BLOCKS,
    right=_pre_norm,
    misconceptions=(
        Misconception(
            "post-norm",
            _post_norm,
            "You add first and normalise after: that is post-norm, the order of the first transformer of 2017, and the "
            "sum itself goes through the norm. Here the norm comes before the layer, and x past it untouched: "
            "x + attention(norm_1(x)).",
        ),
        Misconception(
            "norm on the way out",
            _norm_on_the_way_out,
            "You normalise what a layer gives, norm_1(attention(x)). Pre-norm normalises what it reads: "
            "attention(norm_1(x)). The same for feed_forward.",
            seen="https://github.com/google-research/tuning_playbook/issues/50",
        ),
        Misconception(
            "both residuals from the normalised x",
            _residual_from_the_norm,
            "You add to the normalised x, so x itself is lost at each norm. Give the normalised one a name of its own "
            "and add to x: h = norm_1(x), then x + attention(h).",
            seen="https://github.com/pytorch/pytorch/issues/61165",
        ),
        Misconception(
            "first residual from the normalised x",
            _first_residual_from_the_norm,
            "Your second half is right. In the first half attention's output is added to norm_1(x); add it to x "
            "itself, which goes past the norm.",
            seen="https://github.com/Howuhh/faster-trajectory-transformer/issues/3",
        ),
        Misconception(
            "second residual from the normalised middle",
            _second_residual_from_the_norm,
            "Your first half is right. In the second half feed_forward's output is added to a normalised sum. Keep the "
            "sum itself, middle = x + attention(norm_1(x)), and add to that: it goes past the norm.",
            seen="https://github.com/Project-MONAI/MONAI/pull/9011",
        ),
        Misconception(
            "residual inside the layer",
            _residual_inside,
            "Your + stands inside the brackets: attention reads x + norm_1(x), and nothing goes past it. Close the "
            "bracket first: x + attention(norm_1(x)).",
        ),
        Misconception(
            "no residual",
            lambda x, attention, feed_forward, norm_1, norm_2: feed_forward(norm_2(attention(norm_1(x)))),
            "Each of your layers replaces what it reads. In a block it adds to it: if attention gave zeros, x should "
            "come through as it was. x + attention(norm_1(x)), and the same for the second half.",
        ),
        Misconception(
            "no residual around attention",
            _no_residual_at_attention,
            "Your second half is right; in the first half attention replaces x. Add x to what it gives.",
        ),
        Misconception(
            "attention's output added to itself",
            _attention_added_to_itself,
            "In the first half attention's output is added to itself. Was it given the name x? Then the old x is gone, "
            "and x + x is twice the new one. Give it a name of its own: mixed = attention(norm_1(x)), then x + mixed.",
            seen="https://github.com/kyegomez/BitNet/issues/32",
        ),
        Misconception(
            "no residual around the feed-forward network",
            lambda x, attention, feed_forward, norm_1, norm_2: feed_forward(
                norm_2(_after_attention(x, attention, norm_1))
            ),
            "Your first half is right; in the second half feed_forward replaces what it reads. Add to it: "
            "middle + feed_forward(norm_2(middle)), where middle is what the first half gave.",
        ),
        Misconception(
            "one residual around both",
            lambda x, attention, feed_forward, norm_1, norm_2: x + feed_forward(norm_2(attention(norm_1(x)))),
            "You add x once, at the end. There are two additions: middle = x + attention(norm_1(x)); feed_forward "
            "reads norm_2(middle), and what it gives is added to middle.",
        ),
        Misconception(
            "second residual from the first x",
            _second_from_the_first_x,
            "feed_forward's output is added to the x of the beginning, so what attention added is lost on the way. Add "
            "it to the sum x + attention(norm_1(x)), which holds both.",
            seen="https://github.com/strutive07/transformer-tensorflow2.0/issues/14",
        ),
        Misconception(
            "x added twice",
            lambda x, attention, feed_forward, norm_1, norm_2: (
                x + _pre_norm(x, attention, feed_forward, norm_1, norm_2)
            ),
            "Your result has one x too many: the sum x + attention(norm_1(x)) holds it already. The second half adds "
            "to that sum alone.",
        ),
        Misconception(
            "only what is added",
            _only_what_is_added,
            "You give back what the two layers add, without x. If both gave zeros, the block should hand x on.",
        ),
        Misconception(
            "feed-forward network reads the first x",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention(norm_1(x)) + feed_forward(norm_2(x)),
            "Both of your layers read the x of the beginning, side by side. feed_forward comes second: it reads norm_2 "
            "of the sum x + attention(norm_1(x)), so that it can use what attention has fetched.",
        ),
        Misconception(
            "feed-forward network reads the old normalised x",
            lambda x, attention, feed_forward, norm_1, norm_2: (
                x + attention(norm_1(x)) + feed_forward(norm_2(norm_1(x)))
            ),
            "feed_forward reads norm_1(x), from before attention. It should read norm_2 of the sum "
            "x + attention(norm_1(x)), so that it can use what attention has fetched.",
        ),
        Misconception(
            "feed-forward network reads attention alone",
            _reads_attention_alone,
            "feed_forward reads attention's output without x. It should read norm_2 of the sum, "
            "x + attention(norm_1(x)).",
        ),
        Misconception(
            "norm_1 twice",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, norm_1, norm_1),
            "You used norm_1 in both halves. Each norm has learned a gain and a shift for its own layer: feed_forward "
            "reads norm_2.",
            seen="https://github.com/allenai/OLMo/issues/222",
        ),
        Misconception(
            "norms exchanged",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, norm_2, norm_1),
            "The norms have changed places. norm_1 stands before attention, norm_2 before feed_forward.",
        ),
        Misconception(
            "no norm",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, np.copy, np.copy),
            "Your additions are right, but the layers read x as it is. Normalise what each one reads: "
            "attention(norm_1(x)), and norm_2 before feed_forward.",
        ),
        Misconception(
            "no norm before attention",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, np.copy, norm_2),
            "Your second half is right; in the first half attention reads x as it is. It should read norm_1(x).",
        ),
        Misconception(
            "no norm before the feed-forward network",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, norm_1, np.copy),
            "Your first half is right; in the second half feed_forward reads the sum as it is. It should read norm_2 "
            "of that sum.",
        ),
        Misconception(
            "normalised once more at the end",
            lambda x, attention, feed_forward, norm_1, norm_2: norm_2(
                _pre_norm(x, attention, feed_forward, norm_1, norm_2)
            ),
            "Right, and then normalised once more. A pre-norm block hands its sum on as it is; one norm follows after "
            "the last block of the whole model.",
        ),
        Misconception(
            "feed-forward network first",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, feed_forward, attention, norm_2, norm_1),
            "Your halves have changed places: attention fetches first, then feed_forward works on what was fetched.",
        ),
        Misconception(
            "feed-forward network first, with norm_1",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, feed_forward, attention, norm_1, norm_2),
            "attention and feed_forward have changed places: attention, with norm_1, comes first.",
        ),
        Misconception(
            "attention only",
            lambda x, attention, feed_forward, norm_1, norm_2: _after_attention(x, attention, norm_1),
            "That is the middle of the block, and right so far. The second half is built alike, with norm_2 and "
            "feed_forward.",
        ),
        Misconception(
            "first row of attention",
            _first_row_of_attention,
            "[0] took the first row, and every position got it. The attention of this exercise gives back the context "
            "alone, without weights: leave [0] out.",
        ),
        Misconception(
            "weights unpacked",
            _unpacks_weights,
            "You expected context and weights. The attention of this exercise gives back the context alone, "
            "(T, d_model).",
        ),
        Misconception(
            "query, key and value handed over",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention(norm_1(x), norm_1(x), norm_1(x)),
            "This attention makes query, key and value itself, all three from the one array that it is given.",
        ),
        Misconception(
            "one row at a time",
            _one_row_at_a_time,
            "You went through the rows one by one. attention is where the positions meet: give it all rows at once.",
        ),
        Misconception(
            "each position by itself",
            _itself_alone,
            "You went through the rows one by one, so each position could attend to itself alone. attention is where "
            "the positions meet: give it all rows at once.",
        ),
    ),
    hints=(
        "Draw x as a straight line from left to right. A layer hangs below it: it reads a normalised copy, and what it "
        "finds is added to the line.",
        "Two steps of one form, line = line + layer(norm(line)): first with attention, then with feed_forward.",
        "middle = x + attention(norm_1(x)). The second step reads middle and adds to middle.",
    ),
    praise="Each layer reads a normalised copy and adds to x; x itself runs through the block untouched.",
)


def _of_next(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """The log-probability that each step gives to the next token: ``(T - 1,)``."""
    return _picked(_log_softmax(logits)[:-1], tokens[1:])


def _picked(table: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return np.take_along_axis(table, np.asarray(tokens)[:, None], axis=-1)[:, 0]


_SENTENCES = (
    (np.array([[1.0, 3.0, -1.0], [2.0, 0.5, 0.0], [-0.5, 1.0, 2.5], [0.3, -2.0, 1.2]]), np.array([0, 1, 2, 0])),
    (2 * _GENERATOR.normal(size=(7, 5)), np.array([3, 1, 4, 1, 0, 2, 2])),
)

NEXT_TOKEN = Exercise(
    id="6.2",
    answer="next_token_loss",
    title="Mend next_token_loss(logits, tokens): each step is judged by the token that comes next.",
    objective="pair each prediction with the token it is about",
    kind="mend",
    minutes=6,
    difficulty=2,
    cases=_SENTENCES,
    right=lambda logits, tokens: F.cross_entropy(torch.as_tensor(logits)[:-1], torch.as_tensor(tokens)[1:]),
    misconceptions=(
        Misconception(
            "not shifted",
            lambda logits, tokens: -_picked(_log_softmax(logits), tokens).mean(),
            "That is the code as it came: logits[t] is judged by tokens[t], the very token that the model has read at "
            "t. A model that copies would get a loss near 0. logits[t] is about tokens[t + 1].",
            seen="https://github.com/huggingface/transformers/issues/3711",
        ),
        Misconception(
            "not shifted, the last left out",
            lambda logits, tokens: -_picked(_log_softmax(logits)[:-1], tokens[:-1]).mean(),
            "You left out the last of both, so each step is still judged by its own token. Leave out the last logits, "
            "and the first token.",
        ),
        Misconception(
            "not shifted, the first left out",
            lambda logits, tokens: -_picked(_log_softmax(logits)[1:], tokens[1:]).mean(),
            "You left out the first of both, so each step is still judged by its own token. Leave out the last logits, "
            "and the first token.",
        ),
        Misconception(
            "shifted the wrong way",
            lambda logits, tokens: -_picked(_log_softmax(logits)[1:], tokens[:-1]).mean(),
            "Shifted, but the wrong way: each step is judged by the token before, logits[1:] with tokens[:-1]. It is "
            "about the token after: logits[:-1] with tokens[1:].",
        ),
        Misconception(
            "shifted by two",
            lambda logits, tokens: -_picked(_log_softmax(logits)[:-2], tokens[2:]).mean(),
            "Your steps are judged by the token after the next: shifted twice. Once is enough, logits[:-1] with "
            "tokens[1:].",
            seen="https://github.com/huggingface/transformers/pull/37830",
        ),
        Misconception(
            "rolled round",
            lambda logits, tokens: -_picked(_log_softmax(logits), np.roll(tokens, -1)).mean(),
            "The last step is judged by the first token: np.roll, or the index -1, goes round in a ring. Nothing is "
            "known about what comes after the last token, so its logits are left out.",
            seen="https://github.com/verl-project/verl/issues/6475",
        ),
        Misconception(
            "rolled round the wrong way",
            lambda logits, tokens: -_picked(_log_softmax(logits), np.roll(tokens, 1)).mean(),
            "np.roll(tokens, 1) brings the token before, and the last one to the first place. Leave out the last "
            "logits and the first token instead: logits[:-1] with tokens[1:].",
        ),
        Misconception(
            "divided by the number of tokens",
            lambda logits, tokens: -_of_next(logits, tokens).sum() / len(tokens),
            "The sum is right, and you divided it by T. T tokens make T - 1 predictions: nothing predicts the first.",
            seen="https://github.com/Shark-NLP/OpenICL/issues/26",
        ),
        Misconception(
            "sum instead of mean",
            lambda logits, tokens: -_of_next(logits, tokens).sum(),
            "{got} is the sum over the T - 1 predictions; it would grow with the length. Take their mean.",
        ),
        Misconception(
            "sign forgotten",
            lambda logits, tokens: _of_next(logits, tokens).mean(),
            "{got} is negative: the mean logarithm of the probabilities. The loss is minus that, so that less is "
            "better.",
        ),
        Misconception(
            "bits instead of nats",
            lambda logits, tokens: -_of_next(logits, tokens).mean() / math.log(2),
            "{got} is in bits, with the logarithm to base 2. Nats are asked for: np.log.",
        ),
        Misconception(
            "perplexity",
            lambda logits, tokens: np.exp(-_of_next(logits, tokens).mean()),
            "{got} is the exponential of the loss, the perplexity. The loss itself is asked for, in nats.",
        ),
        Misconception(
            "one loss for each prediction",
            lambda logits, tokens: -_of_next(logits, tokens),
            "The single losses are right: {got}. Their mean is asked for, one number.",
        ),
        Misconception(
            "mean probability",
            lambda logits, tokens: np.exp(_of_next(logits, tokens)).mean(),
            "{got} is the mean probability of the next tokens. The loss is minus the mean of its logarithm.",
        ),
        Misconception(
            "logarithm of the mean",
            lambda logits, tokens: -np.log(np.exp(_of_next(logits, tokens)).mean()),
            "You took the mean first and the logarithm after. Each prediction has a loss of its own, -log p: first the "
            "logarithm, then the mean.",
        ),
        Misconception(
            "no softmax",
            lambda logits, tokens: -_picked(logits[:-1], tokens[1:]).mean(),
            "These are the logits themselves. They become logarithms of probabilities when the logarithm of the sum of "
            "exponentials is taken off: log_p, not logits.",
        ),
        Misconception(
            "softmax without logarithm",
            lambda logits, tokens: -np.exp(_of_next(logits, tokens)).mean(),
            "{got} is minus the mean probability: the logarithm is missing. Each prediction costs -log p.",
        ),
        Misconception(
            "softmax twice",
            lambda logits, tokens: F.cross_entropy(
                torch.as_tensor(softmax(logits))[:-1], torch.as_tensor(np.asarray(tokens))[1:]
            ),
            "You gave probabilities to a function that takes logits, so a second softmax was taken of them. "
            "cross_entropy does both steps itself: hand it the logits.",
            seen="https://github.com/bkitano/llama-from-scratch/issues/5",
        ),
        Misconception(
            "softmax over the positions",
            lambda logits, tokens: -_picked(_log_softmax(logits, 0)[:-1], tokens[1:]).mean(),
            "You normalised over the positions, axis 0. Each step shares out 1 over the vocabulary, along the last "
            "axis.",
        ),
        Misconception(
            "softmax over the whole array",
            lambda logits, tokens: -_picked((logits - np.log(np.exp(logits).sum()))[:-1], tokens[1:]).mean(),
            "The shift is right, but all steps share one sum. Each step shares out 1 of its own: a sum for each row, "
            "along the last axis, with keepdims=True.",
        ),
        Misconception(
            "every step with every token",
            lambda logits, tokens: -_log_softmax(logits)[:-1][:, tokens[1:]].mean(),
            "[:, tokens[1:]] pairs every step with every next token, a whole table. You want one for each step: "
            "log_p[np.arange(T - 1), tokens[1:]].",
        ),
        Misconception(
            "the last prediction only",
            lambda logits, tokens: -_of_next(logits, tokens)[-1],
            "{got} is the loss of the last prediction alone. Every step but the last predicts a token that is known: "
            "take the mean over all T - 1.",
        ),
        Misconception(
            "tokens shifted, steps not",
            lambda logits, tokens: -_log_softmax(logits)[np.arange(len(tokens)), tokens[1:]].mean(),
            "tokens[1:] is one shorter than the steps. The last step has no next token: np.arange(len(tokens) - 1).",
        ),
        Misconception(
            "steps shortened, tokens not",
            lambda logits, tokens: -_log_softmax(logits)[np.arange(len(tokens) - 1), tokens].mean(),
            "You left out the last step, right. But there is one token too many: the first is predicted by nobody, "
            "tokens[1:].",
        ),
        Misconception(
            "one step beyond the end",
            lambda logits, tokens: -np.mean([_log_softmax(logits)[t, tokens[t + 1]] for t in range(len(tokens))]),
            "At the last step t + 1 lies beyond the end. T tokens make T - 1 pairs, step t with token t + 1: stop at "
            "len(tokens) - 1.",
        ),
        Misconception(
            "one added to the token",
            lambda logits, tokens: -_log_softmax(logits)[np.arange(len(tokens)), tokens + 1].mean(),
            "tokens + 1 is another entry of the vocabulary, not the token at the next place: here the last of the "
            "vocabulary has none after it. Shift the places, tokens[1:].",
        ),
    ),
    hints=(
        "Write 'the cat sat' with a pencil. When the model has read 'the', which word is its prediction about?",
        "Three tokens make two predictions. Which logits have no next token, and which token is predicted by nobody?",
        "Pair log_p[:-1] with tokens[1:]; np.arange must become one shorter, too.",
    ),
    praise="T tokens, T - 1 predictions: each is judged by what it has not read yet.",
)


def _kept(logits: np.ndarray, count: int) -> np.ndarray:
    """True on the ``count`` largest."""
    mask = np.zeros(len(logits), dtype=bool)
    mask[torch.topk(torch.as_tensor(logits), count).indices.numpy()] = True
    return mask


def _shared(logits: np.ndarray, mask: np.ndarray, temperature: float = 1.0, fill: float = -np.inf) -> np.ndarray:
    return softmax(np.where(mask, logits, fill) / temperature)


def _among_top(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, _kept(logits, top_k), temperature)


def _exponentials(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return np.where(_kept(logits, top_k), np.exp(logits / temperature), 0.0)


def _overflowing(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    kept = _exponentials(logits, temperature, top_k)
    return kept / kept.sum()


def _smallest_overflowing(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    kept = np.where(_kept(-logits, top_k), np.exp(logits / temperature), 0.0)
    return kept / kept.sum()


def _overflowing_before_the_choice(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    all_of_them = np.exp(logits / temperature)
    kept = np.where(_kept(logits, top_k), all_of_them / all_of_them.sum(), 0.0)
    return kept / kept.sum()


def _strictly_above_the_next(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, logits > np.sort(logits)[-top_k - 1], temperature)


def _strictly_above_the_next_from_the_front(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, logits > np.sort(logits)[::-1][top_k], temperature)


def _one_token(logits: np.ndarray, temperature: float, top_k: int, rank: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.reshape(np.argsort(-logits)[min(rank, len(logits) - 1)], shape)


_DRAWN = 3  # how many tokens the first case keeps, and so may be drawn from
_LOGITS = np.array([1.6, -0.4, 2.4, 0.3, -1.1, 3.0, 0.9, 2.0])
_CHOICES = (
    (_LOGITS, 1.0, _DRAWN),
    (np.array([-0.5, 1.5, 0.2, -2.0, 2.3, 0.8]), 0.5, 4),
    (np.array([0.4, 2.2, -1.3, 1.0]), 2.0, 4),
    (np.array([0.0, 1000.0, 3.0, 998.5, 999.0, -2.0]), 1.0, 3),
    (np.array([-1003.0, -1000.0, -1002.0, -1001.0]), 1.5, 2),
)

SAMPLING = Exercise(
    id="6.3",
    answer="next_probabilities",
    title="Write next_probabilities(logits, temperature, top_k): the top_k largest logits share 1, the others get 0.",
    objective="turn logits into the probabilities that a token is drawn from",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_CHOICES,
    right=_among_top,
    misconceptions=(
        Misconception(
            "top_k ignored",
            lambda logits, temperature, top_k: softmax(logits / temperature),
            "Every token got a probability: {got}. Only the top_k largest logits may share; the others get 0.",
        ),
        Misconception(
            "not shared out again",
            lambda logits, temperature, top_k: np.where(_kept(logits, top_k), softmax(logits / temperature), 0.0),
            "The right tokens are kept, but together they are less than 1: the others took their share in the softmax "
            "before you removed them. Take them out before the softmax, or divide by the sum of what is left.",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k), temperature, fill=0.0),
            "You set the other logits to 0. exp(0) is 1, so they still get a share. Minus infinity gets none: "
            "np.where(kept, logits, -np.inf).",
            seen="https://github.com/karpathy/minGPT/issues/10",
        ),
        Misconception(
            "the smallest kept",
            lambda logits, temperature, top_k: _shared(logits, _kept(-logits, top_k), temperature),
            "You kept the top_k smallest logits. np.argsort goes upwards, so the largest stand at its end: "
            "np.argsort(logits)[-top_k:].",
        ),
        Misconception(
            "the smallest kept, no maximum subtracted",
            _smallest_overflowing,
            "You kept the top_k smallest logits; np.argsort goes upwards, the largest stand at its end. And subtract "
            "the maximum before np.exp: logits of 1000 overflow (lesson 02, section 4).",
        ),
        Misconception(
            "counted from the smallest",
            lambda logits, temperature, top_k: _shared(logits, logits >= np.sort(logits)[top_k - 1], temperature),
            "Your cut is np.sort(logits)[top_k - 1]. np.sort goes upwards, so that is counted from the smallest. The "
            "smallest that stays is counted from the end: [-top_k].",
        ),
        Misconception(
            "all up to the cut kept",
            lambda logits, temperature, top_k: _shared(logits, logits <= np.sort(logits)[-top_k], temperature),
            "Your cut is right, your comparison goes the other way: <= keeps what lies below the cut. What stays is "
            "logits >= np.sort(logits)[-top_k].",
        ),
        Misconception(
            "the largest removed",
            lambda logits, temperature, top_k: _shared(logits, ~_kept(logits, top_k), temperature),
            "You removed the top_k largest and kept the others. Those top_k are the ones that may share.",
        ),
        Misconception(
            "top_k removed instead of kept",
            lambda logits, temperature, top_k: _shared(logits, ~_kept(-logits, top_k), temperature),
            "You removed the top_k smallest, and all others stayed. top_k says how many stay: the cut lies at "
            "np.sort(logits)[-top_k], counted from the end.",
        ),
        Misconception(
            "one too many",
            lambda logits, temperature, top_k: _among_top(logits, temperature, min(top_k + 1, len(logits))),
            "You kept one token more than top_k. Counted from 0 downwards, the smallest one that stays has the index "
            "top_k - 1; in np.sort(logits), which goes upwards, it is [-top_k].",
            seen="https://github.com/kingoflolz/mesh-transformer-jax/issues/164",
        ),
        Misconception(
            "one too few",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k - 1), temperature),
            "You kept one token less than top_k. Is your comparison with the smallest one that stays a >? It has to "
            "stay, too: >=.",
        ),
        Misconception(
            "the first ones kept",
            lambda logits, temperature, top_k: _shared(logits, np.arange(len(logits)) < top_k, temperature),
            "You kept the first top_k tokens of the vocabulary. Keep those with the largest logits, wherever they "
            "stand.",
        ),
        Misconception(
            "argsort taken for ranks",
            lambda logits, temperature, top_k: _shared(logits, np.argsort(-logits) < top_k, temperature),
            "np.argsort does not give ranks. Its first entry is the place of the first in order, and so on: use what "
            "it gives as places, kept[np.argsort(-logits)[:top_k]] = True.",
        ),
        Misconception(
            "upward argsort taken for ranks",
            lambda logits, temperature, top_k: _shared(logits, np.argsort(logits) >= len(logits) - top_k, temperature),
            "np.argsort does not give ranks. Its last entries are the places of the largest: use them as places, "
            "kept[np.argsort(logits)[-top_k:]] = True.",
        ),
        Misconception(
            "everything to the largest",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, 1)),
            "All of it went to the largest logit: that is greedy choice. The top_k largest share, by softmax.",
            seen="https://github.com/fluxions-ai/vui/pull/32",
        ),
        Misconception(
            "equal shares",
            lambda logits, temperature, top_k: _kept(logits, top_k) / top_k,
            "The kept tokens share equally, 1/top_k each. A larger logit gets a larger share: softmax among the kept.",
        ),
        Misconception(
            "no exponential",
            lambda logits, temperature, top_k: (
                np.where(_kept(logits, top_k), logits, 0.0) / logits[_kept(logits, top_k)].sum()
            ),
            "You divided the logits themselves by their sum. A logit may be negative; the exponential makes each "
            "positive first (lesson 02, section 2).",
        ),
        Misconception(
            "not normalised",
            _exponentials,
            "These are the exponentials, {got}. Divide them by their sum; probabilities are 1 together.",
        ),
        Misconception(
            "logits instead of probabilities",
            lambda logits, temperature, top_k: np.where(_kept(logits, top_k), logits / temperature, -np.inf),
            "These are the logits that are left, divided by the temperature: {got}. One step is missing, the softmax.",
        ),
        Misconception(
            "logarithms of the probabilities",
            lambda logits, temperature, top_k: _log_softmax(
                np.where(_kept(logits, top_k), logits / temperature, -np.inf)
            ),
            "These are the logarithms of the probabilities, {got}. np.exp makes probabilities of them.",
        ),
        Misconception(
            "softmax twice",
            lambda logits, temperature, top_k: _shared(softmax(logits), _kept(logits, top_k), temperature),
            "You put probabilities into a softmax. They lie between 0 and 1, so the second softmax makes them nearly "
            "equal. Choose the top_k among the logits, and take one softmax, at the end.",
        ),
        Misconception(
            "softmax twice, the second over all",
            lambda logits, temperature, top_k: softmax(_among_top(logits, temperature, top_k)),
            "You took a softmax of probabilities: each 0 became exp(0) = 1 and got a share again. One softmax is "
            "enough.",
        ),
        Misconception(
            "sorted, largest first",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k))[::-1],
            "The numbers are right, but in sorted order: the first one no longer belongs to token 0. Every probability "
            "stays at its token's place; sort only to find the cut.",
        ),
        Misconception(
            "sorted, largest last",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k)),
            "The numbers are right, but in sorted order: the last one no longer belongs to the last token. Every "
            "probability stays at its token's place; sort only to find the cut.",
        ),
        Misconception(
            "only the kept ones, largest first",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k))[::-1][:top_k],
            "{got} is right, but nobody can tell any more which token each belongs to. Give back one number for every "
            "token, in the order of logits, with 0 for the others.",
        ),
        Misconception(
            "only the kept ones, largest last",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k))[-top_k:],
            "{got} is right, but nobody can tell any more which token each belongs to. Give back one number for every "
            "token, in the order of logits, with 0 for the others.",
        ),
        Misconception(
            "only the kept ones, in their order",
            lambda logits, temperature, top_k: _among_top(logits, temperature, top_k)[_kept(logits, top_k)],
            "{got} is right, but nobody can tell any more which token each belongs to. Give back one number for every "
            "token, in the order of logits, with 0 for the others.",
        ),
        *(
            Misconception(
                "a token instead of probabilities",
                partial(_one_token, rank=rank, shape=shape),
                "{got} is one token. Drawing comes after this function: give back a probability for every token.",
            )
            for rank in range(_DRAWN)
            for shape in ((), (1,))
        ),
        Misconception(
            "temperature ignored",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k),
            "These are the probabilities at temperature 1. Divide the logits by the temperature, before the softmax: a "
            "factor that comes after it cancels when you share out 1.",
            seen="https://github.com/google/gemma.cpp/pull/981",
        ),
        Misconception(
            "temperature multiplied",
            lambda logits, temperature, top_k: _among_top(logits, 1 / temperature, top_k),
            "The other way round: a low temperature should make the likeliest token likelier still; yours makes all "
            "more alike. Divide the logits by it: at temperature 0.5 their differences double.",
        ),
        Misconception(
            "probabilities divided by the temperature",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k) / temperature,
            "You divided the probabilities: at temperature 0.5 together they are 2. Divide the logits, before the "
            "softmax.",
        ),
        Misconception(
            "powers not shared out again",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k) ** (1 / temperature),
            "You divided logarithms of probabilities, log p / temperature; their exponentials no longer sum to 1. "
            "Divide the logits, and take the softmax last.",
            seen="https://github.com/MoonshotAI/Kimi-Audio/pull/161",
        ),
        Misconception(
            "temperature twice",
            lambda logits, temperature, top_k: _among_top(logits, temperature**2, top_k),
            "Your logits were divided by the temperature twice; at 0.5 that is a division by 0.25. Once is enough.",
            seen="https://github.com/RL-Align/RL-Kernel/issues/81",
        ),
        Misconception(
            "nothing below to compare with",
            _strictly_above_the_next,
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= np.sort(logits)[-top_k].",
            seen="https://github.com/ml-explore/mlx-lm/pull/1377",
        ),
        Misconception(
            "nothing below to compare with, counted from the largest",
            _strictly_above_the_next_from_the_front,
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= np.sort(logits)[::-1][top_k - 1].",
        ),
        Misconception(
            "nothing below to compare with, in a list",
            lambda logits, temperature, top_k: _shared(
                logits, logits > sorted(logits.tolist(), reverse=True)[top_k], temperature
            ),
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= sorted(logits, reverse=True)[top_k - 1].",
        ),
        Misconception(
            "no maximum subtracted",
            _overflowing,
            "Right for small logits. Here some are about 1000: exp overflows to infinity, and {got} comes out. "
            "Subtract the maximum first; no probability changes (lesson 02, section 4).",
            seen="https://github.com/ollama/ollama/pull/9631",
        ),
        Misconception(
            "no maximum subtracted before the choice",
            _overflowing_before_the_choice,
            "Right for small logits. Here some are about 1000: exp overflows to infinity, and {got} comes out. "
            "Subtract the maximum first; no probability changes (lesson 02, section 4).",
        ),
        Misconception(
            "fill not low enough",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k), temperature, fill=-100.0),
            "Right as long as logits are near 0. Here the kept ones are about -1000, and those that you put below them "
            "are higher. Minus infinity is below everything: -np.inf.",
        ),
    ),
    hints=(
        "Three steps: find the smallest logit that stays, take out what lies below it, softmax over the rest.",
        "np.sort(logits)[-top_k] is the smallest that stays. np.where(logits >= it, logits, -np.inf) takes out the "
        "others, since exp(-inf) is 0.",
        "Divide what is left by the temperature, subtract its maximum, take np.exp, divide by the sum.",
    ),
    praise="The top_k largest share 1, the temperature says how unequally, and logits of 1000 do no harm.",
)

CACHE = Exercise(
    id="6.4",
    answer="pairs_with_cache",
    title="Predict how many query-key pairs are scored for 100 tokens, one by one, with a KV cache.",
    objective="count what a KV cache saves and what it does not",
    kind="predict",
    minutes=4,
    difficulty=2,
    tolerance=0.4,
    right=lambda: sum(range(1, 101)),
    misconceptions=(
        Misconception(
            "the full square",
            lambda: 100**2,
            "{got} is 100 x 100, every token with every other. But a token has no later ones to ask yet: the first "
            "asks 1, the second 2, the last 100.",
        ),
        Misconception(
            "itself not counted",
            lambda: sum(range(100)),
            "{got} counts only the tokens before. Each new token asks itself as well: the first one scores 1 pair, not "
            "0.",
            seen="https://github.com/harvard-edge/cs249r_book/pull/1953",
        ),
        Misconception(
            "without a cache",
            lambda: sum(t**2 for t in range(1, 101)),
            "{got} is 1 + 4 + 9 + … + 10,000: at each step all tokens ask all again. With a cache only the new token "
            "asks; what the old ones found does not change.",
        ),
        Misconception(
            "without a cache, with a mask",
            lambda: sum(t * (t + 1) // 2 for t in range(1, 101)),
            "{got} lets all old tokens ask again at each step, each itself and those before it. With a cache only the "
            "new token asks: 1 pair, then 2, then 3.",
        ),
        Misconception(
            "one pair for each token",
            lambda: 100,
            "{got} is the number of queries. The cache spares making the old keys again, but each query is still "
            "scored against all of them: 1, then 2, then 3.",
            seen="https://github.com/rohitg00/ai-engineering-from-scratch/pull/356",
        ),
        Misconception(
            "a row and a column",
            lambda: 199,
            "{got} is 100 + 99, a row and a column. With the mask no old token asks the new one. Add up one row for "
            "each of the 100 steps.",
        ),
        Misconception(
            "half of the square",
            lambda: 5000,
            "Nearly: {got} is half of 100 x 100, which cuts the diagonal in two. Each token asks itself, so the whole "
            "diagonal counts.",
        ),
        Misconception(
            "all but the diagonal",
            lambda: 9900,
            "{got} is 100 x 99, every token with all others. Later ones are not there yet to be asked, and each token "
            "does ask itself.",
        ),
        Misconception(
            "keys and values counted apart",
            lambda: 2 * sum(range(1, 101)),
            "{got} counts each pair twice. The cache holds keys and values, but only a key is scored; the value is "
            "what the score fetches.",
        ),
        Misconception(
            "start counted",
            lambda: sum(range(1, 102)),
            "{got} goes on to 101: you counted a <start> as well. The prompt is empty, so 100 tokens ask: 1, then 2, "
            "and 100 at the last.",
        ),
        Misconception(
            "a first token before the first",
            lambda: sum(range(2, 102)),
            "{got} begins with 2 pairs. The prompt is empty, so the first token has only itself to ask.",
        ),
    ),
    hints=(
        "Count the first three steps with a pencil. How many keys are in the cache when the third token asks?",
        "1 + 2 + 3 + … + 100. The first and the last together are 101, and so are the second and the last but one.",
    ),
    praise="1 + 2 + … + 100 = 5,050: each step grows by one pair. Asking all of it again each time makes 338,350.",
)

INDUCTION = Exercise(
    id="6.5",
    answer="induction_guess",
    title="Read k r t m k r: where does an induction head look from the last r, and what does it predict?",
    objective="follow an induction head: where it looks, what it predicts",
    kind="read",
    minutes=3,
    difficulty=2,
    right=lambda: (2, "t"),
    misconceptions=(
        Misconception(
            "looks at the same token",
            lambda: (1, "t"),
            "t is right. But the head copies the token it looks at, and at position 1 stands r itself. It looks one "
            "further, at the token that came after the earlier r.",
            seen="https://github.com/ARBORproject/arborproject.github.io/issues/24",
        ),
        Misconception(
            "copies the same token",
            lambda: (1, "r"),
            "You looked for the earlier r and predicted r again. What counts is the token that came after it: look one "
            "further.",
        ),
        Misconception(
            "counted from 1",
            lambda: (3, "t"),
            "The token is right, the place as well, if you count from 1. Positions count from 0: k is 0, r is 1.",
        ),
        Misconception(
            "itself",
            lambda: (5, "r"),
            "That is the last r itself. An induction head looks back to an earlier r and takes what came after it.",
        ),
        Misconception(
            "right token, from itself",
            lambda: (5, "t"),
            "t is right; 5 is where the head stands and asks. Where does it find the t?",
        ),
        Misconception(
            "right token, at its own future place",
            lambda: (6, "t"),
            "t is right, and it will come to stand at 6. The head cannot look there yet: where does it find the t?",
        ),
        Misconception(
            "previous token",
            lambda: (4, "k"),
            "That is the token before, and a head that looks there exists: the induction head needs it, one layer "
            "below. The induction head itself looks after the earlier r.",
        ),
        Misconception(
            "one too far",
            lambda: (3, "m"),
            "That is two after the earlier r. The token right after it is what followed r the last time.",
        ),
        Misconception(
            "right place, next token",
            lambda: (2, "m"),
            "2 is right. The head copies the token it looks at; you took the one after it.",
        ),
        Misconception(
            "right place, same token",
            lambda: (2, "r"),
            "2 is right. The head copies the token it looks at: what stands at 2?",
        ),
        Misconception(
            "from the beginning",
            lambda: (0, "k"),
            "You let the sequence begin again. The head does not know about beginnings: it looks for an earlier r and "
            "takes what came after it.",
        ),
        Misconception(
            "place of k's successor",
            lambda: (1, "k"),
            "Your token is what came before the earlier r. The head takes what came after it.",
        ),
        Misconception(
            "token before position",
            lambda: ("t", 2),
            "Both are right. Hand in the position first, then the token.",
        ),
        Misconception(
            "only the token",
            lambda: "t",
            'The token is right. Hand in where the head looks, too: (position, "t").',
        ),
        Misconception(
            "only the position",
            lambda: 2,
            "The position is right. Hand in what the head predicts, too: (2, token).",
        ),
    ),
    hints=(
        "Write the positions 0 to 5 below the letters. Where did r stand before?",
        "What came after r the last time? An induction head looks at that token, and predicts it.",
    ),
    praise="It looks at 2, after the earlier r, and copies what it finds: what followed r once may follow it again.",
)


EXERCISES = (PRE_NORM, NEXT_TOKEN, SAMPLING, CACHE, INDUCTION)
