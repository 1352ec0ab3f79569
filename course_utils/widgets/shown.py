"""Which widgets have been shown, so that an exported page can have each of them as HTML that needs no kernel."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakValueDictionary


class Paged(Protocol):
    """A widget that can be exported."""

    def page(self) -> str:
        """The widget in its present state, as HTML that needs no kernel."""


_shown: WeakValueDictionary[str, Paged] = WeakValueDictionary()


def remember(model_id: str, widget: Paged) -> None:
    """Take note of a widget under the id of the view that shows it. It is not kept alive by that."""
    _shown[model_id] = widget


def fragments() -> dict[str, str]:
    """The page of every widget that was shown and is still in use, by the id of its view."""
    return {model_id: widget.page() for model_id, widget in _shown.items()}
