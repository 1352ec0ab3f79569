"""What the browser tests ask the kernel of a lesson: what each of its widgets should be showing.

Imported in the lesson's kernel. Every answer is JSON, computed anew from the state by the widget's pure function.
A control is told as ``name``; ``called``, what the page calls it (None: anything); ``kind``; ``said``, what it should
say (None: nothing); ``at`` and ``places``, where it stands and how many places it has (0 for a text).
"""

import gc
import json
import math

import ipywidgets

from course_utils.widgets import Explorer, shown
from course_utils.widgets.progress import TrainingProgress, progress_picture
from course_utils.widgets.quiz_form import QuizForm


def should_show(model_id):
    """Name, words and controls of the widget with this id, and its picture as SVG where it is drawn in the kernel."""
    widget = shown._shown.get(model_id) or _watched(model_id)
    if isinstance(widget, TrainingProgress):
        svg, words = progress_picture(widget._losses, widget.steps, widget.floor)
        return json.dumps({"name": "TrainingProgress", "svg": svg, "words": words, "controls": []})
    if isinstance(widget, Explorer):
        svg, words = widget._draw(**widget.state)
        controls = [_control(name, control) for name, control in widget._controls.items()]
        return json.dumps({"name": widget.name, "svg": svg, "words": words, "controls": controls})
    if isinstance(widget, QuizForm):  # it has no picture, only choices and words
        controls = [_question(number, choice) for number, choice in enumerate(widget._choices, 1)]
        return json.dumps({"name": widget.name, "svg": "", "words": widget.words, "controls": controls})
    controls = [_moved_in_the_page(widget, name) for name in widget._controls()]
    return json.dumps({"name": widget.name, "svg": None, "words": widget.words, "controls": controls})


def _watched(model_id):
    widgets = [thing for thing in gc.get_objects() if type(thing) is TrainingProgress]
    return next(widget for widget in widgets if widget._picture.model_id == model_id)


def _control(name, control):
    """A control of a kernel-driven widget."""
    at, places = 0, 0
    if isinstance(control, ipywidgets.Text):
        said = control.value
    elif isinstance(control, ipywidgets.Checkbox):
        said, at, places = control.value, int(control.value), 2
    elif isinstance(control, ipywidgets.SelectionSlider | ipywidgets.Dropdown):
        said, at, places = control.label, control.index, len(control.options)
    elif isinstance(control, ipywidgets.IntSlider | ipywidgets.FloatSlider):
        said = format(control.value, control.readout_format)
        at = round((control.value - control.min) / control.step)
        places = round((control.max - control.min) / control.step) + 1
    else:
        raise TypeError(f"{name} is a {type(control).__name__}: tell tests/browser how it is moved and what it says.")
    told = {"name": name, "called": control.description, "kind": type(control).__name__}
    return told | {"said": said, "at": at, "places": places}


def _question(number, choice):
    """A question of a form. With nothing chosen, the keyboard stands at the first option."""
    at, places = choice.index or 0, len(choice.options)
    return {
        "name": f"question {number}",
        "called": None,
        "kind": "radio",
        "said": choice.label,
        "at": at,
        "places": places,
    }


def _moved_in_the_page(widget, name):
    """A control of an attention explorer. On a picture, left and right move within a row of patches."""
    given, value = widget._problem, getattr(widget._state, name)  # query, key and head count from 0
    stage = "list" if given.stage == "tokens" else "board"
    columns = given.stage_data.get("columns")
    kind, said, at, places = {
        "query": lambda: (stage, None, value, len(given.query_labels)),
        "key": lambda: (stage, None, value, len(given.key_labels)),
        "head": lambda: ("radio", None, value, len(given.heads)),
        "temperature": lambda: ("range", None, 10 + round(10 * math.log10(value / given.start_temperature)), 21),
        "scaled": lambda: ("Checkbox", value, int(value), 2),
        "mask": lambda: ("Dropdown", value, given.mask_names.index(value), len(given.mask_names)),
    }[name]()
    if kind == "board" and columns:
        at, places = at % columns, columns
    return {"name": name, "called": None, "kind": kind, "said": said, "at": at, "places": places}


def bytes_in_a_page(model_id):
    """What the widget weighs in an exported page, without the script that all widgets of a page share; 0 if none."""
    widget = shown._shown.get(model_id)
    return json.dumps(len(widget.page().encode()) if widget else 0)
