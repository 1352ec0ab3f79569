"""Arrays as one ``.npz`` file whose bytes depend on nothing but the arrays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import numpy as np

UNIX = 3  # what the file says of the system it was made on, whatever that was


def npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The content of a file that ``numpy.load`` reads, without date, system or compression in it.

    Compressed bytes would differ between releases of zlib. Raises ValueError for an array of Python objects.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980
            entry.create_system = UNIX
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(entry, buffer.getvalue())
    return content.getvalue()
