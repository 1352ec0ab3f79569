"""Networks of about 4,000 parameters that read a row of symbols and name one: recurrent, and with attention."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.attention import scaled_dot_product_attention
from course_utils.datasets.delayed_recall import NUM_SYMBOLS
from course_utils.layers import sinusoidal_positions

D_EMBEDDING = 16
CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
HIDDEN_SIZES = {"rnn": 51, "gru": 27, "lstm": 23}  # more gates, fewer units: about 4,000 parameters each
D_MODEL = 34  # the same for attention


class RecurrentRecall(nn.Module):
    """Read the tokens one by one into a hidden state, and answer from the last state.

    ``kind`` is ``'rnn'`` (tanh), ``'gru'`` or ``'lstm'``; PyTorch's own cells and starting weights.

    Raises ValueError for any other kind.

    Source: Elman 1990; Cho et al. 2014 (arXiv:1406.1078); Hochreiter & Schmidhuber 1997.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        if kind not in CELLS:
            raise ValueError(f"RecurrentRecall: kind is {kind!r}, expected one of {', '.join(map(repr, CELLS))}.")
        self.embedding = nn.Embedding(NUM_SYMBOLS, D_EMBEDDING)
        self.cell = CELLS[kind](D_EMBEDDING, HIDDEN_SIZES[kind], batch_first=True)
        self.output = nn.Linear(HIDDEN_SIZES[kind], NUM_SYMBOLS)

    def forward(self, tokens: Tensor) -> tuple[Tensor, None]:
        """Shapes: tokens ``(batch, T)``; returns logits ``(batch, NUM_SYMBOLS)``, and None: there are no weights."""
        _require_tokens("RecurrentRecall", tokens)
        return self.read(self.embedding(tokens))

    def read(self, vectors: Tensor) -> tuple[Tensor, None]:
        """The same from embedded tokens ``(batch, T, D_EMBEDDING)``, for asking how each of them matters."""
        states, _ = self.cell(vectors)  # (batch, T, hidden)
        return self.output(states[:, -1]), None


class AttentionRecall(nn.Module):
    """Let the last position ask all of them at once, and answer from the mixture it gets.

    One attention of one head over token embeddings plus sinusoidal positions: no hidden state is
    carried, so the first token is one step away from the answer, however long the row is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(NUM_SYMBOLS, D_MODEL)
        self.W_q = nn.Linear(D_MODEL, D_MODEL, bias=False)
        self.W_k = nn.Linear(D_MODEL, D_MODEL, bias=False)
        self.W_v = nn.Linear(D_MODEL, D_MODEL, bias=False)
        self.output = nn.Linear(D_MODEL, NUM_SYMBOLS)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Shapes: tokens ``(batch, T)``; returns logits ``(batch, NUM_SYMBOLS)`` and weights ``(batch, T)``."""
        _require_tokens("AttentionRecall", tokens)
        return self.read(self.embedding(tokens))

    def read(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """The same from embedded tokens ``(batch, T, D_MODEL)``, for asking how each of them matters."""
        x = vectors + sinusoidal_positions(vectors.shape[1], D_MODEL).to(vectors)
        query = self.W_q(x[:, -1:])  # (batch, 1, D_MODEL): only the last position asks
        context, weights = scaled_dot_product_attention(query, self.W_k(x), self.W_v(x))
        return self.output(context[:, 0]), weights[:, 0]  # (batch, NUM_SYMBOLS), (batch, T)


def recall_model(kind: str) -> RecurrentRecall | AttentionRecall:
    """The untrained model called ``'rnn'``, ``'gru'``, ``'lstm'`` or ``'attention'``.

    Raises ValueError for any other kind.
    """
    if kind != "attention" and kind not in CELLS:
        raise ValueError(f"recall_model: kind is {kind!r}, expected 'rnn', 'gru', 'lstm' or 'attention'.")
    return AttentionRecall() if kind == "attention" else RecurrentRecall(kind)


def raise_forget_bias(lstm: nn.LSTM, bias: float) -> None:
    """Start an LSTM with its forget gates open: ``bias`` = 3 keeps 95% of the memory cell at every step.

    Sets the sum of PyTorch's two forget-gate biases, in place, in every layer.

    Raises TypeError when ``lstm`` is not a torch.nn.LSTM.

    Source: Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015, section 2.2.
    """
    if not isinstance(lstm, nn.LSTM):
        raise TypeError(f"raise_forget_bias: lstm must be a torch.nn.LSTM, got {type(lstm).__name__}.")
    forget = slice(lstm.hidden_size, 2 * lstm.hidden_size)  # PyTorch stacks the gates: input, forget, cell, output
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if name.startswith("bias_"):
                parameter[forget] = bias if name.startswith("bias_ih") else 0.0


def recurrent_states(inputs: Tensor, W_h: Tensor, activation: Callable[[Tensor], Tensor] = torch.tanh) -> Tensor:
    """Run the plainest recurrent network: ``h_t = activation(h_{t-1} W_h^T + x_t)``, from a state of zeros.

    Shapes: inputs ``(batch, T, hidden)``, already projected to the width of the state; W_h
    ``(hidden, hidden)``. Returns every state, ``(batch, T, hidden)``.

    Raises ValueError when the shapes do not fit.

    Source: Elman 1990.
    """
    if inputs.dim() != 3 or inputs.shape[1] < 1 or W_h.shape != (inputs.shape[-1], inputs.shape[-1]):
        raise ValueError(
            f"recurrent_states: inputs have shape {tuple(inputs.shape)} and W_h {tuple(W_h.shape)}; "
            "expected (batch, T, hidden) with T at least 1, and (hidden, hidden)."
        )
    state, states = torch.zeros_like(inputs[:, 0]), []
    for x in inputs.unbind(dim=1):  # (batch, hidden)
        state = activation(state @ W_h.T + x)
        states.append(state)
    return torch.stack(states, dim=1)


def orthogonal_matrix(size: int, spectral_radius: float, generator: torch.Generator) -> Tensor:
    """A random rotation times ``spectral_radius``: it scales every direction by exactly that factor.

    Shape of the result: ``(size, size)``, float64.

    Raises ValueError when the size is below 1 or the radius is negative.

    Source: Saxe, McClelland & Ganguli 2014 (arXiv:1312.6120).
    """
    if size < 1 or spectral_radius < 0:
        raise ValueError(
            f"orthogonal_matrix: size is {size} and spectral_radius {spectral_radius}; expected at least 1 and 0."
        )
    gaussian = torch.randn(size, size, generator=generator, dtype=torch.float64)
    rotation, triangle = torch.linalg.qr(gaussian)
    return spectral_radius * rotation * triangle.diagonal().sign()  # the signs make every rotation equally likely


def _require_tokens(model: str, tokens: object) -> None:
    if not isinstance(tokens, Tensor) or tokens.dtype != torch.long:
        kind = tokens.dtype if isinstance(tokens, Tensor) else type(tokens).__name__
        raise TypeError(f"{model}: tokens must be a tensor of whole numbers (torch.long), got {kind}.")
    if tokens.dim() != 2 or tokens.shape[1] < 1:
        raise ValueError(f"{model}: tokens have shape {tuple(tokens.shape)}, expected (batch, T) with T at least 1.")
    if tokens.numel() and not 0 <= int(tokens.min()) <= int(tokens.max()) < NUM_SYMBOLS:
        raise ValueError(
            f"{model}: tokens run from {int(tokens.min())} to {int(tokens.max())}, expected 0 to {NUM_SYMBOLS - 1}."
        )
