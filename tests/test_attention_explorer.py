"""The attention explorer in Python: weights against PyTorch's, words to the letter, and whatever is handed in."""

import html
import json
import math
import re
import sys
import types
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from IPython.core.formatters import DisplayFormatter

from course_utils.attention import causal_mask, softmax
from course_utils.widgets import AttentionExplorer
from course_utils.widgets.attention_explorer.problem import problem
from course_utils.widgets.attention_explorer.state import State, moved, saved
from course_utils.widgets.attention_explorer.visible import apart, visible
from course_utils.widgets.attention_explorer.weights import weights_of
from course_utils.widgets.attention_explorer.words import billionths, three_digits, two_decimals

BANK = ["the", "bank", "of", "the", "river", "was", "muddy"]


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def all_weights(checked, **values):
    """(H, T_q, T_k) of the explorer, row by row."""
    H, T_q, _, _, _ = checked.shape
    return np.array(
        [[weights_of(checked, State(head=head, query=query, **values)) for query in range(T_q)] for head in range(H)]
    )


def bank(**more):
    """Seven tokens, two heads."""
    return AttentionExplorer(BANK, *draws(3, 2, 7, 4), **more)


def ready(*rows, tokens="abcdefgh", **more):
    """Self-attention over as many letters as there are rows of ready weights."""
    return AttentionExplorer(list(tokens)[: len(rows)], weights=np.array(rows, dtype=float), **more)


# The weights


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("mask", ["none", "causal", "padding", "one by one"])
@pytest.mark.parametrize("temperature", [1.0, 0.3, 4.0])
@pytest.mark.parametrize("biased", [False, True])
def test_weights_are_those_of_pytorch(scaled, mask, temperature, biased):
    query, key, value = draws(3, 3, 6, 5)
    bias = draws(3, 6, 6, seed=1) if biased else torch.zeros(3, 6, 6)
    masks = {"padding": torch.tensor([1, 1, 0, 1, 0, 1]).bool(), "one by one": draws(6, 6, seed=2) > -0.5}
    checked = problem("Test", list("abcdef"), query, key, value, masks=masks, score_bias=bias if biased else None)
    allowed = {"none": torch.ones(6, 6).bool(), "causal": causal_mask(6), **masks}[mask].broadcast_to(3, 6, 6)
    attended = F.scaled_dot_product_attention(  # of unit vectors as values: the weights themselves
        query,
        key,
        torch.eye(6).expand(3, 6, 6),
        attn_mask=(bias / temperature).masked_fill(~allowed, -math.inf),
        scale=(1 / math.sqrt(5) if scaled else 1.0) / temperature,
    )
    ours = all_weights(checked, mask=mask, temperature=temperature, scaled=scaled)
    np.testing.assert_allclose(ours, attended.nan_to_num(0.0), atol=2e-6)


def test_in_cross_attention_rows_are_queries_and_columns_keys():
    query, key = draws(2, 3, 4), draws(2, 5, 4, seed=1)
    checked = problem("Test", list("abc"), query, key, key_tokens=list("vwxyz"))
    assert checked.shape == (2, 3, 5, 4, 0) and checked.mask_names == ["none"]
    np.testing.assert_allclose(all_weights(checked), softmax(query @ key.mT / 2), atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    scores=arrays.arrays(np.float32, (3, 5), elements=st.floats(-20, 5, width=32)),
    keeps=arrays.arrays(bool, (5,)),
    power=st.floats(-1, 1),
)
def test_ready_weights_at_a_temperature_are_powers(scores, keeps, power):
    weights = softmax(torch.tensor(scores)).double().numpy()
    temperature = 10**power
    checked = problem("Test", list("abc"), weights=weights, key_tokens=list("vwxyz"), masks={"some": keeps})
    powers = (weights.astype(np.float32).astype(float) ** (1 / temperature)) * keeps
    sums = powers.sum(1, keepdims=True)
    expected = np.divide(powers, sums, out=np.zeros_like(powers), where=sums > 0)
    if (sums > 1e-200).all() or not keeps.any():  # smaller powers drown in float64, logarithms do not
        ours = all_weights(checked, temperature=temperature, mask="some")[0]
        np.testing.assert_allclose(ours, expected, atol=1e-9)


def test_ready_weights_stay_as_they_are_and_a_zero_stays_zero():
    explorer = ready([0.5, 0.5, 0.0], [0.25, 0.0, 0.75], [0.0, 0.0, 0.0])
    assert explorer.words == "a (token 1) attends 0.50 to a (token 1), 0.50 to b (token 2)."
    assert explorer.set(temperature=10.0).startswith("a (token 1) attends 0.50 to a (token 1), 0.50 to b (token 2). ")
    assert explorer.set(query=3) == "c (token 3) may attend nowhere: all its weights are 0. Temperature 10."


@pytest.mark.parametrize("size", [1e4, 1e18])
def test_huge_scores_give_a_clear_winner_and_no_nan(size):
    checked = problem("Test", list("ab"), [[size, 0], [0, size]], [[size, 0], [0, -size]])
    assert all_weights(checked, scaled=False).tolist() == [[[1, 0], [1, 0]]]


def test_a_query_masked_everywhere_has_weights_of_zero():
    explorer = bank(masks={"nothing": np.zeros(7, bool)})
    assert explorer.set(mask="nothing", query=2) == (
        "bank (token 2) may attend nowhere: all its weights are 0. Head 1 of 2. Mask: nothing."
    )


def test_a_dot_product_is_added_up_from_the_first_feature_as_the_page_does():
    query, key = draws(1, 300) * 1e6, draws(1, 300, seed=1) * 1e6
    total = 0.0
    for q, k in zip(query[0].tolist(), key[0].tolist()):
        total += q * k
    checked = problem("Test", ["a"], query, torch.cat([key, key * 0]), key_tokens=["x", "y"])
    weights = weights_of(checked, State(scaled=False, temperature=abs(total)))  # the score is 1 or -1, to the last bit
    # NumPy's exp on both sides: the last bit of another one may differ
    assert weights[0] == np.exp(min(0.0, math.copysign(1, total))) / (1 + np.exp(-1.0))


# The words


def test_the_four_largest_are_told_and_small_ones_are_not():
    weights = [0.04, 0.31, 0.05, 0.2, 0.3, 0.1]
    explorer = AttentionExplorer(["who"], weights=[weights], key_tokens=list("uvwxyz"), unit="word")
    assert explorer.words == (
        "who (word 1) attends 0.31 to v (word 2), 0.30 to y (word 5), 0.20 to x (word 4), 0.10 to z (word 6)."
    )
    faint = AttentionExplorer(["who"], weights=[[1 / 32] * 32], key_tokens=BANK * 4 + BANK[:4])
    assert faint.words == "who (token 1) attends 0.03 to the (token 1)."
    edge = AttentionExplorer(["q"], weights=[[0.9001, 0.0499, 0.05]], key_tokens=list("xyz"))
    assert edge.words == "q (token 1) attends 0.90 to x (token 1), 0.05 to z (token 3)."


def test_equals_are_told_in_their_order_whatever_the_last_bits_say():
    e = 2.0**-53
    features = [[1, e, e], [e, e, 1], [e, 1, e]]
    assert 1 + e + e < e + e + 1  # the scores differ in the last bit
    explorer = AttentionExplorer(["q"], [[1.0, 1.0, 1.0]], features, key_tokens=list("xyz"))
    assert explorer.words == "q (token 1) attends 0.33 to x (token 1), 0.33 to y (token 2), 0.33 to z (token 3)."


def test_halves_are_rounded_up():
    explorer = AttentionExplorer(["q"], weights=[[0.625, 0.375]], key_tokens=["x", "y"])
    assert explorer.words == "q (token 1) attends 0.63 to x (token 1), 0.38 to y (token 2)."


@given(st.integers(0, 10**9))
def test_two_decimals_are_those_of_decimal(whole):
    wanted = (Decimal(whole) / 10**9).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert two_decimals(whole) == str(wanted)
    assert billionths(np.array([whole / 1e9]))[0] == whole


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (0.5, "0.5"), (1.1250, "1.13"), (0.015848931924611134, "0.0158"), (630.957, "631"), (1000.0, "1000")]
    + [(0.001, "0.001"), (10.0, "10"), (0.9996, "1"), (100.04, "100"), (2.50, "2.5"), (999.6, "1000")],
)
def test_temperatures_have_three_digits_and_no_exponent(number, text):
    assert three_digits(number) == text


def test_every_difference_from_the_plain_case_is_told_in_its_order():
    explorer = bank(masks={"padding": np.array([1, 1, 1, 1, 1, 1, 0], bool)}, name="The bank")
    assert explorer.words.endswith(" Head 1 of 2.")
    words = explorer.set(head=2, temperature=0.5, scaled=False, mask="padding")
    assert words.endswith(". Head 2 of 2. Temperature 0.5. Scores not scaled. Mask: padding.")
    assert re.search(r"token \d\)\. Head 1 of 2\.$", explorer.set(head=1, temperature=1, scaled=True, mask="none"))
    named = bank(head_names=["layer 1, head 2", "layer 2, head 1"])
    assert named.set(head=2).endswith(". Head layer 2, head 1.")
    assert "Head" not in AttentionExplorer(BANK, *draws(3, 7, 4)).words
    assert ready([1.0]).words == "a (token 1) attends 1.00 to a (token 1)."


def test_the_share_of_the_marked_stands_beside_how_many_they_are():
    marked = np.zeros((5, 5), bool)
    marked[0, [0, 1, 2]] = marked[1, 4] = True
    rows = [[0.1, 0.2, 0.3, 0.4, 0.0], [0, 0, 0, 0.5, 0.5], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]
    names = ["bricks", "the last", "", "bricks", "grass"]
    explorer = ready(*rows, marked=marked, marked_as=names)
    assert explorer.words.endswith(". 0.60 of its weight lies on bricks (0.50 of the other keys).")
    assert explorer.set(query=2).endswith(". 0.50 of its weight lies on the last (0.25 of the other keys).")
    assert "lies on" not in explorer.set(query=3)
    assert "lies on" not in explorer.set(query=4)  # of no weight there is no share
    assert explorer.set(query=5).endswith(". 0.00 of its weight lies on grass (0.00 of the other keys).")
    cross = AttentionExplorer(
        ["q"], weights=[[0.5, 0.25, 0.25]], key_tokens=list("xyz"), marked=[[True, False, False]], marked_as=["x"]
    )
    assert cross.words.endswith(". 0.50 of its weight lies on x (0.33 of the other keys).")
    alone = ready([1.0], marked=[[True]], marked_as=["itself"])
    assert alone.words == "a (token 1) attends 1.00 to a (token 1)."


# Moving


def test_set_moves_counts_from_one_and_says_what_is_shown():
    explorer = bank()
    assert explorer.state == {
        "query": 1,
        "key": 1,
        "head": 1,
        "temperature": 1.0,
        "scaled": True,
        "mask": "none",
    }
    words = explorer.set(query=7, key=3, head=2, temperature=0.5, scaled=False, mask="causal")
    assert words == explorer.words and words.startswith("muddy (token 7) attends ")
    assert explorer.state == {
        "query": 7,
        "key": 3,
        "head": 2,
        "temperature": 0.5,
        "scaled": False,
        "mask": "causal",
    }
    assert explorer.set(query=np.int64(2), scaled=np.True_).startswith("bank (token 2) ")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"query": 0}, "query cannot be 0; expected a whole number from 1 to 7."),
        ({"query": 8}, "query cannot be 8; expected a whole number from 1 to 7."),
        ({"key": -1}, "key cannot be -1"),
        ({"head": 3}, "head cannot be 3; expected a whole number from 1 to 2."),
        ({"query": True}, "query cannot be True"),
        ({"query": 1.0}, "query cannot be 1.0"),
        ({"query": "2"}, "query cannot be '2'"),
        ({"query": None}, "query cannot be None"),
        ({"query": 10**30}, "query cannot be 10000"),
        ({"temperature": 0}, "temperature cannot be 0; expected a number from 0.1 to 10."),
        ({"temperature": -1.0}, "temperature cannot be -1.0"),
        ({"temperature": 11}, "temperature cannot be 11"),
        ({"temperature": math.nan}, "temperature cannot be nan"),
        ({"temperature": math.inf}, "temperature cannot be inf"),
        ({"temperature": True}, "temperature cannot be True"),
        ({"temperature": "1"}, "temperature cannot be '1'"),
        ({"scaled": 1}, "scaled cannot be 1; expected True or False."),
        ({"mask": "Causal"}, "mask cannot be 'Causal'; expected one of ['none', 'causal']."),
        ({"mask": ["none"]}, "mask cannot be ['none']"),
        (
            {"size": 3},
            "there is no control 'size'; there are ['query', 'key', 'head', 'temperature', 'scaled', 'mask']",
        ),
    ],
)
def test_set_refuses_what_is_not_there_and_then_nothing_moves(values, says):
    explorer = bank(name="The bank")
    before = explorer.state
    with pytest.raises(ValueError, match="^The bank: " + re.escape(says)):
        explorer.set(**({"key": 2} | values))
    assert explorer.state == before


def test_the_middle_of_the_slider_is_where_it_starts():
    explorer = bank(temperature=0.2)
    assert explorer.state["temperature"] == 0.2 and explorer.words.endswith(" Temperature 0.2.")
    for step in range(21):
        explorer.set(temperature=0.2 * 10 ** ((step - 10) / 10))
    bank(temperature=0.100499).set(temperature=0.01)  # which the slider's end is, to three digits
    with pytest.raises(ValueError, match="a number from 0.02 to 2"):
        explorer.set(temperature=2.1)


def test_ready_weights_have_no_scores_to_scale():
    explorer = ready([1.0])
    explorer.set(scaled=True)
    with pytest.raises(ValueError, match="expected True: ready weights have no scores"):
        explorer.set(scaled=False)
    with pytest.raises(ValueError, match="scaled cannot be False"):
        ready([1.0], scaled=False)
    assert bank(scaled=False).words.endswith(" Scores not scaled.")
    with pytest.raises(ValueError, match="scaled cannot be 'no'"):
        bank(scaled="no")


# Whatever is handed in


@pytest.mark.parametrize(
    "form",
    [
        lambda x: x.requires_grad_(),
        lambda x: x.double(),
        lambda x: x.numpy().astype(np.float64),
        lambda x: x.numpy().astype(">f8"),
        lambda x: x.tolist(),
        lambda x: torch.nn.Parameter(x),
        lambda x: x.to_sparse(),
        lambda x: x.mT.contiguous().mT,
        lambda x: np.asfortranarray(x.numpy()),
        lambda x: np.repeat(x.numpy(), 2, axis=-1)[..., ::2],
        lambda x: torch.complex(x, -x).conj().imag,
        lambda x: x.numpy().astype(np.longdouble),
    ],
)
def test_every_form_of_the_same_numbers_is_taken(form):
    query, key, value = draws(3, 2, 7, 4)
    wanted = saved_by(AttentionExplorer(BANK, query, key, value))
    assert saved_by(AttentionExplorer(BANK, *(form(x.clone()) for x in (query, key, value)))) == wanted


def saved_by(explorer):
    return saved(explorer._problem, explorer._state)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.int8, torch.int64, torch.uint8])
def test_narrow_and_whole_numbers_are_taken(dtype):
    query, key = (draws(2, 7, 4).abs() * 3).to(dtype)
    expected = softmax(query.float() @ key.float().T / 2)
    np.testing.assert_allclose(all_weights(problem("Test", BANK, query, key))[0], expected, atol=1e-6)


def test_what_is_handed_in_is_neither_changed_nor_kept():
    weights = np.full((2, 2), 0.5)
    weights.flags.writeable = False
    explorer = AttentionExplorer(["a", "b"], weights=weights)
    weights = np.full((2, 2), 0.5, dtype=np.float32)
    mask, masks = np.ones((2, 2), bool), {}
    masks["mine"] = mask
    explorer = AttentionExplorer(["a", "b"], weights=weights, masks=masks)
    weights[:], mask[:] = (1.0, 0.0), False
    masks.clear()
    assert explorer.set(mask="mine") == ("a (token 1) attends 0.50 to a (token 1), 0.50 to b (token 2). Mask: mine.")


def some(shape, at, value):
    array = np.full(shape, 0.5)
    array[at] = value
    return array


TWO = [[1.0, 0.0], [0.0, 1.0]]
FAULTS = {
    "no numbers": ({}, ValueError, "expected query and key, or weights."),
    "query alone": ({"query": TWO}, ValueError, "expected query and key, or weights."),
    "both": ({"query": TWO, "key": TWO, "weights": TWO}, ValueError, "got weights together with query"),
    "bias of weights": ({"weights": TWO, "score_bias": TWO}, ValueError, "got weights together with"),
    "sum": ({"weights": [[0.5, 0.5], [0.9, 0.2]]}, ValueError, "head 1, row 2 sum to 1.1; every row must sum to 1"),
    "over queries": ({"weights": [[0.9, 0.8], [0.1, 0.2]]}, ValueError, "Its columns do: was the softmax taken over"),
    "sum, head": ({"weights": [TWO, [[1, 0], [0.5, 0]]]}, ValueError, "head 2, row 2 sum to 0.5"),
    "all too small": ({"weights": [[1, 0], [1e-5, 0]]}, ValueError, "row 2 sum to 1e-05"),
    "negative": ({"weights": [[1.5, -0.5], [0, 1]]}, ValueError, "negative, first in head 1, row 1, column 2: -0.5"),
    "nan": ({"weights": some((2, 2), (1, 0), math.nan)}, ValueError, "weights holds nan at index (1, 0)"),
    "inf": ({"query": TWO, "key": some((2, 2), (0, 1), -math.inf)}, ValueError, "key holds -inf at index (0, 1)"),
    "nan value": ({"weights": TWO, "value": some((2, 3), (0, 0), math.nan)}, ValueError, "value holds nan"),
    "inf bias": (
        {"query": TWO, "key": TWO, "score_bias": some((2, 2), (0, 1), -math.inf)},
        ValueError,
        "score_bias holds -inf at index (0, 1); expected finite numbers. A key that may not be attended belongs into",
    ),
    "too large": ({"query": [[1e300, 1], [0, 0]], "key": TWO}, ValueError, "beyond float32, the largest 1e+300"),
    "boolean": ({"weights": np.eye(2, dtype=bool)}, TypeError, "weights must hold real numbers, got ndarray of bool"),
    "boolean tensor": ({"weights": torch.eye(2).bool()}, TypeError, "got a tensor of torch.bool"),
    "complex": ({"query": torch.ones(2, 2) * 1j, "key": TWO}, TypeError, "got a tensor of torch.complex64"),
    "strings": ({"weights": [["a", "b"], ["c", "d"]]}, TypeError, "weights must hold real numbers, got list of <U1"),
    "ragged": ({"weights": [[1.0], [0.5, 0.5]]}, TypeError, "weights cannot be read as an array of numbers"),
    "meta": ({"weights": torch.eye(2, device="meta")}, TypeError, "weights cannot be read as an array of numbers"),
    "object": ({"weights": object()}, TypeError, "weights must hold real numbers, got object of object"),
    "one axis": ({"weights": [1.0, 0.0]}, ValueError, "weights has shape (2,), expected two axes, or three"),
    "number": ({"weights": 1.0}, ValueError, "weights has shape (), expected two axes"),
    "batch": ({"weights": np.ones((1, 1, 2, 2)) / 2}, ValueError, "pass one example of the batch: weights[0]"),
    "rows": ({"weights": np.ones((3, 2)) / 2}, ValueError, "weights has shape (3, 2), but tokens are 2; one row for"),
    "columns": (
        {"weights": np.ones((2, 4)) / 4},
        ValueError,
        "weights have 4 columns, but tokens are 2; one for each.",
    ),
    "query rows": ({"query": np.ones((3, 2)), "key": TWO}, ValueError, "query has shape (3, 2), but tokens are 2"),
    "key rows": ({"query": TWO, "key": np.ones((3, 2))}, ValueError, "For two sequences pass key_tokens."),
    "value rows": ({"weights": TWO, "value": np.ones((3, 2))}, ValueError, "value has shape (3, 2), but tokens are 2"),
    "features": ({"query": TWO, "key": np.ones((2, 3))}, ValueError, "query has 2 features, key has 3"),
    "no features": ({"query": np.ones((2, 0)), "key": np.ones((2, 0))}, ValueError, "expected at least one number"),
    "no heads": ({"weights": np.ones((0, 2, 2))}, ValueError, "expected at least one number"),
    "heads": ({"query": np.ones((3, 2, 2)), "key": TWO}, ValueError, "numbers of heads differ: query 3, key 1"),
    "value heads": ({"weights": [TWO, TWO], "value": TWO}, ValueError, "heads differ: weights 2, value 1"),
    "many heads": ({"weights": [TWO] * 257}, ValueError, "there are 257 heads, at most 256 can be shown; pass a slice"),
    "bias shape": (
        {"query": TWO, "key": TWO, "score_bias": np.ones(3)},
        ValueError,
        "score_bias has shape (3,), which",
    ),
    "bias larger": ({"query": TWO, "key": TWO, "score_bias": np.ones((2, 2, 2))}, ValueError, "cannot be broadcast to"),
    "mask kind": ({"weights": TWO, "masks": {"m": np.ones(2)}}, TypeError, "mask 'm' must be boolean, got float64"),
    "mask ints": ({"weights": TWO, "masks": {"m": [1, 0]}}, TypeError, "mask 'm' must be boolean, got int64"),
    "mask shape": (
        {"weights": TWO, "masks": {"m": np.ones(3, bool)}},
        ValueError,
        "mask 'm' has shape (3,), expected (T_k,) = (2,) or (T_q, T_k) = (2, 2)",
    ),
    "mask of heads": (
        {"weights": TWO, "masks": {"m": np.ones((1, 2, 2), bool)}},
        ValueError,
        "mask 'm' has shape (1, 2",
    ),
    "mask none": ({"weights": TWO, "masks": {"none": np.ones(2, bool)}}, ValueError, "must not be named 'none'"),
    "mask causal": ({"weights": TWO, "masks": {"causal": np.ones(2, bool)}}, ValueError, "must not be named 'causal'"),
    "mask name": ({"weights": TWO, "masks": {3: np.ones(2, bool)}}, TypeError, "the name of a mask must be a string"),
    "masks list": ({"weights": TWO, "masks": [np.ones(2, bool)]}, TypeError, "masks must be a mapping from name to"),
    "head names": ({"weights": TWO, "head_names": ["a", "b"]}, ValueError, "head_names are 2, expected 1."),
    "head name": ({"weights": TWO, "head_names": "a"}, TypeError, "head_names is one text, 'a'; expected a list"),
    "head number": ({"weights": TWO, "head_names": [1]}, TypeError, "head_names must be strings, but number 1 is 1"),
    "unit": ({"weights": TWO, "unit": 3}, TypeError, "unit must be a string, got 3"),
    "name": ({"weights": TWO, "name": None}, TypeError, "name must be a string, got None"),
    "marked alone": ({"weights": TWO, "marked": np.eye(2, dtype=bool)}, ValueError, "marked and marked_as belong"),
    "marked_as alone": ({"weights": TWO, "marked_as": ["a", "b"]}, ValueError, "marked and marked_as belong"),
    "marked shape": (
        {"weights": TWO, "marked": np.ones(2, bool), "marked_as": ["a", "b"]},
        ValueError,
        "marked has shape (2,), expected (T_q, T_k) = (2, 2)",
    ),
    "marked kind": ({"weights": TWO, "marked": TWO, "marked_as": ["a", "b"]}, TypeError, "marked must be boolean"),
    "marked names": (
        {"weights": TWO, "marked": np.eye(2, dtype=bool), "marked_as": ["a"]},
        ValueError,
        "marked_as are 1, expected 2",
    ),
    "cold": ({"weights": TWO, "temperature": 0}, ValueError, "temperature is 0, expected a number from 0.01 to 100"),
    "below zero": ({"weights": TWO, "temperature": -1.0}, ValueError, "temperature is -1.0"),
    "hot": ({"weights": TWO, "temperature": 1e9}, ValueError, "temperature is 1000000000.0"),
    "nan degrees": ({"weights": TWO, "temperature": math.nan}, ValueError, "temperature is nan"),
    "true degrees": ({"weights": TWO, "temperature": True}, TypeError, "temperature must be a number, got True"),
    "degrees": ({"weights": TWO, "temperature": "1"}, TypeError, "temperature must be a number, got '1'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_what_came_and_what_was_expected(fault):
    arguments, kind, says = FAULTS[fault]
    with pytest.raises(kind, match="^AttentionExplorer: .*" + re.escape(says)):
        AttentionExplorer(["a", "b"], **arguments)


@pytest.mark.parametrize(
    ("tokens", "kind", "says"),
    [
        ([], ValueError, "tokens is empty, expected at least one"),
        ("bank", TypeError, "tokens is one text, 'bank'; expected a list of strings"),
        (b"bank", TypeError, "tokens is one text"),
        (["a", 3], TypeError, "tokens must be strings, but number 2 is 3"),
        ([b"a", "b"], TypeError, "tokens must be strings, but number 1 is b'a'"),
        (torch.tensor([1, 2]), TypeError, "tokens must be strings, but number 1 is tensor(1)"),
        ([["a", "b"]], TypeError, "tokens must be strings, but number 1 is ['a', 'b']"),
        (None, TypeError, "tokens must be a list of strings, got None"),
        ({"a", "b"}, TypeError, "tokens must be a list of strings, got {'a', 'b'}"),
        (["a"] * 5000, ValueError, "tokens are 5,000, at most 256 can be shown; pass a slice"),
    ],
)
def test_tokens_are_a_list_of_strings(tokens, kind, says):
    with pytest.raises(kind, match="^AttentionExplorer: " + re.escape(says)):
        AttentionExplorer(tokens, weights=TWO)
    if tokens is not None:  # which for key_tokens means self-attention
        with pytest.raises(kind, match="^AttentionExplorer: key_" + re.escape(says)):
            AttentionExplorer(["a", "b"], weights=TWO, key_tokens=tokens)


def test_tokens_of_numpy_and_of_a_generator_are_taken():
    assert AttentionExplorer(np.array(["a", "b"]), weights=TWO).words == ready(*TWO).words
    assert AttentionExplorer((token for token in "ab"), weights=TWO).words == ready(*TWO).words


def test_what_fits_fits_and_more_than_a_page_can_carry_is_refused_before_it_is_made():
    many = [f"t{index}" for index in range(256)]
    explorer = AttentionExplorer(many, weights=np.full((256, 256), 1 / 256, np.float32))
    assert explorer.set(query=256, mask="causal").startswith("t255 (token 256) attends 0.00 to t0 (token 1).")
    with pytest.raises(
        ValueError, match="arrays are 105.4 MB, at most 10 can be shown; the largest is value, 104.9 MB"
    ):
        AttentionExplorer(many, *np.zeros((2, 1, 256, 256)), np.zeros((1, 256, 102_400)))
    with pytest.raises(ValueError, match="the largest is score_bias, 67.1 MB: pass a slice of heads or positions"):
        AttentionExplorer(many, *np.zeros((2, 256, 256, 1)), score_bias=np.zeros(256))
    with pytest.raises(ValueError, match="the largest is masks"):
        AttentionExplorer(many, *np.zeros((2, 256, 1)), masks={f"m{n}": np.ones(256, bool) for n in range(1300)})


def test_the_limit_counts_all_arrays_together():
    many = [f"t{index}" for index in range(256)]
    arrays = np.zeros((2, 1, 256, 4600))  # 9.4 MB as float32
    AttentionExplorer(many, *arrays)
    masks = {f"m{n}": np.ones(256, bool) for n in range(100)}  # 0.8 MB as bits
    AttentionExplorer(many, *arrays[..., :10], masks=masks)
    with pytest.raises(ValueError, match="arrays are 10.2 MB, at most 10 can be shown; the largest is query, 4.7 MB"):
        AttentionExplorer(many, *arrays, masks=masks)


def test_rows_may_miss_one_by_a_thousandth():
    near = ready([0.9995, 0.0], [0.0, 1.0009])
    assert near.words == "a (token 1) attends 1.00 to a (token 1)."
    with pytest.raises(ValueError, match="sum to 1.0011"):
        ready([1.0, 0.0], [0.0, 1.0011])


# Text of any kind

HOSTILE = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "": "(empty)",
    " ": "␣",
    "  the": "␣␣the",
    "end ": "end␣",
    "\u3000end\xa0": "␣end␣",
    "two words": "two words",
    "\n": "⏎",
    "a\r\nb": "a␍⏎b",
    "\t": "⇥",
    "\0": "␀",
    "\x7f\x85": "��",
    "\ud800": "�",
    "😀": "😀",
    "👩‍👧": "👩‍👧",
    "\u200b": "U+200B",
    "\u202egnihtyna": "�gnihtyna",
    "\u2069": "�",
    "\u0301": "U+0301",
    "שלום": "שלום",
    "x" * 40: "x" * 40,
    "x" * 41: "x" * 39 + "…",
}


@pytest.mark.parametrize(("token", "shown"), HOSTILE.items())
def test_tokens_are_shown_as_text_and_never_invisible(token, shown):
    assert visible(token, 40) == shown
    explorer = AttentionExplorer([token], weights=[[1.0]])
    label = f"\u2068{shown}\u2069 (token 1)" if shown == "שלום" else f"{shown} (token 1)"
    assert explorer.words == f"{label} attends 1.00 to {label}."
    state = saved_by(explorer)
    assert state["query_tokens"] == [shown]
    json.dumps([state["query_tokens"], state["query_labels"]], ensure_ascii=False).encode()


@settings(max_examples=200, deadline=None)
@given(st.text(st.one_of(st.characters(), st.characters(categories=["Zs", "Cf", "Cc", "Cs", "Mn"])), max_size=60))
def test_any_text_becomes_one_line_that_can_be_sent(text):
    shown = visible(text)
    assert shown.strip() == shown != "" and len(shown.splitlines()) == 1 and shown.encode()
    assert visible(shown) == shown
    assert apart(shown).strip("\u2068\u2069") == shown.strip("\u2068\u2069")


def test_all_names_are_made_safe():
    explorer = ready([1.0], name="\ud800<b>", unit="\n", head_names=["h\u202e"], masks={"\tm": [True]})
    assert explorer.name == "�<b>"
    assert explorer.set(mask="⇥m") == "a (⏎ 1) attends 1.00 to a (⏎ 1). Mask: ⇥m."
    assert saved_by(explorer)["heads"] == ["h�"]


# What the page gets


def test_the_page_gets_the_arrays_as_bytes_and_everything_else_as_json():
    query, key, value = draws(3, 2, 3, 4)
    bias = draws(1, 3, 3, seed=1)
    marked = np.array([[True, False, False], [False, False, True], [True, True, True]])
    mask = np.array([[True, False, True], [True, True, False], [False, False, True]])
    explorer = AttentionExplorer(
        list("abc"), query, key, value[..., :2], score_bias=bias, masks={"mine": mask}, marked=marked,
        marked_as=["x", "", "z"], temperature=2.0, scaled=False, unit="word", name="All",
    )  # fmt: skip
    explorer.set(query=2, key=3, head=2, temperature=3, mask="mine")
    state = saved_by(explorer)
    binary = {name: data for name, data in state.items() if isinstance(data, bytes)}
    plain = {name: data for name, data in state.items() if name not in binary}
    assert json.loads(json.dumps(plain)) == {
        "stage": "tokens",
        "name": "All",
        "query_tokens": ["a", "b", "c"],
        "key_tokens": ["a", "b", "c"],
        "query_labels": ["a (word 1)", "b (word 2)", "c (word 3)"],
        "key_labels": ["a (word 1)", "b (word 2)", "c (word 3)"],
        "heads": ["1", "2"],
        "heads_numbered": True,
        "shape": [2, 3, 3, 4, 2],
        "mask_names": ["none", "causal", "mine"],
        "marked_as": ["x", "", "z"],
        "self_attention": True,
        "start_temperature": 2.0,
        "stage_data": {},
        "query": 1,
        "key": 2,
        "head": 1,
        "temperature": 3.0,
        "scaled": False,
        "mask": "mine",
    }
    for name, tensor in {"query": query, "key": key, "value": value[..., :2], "bias": bias.expand(2, 3, 3)}.items():
        assert np.frombuffer(binary.pop(f"{name}_data"), "<f4").tolist() == tensor.flatten().tolist()
    bits = np.unpackbits(np.frombuffer(binary.pop("mask_data"), np.uint8))[: 2 * 9].reshape(2, 3, 3)
    assert (bits == [causal_mask(3).numpy(), mask]).all()
    assert binary == {"weights_data": b"", "marked_data": bytes([0b10000111, 0b10000000])}


def test_sixty_four_tokens_and_twelve_heads_are_light():
    state = saved(problem("Test", BANK * 9 + ["."], *draws(3, 12, 64, 64)), State())
    assert sum(len(data) * 4 / 3 for data in state.values() if isinstance(data, bytes)) < 800_000  # as base64


def test_the_widget_has_that_state_and_follows_set():
    explorer = bank(masks={"padding": np.ones(7, bool)})
    explorer.set(query=3, mask="padding", temperature=2)
    state = explorer._widget.get_state()
    for name, data in saved_by(explorer).items():
        assert state[name] == data, name
    assert state["_esm"] and state["_css"]


def test_a_hand_on_the_page_moves_it():
    explorer = bank()
    explorer._widget.set_state({"query": 4, "key": 2})
    explorer._widget.set_state({"head": 1, "temperature": 0.1, "scaled": False, "mask": "causal"})
    assert explorer.state == {"query": 5, "key": 3, "head": 2, "temperature": 0.1, "scaled": False, "mask": "causal"}
    assert explorer.words.startswith("river (token 5) attends ")


def test_set_sends_only_what_it_moves_so_that_a_hand_moving_meanwhile_keeps_its_place(monkeypatch):
    explorer = bank()
    sent = []
    monkeypatch.setattr(type(explorer._widget.comm), "kernel", True, raising=False)  # ipywidgets 7 sends only to one
    monkeypatch.setattr(explorer._widget, "send_state", lambda key=None: sent.append(set(key)))
    explorer.set(head=2)
    explorer._widget.set_state({"query": 4})  # was on its way
    assert sent[0] == {"head"}
    assert (explorer.state["query"], explorer.state["head"]) == (5, 2)


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [(name, value) for name in ("query", "key", "head") for value in (7, -1, None, "1", 0.5, [0], {}, 1e99, 10**30)]
    + [("temperature", value) for value in (0, -1, 101, None, "1", math.nan, math.inf, False)]
    + [("scaled", value) for value in (None, 0.5, "no", [])]
    + [("mask", value) for value in ("", "Causal", None, 3, ["causal"])],
)
def test_nonsense_from_the_page_is_taken_back(name, nonsense, monkeypatch):
    explorer = bank()
    explorer.set(query=2, key=3, head=2, temperature=0.5, scaled=False, mask="causal")
    before, words = explorer.state, explorer.words
    sent = []
    monkeypatch.setattr(type(explorer._widget.comm), "kernel", True, raising=False)  # ipywidgets 7 sends only to one
    monkeypatch.setattr(explorer._widget, "send_state", lambda key=None: sent.append(key))
    explorer._widget.set_state({name: nonsense})
    assert explorer.state == before and explorer.words == words
    assert getattr(explorer._widget, name) == getattr(explorer._state, name)
    assert name in sent  # so that the page goes back, too
    explorer._widget.set_state({"query": 4})
    assert explorer.state == before | {"query": 5}


def test_the_output_says_what_the_widget_is_and_what_it_shows():
    explorer = ready([1.0])
    bundle, about = explorer._repr_mimebundle_(include=None, exclude=None)
    assert about == {}
    assert bundle["text/plain"] == (
        "[Attention explorer. Run this cell to move it. Controls: query, key, temperature, mask. It shows: "
        "a (token 1) attends 1.00 to a (token 1).]"
    )
    view = "application/vnd.jupyter.widget-view+json"
    assert set(bundle) == {"text/plain", view} and bundle[view]["model_id"] == explorer._widget.model_id
    assert "Controls: query, key, head, temperature, scaled, mask. " in bank()._repr_mimebundle_()[0]["text/plain"]


def test_colab_is_told_which_manager_draws_the_explorer(monkeypatch):
    """A stand-in for Colab, as far as anywidget looks: else the page shows nothing where a cell ends on an explorer."""
    enabled = []
    output = types.ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: enabled.append(True)
    output._widgets = types.SimpleNamespace(_installed_url="https://example.org/manager.js")
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    import anywidget._util

    anywidget._util.enable_custom_widget_manager_once.cache_clear()
    try:
        shown, about = DisplayFormatter().format(ready([1.0]))
    finally:
        anywidget._util.enable_custom_widget_manager_once.cache_clear()
    view = "application/vnd.jupyter.widget-view+json"
    assert enabled == [True] and view in shown
    assert about == {view: {"colab": {"custom_widget_manager": {"url": "https://example.org/manager.js"}}}}


def test_what_was_shown_is_remembered_for_an_exported_page():
    from course_utils.widgets.shown import fragments

    explorer = ready([1.0], name="Remember <me>")
    explorer._repr_mimebundle_()
    explorer.set(temperature=2.0)
    assert fragments()[explorer._widget.model_id] == explorer.page()
    assert "<me>" not in explorer.page()


# Without anywidget


def without(monkeypatch, error):
    """The package is missing (None) or fails as it is imported."""
    name = "course_utils.widgets.attention_explorer.synced"
    monkeypatch.delitem(sys.modules, name, raising=False)
    if error is None:
        monkeypatch.setitem(sys.modules, "anywidget", None)
    else:

        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if name == "anywidget":
                    raise error

        monkeypatch.delitem(sys.modules, "anywidget", raising=False)
        monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (None, "to move this, the package anywidget is needed: pip install anywidget, then reload this page"),
        (
            ImportError("<b>half</b> of it"),
            "the package anywidget could not be loaded (<b>half</b> of it): pip install",
        ),
        (RuntimeError("broken"), "the package anywidget could not be loaded (broken): pip install anywidget"),
    ],
)
def test_without_anywidget_it_is_a_sentence_and_all_else_works(monkeypatch, error, says):
    without(monkeypatch, error)
    explorer = ready([0.5, 0.5], [0.0, 1.0])
    bundle, _ = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"} and "It shows: a (token 1)" in bundle["text/plain"]
    assert html.escape(says) in bundle["text/html"] and "The still picture beside it" in bundle["text/html"]
    assert "<b>" not in bundle["text/html"]
    assert explorer.set(query=2) == "b (token 2) attends 1.00 to b (token 2)."
    assert explorer.state["query"] == 2 and explorer.page()


def test_moved_leaves_the_state_it_started_from():
    checked, start = problem("Test", ["a", "b"], weights=TWO), State()
    assert moved(checked, start, {"query": 1}) == State(query=1) and start == State()


def test_every_file_of_the_module_goes_into_the_package():
    from course_utils.widgets.attention_explorer import module

    folder = Path(module.__file__).parent
    kinds = {path.suffix for path in folder.iterdir() if path.is_file()}
    assert kinds == {".py", ".js", ".css"}  # what pyproject.toml's package-data names
