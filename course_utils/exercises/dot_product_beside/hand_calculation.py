"""The scores of the lesson's hand calculation."""

from __future__ import annotations

import numpy as np

RIVER = np.array([2.0, 1.0, 0.0])  # the scores of the lesson's hand calculation
