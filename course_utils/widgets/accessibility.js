// Keys pressed in a widget stay there. JupyterLab would take an arrow in a list of choices, or in a box to tick, for
// "select another cell", and an x for "cut this one".
const leaves = (event) => event.key === "Tab" || event.key === "Escape" || event.ctrlKey || event.metaKey;

function keep(event) {
  if (!leaves(event)) event.stopPropagation();
}

// ipywidgets gives the handle of a slider no name (8), or not even a role and a value (7): nothing to read aloud.
function describe(slider) {
  const name = slider.querySelector(".widget-label")?.textContent;
  const handle = slider.querySelector("[role=slider], .ui-slider-handle");
  const readout = slider.querySelector(".widget-readout");
  if (!name || !handle || !readout) return; // still being built
  const said = { "aria-label": name, "aria-valuetext": readout.textContent };
  if (handle.matches(".ui-slider-handle")) {
    const percent = parseFloat(handle.style.left) || 0;
    Object.assign(said, { role: "slider", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent });
  }
  for (const [attribute, text] of Object.entries(said)) handle.setAttribute(attribute, text);
  readout.setAttribute("role", "textbox");
  readout.setAttribute("aria-label", `${name}, typed`);
}

// ipywidgets leaves the choices of a question each by itself: one name makes them a group, in which arrows move.
// Version 7 makes them anew at every choice: then the new one gets the focus that the old one had.
let groups = 0;
let focused = null; // the question whose choice last had the focus

function group(box) {
  const question = box.querySelector(".quiz-question")?.textContent;
  const choices = [...box.querySelectorAll("input[type=radio]")];
  if (!question || choices.length === 0) return; // still being built
  const name = choices.find((choice) => choice.name)?.name ?? `course-quiz-${(groups += 1)}`;
  const anew = choices.some((choice) => !choice.name);
  for (const choice of choices) choice.name = name;
  const list = box.querySelector(".widget-radio-box");
  list.setAttribute("role", "radiogroup");
  list.setAttribute("aria-label", question);
  if (anew && box === focused && document.activeElement === document.body) {
    (choices.find((choice) => choice.checked) ?? choices[0]).focus();
  }
}

function describeAll() {
  document.querySelectorAll(".course-widget .widget-slider").forEach(describe);
  document.querySelectorAll(".course-widget .quiz-group").forEach(group);
}

function initialize() {
  if (window.courseWidgetsAreAccessible) return; // once a page is enough
  window.courseWidgetsAreAccessible = true;
  const watch = (event) => {
    const widget = event.target.closest?.(".course-widget");
    widget?.addEventListener("keydown", keep);
    if (event.key === "Escape") widget?.closest(".jp-Cell")?.focus(); // out of it, to where arrows select a cell
  };
  document.addEventListener("keydown", watch, true); // on the way in; what it adds acts on the way out
  document.addEventListener("focusin", (event) => {
    focused = event.target.closest?.(".quiz-group") ?? null;
  });
  describeAll();
  new MutationObserver(describeAll).observe(document.body, { childList: true, subtree: true });
}

export default { initialize, render() {} };
