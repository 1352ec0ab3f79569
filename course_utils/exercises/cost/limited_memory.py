"""Arrays with little room: from them none can be made that is too large."""

from __future__ import annotations

import numpy as np


class Watched(np.ndarray):
    """An array from which none may be made that has ``too_many`` numbers or more: MemoryError."""

    too_many: int
    said: str

    def __array_finalize__(self, made_from: object) -> None:
        if self.size >= self.too_many:
            raise MemoryError(self.said)

    def __array_function__(self, function, types, arguments, options):
        result = super().__array_function__(function, types, arguments, options)
        return result.view(type(self)) if type(result) is np.ndarray else result  # np.where and others forget the class
