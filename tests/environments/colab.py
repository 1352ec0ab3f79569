"""Start-up file of a kernel that stands in for Colab's: as much of ``google.colab`` as anything here asks for.

Colab's kernel has imported its package before the first cell runs. ``course_utils.environment`` looks whether it is
there, anywidget asks ``google.colab.output`` to have its widgets drawn.
"""

import sys
import types

_colab, _output = types.ModuleType("google.colab"), types.ModuleType("google.colab.output")
_output._widgets = types.SimpleNamespace(_installed_url=None)


def _enable_custom_widget_manager():
    _output._widgets._installed_url = "https://example.org/manager.js"


_output.enable_custom_widget_manager = _enable_custom_widget_manager
_colab.output = _output
sys.modules |= {"google.colab": _colab, "google.colab.output": _output}
