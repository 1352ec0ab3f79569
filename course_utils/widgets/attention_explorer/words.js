// What the explorer shows, in words. words.py says the same in Python, letter by letter.

const MOST_NAMED = 4; // keys that the sentence tells
const LEAST_NAMED = 50_000_000; // billionths: a key after the first is told from here on

function rowInWords(problem, state, weights) {
  const parts = [attends(problem, state.query, weights), share(problem, state.query, weights)];
  if (problem.H > 1) {
    const name = problem.heads[state.head];
    parts.push(problem.headsNumbered ? `Head ${name} of ${problem.H}.` : `Head ${name}.`);
  }
  const temperature = threeDigits(state.temperature);
  if (temperature !== "1") parts.push(`Temperature ${temperature}.`);
  if (!problem.weights && !state.scaled) parts.push("Scores not scaled.");
  if (state.mask !== problem.maskNames[0]) parts.push(`Mask: ${state.mask}.`);
  return parts.filter(Boolean).join(" ");
}

function attends(problem, query, weights) {
  const label = sentenceStart(problem, problem.queryLabels[query]);
  if (!weights.some(Boolean)) return `${label} may attend nowhere: all its weights are 0.`;
  const whole = Array.from(weights, billionths);
  const ranked = whole.map((_, key) => key).sort((one, other) => whole[other] - whole[one]); // stable
  const named = ranked.slice(0, MOST_NAMED).filter((key, rank) => rank === 0 || whole[key] >= LEAST_NAMED);
  const told = named.map((key) => `${twoDecimals(weights[key])} to ${problem.keyLabels[key]}`);
  return `${label} attends ${told.join(", ")}.`;
}

// A place begins with a capital, as a sentence does; a token stays as it is.
function sentenceStart(problem, label) {
  return problem.stage === "tokens" ? label : label[0].toUpperCase() + label.slice(1);
}

// How much weight lies on the marked keys, beside how many of all keys but the query itself they are.
function share(problem, query, weights) {
  if (!problem.markedBits || !problem.markedAs[query] || !weights.some(Boolean)) return "";
  let [weight, marked, others] = [0, 0, 0];
  for (let key = 0; key < problem.T_k; key++) {
    const isOther = !(problem.selfAttention && key === query);
    others += isOther;
    if (!isMarked(problem, query, key)) continue;
    weight += weights[key];
    marked += isOther;
  }
  if (!others) return "";
  const area = `${twoDecimals(marked / others)} of the other keys`;
  return `${twoDecimals(weight)} of its weight lies on ${problem.markedAs[query]} (${area}).`;
}

// Weights are ranked and rounded as whole billionths, so that an exponential's last bits do not change a word.
function billionths(weight) {
  return Math.floor(weight * 1e9 + 0.5);
}

function twoDecimals(weight) {
  const hundredths = Math.floor((billionths(weight) + 5_000_000) / 10_000_000);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
}

function threeDigits(number) {
  return String(Number(number.toPrecision(3)));
}
