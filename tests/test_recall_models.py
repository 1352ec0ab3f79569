import numpy as np
import pytest
import torch
from torch import nn

from course_utils.datasets.delayed_recall import NUM_SYMBOLS, delayed_recall
from course_utils.experiments import recall
from course_utils.layers import sinusoidal_positions
from course_utils.models.recall import (
    AttentionRecall,
    RecurrentRecall,
    orthogonal_matrix,
    raise_forget_bias,
    recall_model,
    recurrent_states,
)
from course_utils.reproducibility import generator
from course_utils.training import count_parameters

KINDS = ("rnn", "gru", "lstm", "attention")


def test_all_have_about_4000_parameters():
    counts = [count_parameters(recall_model(kind)) for kind in KINDS]
    assert all(abs(count - 4_000) <= 100 for count in counts), counts


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [1, 5, 33])
def test_shapes_at_any_length(kind, length):
    tokens, _ = delayed_recall(6, length, generator(0))
    logits, weights = recall_model(kind)(tokens)
    assert logits.shape == (6, NUM_SYMBOLS)
    if kind == "attention":
        assert weights.shape == (6, length)
        assert torch.allclose(weights.sum(dim=-1), torch.ones(6))
    else:
        assert weights is None


def test_attention_agrees_with_pytorch_on_the_whole_sequence():
    torch.manual_seed(0)
    model = AttentionRecall()
    tokens, _ = delayed_recall(6, 9, generator(0))
    x = model.embedding(tokens) + sinusoidal_positions(9, x_size := model.embedding.embedding_dim)
    heads = [projection(x)[:, None] for projection in (model.W_q, model.W_k, model.W_v)]
    every_position = nn.functional.scaled_dot_product_attention(*heads)[:, 0]  # (6, 9, D_MODEL)
    assert every_position.shape == (6, 9, x_size)
    assert torch.allclose(model(tokens)[0], model.output(every_position[:, -1]), atol=1e-6)


def test_attention_without_its_positions_could_not_tell_places_apart(monkeypatch):
    torch.manual_seed(0)
    model = AttentionRecall()
    tokens, _ = delayed_recall(6, 9, generator(0))
    swapped = tokens.clone()
    swapped[:, [0, 5]] = tokens[:, [5, 0]]
    assert not torch.allclose(model(tokens)[0], model(swapped)[0], atol=1e-4)
    monkeypatch.setattr(
        "course_utils.models.recall.sinusoidal_positions", lambda length, d_model: torch.zeros(length, d_model)
    )
    assert torch.allclose(model(tokens)[0], model(swapped)[0], atol=1e-6)


def test_recurrent_states_by_hand_equal_torch_rnn():
    torch.manual_seed(0)
    rnn = nn.RNN(3, 5, batch_first=True)
    x = torch.randn(4, 7, 3)
    projected = x @ rnn.weight_ih_l0.T + rnn.bias_ih_l0 + rnn.bias_hh_l0
    assert torch.allclose(recurrent_states(projected, rnn.weight_hh_l0), rnn(x)[0], atol=1e-6)


def test_recurrent_recall_reads_the_last_state():
    torch.manual_seed(0)
    model = RecurrentRecall("rnn")
    tokens, _ = delayed_recall(4, 7, generator(0))
    cell, vectors = model.cell, model.embedding(tokens)
    projected = vectors @ cell.weight_ih_l0.T + cell.bias_ih_l0 + cell.bias_hh_l0
    expected = model.output(recurrent_states(projected, cell.weight_hh_l0)[:, -1])
    assert torch.allclose(model(tokens)[0], expected, atol=1e-6)


def test_linear_states_are_the_sum_of_matrix_powers():
    W_h = orthogonal_matrix(4, 0.9, generator(0))
    inputs = torch.randn(2, 6, 4, dtype=torch.float64, generator=generator(1))
    last = recurrent_states(inputs, W_h, nn.Identity())[:, -1].numpy()
    powers = [np.linalg.matrix_power(W_h.numpy(), k) for k in range(6)]
    assert np.allclose(last, sum(inputs[:, 5 - k].numpy() @ powers[k].T for k in range(6)))


@pytest.mark.parametrize("radius", [0.0, 0.5, 1.1])
def test_orthogonal_matrix_scales_every_direction_alike(radius):
    W = orthogonal_matrix(6, radius, generator(0))
    assert np.allclose(np.linalg.svd(W.numpy(), compute_uv=False), radius)


def test_open_forget_gates_keep_the_memory_cell():
    lstm = nn.LSTM(3, 5, num_layers=2)
    raise_forget_bias(lstm, 3.0)
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.startswith("weight"):
                parameter.zero_()  # now only the biases decide the gates
            elif name.startswith("bias"):
                parameter[10:15] = 0.0  # and the cell is offered tanh(0) = 0
    _, (_, cell) = lstm(torch.randn(4, 2, 3), (torch.zeros(2, 2, 5), torch.ones(2, 2, 5)))
    assert torch.allclose(cell, torch.full_like(cell, torch.sigmoid(torch.tensor(3.0)).item() ** 4), atol=1e-6)


def test_train_and_test_walks_the_same_path_as_train():
    reached = recall.train_and_test("attention", 5, seed=3, checkpoints=(10, 30))
    for steps, accuracy in reached.items():
        model, losses = recall.train("attention", 5, seed=3, steps=steps)
        assert len(losses) == steps
        assert recall.accuracy(model, 5, seed=3) == pytest.approx(accuracy, abs=1e-3)


def test_training_learns_and_looks_at_the_first_token():
    model, losses = recall.train("attention", 5, seed=0, steps=150, learning_rate=1e-2)
    assert losses[0] > 1.5 and losses[-1] < 0.1
    assert recall.accuracy(model, 5, seed=0) > 0.98
    assert recall.map_scores(model, 5, seed=0)["hit_rate"] > 0.95


@pytest.mark.parametrize("build", [recall_model, RecurrentRecall])
def test_unknown_kinds_are_named(build):
    with pytest.raises(ValueError, match="kind is 'transformer'"):
        build("transformer")


@pytest.mark.parametrize("kind", ["gru", "attention"])
@pytest.mark.parametrize(
    ("tokens", "error", "word"),
    [
        (torch.zeros(3, 4), TypeError, "float32"),
        ([[1, 2]], TypeError, "got list"),
        (torch.zeros(4, dtype=torch.long), ValueError, r"shape \(4,\)"),
        (torch.zeros(2, 0, dtype=torch.long), ValueError, r"shape \(2, 0\)"),
        (torch.full((2, 3), 8), ValueError, "from 8 to 8, expected 0 to 7"),
    ],
)
def test_bad_tokens_are_named(kind, tokens, error, word):
    with pytest.raises(error, match=word):
        recall_model(kind)(tokens)


def test_bad_input_of_the_small_parts_is_named():
    with pytest.raises(ValueError, match=r"W_h \(4, 3\)"):
        recurrent_states(torch.zeros(2, 5, 3), torch.zeros(4, 3))
    with pytest.raises(ValueError, match=r"\(2, 0, 3\)"):
        recurrent_states(torch.zeros(2, 0, 3), torch.zeros(3, 3))
    with pytest.raises(ValueError, match="spectral_radius -1"):
        orthogonal_matrix(3, -1, generator(0))
    with pytest.raises(TypeError, match="got GRU"):
        raise_forget_bias(nn.GRU(2, 3), 1.0)
    with pytest.raises(ValueError, match="rising"):
        recall.train_and_test("rnn", 5, 0, (20, 10))
