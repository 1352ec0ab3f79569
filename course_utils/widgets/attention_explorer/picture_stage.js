// The stage of a picture cut into patches: the weights lie over it, and the arrow keys go in two dimensions.

const VEIL = 0.8; // how opaque the largest weight is
const SMOOTH_UNTIL = 4; // enlarged further than that, a picture shows its pixels
const MINIATURE_SIDE = 72; // pixels

function pictureStage(problem, choose, peek) {
  const { rows, columns, cell, image } = problem.stageData;
  let last = null;
  const redraw = () => last && draw(...last);
  const picture = stagePicture(image, redraw);
  const board = pointedCanvas(
    `Picture of ${rows} rows and ${columns} columns of patches`,
    (x, y) =>
      clamped(Math.floor((y / board.clientHeight) * rows), rows) * columns +
      clamped(Math.floor((x / board.clientWidth) * columns), columns),
    choose, peek, redraw,
  );
  board.style.width = `${columns * cell}px`;
  board.style.aspectRatio = `${columns} / ${rows}`;
  const veil = make("canvas", "", { width: columns, height: rows });
  const [queryView, keyView] = [closeUp(), closeUp()];
  const legend = make("p", "ae-legend", {},
    "Q: the query. K: the key of the arithmetic below. The fuller the orange, the more weight; the fullest is this " +
    "query's largest. The largest weights have numbers. Struck through: closed by the mask.");
  const views = make("div", "ae-close-ups", {}, queryView.element, keyView.element);

  function boxOf(patch, { width, height }) {
    const [wide, high] = [width / columns, height / rows];
    return { x: (patch % columns) * wide, y: Math.floor(patch / columns) * high, width: wide, height: high };
  }

  function draw(state, weights) {
    last = [state, weights];
    queryView.draw(picture, (size) => boxOf(state.query, size), "Q, the query");
    keyView.draw(picture, (size) => boxOf(state.key, size), `K, its weight ${twoDecimals(weights[state.key])}`);
    const sharp = sharpContext(board);
    if (!sharp) return; // it is drawn when it has a size
    const { context, width, height } = sharp;
    context.imageSmoothingEnabled = width < SMOOTH_UNTIL * picture.naturalWidth;
    if (isLoaded(picture)) context.drawImage(picture, 0, 0, width, height);
    drawGrid(context, rows, columns, width, height);
    paintVeil(veil, weights);
    context.imageSmoothingEnabled = false;
    context.drawImage(veil, 0, 0, width, height);
    for (let key = 0; key < weights.length; key++) {
      const closed = key !== state.query && !isAllowed(problem, state.mask, state.query, key);
      if (closed) drawClosed(context, boxOf(key, sharp));
    }
    drawMarks(context, state, weights, (patch) => boxOf(patch, sharp), sharp);
  }

  function move(key, shift, state) {
    const moved = shift ? "key" : "query";
    const [row, column] = [Math.floor(state[moved] / columns), state[moved] % columns];
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, columns - 1],
    }[key];
    return to ? { [moved]: clamped(to[0], rows) * columns + clamped(to[1], columns) } : null;
  }

  const longest = Math.max(rows, columns) / MINIATURE_SIDE;
  return {
    element: make("div", "", {}, board, views, legend),
    help:
      "Click a patch, or go there with the four arrow keys: it is the query. Point to another one, or go there with " +
      "Shift and the arrow keys: it is the key.",
    draw,
    move,
    miniature: (head) => rowMiniature(problem, head, rows, columns, [columns / longest, rows / longest]),
  };
}

// Frames and plates; what matters most is drawn last, and has the first choice of a place for its plate.
function drawMarks(context, state, weights, boxOf, limits) {
  const named = strongestKeys(weights);
  const isApart = state.key !== state.query;
  for (const key of named) drawFrame(context, boxOf(key), 1);
  if (isApart) drawFrame(context, boxOf(state.key), 2, "#000", [4, 3]);
  drawFrame(context, boxOf(state.query), 3, QUERY_COLOUR);
  const taken = boxOf(0).height > 3 * PLATE_HEIGHT ? [] : [boxOf(state.query), boxOf(state.key)]; // small: not covered
  const numbered = (key) => (named.includes(key) ? ` ${twoDecimals(weights[key])}` : "");
  drawPlate(context, `Q${numbered(state.query)}`, boxOf(state.query), limits, taken, QUERY_COLOUR);
  if (isApart) drawPlate(context, `K${numbered(state.key)}`, boxOf(state.key), limits, taken);
  for (const key of named) {
    if (key === state.query || key === state.key) continue;
    drawPlate(context, twoDecimals(weights[key]), boxOf(key), limits, taken);
  }
}

// A dark line beside a light one: one of the two is seen.
function drawGrid(context, rows, columns, width, height) {
  context.lineWidth = 1;
  for (const [colour, shift] of [["rgba(0, 0, 0, 0.22)", -0.5], ["rgba(255, 255, 255, 0.22)", 0.5]]) {
    context.strokeStyle = colour;
    context.beginPath();
    for (let column = 1; column < columns; column++) {
      const x = Math.round((column * width) / columns) + shift;
      context.moveTo(x, 0);
      context.lineTo(x, height);
    }
    for (let row = 1; row < rows; row++) {
      const y = Math.round((row * height) / rows) + shift;
      context.moveTo(0, y);
      context.lineTo(width, y);
    }
    context.stroke();
  }
}

// One pixel for each patch, of one colour, as opaque as its weight is large beside the largest.
function paintVeil(veil, weights) {
  const context = veil.getContext("2d");
  const image = context.createImageData(veil.width, veil.height);
  const colour = [1, 3, 5].map((at) => parseInt(WEIGHT_COLOUR.slice(at, at + 2), 16));
  const largest = largestOf(weights) || 1;
  for (let key = 0; key < weights.length; key++) {
    image.data.set([...colour, Math.round((255 * VEIL * weights[key]) / largest)], key * 4);
  }
  context.putImageData(image, 0, 0);
}

// One patch, enlarged, pixel by pixel.
function closeUp() {
  const canvas = make("canvas", "", { "aria-hidden": "true" });
  const caption = make("figcaption");
  function draw(picture, boxIn, words) {
    caption.textContent = words;
    const sharp = sharpContext(canvas);
    if (!sharp || !isLoaded(picture)) return;
    const { x, y, width, height } = boxIn({ width: picture.naturalWidth, height: picture.naturalHeight });
    sharp.context.imageSmoothingEnabled = false;
    sharp.context.drawImage(picture, x, y, width, height, 0, 0, sharp.width, sharp.height);
  }
  return { element: make("figure", "ae-close-up", {}, canvas, caption), draw };
}
