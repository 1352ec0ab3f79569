"""The shared code of the course *Attention, measured*: one implementation, used by every lesson."""

__version__ = "0.1.0"
