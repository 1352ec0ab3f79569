"""The attention explorer for tokens, and the shell that every attention explorer is.

Another kind (a picture, a sound) is a subclass of ``AttentionShell`` whose ``__init__`` ends with::

    super().__init__(problem("PictureAttentionExplorer", names_of_the_patches, query, key, labels=..., name=name,
                             stage="picture", stage_data={...}), scaled=scaled)

``problem`` checks all arguments in the name that it gets first; ``labels`` are what the words call the positions;
``stage_data`` goes to the page as it is.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from course_utils.widgets.attention_explorer.page import fragment
from course_utils.widgets.attention_explorer.problem import Problem, problem
from course_utils.widgets.attention_explorer.state import MOVES, State, moved, saved
from course_utils.widgets.attention_explorer.words import in_words
from course_utils.widgets.shown import remember


class AttentionShell:
    """A problem, where the hand stands in it, and the page that shows both, if anywidget can be loaded."""

    def __init__(self, given: Problem, scaled: bool = True) -> None:
        self.name = given.name
        self._problem = given
        start = State(temperature=given.start_temperature)
        self._state = moved(given, start, {"scaled": scaled})
        self._widget, self._without = _widget(saved(given, self._state))
        if self._widget is not None:
            self._widget.observe(self._on_page, names=list(MOVES))

    @property
    def state(self) -> dict[str, object]:
        """The value of every control by name, as ``set`` takes it: query, key and head count from 1."""
        stands = self._state
        return {
            "query": stands.query + 1,
            "key": stands.key + 1,
            "head": stands.head + 1,
            "temperature": stands.temperature,
            "scaled": stands.scaled,
            "mask": stands.mask,
        }

    @property
    def words(self) -> str:
        """What the picture shows now, in words."""
        return in_words(self._problem, self._state)

    def set(self, **values: object) -> str:
        """Move the named controls, query, key and head counted from 1, and return what is now shown, in words.

        Raises ValueError when there is no control of that name or it does not take the value; then nothing moves.
        """
        self._state = moved(self._problem, self._state, values, first=1)
        if self._widget is not None:
            with self._widget.hold_sync():
                for name in MOVES:
                    setattr(self._widget, name, getattr(self._state, name))
        return self.words

    def page(self) -> str:
        """HTML of the explorer as it stands, which moves without a kernel; ``page.page_script`` belongs to it."""
        return fragment(saved(self._problem, self._state))

    def _on_page(self, change: Mapping[str, object]) -> None:
        """Follow the hand. What cannot be is taken back on the page."""
        name = change["name"]
        try:
            self._state = moved(self._problem, self._state, {name: change["new"]})
        except ValueError:
            setattr(self._widget, name, getattr(self._state, name))

    def _controls(self) -> list[str]:
        return [
            "query",
            "key",
            *(["head"] if len(self._problem.heads) > 1 else []),
            "temperature",
            *(["scaled"] if self._problem.weights is None else []),
            *(["mask"] if self._problem.masks else []),
        ]

    def _repr_mimebundle_(self, **_options: object) -> tuple[dict[str, object], dict[str, object]]:
        """What is shown, by its type, and what the page must know about it.

        The latter is anywidget's, and empty but on Colab, which draws a widget as a cell's last value only if told by
        which manager (anywidget's issue 63).
        """
        bundle: dict[str, object] = {
            "text/plain": f"[{self.name}. Run this cell to move it. Controls: {', '.join(self._controls())}. "
            f"It shows: {self.words}]"
        }
        if self._widget is None:
            return bundle | {"text/html": f"<p>{html.escape(self.name)}: {html.escape(self._without)}</p>"}, {}
        remember(self._widget.model_id, self)
        _, about = self._widget._repr_mimebundle_()
        view = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
        return bundle | {"application/vnd.jupyter.widget-view+json": view}, about


class AttentionExplorer(AttentionShell):
    """Choose a query and see where it attends; a pair, and see its arithmetic; and change what the weights come from.

    Shapes: ``tokens`` (T_q,) strings; ``key_tokens`` (T_k,) of the other sequence in cross-attention. ``query``
    (H, T_q, d_k) or (T_q, d_k), ``key`` (H, T_k, d_k), perhaps ``value`` (H, T_k, d_v); or ready ``weights``
    (H, T_q, T_k) or (T_q, T_k), rows summing to 1 or all 0. Tensors or arrays. ``score_bias`` is broadcast to
    (H, T_q, T_k) and added to the scores. ``masks``: boolean (T_k,) or (T_q, T_k) by name, True = may attend; "none"
    is always there, and "causal" in self-attention. ``head_names`` (H,) in place of 1 .. H; ``unit`` is what a
    position is called. ``temperature`` is where its slider begins and has its middle; scores are divided by it.
    ``scaled``: whether scores are divided by the square root of d_k at first. ``marked`` (T_q, T_k) boolean and
    ``marked_as`` (T_q,): the words tell how much weight lies on the marked keys of a query, and call them so ("" says
    nothing).

    Raises TypeError or ValueError naming the argument, what came and what was expected: among them weights that do not
    sum to 1, numbers that are not finite, more than 256 tokens, more than 10 MB.

    Where anywidget cannot be loaded the explorer still answers ``set`` in words, and shows one sentence.
    """

    def __init__(
        self,
        tokens: Sequence[str],
        query: object = None,
        key: object = None,
        value: object = None,
        *,
        weights: object = None,
        key_tokens: Sequence[str] | None = None,
        score_bias: object = None,
        masks: Mapping[str, object] | None = None,
        head_names: Sequence[str] | None = None,
        unit: str = "token",
        temperature: float = 1.0,
        scaled: bool = True,
        marked: object = None,
        marked_as: Sequence[str] | None = None,
        name: str = "Attention explorer",
    ) -> None:
        given = problem(
            "AttentionExplorer",
            tokens,
            query,
            key,
            value,
            weights=weights,
            key_tokens=key_tokens,
            score_bias=score_bias,
            masks=masks,
            head_names=head_names,
            unit=unit,
            temperature=temperature,
            marked=marked,
            marked_as=marked_as,
            name=name,
        )
        super().__init__(given, scaled)


def _widget(state: dict[str, object]) -> tuple[object | None, str]:
    """The anywidget with that state, or nothing and the reason, with a remedy."""
    remedy = "pip install anywidget, then reload this page and restart the kernel."
    beside = "The still picture beside it shows the same."
    try:
        from course_utils.widgets.attention_explorer.synced import SyncedAttention

        return SyncedAttention(**state), ""
    except Exception as error:  # missing or broken: no reason for a lesson to stop
        if isinstance(error, ModuleNotFoundError) and error.name == "anywidget":
            return None, f"to move this, the package anywidget is needed: {remedy} {beside}"
        return None, f"the package anywidget could not be loaded ({error}): {remedy} {beside}"
