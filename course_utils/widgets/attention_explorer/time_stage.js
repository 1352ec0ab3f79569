// The stage of a sound: a spectrogram, and below it, over the same seconds, the weights of the chosen query as bars.

const SOUND = { top: 22, height: 112 }; // pixels
const BARS = { top: 164, height: 96 };
const SIDES = { left: 44, right: 12 };
const FOOT = 46; // room for the seconds
const LARGEST_MAP = 256; // positions: of more the map of all weights is left out
const SCALES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]; // where the axis of the weights may end
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600]; // seconds from one to the next
const MOST_TICKS = 7;

function timeStage(problem, choose, peek) {
  const { seconds, length, image, spans } = problem.stageData;
  const edges = edgesBetween(seconds, length);
  const [floor, count] = [BARS.top + BARS.height, seconds.length];
  let last = null;
  const redraw = () => last && draw(...last);
  const picture = stagePicture(image, redraw);
  const board = pointedCanvas(
    `Sound of ${length} seconds, and below it the weights of ${count} positions`,
    (x) => positionAt(((x - SIDES.left) / (board.clientWidth - SIDES.left - SIDES.right)) * length),
    choose, peek, redraw,
  );
  board.style.height = `${floor + FOOT}px`;
  const top = make("span", "ae-time-label", { style: `top: ${BARS.top - 6}px; left: 0; width: ${SIDES.left - 6}px` });
  const labels = make("div", "", { "aria-hidden": "true" }, top, ...timeLabels(length, spans, floor));
  const legend = make("p", "ae-legend");
  const hasMap = count <= LARGEST_MAP;
  const map = hasMap ? mapView(problem, (state) => state.head) : null;
  if (map) letPointerChoose(map.canvas, map.pairAt, choose, peek);

  function positionAt(second) {
    if (second < edges[0] || second >= edges[count]) return null;
    return edges.findLastIndex((edge) => edge <= second);
  }

  function draw(state, weights) {
    last = [state, weights];
    map?.draw(state);
    const marks = problem.markedBits && problem.markedAs[state.query];
    legend.textContent =
      "Q: the query. K: the key of the arithmetic below. Bars: the weights; the largest have numbers. " +
      (marks ? `The line under the bars: ${marks}. ` : "") + "Struck through: closed by the mask.";
    const end = SCALES.find((scale) => scale >= largestOf(weights)) ?? 1;
    top.textContent = end;
    const sharp = sharpContext(board);
    if (!sharp) return; // it is drawn when it has a size
    const { context, width } = sharp;
    const across = (second) => SIDES.left + (second / length) * (width - SIDES.left - SIDES.right);
    const boxOf = (position, y, height) => {
      const [from, to] = [across(edges[position]), across(edges[position + 1])];
      return { x: from, y, width: to - from, height };
    };
    context.imageSmoothingEnabled = false;
    if (isLoaded(picture)) context.drawImage(picture, across(0), SOUND.top, across(length) - across(0), SOUND.height);
    drawAxes(context, across, length, spans, floor);
    drawColumns(context, state, boxOf);
    for (let key = 0; key < count; key++) {
      const closed = key !== state.query && !isAllowed(problem, state.mask, state.query, key);
      if (closed) drawClosed(context, boxOf(key, BARS.top, BARS.height));
      const bar = boxOf(key, floor, 0);
      context.fillStyle = WEIGHT_COLOUR;
      context.fillRect(bar.x, floor, Math.max(bar.width - 0.5, 0.5), (-BARS.height * weights[key]) / end);
      if (!marks || !isMarked(problem, state.query, key)) continue;
      context.fillStyle = AXIS_COLOUR;
      context.fillRect(bar.x, floor + 2, bar.width + 0.5, 4);
    }
    drawPlates(context, state, weights, boxOf, { width, height: floor }, end);
  }

  function move(key, shift, state) {
    const moved = shift ? "key" : "query";
    const to = { ArrowLeft: state[moved] - 1, ArrowRight: state[moved] + 1, Home: 0, End: count - 1 }[key];
    return to === undefined ? null : { [moved]: clamped(to, count) };
  }

  return {
    element: make("div", "ae-time", {}, make("div", "ae-time-board", {}, board, labels), legend),
    ...(map && {
      map: make("figure", "ae-map-figure", {},
        make("figcaption", "ae-caption", {}, "All weights: queries down, keys across"), map.element, mapLegend()),
    }),
    help:
      "Click a moment, or go there with the left and right arrow keys: it is the query. Point to another one, or go " +
      "there with Shift and the arrow keys: it is the key.",
    draw,
    move,
    miniature: (head) => (hasMap ? mapView(problem, () => head, SMALL_MAP) : rowMiniature(problem, head, 1, count, [96, 24])),
  };
}

// Where each position begins, and where the last one ends: half-way between the middles, in seconds.
function edgesBetween(seconds, length) {
  const inner = seconds.slice(1).map((second, before) => (second + seconds[before]) / 2);
  if (!inner.length) return [0, length];
  const [first, last] = [2 * seconds[0] - inner[0], 2 * seconds.at(-1) - inner.at(-1)];
  return [Math.max(0, first), ...inner, Math.min(length, last)];
}

function ticksOf(length) {
  const step = TICKS.find((tick) => length / tick < MOST_TICKS) ?? length / 5;
  return Array.from({ length: Math.floor(length / step + 1e-9) + 1 }, (_, at) => Number((at * step).toPrecision(6)));
}

// As text beside the canvas: so it has the colours of the theme, and is sharp at every zoom.
function timeLabels(length, spans, floor) {
  const wide = (seconds) => `calc((100% - ${SIDES.left + SIDES.right}px) * ${seconds / length})`;
  const at = (second) => `calc(${SIDES.left}px + ${wide(second)})`;
  const placed = (words, style) => make("span", "ae-time-label", { style }, words);
  const beside = (words, y) => placed(words, `top: ${y}px; left: 0; width: ${SIDES.left - 6}px`);
  const under = (words, second, y) => placed(words, `top: ${y}px; left: ${at(second)}; transform: translateX(-50%)`);
  return [
    ...spans.map(([start, end, name]) => make("bdi", "ae-time-label ae-span", {
      dir: "auto", style: `left: ${at(start)}; width: ${wide(end - start)}`,
    }, name)),
    beside("high", SOUND.top), beside("low", SOUND.top + SOUND.height - 18),
    beside("0", floor - 14),
    ...ticksOf(length).map((second) => under(String(second), second, floor + 8)),
    under("seconds; above the sound, below the weights", length / 2, floor + 25),
  ];
}

function drawAxes(context, across, length, spans, floor) {
  context.strokeStyle = AXIS_COLOUR;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(across(0) - 0.5, BARS.top);
  context.lineTo(across(0) - 0.5, floor + 0.5);
  context.lineTo(across(length), floor + 0.5);
  for (const second of ticksOf(length)) {
    context.moveTo(across(second), floor);
    context.lineTo(across(second), floor + 9);
  }
  for (const [start, end] of spans) {
    context.moveTo(across(start) + 0.5, SOUND.top - 1);
    context.lineTo(across(start) + 0.5, SOUND.top - 4.5);
    context.lineTo(across(end) - 0.5, SOUND.top - 4.5);
    context.lineTo(across(end) - 0.5, SOUND.top - 1);
  }
  context.stroke();
}

// Query and key as columns through the sound and behind the bars.
function drawColumns(context, state, boxOf) {
  for (const { top, height } of [SOUND, BARS]) {
    if (state.key !== state.query) drawFrame(context, boxOf(state.key, top, height), 1, "#000", [4, 3]);
    drawFrame(context, boxOf(state.query, top, height), 2, QUERY_COLOUR);
  }
}

// Which column is which, and the numbers of the largest weights.
function drawPlates(context, state, weights, boxOf, limits, end) {
  const taken = [];
  const between = SOUND.top + SOUND.height + PLATE_HEIGHT + 4;
  drawPlate(context, "Q", boxOf(state.query, between, 0), limits, taken, QUERY_COLOUR);
  if (state.key !== state.query) drawPlate(context, "K", boxOf(state.key, between, 0), limits, taken);
  for (const key of strongestKeys(weights)) {
    const tip = limits.height - (BARS.height * weights[key]) / end;
    drawPlate(context, twoDecimals(weights[key]), boxOf(key, tip, 0), limits, taken);
  }
}
