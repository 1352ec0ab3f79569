"""Published shapes: each fits together, has its source, and adds up to the size that its name or its paper gives."""

import dataclasses

import pytest

from course_utils.cost.estimates import parameters
from course_utils.datasets.model_shapes import MODEL_SHAPES

PUBLISHED = {  # parameters in billions, as the name, the paper or (MiniLM) the model's page says
    "MiniLM-L6": 0.0227,
    "BERT base": 0.110,
    "GPT-2 XL": 1.542,
    "GPT-3 175B": 175,
    "Llama 2 7B": 6.74,
    "Mistral 7B v0.1": 7.24,
    "Llama 3.1 8B": 8.03,
    "Llama 3.1 405B": 405,
}


@pytest.mark.parametrize("name", MODEL_SHAPES)
def test_a_shape_adds_up_to_the_published_number_of_parameters(name):
    assert parameters(MODEL_SHAPES[name]) == pytest.approx(PUBLISHED[name] * 1e9, rel=0.02)


@pytest.mark.parametrize("shape", MODEL_SHAPES.values(), ids=lambda shape: shape.name)
def test_a_shape_fits_together_and_has_a_source(shape):
    assert shape.heads * shape.d_k == shape.d_model
    assert shape.heads % shape.kv_heads == 0
    assert shape.feed_forward_matrices in (2, 3)
    assert shape.window is None or shape.window < shape.context
    assert any(str(year) in shape.source for year in range(2017, 2026))


def test_there_is_every_kind():
    shapes = MODEL_SHAPES.values()
    for kinds in ({s.writes for s in shapes}, {s.tied for s in shapes}, {s.kv_heads < s.heads for s in shapes}):
        assert kinds == {True, False}
    assert any(shape.window for shape in shapes)
    assert all(name == shape.name for name, shape in MODEL_SHAPES.items())


def test_two_models_differ_in_shared_keys_but_not_in_width():
    """What the lesson compares: Llama 2 7B and Llama 3.1 8B."""
    old, new = (dataclasses.asdict(MODEL_SHAPES[name]) for name in ("Llama 2 7B", "Llama 3.1 8B"))
    assert [old[key] == new[key] for key in ("layers", "heads", "d_k", "d_model")] == [True] * 4
    assert (old["kv_heads"], new["kv_heads"]) == (32, 8)
