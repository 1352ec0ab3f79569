"""The same seed gives the same numbers, from every generator, and nothing else is disturbed."""

from __future__ import annotations

import json
import platform
import random

import numpy as np
import pytest
import torch

from course_utils.reproducibility import generator, set_seed, versions


@pytest.fixture(autouse=True)
def put_back():
    """Leave generators and threads of the test session as they were."""
    states = random.getstate(), np.random.get_state(), torch.random.get_rng_state(), torch.get_num_threads()
    yield
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.random.set_rng_state(states[2])
    torch.set_num_threads(states[3])


def draws():
    return random.random(), np.random.rand(3).tolist(), torch.rand(3).tolist()


def test_every_generator_starts_again():
    set_seed(5)
    first = draws()
    assert all(a != b for a, b in zip(first, draws()))
    set_seed(5)
    assert draws() == first
    set_seed(6)
    assert all(a != b for a, b in zip(draws(), first))


def test_it_is_the_seed_that_each_library_knows():
    set_seed(5)
    expected = random.Random(5).random(), np.random.RandomState(5).rand(3).tolist()
    assert draws()[:2] == expected
    set_seed(5)
    assert torch.equal(torch.rand(3), torch.rand(3, generator=torch.Generator().manual_seed(5)))


def test_computes_on_one_thread():
    torch.set_num_threads(2)
    set_seed(0)
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("make", [np.int64, np.int32, np.uint8])
def test_a_numpy_whole_number_is_a_whole_number(make):
    """As in ``for seed in np.arange(5)``."""
    set_seed(make(5))
    first = draws()
    set_seed(5)
    assert draws() == first
    assert generator(make(5)).initial_seed() == 5


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_the_ends_of_the_range_are_seeds(seed):
    set_seed(seed)
    assert torch.initial_seed() == generator(seed).initial_seed() == seed


@pytest.mark.parametrize("function", [set_seed, generator])
@pytest.mark.parametrize(
    ("seed", "error", "parts"),
    [
        (1.0, TypeError, ["seed", "whole number", "got float"]),
        ("1", TypeError, ["whole number", "got str"]),
        (True, TypeError, ["whole number", "got bool"]),
        (None, TypeError, ["whole number", "got NoneType"]),
        (np.float64(1), TypeError, ["whole number", "got float64"]),
        (-1, ValueError, ["between 0 and 2**32 - 1", "got -1"]),
        (2**32, ValueError, ["between 0 and 2**32 - 1", "got 4294967296"]),
        (np.int64(-1), ValueError, ["between 0 and 2**32 - 1", "got -1"]),
    ],
)
def test_what_is_no_seed(function, seed, error, parts):
    before = draws_state()
    with pytest.raises(error) as caught:
        function(seed)
    for part in [function.__name__, *parts]:
        assert part in str(caught.value), f"no {part!r} in {str(caught.value)!r}"
    assert draws_state() == before, "a refused seed must change nothing"


def draws_state():
    return random.getstate(), np.random.get_state()[1].tolist(), torch.random.get_rng_state().tolist()


def test_a_generator_of_ones_own_disturbs_nobody():
    before = draws_state()
    first = torch.rand(4, generator=generator(7))
    assert torch.equal(first, torch.rand(4, generator=generator(7)))
    assert not torch.equal(first, torch.rand(4, generator=generator(8)))
    assert draws_state() == before


def test_versions_are_those_that_run_and_can_be_stored():
    found = versions()
    assert set(found) == {"python", "torch", "numpy", "machine"}
    assert (found["python"], found["torch"]) == (platform.python_version(), str(torch.__version__))
    assert found["numpy"] == np.__version__ and platform.machine() in found["machine"]
    assert json.loads(json.dumps(found)) == found
