// The stage for tokens: queries on the left, keys on the right, and between them a curve for each weight.

const TALLEST_STAGE = 704; // pixels that the rows share, so that 64 tokens stay in sight
const [LOWEST_ROW, HIGHEST_ROW] = [11, 24]; // pixels
const WIDEST_TOKEN = 18; // characters; a longer token is cut, and whole in its tooltip
const LETTER = 0.7; // em that a letter is given; not `ch`, which a bold token would widen
const SMALL_MAP = 56; // pixels, of a head
const FAINTEST_CURVE = 0.005; // below this weight no curve is drawn

// `choose` keeps a choice, `peek` shows one for as long as the pointer rests there.
function tokensStage(problem, choose, peek) {
  const rowHeight = Math.max(
    LOWEST_ROW,
    Math.min(HIGHEST_ROW, Math.floor(TALLEST_STAGE / Math.max(problem.T_q, problem.T_k))),
  );
  const queries = tokenList("query", "Query: attends", problem.queryTokens);
  const keys = tokenList("key", "Key: attended to", problem.keyTokens, weightColumn);
  const curves = curvesView(problem, rowHeight);
  const element = make(
    "div", "ae-tokens", {},
    columnTitle("query: attends"), columnTitle(), columnTitle("key: attended to", "weight"),
    queries.list, curves.element, keys.list,
  );
  element.style.setProperty("--ae-row", `${rowHeight}px`);
  element.style.setProperty("--ae-token", `${widestToken(problem) * LETTER}em`);
  element.style.maxHeight = `${TALLEST_STAGE + 32}px`; // and the titles

  const map = mapView(problem, (state) => state.head);
  letPointerChoose(queries.list, (event) => positionIn(event, "query"), choose, peek);
  letPointerChoose(keys.list, (event) => positionIn(event, "key"), choose, peek);
  letPointerChoose(map.canvas, map.pairAt, choose, peek);

  const scrolls = Math.max(problem.T_q, problem.T_k) * rowHeight > TALLEST_STAGE;
  let last = null;
  function draw(state, weights) {
    queries.select(state.query);
    keys.select(state.key);
    keys.columns.forEach((column, key) => column.draw(weights[key], isAllowed(problem, state.mask, state.query, key)));
    curves.draw(state, weights);
    map.draw(state);
    if (scrolls) keepInSight(element, last && state.key !== last.key ? state.key : state.query, rowHeight);
    last = state;
  }
  function move(key, _shift, state, target) {
    const inKeys = keys.list.contains(target);
    return inKeys ? moveAlong(key, "key", "query", state, problem) : moveAlong(key, "query", "key", state, problem);
  }
  return {
    element,
    map: make("figure", "ae-map-figure", {},
      make("figcaption", "ae-caption", {}, "All weights: queries down, keys across"), map.element, mapLegend()),
    help: "Point to look, click to keep. Click or Tab into one of the two lists, and the arrow keys move: " +
      "up and down along it, left and right along the other.",
    draw,
    move,
    miniature: (head) => mapView(problem, () => head, SMALL_MAP),
  };
}

// Up, down, Home and End go along the list that has the focus; left and right along the other.
function moveAlong(key, along, across, state, problem) {
  const count = { query: problem.T_q, key: problem.T_k };
  const to = (name, position) => ({ [name]: clamped(position, count[name]) });
  switch (key) {
    case "ArrowUp": return to(along, state[along] - 1);
    case "ArrowDown": return to(along, state[along] + 1);
    case "ArrowLeft": return to(across, state[across] - 1);
    case "ArrowRight": return to(across, state[across] + 1);
    case "Home": return to(along, 0);
    case "End": return to(along, count[along] - 1);
    default: return null;
  }
}

// Only for the eye: each list has its own name.
function columnTitle(...titles) {
  const spans = titles.map((title) => make("span", "", {}, title));
  return make("p", "ae-caption", { "aria-hidden": "true" }, ...spans);
}

// A list in which one option is chosen; the focus stays on the list, which says which one is active.
function tokenList(name, label, tokens, columnOf = null) {
  const list = make("ul", `ae-list ae-${name}-list`, { role: "listbox", tabindex: "0", "aria-label": label });
  const columns = [];
  const options = tokens.map((token, at) => {
    const attributes = { role: "option", id: uniqueId(), "aria-selected": "false", "data-at": at };
    const option = make("li", "", attributes, make("bdi", "", { dir: "auto", title: token }, token));
    if (columnOf) columns.push(columnOf(option));
    return option;
  });
  list.append(...options);
  let chosen = options[0];
  function select(at) {
    chosen.setAttribute("aria-selected", "false");
    chosen = options[at];
    chosen.setAttribute("aria-selected", "true");
    list.setAttribute("aria-activedescendant", chosen.id);
  }
  return { list, columns, select };
}

// Bar and number at a key.
function weightColumn(option) {
  const bar = make("i");
  const number = document.createTextNode("");
  option.append(make("span", "ae-bar", { "aria-hidden": "true" }, bar), make("span", "ae-number", {}, number));
  function draw(weight, allowed) {
    bar.style.transform = `scaleX(${weight})`;
    number.data = allowed ? twoDecimals(weight) : "masked";
    option.classList.toggle("ae-masked", !allowed);
  }
  return { draw };
}

// The coordinates follow from the row height alone: nothing on the page has to be measured.
function curvesView(problem, rowHeight) {
  const height = Math.max(problem.T_q, problem.T_k) * rowHeight;
  const element = makeSvg("svg", {
    class: "ae-curves", viewBox: `0 0 100 ${height}`, preserveAspectRatio: "none", "aria-hidden": "true",
  });
  element.style.height = `${height}px`;
  const paths = problem.keyTokens.map(() => makeSvg("path", { "vector-effect": "non-scaling-stroke" }));
  element.append(...paths);
  function draw(state, weights) {
    const from = (state.query + 0.5) * rowHeight;
    paths.forEach((path, key) => {
      path.classList.toggle("ae-chosen", key === state.key);
      if (weights[key] < FAINTEST_CURVE) return path.removeAttribute("d");
      const to = (key + 0.5) * rowHeight;
      path.setAttribute("d", `M0 ${from}C50 ${from} 50 ${to} 100 ${to}`);
      path.setAttribute("stroke-width", Math.max(0.75, weights[key] * (rowHeight - 4)));
    });
  }
  return { element, draw };
}

function positionIn(event, name) {
  const option = event.target.closest("li");
  return option ? { [name]: Number(option.dataset.at) } : null;
}

function letPointerChoose(surface, pick, choose, peek) {
  surface.addEventListener("pointermove", (event) => {
    const picked = pick(event);
    if (picked && event.pointerType !== "touch") peek(picked);
  });
  surface.addEventListener("pointerleave", () => peek(null));
  surface.addEventListener("click", (event) => {
    const picked = pick(event);
    if (picked) choose(picked);
  });
}

// Only what scrolls inside the stage: the page itself must not jump.
function keepInSight(scroller, position, rowHeight) {
  const highest = position * rowHeight; // with a row above it, and two below
  const lowest = highest + 4 * rowHeight - scroller.clientHeight;
  if (scroller.scrollTop > highest) scroller.scrollTop = highest;
  if (scroller.scrollTop < lowest) scroller.scrollTop = lowest;
}

function widestToken(problem) {
  const lengths = [...problem.queryTokens, ...problem.keyTokens].map((token) => [...token].length);
  return Math.min(WIDEST_TOKEN, Math.max(...lengths) + 1);
}
