"""Run a lesson as a reader would, and store its outputs in the one form that is committed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SECONDS = 300  # for one cell
BOOTSTRAP = "bootstrap"  # tag of the cell that finds the course, before the set-up cell
CLOCK = "reads-the-clock"  # tag of a cell that prints seconds
PRINTED_BY = "printed_by"  # in the metadata of such a cell: the code that its stored outputs come from, as a hash
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class LessonError(RuntimeError):
    """A lesson's run left something that must not be committed."""


def run_and_store(path: Path) -> None:
    """Restart, Run All, tidy, and save. The old file stays as it was if anything goes wrong.

    A cell tagged ``reads-the-clock`` is run like all others, but keeps the outputs of an earlier run as long as its
    code stays the same, so that an unchanged lesson is an unchanged file.

    Raises LessonError when a cell fails, writes to stderr, or the file would be 500 KB or more.
    """
    notebook = nbformat.read(path, as_version=4)
    earlier = {cell.metadata.get(PRINTED_BY): cell.outputs for cell in _clock_cells(notebook)}
    run(notebook, path)
    write_all({path: _stored_form(notebook, path.name, earlier)})


def require_stored(paths: Sequence[Path]) -> None:
    """Raise LessonError for notebooks that are not as ``run_and_store`` leaves them; nothing is run.

    It sees what an editor or a run by hand leaves behind: another order of running, a cell that was not run, times,
    widget states, errors. Whether a run would print the same again, only a run can tell: nbval does that.
    """
    problems = {path: problem for path in paths if (problem := _unlike_stored(path))}
    if problems:
        command = " ".join(["python -m course_utils store", *(path.as_posix() for path in problems)])
        raise LessonError("\n".join([*problems.values(), f"Run  {command}  and commit what it writes."]))


def _unlike_stored(path: Path) -> str:
    """What tells this notebook from a stored one; empty if nothing does."""
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    for number, count in enumerate(counts, start=1):
        if count != number:
            return f"{path.name}: code cell {number} has the count {count or 'blank'}; one Run All gives {number}."
    try:
        _refuse_unclean(notebook, path.name)
        stored = _stored_form(notebook, path.name, {})
    except LessonError as error:
        return str(error)
    if stored.encode() != path.read_bytes():
        return f"{path.name} holds more than a stored lesson does: times, widget ids, versions or an editor's marks."
    return ""


def run(notebook: nbformat.NotebookNode, path: Path, *, keep_widgets: bool = False) -> None:
    """Fill a notebook with the outputs of a fresh kernel that works in the folder of ``path``.

    With ``keep_widgets`` the last state of every widget goes into the notebook's metadata.

    Raises LessonError when a cell fails, takes too long or writes to stderr; it names the file of ``path``.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=keep_widgets,
        extra_arguments=["--log-level=ERROR"],  # keeps the kernel's own chatter off the terminal
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise LessonError(f"{path.name}: a cell failed.\n{error}") from None
    except AssertionError:  # nbclient's, when it is interrupted: it has shut down the kernel and looks for it again
        if client.km is not None:
            raise
        raise KeyboardInterrupt from None
    _refuse_unclean(notebook, path.name)


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Take out what differs from run to run or machine to machine: times, versions, widget ids.

    An emptied widget id tells JupyterLab that the view is gone, so a stored lesson shows the
    still picture alone until it is run.
    """
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:03d}"
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
            for output in cell.outputs:
                if WIDGET_VIEW in output.get("data", {}):
                    output["data"][WIDGET_VIEW]["model_id"] = ""


def _stored_form(notebook: nbformat.NotebookNode, name: str, earlier: Mapping[str, list]) -> str:
    """The text of a notebook that has been run; clock cells keep the ``earlier`` outputs of the same code, by its hash.

    Raises LessonError for 500 KB or more.
    """
    tidy(notebook)
    for cell in _clock_cells(notebook):
        code = hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        cell.outputs, cell.metadata[PRINTED_BY] = earlier.get(code, cell.outputs), code
    text = as_text(notebook)
    if len(text.encode()) >= 500_000:
        raise LessonError(f"{name} has {len(text.encode()):,} bytes; the limit is 500,000.")
    return text


def as_text(notebook: nbformat.NotebookNode) -> str:
    """A notebook as its file holds it: the same cells give the same bytes."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def write_all(files: Mapping[Path, str | bytes]) -> None:
    """Write texts or bytes into their files, each whole or not at all, and none while one cannot be written.

    Folders that are missing are made. Raises OSError where the computer refuses.
    """
    beside = {file: file.with_name(f"{file.name}.part") for file in files}
    try:
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            beside[file].write_bytes(content.encode() if isinstance(content, str) else content)
        for file, part in beside.items():
            os.replace(part, file)
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)


def _clock_cells(notebook: nbformat.NotebookNode) -> list:
    return [cell for cell in notebook.cells if CLOCK in cell.metadata.get("tags", [])]


def _joined(outputs: list) -> list:
    """Runs of prints as one, since how they are cut depends on timing."""
    joined: list = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last is not None and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _refuse_unclean(notebook: nbformat.NotebookNode, name: str) -> None:
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" or (output.output_type == "stream" and output.name == "stderr"):
                said = output.get("text") or output.get("evalue")
                raise LessonError(f"{name}, cell {index}: nothing may go to stderr; there was: {said[:300]}")
