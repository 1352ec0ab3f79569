"""Pictures that answer to the hand: a pure function draws, a thin shell of ipywidgets asks it to."""

from course_utils.widgets.explorer import Explorer

__all__ = ["Explorer"]
