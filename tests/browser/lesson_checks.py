"""What is checked in every lesson, on one page that is opened once and run once. Two files share the lessons out."""

import pytest
from lesson_page import LessonPage, place_after
from loopback_lab import ROOT, keep_screenshot

NOTEBOOKS = ROOT / "notebooks"
LESSONS = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
MOVED = "Run this cell to move it. Controls: "  # in the stored text of every widget that can be moved
WATCHED = "drawn while the model trains.]"  # in that of every widget that is only watched
ANSWERED = "Run this cell to answer "  # in that of every form

# By the name of the widget: text that is misspelt and what the answer must contain; known text and the same.
TYPED = {
    "Where each word looks": ("siebenundneunzik", "neunzig", "vierundachtzig", "eighty"),
    "Where a word looks": ("the bnak of the river", "near it: bank", "the bank of the loan was muddy", "Sense: money"),
    "What each new token looked at": ("Ana met Tom", "Anna", "Tom met Anna", "So far: Tom met Anna"),
}
MARKUP = "<i id=typed>vier</i>"


def lesson_fixture(names):
    """A fixture that opens each of these lessons once and runs it once."""

    @pytest.fixture(scope="module", params=names, ids=[name.removesuffix(".ipynb") for name in names])
    def lesson(request, lab, chromium):
        page = chromium.new_page(viewport={"width": 1280, "height": 1400})
        lesson = LessonPage(page, lab, request.param)
        try:
            lesson.open()
            lesson.ran = lesson.run_all()
        except Exception:
            keep_screenshot(page, f"run_all[{request.param}]")
            raise
        yield lesson
        lesson.shut_down()
        page.close()

    return lesson


class LessonChecks:
    """In this order: the page is reloaded and the kernel restarted last."""

    def test_it_runs_without_an_error_and_has_all_its_widgets(self, lesson):
        assert lesson.ran
        for output in lesson.outputs():
            assert output["output_type"] != "error", output["traceback"]
            assert output.get("name") != "stderr", output["text"]
        stored = (NOTEBOOKS / lesson.name).read_text(encoding="utf-8")
        assert len(lesson.widgets()) == sum(map(stored.count, (MOVED, WATCHED, ANSWERED)))
        for widget in lesson.widgets():
            widget.at_rest()
        assert lesson.faults == []

    def test_every_control_answers_the_keyboard_with_the_right_picture(self, lesson):
        for widget in lesson.widgets():
            for control in widget.at_rest()["controls"]:
                assert control["called"] in (None, widget.name_of(control)) and widget.name_of(control)
                if control["places"]:
                    _move_until_the_picture_changes(widget, control)
        assert lesson.faults == []

    def test_typed_text_is_answered_and_escaped(self, lesson):
        for widget in lesson.widgets():
            wanted = widget.at_rest()
            for control in wanted["controls"]:
                if not control["places"]:
                    misspelt, meant, known, answer = TYPED[wanted["name"]]
                    for text, told in ((misspelt, meant), (MARKUP, "<i"), (known, answer)):
                        widget.write(control, text)
                        widget.at_rest(lambda wanted, told=told: told in wanted["words"])
                        assert lesson.page.locator("#typed").count() == 0
        assert lesson.faults == []

    def test_two_hundred_rapid_presses_end_on_the_right_picture(self, lesson):
        for widget in lesson.widgets():
            controls = widget.at_rest()["controls"]
            if controls:
                control = max(controls, key=lambda control: control["places"])
                # Three places on and two back; a box is switched once more, so that it ends as it was not.
                steps = [1, 1, 1, -1, -1] * 40 + [1] * (control["kind"] == "Checkbox")
                widget.press(control, steps)
                _rests_at(widget, control, place_after(control, steps))
        assert lesson.faults == []

    def test_escape_leads_from_a_widget_back_to_its_cell(self, lesson):
        for widget in lesson.widgets():
            controls = widget.at_rest()["controls"][-1:]
            if controls and not controls[0]["in_the_page"]:
                for handle in (widget.handle(controls[0]), *widget.node.locator("input[type=text]").all()):
                    handle.press("Escape")
                    cell = lesson.page.locator(".jp-Cell:focus")
                    assert cell.locator(widget.node).count() == 1, "the focus stayed in the widget"
        assert lesson.faults == []

    @pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
    def test_no_serious_fault_of_accessibility(self, lesson, axe, theme):
        lesson.theme(theme)
        try:
            assert _faults_of_accessibility(lesson.page, axe) == []
        finally:
            lesson.theme("JupyterLab Light")

    def test_saved_closed_and_opened_again_the_widgets_live(self, lesson):
        shown = [widget.at_rest()["words"] for widget in lesson.widgets()]
        lesson.command("docmanager:save")
        lesson.command("application:close")
        lesson.open()
        assert [widget.at_rest()["words"] for widget in lesson.widgets()] == shown
        for widget in lesson.widgets():
            for control in widget.at_rest()["controls"][-1:]:
                _move_until_the_picture_changes(widget, control)
        assert lesson.faults == []

    def test_a_restarted_kernel_leaves_a_readable_state(self, lesson):
        controls = [widget.at_rest()["controls"] for widget in lesson.widgets()]
        shown = [widget.shows() for widget in lesson.widgets()]
        lesson.restart_kernel()
        for widget, there, those in zip(lesson.widgets(), shown, controls):
            if those and not those[0]["in_the_page"]:
                widget.node.locator(".kernel-gone", has_text="Run this cell again").wait_for(state="visible")
            assert widget.shows() == there, "the picture was lost"
            if those and those[0]["in_the_page"]:  # it goes on without a kernel
                widget.press(those[0], [1 if those[0]["at"] == 0 else -1])
                widget.changed_from(there)
        assert lesson.faults == []


def _move_until_the_picture_changes(widget, control):
    """One place at a time, from where it stands to the farther end; at each the page must show the kernel's picture."""
    before = widget.shows()
    step = 1 if control["at"] < control["places"] / 2 else -1
    for _ in range(control["places"] - 1):
        widget.press(control, [step])
        control = _rests_at(widget, control, place_after(control, [step]))
        there = widget.shows()
        if there["picture"] != before["picture"] and (control["in_the_page"] or there["words"] != before["words"]):
            return
    pytest.fail(f"nothing changed at any place of {control}")


def _rests_at(widget, control, place):
    """Wait until the control stands there and the page shows it; the control as it is then."""
    wanted = widget.at_rest(lambda wanted: wanted["controls"][control["number"]]["at"] == place)
    return wanted["controls"][control["number"]]


# axe-core takes for invisible what an ancestor with hidden overflow cuts off, and JupyterLab's body has no height: left
# so, no contrast at all would be looked at. Nothing is cut off, and every cell is drawn, while axe-core looks.
RUN_AXE = """async () => {
    const cut = [...document.querySelectorAll(":has(.jp-Notebook)")]
        .filter(element => getComputedStyle(element).overflow.includes("hidden"));
    const cells = [...document.querySelectorAll(".jp-Notebook .jp-Cell")];
    cut.forEach(element => element.style.setProperty("overflow", "visible", "important"));
    cells.forEach(cell => cell.style.setProperty("content-visibility", "visible", "important"));
    const found = await axe.run({ include: [[".jp-Notebook .jp-OutputArea-output"]] }, { resultTypes: ["violations"] });
    cut.forEach(element => element.style.removeProperty("overflow"));
    cells.forEach(cell => cell.style.removeProperty("content-visibility"));
    return found.violations;
}"""


def _faults_of_accessibility(page, axe):
    """What axe-core finds in the outputs, serious or critical: rule, place and what to do, as short texts."""
    page.evaluate(axe)
    return [
        f"{fault['id']} ({fault['impact']}): {node['target']} {node['html'][:200]} {node['failureSummary'][:300]}"
        for fault in page.evaluate(RUN_AXE)
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
