"""The lesson's hand calculation: a query's scores for three words, of which river is the first."""

from __future__ import annotations

import numpy as np

RIVER = np.array([2.0, 1.0, 0.0])
