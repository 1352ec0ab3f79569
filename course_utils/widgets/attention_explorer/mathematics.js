// What is computed on the page: the same numbers as course_utils.attention, in double precision.

// `get` reads one synced value by its name; positions and heads count from 0. Throws where arrays are not whole.
function readProblem(get) {
  const [H, T_q, T_k, d_k, d_v] = get("shape");
  const floats = (name, count) => readFloats(get(name), name, count);
  return {
    H, T_q, T_k, d_k, d_v,
    stage: get("stage"),
    stageData: get("stage_data"),
    name: get("name"),
    queryTokens: get("query_tokens"),
    keyTokens: get("key_tokens"),
    queryLabels: get("query_labels"),
    keyLabels: get("key_labels"),
    heads: get("heads"),
    headsNumbered: get("heads_numbered"),
    query: floats("query_data", H * T_q * d_k), // (H, T_q, d_k)
    key: floats("key_data", H * T_k * d_k), // (H, T_k, d_k)
    value: floats("value_data", H * T_k * d_v), // (H, T_k, d_v)
    bias: floats("bias_data", H * T_q * T_k), // (H, T_q, T_k)
    weights: floats("weights_data", H * T_q * T_k), // (H, T_q, T_k), in place of query and key
    maskNames: get("mask_names"), // the first is no mask
    maskBits: bytes(get("mask_data")), // (masks without the first, T_q, T_k)
    markedBits: bytes(get("marked_data")), // (T_q, T_k)
    markedAs: get("marked_as"),
    selfAttention: get("self_attention"),
    startTemperature: get("start_temperature"),
  };
}

const MOVES = ["query", "key", "head", "temperature", "scaled", "mask"];

function readState(get) {
  return Object.fromEntries(MOVES.map((name) => [name, get(name)]));
}

function bytes(view) {
  return view && view.byteLength ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : null;
}

function readFloats(view, name, count) {
  const raw = bytes(view);
  if (!raw) return null;
  if (raw.length !== 4 * count) throw new Error(`${name} has ${raw.length} bytes, expected ${4 * count}`);
  return new Float32Array(raw.slice().buffer); // a copy: a message need not begin at a multiple of four bytes
}

function bit(packed, at) {
  return (packed[at >> 3] >> (7 - (at & 7))) & 1;
}

function isAllowed(problem, mask, query, key) {
  const which = problem.maskNames.indexOf(mask) - 1;
  return which < 0 || bit(problem.maskBits, (which * problem.T_q + query) * problem.T_k + key) === 1;
}

function isMarked(problem, query, key) {
  return problem.markedBits !== null && bit(problem.markedBits, query * problem.T_k + key) === 1;
}

function dotProduct(problem, head, query, key) {
  const { T_q, T_k, d_k, query: queries, key: keys } = problem;
  const q = (head * T_q + query) * d_k;
  const k = (head * T_k + key) * d_k;
  let sum = 0;
  for (let feature = 0; feature < d_k; feature++) sum += queries[q + feature] * keys[k + feature];
  return sum;
}

// One score before temperature and mask; of a ready weight its logarithm, which softmax undoes.
function scoreOf(problem, state, head, query, key) {
  const at = (head * problem.T_q + query) * problem.T_k + key;
  if (problem.weights) return Math.log(problem.weights[at]);
  const product = dotProduct(problem, head, query, key);
  const scaled = state.scaled ? product / Math.sqrt(problem.d_k) : product;
  return problem.bias ? scaled + problem.bias[at] : scaled;
}

// What softmax sees: scores over temperature, and minus infinity where the mask forbids.
function scoreRow(problem, state, head, query) {
  const row = new Float64Array(problem.T_k);
  for (let key = 0; key < row.length; key++) {
    const allowed = isAllowed(problem, state.mask, query, key);
    row[key] = allowed ? scoreOf(problem, state, head, query, key) / state.temperature : -Infinity;
  }
  return row;
}

function largestOf(row) {
  let largest = -Infinity;
  for (const number of row) if (number > largest) largest = number;
  return largest;
}

function sumOf(row) {
  let sum = 0;
  for (const number of row) sum += number;
  return sum;
}

// The largest score is subtracted first, so that none overflows. A row that may attend nowhere is all zeros.
function exponentials(scores) {
  const largest = largestOf(scores);
  return largest === -Infinity ? scores.map(() => 0) : scores.map((score) => Math.exp(score - largest));
}

function softmax(scores) {
  const exps = exponentials(scores);
  const sum = sumOf(exps) || 1;
  return exps.map((exp) => exp / sum);
}

function weightRow(problem, state, head, query) {
  return softmax(scoreRow(problem, state, head, query));
}

// The weights of all queries, (T_q, T_k) in one array.
function weightMap(problem, state, head) {
  const map = new Float64Array(problem.T_q * problem.T_k);
  for (let query = 0; query < problem.T_q; query++) {
    map.set(weightRow(problem, state, head, query), query * problem.T_k);
  }
  return map;
}
