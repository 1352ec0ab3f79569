"""What a computation costs: counted exactly, measured in seconds, estimated from a model's shape."""

from course_utils.cost.counters import Cost, count
from course_utils.cost.timing import Slope, cpu_seconds, log_log_slope

__all__ = ["Cost", "Slope", "count", "cpu_seconds", "log_log_slope"]
