// What the stages of a picture and of time draw with: a sharp canvas, and marks that are seen on dark and on light.

const QUERY_COLOUR = "#0072B2";
const WEIGHT_COLOUR = "#D55E00";
const AXIS_COLOUR = "#7b848f"; // at least 3 : 1 on the paper of either theme
const MOST_NUMBERS = 4; // keys with a number
const LEAST_NUMBER = 0.005; // what would be printed as 0.00 is not
const PLATE_HEIGHT = 16; // pixels

// A canvas that can have the focus and answers to the pointer: `positionAt(x, y)`, in pixels, names the position there
// or null. `redraw` is called when the canvas gets its size or another one.
function pointedCanvas(label, positionAt, choose, peek, redraw) {
  const canvas = make("canvas", "ae-board", { tabindex: "0", role: "application", "aria-label": label });
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.clientWidth / box.width || 1; // on a slide the page is drawn larger or smaller than laid out
    return positionAt((event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
  };
  canvas.addEventListener("pointermove", (event) => {
    const position = under(event);
    if (event.pointerType !== "touch") peek(position === null ? null : { key: position });
  });
  canvas.addEventListener("pointerleave", () => peek(null));
  canvas.addEventListener("click", (event) => {
    const position = under(event);
    if (position !== null) choose(event.shiftKey ? { key: position } : { query: position });
  });
  new ResizeObserver(redraw).observe(canvas);
  return canvas;
}

// The canvas at the screen's own resolution, cleared, with its size in CSS pixels; null as long as it is not laid out.
function sharpContext(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return null;
  const [across, down] = [width, height].map((length) => Math.round(length * window.devicePixelRatio));
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const context = canvas.getContext("2d");
  context.setTransform(across / width, 0, 0, down / height, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

// Loaded once; `redraw` is called when it is there.
function stagePicture(address, redraw) {
  const picture = new Image();
  picture.addEventListener("load", redraw);
  picture.src = address;
  return picture;
}

function isLoaded(picture) {
  return picture.complete && picture.naturalWidth > 0;
}

// The keys with the largest weights, the largest first; of equals the earlier one.
function strongestKeys(weights) {
  const found = [];
  for (let key = 0; key < weights.length; key++) {
    let place = found.length;
    while (place > 0 && weights[key] > weights[found[place - 1]]) place--;
    if (place < MOST_NUMBERS) found.splice(place, 0, key);
    if (found.length > MOST_NUMBERS) found.pop();
  }
  return found.filter((key) => weights[key] >= LEAST_NUMBER);
}

// A frame around a box, white on both sides of its colour; `dash` breaks the colour.
function drawFrame(context, { x, y, width, height }, thickness, colour = "#000", dash = []) {
  const edge = thickness / 2;
  for (const [line, stroke, pattern] of [[thickness + 2, "#fff", []], [thickness, colour, dash]]) {
    context.lineWidth = line;
    context.strokeStyle = stroke;
    context.setLineDash(pattern);
    context.strokeRect(x - edge, y - edge, width + thickness, height + thickness);
  }
  context.setLineDash([]);
}

// What a mask closes: darker, with a stroke from corner to corner.
function drawClosed(context, { x, y, width, height }) {
  context.fillStyle = "rgba(0, 0, 0, 0.45)";
  context.fillRect(x, y, width, height);
  context.strokeStyle = "rgba(255, 255, 255, 0.7)";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y + height);
  context.lineTo(x + width, y);
  context.stroke();
}

// A word on a dark plate: within a large box, else above, below, right or left of it, wherever it covers nothing of
// `taken`. Without room for it nothing is drawn.
function drawPlate(context, words, box, limits, taken, colour = "#111") {
  context.font = "bold 12px sans-serif";
  const width = context.measureText(words).width + 6;
  const [middle, level] = [box.x + (box.width - width) / 2, box.y + (box.height - PLATE_HEIGHT) / 2];
  const places = [
    [middle, box.y - PLATE_HEIGHT - 2],
    [middle, box.y + box.height + 2],
    [box.x + box.width + 3, level],
    [box.x - width - 3, level],
  ];
  if (box.width > 2 * width && box.height > 3 * PLATE_HEIGHT) places.unshift([box.x + 3, box.y + 3]);
  const isFree = (plate) => !taken.some((other) => covers(plate, other));
  const free = places
    .map(([x, y]) => ({ x: clampedTo(x, limits.width - width), y, width, height: PLATE_HEIGHT }))
    .find((plate) => plate.y >= 0 && plate.y + PLATE_HEIGHT <= limits.height && isFree(plate));
  if (!free) return;
  taken.push(free);
  context.fillStyle = colour;
  context.fillRect(free.x, free.y, width, PLATE_HEIGHT);
  context.strokeStyle = "#fff";
  context.lineWidth = 1;
  context.strokeRect(free.x + 0.5, free.y + 0.5, width - 1, PLATE_HEIGHT - 1);
  context.fillStyle = "#fff";
  context.textBaseline = "middle";
  context.fillText(words, free.x + 3, free.y + PLATE_HEIGHT / 2 + 0.5);
}

function clampedTo(number, most) {
  return Math.max(0, Math.min(number, most));
}

function covers(one, other) {
  const beside = one.x >= other.x + other.width || other.x >= one.x + one.width;
  return !beside && one.y < other.y + other.height && other.y < one.y + one.height;
}

// What the chosen query gets from one head, small: a pixel for each key, row by row.
function rowMiniature(problem, head, rows, columns, [width, height]) {
  const canvas = make("canvas", "", { width: columns, height: rows, "aria-hidden": "true" });
  const element = make("span", "ae-map", {}, canvas);
  element.style.width = `${width}px`;
  element.style.aspectRatio = `${width} / ${height}`;
  function draw(state) {
    const weights = weightRow(problem, state, head, state.query);
    const image = canvas.getContext("2d").createImageData(columns, rows);
    for (let key = 0; key < weights.length; key++) {
      const opaque = isAllowed(problem, state.mask, state.query, key) ? 255 : 0;
      image.data.set([...colourOf(weights[key]), opaque], key * 4);
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }
  return { element, draw };
}
