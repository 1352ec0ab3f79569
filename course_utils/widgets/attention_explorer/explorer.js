// The whole explorer: controls, stage, heads, arithmetic and words around one state that the model keeps.

const STAGES = { tokens: tokensStage, picture: pictureStage, time: timeStage };
const TEMPERATURE_STEPS = 10; // to either side of the middle: a tenth and ten times the start
const MOST_HEADS_BESIDE = 8; // more of them get a row of their own
const REST = 400; // milliseconds without a move until a screen reader is told

function render({ model, el }) {
  return orSay(el, () => explorerView(model, el));
}

// What cannot be drawn leaves a sentence, not an empty place.
function orSay(el, draw) {
  try {
    return draw();
  } catch (error) {
    console.error(error);
    const remedy = "Run its cell again; the still picture beside it shows the same.";
    el.replaceChildren(make("p", "", { role: "alert" }, `This explorer cannot be drawn (${error.message}). ${remedy}`));
  }
}

function explorerView(model, el) {
  const get = (name) => model.get(name);
  const problem = readProblem(get);
  let peeked = null; // what the pointer shows for the moment; the model does not know of it
  let frame = 0;

  function choose(change) {
    peeked = null;
    for (const [name, value] of Object.entries(change)) model.set(name, value);
    model.save_changes(); // at once: the kernel's echo of an earlier key would take back what is not saved yet
    drawSoon();
  }
  function peek(change) {
    if (JSON.stringify(change) === JSON.stringify(peeked)) return; // the pointer moved within the same place
    peeked = change;
    drawSoon();
  }
  function drawSoon() {
    if (!frame) frame = requestAnimationFrame(draw); // many keys within a frame are one picture
  }

  const stage = STAGES[problem.stage](problem, choose, peek);
  const parts = [controlsView(problem, choose), headsView(problem, stage, choose), arithmeticView(problem)];
  const [controls, heads, arithmetic] = parts;
  const words = wordsView();
  const stageBox = make("div", "ae-stage", {}, stage.element);
  const isBeside = problem.H <= MOST_HEADS_BESIDE;
  const side = make("div", "ae-side", {}, ...[stage.map, isBeside && heads.element].filter(Boolean));
  const root = make(
    "div", "attention-explorer", { role: "group", "aria-label": problem.name },
    make("p", "ae-title", {}, problem.name),
    make("p", "ae-help", {}, stage.help),
    controls.element,
    words.element,
    make("div", "ae-main", {}, stageBox, side),
    ...(isBeside ? [] : [heads.element]),
    arithmetic.element,
  );

  function draw() {
    frame = 0;
    const state = { ...readState(get), ...peeked };
    const weights = weightRow(problem, state, state.head, state.query);
    stage.draw(state, weights);
    for (const part of parts) part.draw(state);
    words.draw(rowInWords(problem, state, weights));
  }

  stageBox.addEventListener("keydown", (event) => {
    if (event.altKey || leavesUs(event)) return;
    const change = stage.move(event.key, event.shiftKey, readState(get), event.target);
    if (!change) return;
    event.preventDefault(); // the page must not scroll
    choose(change);
  });
  root.addEventListener("keydown", (event) => {
    if (!leavesUs(event)) event.stopPropagation(); // or a letter would be a shortcut of the notebook
  });
  el.append(root);
  draw();
  for (const name of MOVES) model.on(`change:${name}`, drawSoon);
  const forgetTheme = whenThemeChanges(drawSoon);
  return () => {
    forgetTheme();
    cancelAnimationFrame(frame);
    for (const name of MOVES) model.off(`change:${name}`, drawSoon);
    root.remove();
  };
}

function leavesUs(event) {
  return event.key === "Tab" || event.key === "Escape" || event.ctrlKey || event.metaKey;
}

// A canvas does not follow the page's colours by itself.
function whenThemeChanges(redraw) {
  const preference = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(redraw);
  preference.addEventListener("change", redraw);
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  return () => {
    preference.removeEventListener("change", redraw);
    observer.disconnect();
  };
}

// The words for the eye at once; for a screen reader when the hand rests, or 200 keys would be 200 sentences.
function wordsView() {
  const seen = make("p", "ae-words", { "aria-hidden": "true" });
  const said = make("p", "ae-said", { role: "status" });
  let rest;
  function draw(sentence) {
    if (sentence === seen.textContent) return;
    if (!seen.textContent) said.textContent = sentence;
    seen.textContent = sentence;
    clearTimeout(rest);
    rest = setTimeout(() => (said.textContent = sentence), REST);
  }
  return { element: make("div", "", {}, seen, said), draw };
}

function controlsView(problem, choose) {
  const parts = [temperatureControl(problem, choose)];
  if (!problem.weights) parts.push(scaledControl(problem, choose));
  if (problem.maskNames.length > 1) parts.push(maskControl(problem, choose));
  const elements = parts.map((part) => part.element);
  const element = make("div", "ae-controls", { role: "group", "aria-label": "Controls" }, ...elements);
  return { element, draw: (state) => parts.forEach((part) => part.draw(state)) };
}

function temperatureControl(problem, choose) {
  const start = problem.startTemperature;
  const range = { type: "range", min: -TEMPERATURE_STEPS, max: TEMPERATURE_STEPS, step: 1 };
  const slider = make("input", "ae-temperature", range);
  const shown = make("span", "ae-value", { "aria-hidden": "true" });
  function temperatureAt(step) { // to the three digits that are shown; the start stays what it was
    return step ? Number((start * 10 ** (step / TEMPERATURE_STEPS)).toPrecision(3)) : start;
  }
  slider.addEventListener("input", () => choose({ temperature: temperatureAt(Number(slider.value)) }));
  function draw({ temperature }) {
    slider.value = Math.round(Math.log10(temperature / start) * TEMPERATURE_STEPS);
    shown.textContent = threeDigits(temperature);
    slider.setAttribute("aria-valuetext", shown.textContent);
  }
  return { element: make("label", "", {}, "temperature", slider, shown), draw };
}

function scaledControl(problem, choose) {
  const box = make("input", "ae-scaled", { type: "checkbox" });
  box.addEventListener("change", () => choose({ scaled: box.checked }));
  const element = make("label", "", {}, box, `divide by √d_k = √${problem.d_k}`);
  return { element, draw: (state) => (box.checked = state.scaled) };
}

function maskControl(problem, choose) {
  const select = make("select", "ae-mask");
  select.append(...problem.maskNames.map((name) => make("option", "", { value: name }, name)));
  select.addEventListener("change", () => choose({ mask: select.value }));
  return { element: make("label", "", {}, "mask", select), draw: (state) => (select.value = state.mask) };
}

// A radio group of small pictures, one a head; the arrow keys choose, as in every radio group.
function headsView(problem, stage, choose) {
  if (problem.H === 1) return { element: null, draw() {} };
  const buttons = problem.heads.map((name, head) => {
    const picture = stage.miniature(head);
    const label = problem.headsNumbered ? `Head ${name}` : name;
    const button = make("button", "ae-head", { type: "button", role: "radio", "aria-label": label, title: label },
      picture.element, make("bdi", "", { dir: "auto" }, name));
    button.addEventListener("click", () => choose({ head }));
    return { button, picture };
  });
  const group = make("div", "ae-heads", { role: "radiogroup", "aria-label": "Head" });
  group.append(...buttons.map(({ button }) => button));
  group.addEventListener("keydown", (event) => {
    const from = buttons.findIndex(({ button }) => button === event.target);
    const to = leavesUs(event) ? null : headAfter(event.key, from, problem.H);
    if (to === null) return;
    event.preventDefault();
    buttons[to].button.focus();
    choose({ head: to });
  });
  let frame = 0;
  function draw(state) {
    buttons.forEach(({ button }, head) => {
      button.setAttribute("aria-checked", head === state.head);
      button.tabIndex = head === state.head ? 0 : -1;
    });
    cancelAnimationFrame(frame); // the many small pictures follow a frame later: the large one does not wait for them
    frame = requestAnimationFrame(() => buttons.forEach(({ picture }) => picture.draw(state)));
  }
  const title = make("p", "ae-caption", { "aria-hidden": "true" }, "Heads");
  const place = problem.H > MOST_HEADS_BESIDE ? "ae-heads-box ae-heads-below" : "ae-heads-box";
  return { element: make("div", place, {}, title, group), draw };
}

function headAfter(key, head, count) {
  switch (key) {
    case "ArrowLeft": case "ArrowUp": return (head + count - 1) % count;
    case "ArrowRight": case "ArrowDown": return (head + 1) % count;
    case "Home": return 0;
    case "End": return count - 1;
    default: return null;
  }
}

function arithmeticView(problem) {
  const [query, key] = [make("bdi", "", { dir: "auto" }), make("bdi", "", { dir: "auto" })];
  const body = make("tbody");
  const header = make("tr");
  header.append(...["step", "calculation", "result"].map((name) => make("th", "", { scope: "col" }, name)));
  const table = make("table", "", { "aria-label": "The arithmetic of this pair" }, make("thead", "", {}, header), body);
  const summary = make("summary", "", {}, "Arithmetic: query ", query, ", key ", key);
  function draw(state) {
    query.textContent = problem.queryLabels[state.query];
    key.textContent = problem.keyLabels[state.key];
    body.replaceChildren(...arithmeticSteps(problem, state).map(arithmeticRow));
  }
  return { element: make("details", "ae-arithmetic", { open: "" }, summary, table), draw };
}

function arithmeticRow({ name, formula, result }) {
  const title = make("th", "", { scope: "row" }, name);
  return make("tr", "", {}, title, make("td", "", {}, formula), make("td", "", {}, result));
}

export default { render };
export { arithmeticSteps, readProblem, rowInWords, weightMap, weightRow };
