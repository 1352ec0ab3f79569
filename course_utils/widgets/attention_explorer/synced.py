"""The anywidget behind the explorer: what Python and the page keep equal. Imported only where anywidget is."""

from __future__ import annotations

import anywidget
from traitlets import Any, Bytes, Dict, List, Unicode

from course_utils.widgets.attention_explorer.module import MODULE, STYLE


def _synced(trait: Any) -> Any:
    return trait.tag(sync=True)


class SyncedAttention(anywidget.AnyWidget):
    """Problem and state as traits; what they hold is described in ``state.saved``.

    The six that a hand moves take anything, so that nonsense from a page reaches the explorer, which puts it right,
    and does not end as an exception in a callback that nobody sees.
    """

    _esm = MODULE
    _css = STYLE

    stage = _synced(Unicode())
    name = _synced(Unicode())
    query_tokens = _synced(List())
    key_tokens = _synced(List())
    query_labels = _synced(List())
    key_labels = _synced(List())
    heads = _synced(List())
    heads_numbered = _synced(Any())
    shape = _synced(List())
    query_data = _synced(Bytes())
    key_data = _synced(Bytes())
    value_data = _synced(Bytes())
    bias_data = _synced(Bytes())
    weights_data = _synced(Bytes())
    mask_names = _synced(List())
    mask_data = _synced(Bytes())
    marked_data = _synced(Bytes())
    marked_as = _synced(List())
    self_attention = _synced(Any())
    start_temperature = _synced(Any())
    stage_data = _synced(Dict())

    query = _synced(Any())
    key = _synced(Any())
    head = _synced(Any())
    temperature = _synced(Any())
    scaled = _synced(Any())
    mask = _synced(Any())
