"""A lesson in JupyterLab: its widgets, what they show, and what the kernel says that they should show."""

import ast
import json
import re
import time

import ipywidgets

SECONDS = 240  # for one Run All on a busy machine
PATIENCE = 30  # seconds until a widget has answered, on a busy machine
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# The notebook on the page; every function below is given its own arguments as one object.
NOTEBOOK = "const panel = jupyterapp.shell.currentWidget, notebook = panel.content;"
IN_THE_KERNEL = """async expression => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const future = kernel.requestExecute({
        code: "pass", silent: true, store_history: false, user_expressions: { answer: expression }
    });
    const answer = (await future.done).content.user_expressions.answer;
    if (answer.status === "error") throw new Error(`${answer.ename}: ${answer.evalue}\\n${answer.traceback}`);
    return answer.data["text/plain"];
}"""
OUTPUTS = f"""() => {{ {NOTEBOOK}
    return notebook.widgets.flatMap((cell, at) => cell.model.type !== "code" ? [] :
        cell.model.sharedModel.getOutputs().map((output, index) => ({{ at, index, ...output }})));
}}"""
TAG = f"""async ({{ place, patience }}) => {{ {NOTEBOOK}
    const find = () => notebook.widgets[place.at].outputArea?.widgets[place.index]?.node;
    const began = performance.now();
    while (!find() && performance.now() < began + 1000 * patience) await new Promise(requestAnimationFrame);
    const node = find(); // a page that has just been opened draws its cells one after the other
    node.dataset.tested = `${{place.at}}-${{place.index}}`;
    node.scrollIntoView({{ block: "nearest" }});
}}"""
STANDING = f"""() => {{ {NOTEBOOK}
    return {{ cells: notebook.widgets.map(cell => cell.model.type + cell.model.sharedModel.getSource()),
             active: notebook.activeCellIndex, mode: notebook.mode }};
}}"""
# The picture, as the page writes it, and the words below it.
SNAPSHOT = """node => {
    const quiz = node.querySelector(".course-quiz");
    if (quiz) { // what is chosen, and the line to copy
        const inputs = [...quiz.querySelectorAll("input")];
        const picture = inputs.map(input => input.type === "radio" ? input.checked : input.value).join();
        return { picture, words: quiz.querySelector("[role=status]")?.textContent };
    }
    const page = node.querySelector(".attention-explorer"), svg = node.querySelector("svg[role=img]");
    const pixels = [...node.querySelectorAll("canvas")].map(canvas => canvas.toDataURL());
    const box = page ?? svg?.closest("div");
    if (!box) return { picture: "", words: "" }; // not drawn yet
    const words = node.querySelector(".ae-words, [role=status]")
        ?? node.querySelector("[role=alert]:not(.kernel-gone)") ?? box.querySelector(":scope > p");
    return { picture: [box.innerHTML, ...pixels].join(""), words: words?.textContent };
}"""
AS_IN_THE_PAGE = "svg => { const box = document.createElement('div'); box.innerHTML = svg; return box.innerHTML; }"
# What takes the keyboard. A slider's handle has a role in ipywidgets 8 and a class in ipywidgets 7.
IN_THE_KERNELS_WIDGET = "select, textarea, input:not([type=hidden]), button, [role=slider], .ui-slider-handle"
IN_THE_PAGES_WIDGET = {
    "query": ".ae-query-list, .ae-board",
    "key": ".ae-key-list, .ae-board",
    "head": ".ae-heads [aria-checked=true]",
    "temperature": ".ae-temperature",
    "scaled": ".ae-scaled",
    "mask": ".ae-mask",
}
SAID = """handle => {
    if (handle.matches("select")) return handle.selectedOptions[0].text.replaceAll(/\\s/g, " "); // no-break spaces
    if (handle.matches("[type=checkbox]")) return handle.checked;
    if (handle.matches("[type=radio]")) return handle.checked ? handle.closest("label").textContent : null;
    if (handle.matches("input, textarea")) return handle.value;
    return handle.closest(".widget-slider").querySelector(".widget-readout").textContent;
}"""
# What moves a control one place back and one place on.
KEYS = {
    "Checkbox": ("Space", "Space"),
    "Dropdown": ("ArrowUp", "ArrowDown"),
    "list": ("ArrowUp", "ArrowDown"),
}

# ipywidgets 7 asks MathJax 2 for the maths in its labels; JupyterLab 4 has MathJax 3. There is no maths in our labels.
HARMLESS = ["Cannot read properties of undefined (reading 'Queue')"] if ipywidgets.__version__.startswith("7.") else []


class LessonPage:
    """One lesson on one page. ``faults`` are the errors of the page and of its console so far."""

    def __init__(self, page, lab, name):
        self.page, self.lab, self.name, self.faults = page, lab, name, []
        page.on("pageerror", lambda error: str(error) in HARMLESS or self.faults.append(str(error)))
        page.on("console", lambda note: self.faults.append(note.text) if note.type == "error" else None)
        page.set_default_timeout(SECONDS * 1000)

    def open(self):
        """Open the lesson in a JupyterLab that remembers nothing of earlier pages."""
        self.page.goto(f"{self.lab}/lab/tree/notebooks/{self.name}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-MarkdownCell")
        self.page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.ready }")

    def run_all(self):
        """Run All; come back when the last cell is done. False where a cell raised."""
        return self.command("notebook:run-all-cells")

    def command(self, name, **arguments):
        """Do what a menu of JupyterLab does, and come back when it is done."""
        return self.page.evaluate(
            "([name, given]) => jupyterapp.commands.execute(name, given).then(done => done !== false)",
            [name, arguments],
        )

    def outputs(self):
        """All outputs of all cells, as they would be saved, each with its place ``at`` (cell) and ``index``."""
        return self.page.evaluate(OUTPUTS)

    def widgets(self):
        """The widgets in the outputs, from above."""
        return [
            LessonWidget(self, {"at": output["at"], "index": output["index"]}, output["data"][WIDGET_VIEW]["model_id"])
            for output in self.outputs()
            if WIDGET_VIEW in output.get("data", {})
        ]

    def ask(self, question):
        """What the kernel answers to an expression of ``kernel_side`` whose value is JSON."""
        answer = self.page.evaluate(IN_THE_KERNEL, f"__import__('kernel_side').{question}")
        return json.loads(ast.literal_eval(answer))

    def standing(self):
        """What no key pressed in a widget may change: the cells, which of them is selected, and the mode."""
        return self.page.evaluate(STANDING)

    def restart_kernel(self):
        """Restart the kernel by JupyterLab's menu, and wait until it is at work again."""
        self.page.evaluate("() => { window.restarted = jupyterapp.commands.execute('notebook:restart-kernel'); }")
        self.page.locator(".jp-Dialog .jp-mod-accept").press("Enter")  # a pointer left over a widget would move it
        self.page.evaluate("async () => { await window.restarted; }")

    def shut_down(self):
        """End the kernel, which would hold its memory until the last lesson is done."""
        self.page.evaluate("async () => { await jupyterapp.shell.currentWidget?.sessionContext.shutdown(); }")

    def theme(self, name):
        """Change JupyterLab's theme and wait until it is on."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)


class LessonWidget:
    """One widget in an output of a lesson."""

    def __init__(self, lesson, place, model_id):
        self.lesson, self.page, self.place, self.model_id = lesson, lesson.page, place, model_id

    @property
    def node(self):
        """Where it is on the page, scrolled into view."""
        self.page.evaluate(TAG, {"place": self.place, "patience": PATIENCE})
        return self.page.locator(f'[data-tested="{self.place["at"]}-{self.place["index"]}"]')

    def should_show(self):
        """What the kernel says: name, picture, words, controls, each with its ``number``."""
        wanted = self.lesson.ask(f"should_show({self.model_id!r})")
        for number, control in enumerate(wanted["controls"]):
            control |= {"number": number, "in_the_page": wanted["svg"] is None}
        return wanted

    def shows(self):
        """What stands on the page: picture, words."""
        return self.node.evaluate(SNAPSHOT)

    def at_rest(self, until=lambda wanted: True):
        """Wait until the page shows what the kernel says, and that is as it should be; return it.

        Raises AssertionError with both when they still differ after ``PATIENCE`` seconds.
        """
        end = time.monotonic() + PATIENCE
        while True:
            wanted, there = self.should_show(), self.shows()
            said = [self.said_by(control) for control in wanted["controls"] if control["said"] is not None]
            same = (
                there["words"] == wanted["words"]
                and said == [control["said"] for control in wanted["controls"] if control["said"] is not None]
                and (wanted["svg"] is None or self._as_in_the_page(wanted["svg"]) in there["picture"])
            )
            if same and until(wanted):
                return wanted
            if time.monotonic() > end:
                del wanted["svg"]
                raise AssertionError(f"the page shows {there['words']!r} {said}, the kernel {wanted}")
            self.page.wait_for_timeout(20)

    def changed_from(self, before):
        """Wait until the page shows something else."""
        end = time.monotonic() + PATIENCE
        while self.shows() == before:
            assert time.monotonic() < end, f"nothing has changed: {before['words']!r}"
            self.page.wait_for_timeout(20)

    def handle(self, control):
        """The part of a control that takes the keyboard."""
        if control["in_the_page"]:
            return self.node.locator(IN_THE_PAGES_WIDGET[control["name"]]).first
        if control["kind"] == "radio":
            choices = self.group(control).get_by_role("radio")
            chosen = choices.and_(self.page.locator(":checked"))
            return chosen if chosen.count() else choices.first
        return self.node.locator(IN_THE_KERNELS_WIDGET).nth(control["number"])

    def group(self, control):
        """The choices of one question of a form."""
        return self.node.get_by_role("radiogroup").nth(control["number"])

    def said_by(self, control):
        """What a control says on the page."""
        return self.handle(control).evaluate(SAID)

    def name_of(self, control):
        """What a screen reader calls a control."""
        a_question = control["kind"] == "radio" and not control["in_the_page"]
        said = (self.group(control) if a_question else self.handle(control)).aria_snapshot()
        named = re.match(r"""- '?\w+ "(.*?)\"""", said)
        return named and named[1]

    def press(self, control, steps):
        """Move a control by keyboard, as fast as it goes, by these steps, each -1 or 1. No key may go astray."""
        self._press(control, [key_for(control, step) for step in steps])

    def write(self, control, text):
        """Type this over what stands in a box for text, letter by letter, and Enter. No key may go astray."""
        self.handle(control).select_text()
        self._press(control, [*text, "Enter"])

    def _press(self, control, keys):
        self.handle(control).focus()
        standing = self.lesson.standing()
        for key in keys:
            self.page.keyboard.press(key)
        assert self.node.evaluate("node => node.contains(document.activeElement)"), "the focus left the widget"
        assert self.lesson.standing() == standing, "a key reached JupyterLab"

    def _as_in_the_page(self, svg):
        return self.page.evaluate(AS_IN_THE_PAGE, svg)


def key_for(control, step):
    """The key that moves this control one place back (-1) or on (1)."""
    key = KEYS.get(control["kind"], ("ArrowLeft", "ArrowRight"))[step > 0]
    return f"Shift+{key}" if (control["kind"], control["name"]) == ("board", "key") else key


def place_after(control, steps):
    """Where a control stands after these steps. It stops at its ends; a box is switched, and heads go round."""
    at, places = control["at"], control["places"]
    for step in steps:
        at += step
        at = at % places if control["kind"] in ("Checkbox", "radio") else min(max(at, 0), places - 1)
    return at
