"""Pictures: arrays in, figure out, and one door, ``show``, through which each gets its alt text."""

from course_utils.plotting.charts import heatmap, lines, strip_plot
from course_utils.plotting.figures import new_figure, show

__all__ = ["heatmap", "lines", "new_figure", "show", "strip_plot"]
