// The weights of one head as a picture: a row for each query, a column for each key.

const LARGEST_SIDE = 340; // pixels
const LARGEST_CELL = 24;
const CIVIDIS = [ // nine steps of the colours that the still maps of the course have
  [0, 34, 78], [26, 56, 111], [67, 78, 108], [97, 101, 111], [125, 124, 120],
  [155, 148, 118], [188, 174, 108], [222, 201, 88], [254, 232, 56],
];

const PALETTE = Array.from({ length: 256 }, (_, at) => {
  const place = (at / 255) * (CIVIDIS.length - 1);
  const lower = Math.min(Math.floor(place), CIVIDIS.length - 2);
  return CIVIDIS[lower].map((channel, of) => channel + (CIVIDIS[lower + 1][of] - channel) * (place - lower));
});

// The square root keeps small weights apart, where a row shares out 1 among many keys.
function colourOf(weight) {
  return PALETTE[Math.round(Math.sqrt(Math.min(weight, 1)) * 255)];
}

// Masked cells stay transparent: the hatching behind the canvas shows through.
function paintMap(canvas, problem, state, head) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(problem.T_k, problem.T_q);
  const { data } = image;
  const weights = weightMap(problem, state, head);
  for (let at = 0; at < weights.length; at++) {
    if (!isAllowed(problem, state.mask, Math.floor(at / problem.T_k), at % problem.T_k)) continue;
    const colour = colourOf(weights[at]);
    for (let channel = 0; channel < 3; channel++) data[4 * at + channel] = colour[channel];
    data[4 * at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

// `headOf(state)` says which head is shown. Drawn anew only when its weights change; a move of query or key
// shifts a frame, which costs next to nothing.
function mapView(problem, headOf, side = LARGEST_SIDE) {
  const { T_q, T_k } = problem;
  const cellSide = (count) => Math.min(LARGEST_CELL, side / count);
  const canvas = make("canvas", "", { width: T_k, height: T_q, "aria-hidden": "true" });
  const row = make("span", "ae-row-frame");
  const cell = make("span", "ae-cell-frame");
  const element = make("span", "ae-map", {}, canvas, row, cell);
  element.style.width = `${T_k * cellSide(T_k)}px`;
  element.style.aspectRatio = `${T_k * cellSide(T_k)} / ${T_q * cellSide(T_q)}`;
  row.style.height = cell.style.height = `${100 / T_q}%`;
  cell.style.width = `${100 / T_k}%`;

  let painted = "";
  function draw(state) {
    const settings = JSON.stringify([headOf(state), state.temperature, state.scaled, state.mask]);
    if (settings !== painted) paintMap(canvas, problem, state, headOf(state));
    painted = settings;
    row.style.top = cell.style.top = `${(100 * state.query) / T_q}%`;
    cell.style.left = `${(100 * state.key) / T_k}%`;
  }
  function pairAt(event) {
    return {
      query: clamped(Math.floor((event.offsetY / canvas.clientHeight) * T_q), T_q),
      key: clamped(Math.floor((event.offsetX / canvas.clientWidth) * T_k), T_k),
    };
  }
  return { element, canvas, draw, pairAt };
}

// The middle colour is that of a quarter, by the square root.
function mapLegend() {
  const middle = (CIVIDIS.length - 1) / 2;
  const [lower, upper] = [scaleOf(CIVIDIS.slice(0, middle + 1)), scaleOf(CIVIDIS.slice(middle))];
  return make("p", "ae-legend", {}, "weight 0", lower, "0.25", upper, "1");
}

function scaleOf(colours) {
  const scale = make("span", "ae-scale", { "aria-hidden": "true" });
  const stops = colours.map(([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`);
  scale.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
  return scale;
}
