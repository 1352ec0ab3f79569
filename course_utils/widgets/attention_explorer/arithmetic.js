// How one weight comes about, step by step, with the real numbers.

const SPELLED_OUT = 4; // terms, features: so many are written; of more only the first three, and the rest is counted

// Each step: what it is called, the calculation in figures, its result as text, and as a number (or numbers).
function arithmeticSteps(problem, state) {
  const scores = scoreRow(problem, state, state.head, state.query);
  const allowed = isAllowed(problem, state.mask, state.query, state.key);
  const steps = [
    ...(problem.weights ? readyWeightSteps(problem, state) : scoreSteps(problem, state)),
    ...softmaxSteps(problem, state, scores, allowed),
  ];
  return problem.value ? [...steps, ...valueSteps(problem, state, softmax(scores))] : steps;
}

function step(name, formula, value) {
  return { name, formula, result: Array.isArray(value) ? vector(value) : figure(value), value };
}

function scoreSteps(problem, state) {
  const { query, key, head } = state;
  const product = dotProduct(problem, head, query, key);
  const root = Math.sqrt(problem.d_k);
  const division = `${figure(product)} ÷ √${problem.d_k} = ${figure(product)} ÷ ${figure(root)}`;
  const steps = [
    step("query · key", productsSpelledOut(problem, head, query, key), product),
    state.scaled ? step("÷ √d_k", division, product / root) : step("not scaled", "stays as it is", product),
  ];
  if (problem.bias) {
    const bias = problem.bias[(head * problem.T_q + query) * problem.T_k + key];
    const before = steps.at(-1).value;
    steps.push(step("+ bias", `${figure(before)} + ${inBrackets(bias)}`, before + bias));
  }
  return [...steps, temperatureStep(state, steps.at(-1).value)];
}

function readyWeightSteps(problem, state) {
  const { query, key, head } = state;
  const weight = problem.weights[(head * problem.T_q + query) * problem.T_k + key];
  const score = Math.log(weight);
  return [
    step("ready weight", "given, not computed here", weight),
    step("score", `ln ${figure(weight)}`, score),
    temperatureStep(state, score),
  ];
}

function temperatureStep(state, score) {
  const temperature = Number(state.temperature.toPrecision(6)); // so many digits that the division comes out
  return step("÷ temperature", `${figure(score)} ÷ ${temperature}`, score / state.temperature);
}

function softmaxSteps(problem, state, scores, allowed) {
  const exps = exponentials(scores);
  const sum = sumOf(exps);
  const terms = exps.filter((_, key) => scores[key] > -Infinity);
  const [score, exp] = [scores[state.key], exps[state.key]];
  const verdict = allowed ? "allowed" : "not allowed: −∞";
  const mask = { name: "mask", formula: state.mask, result: verdict, value: allowed };
  if (!terms.length) return [mask, step("weight", "this query may attend nowhere", 0)];
  return [
    mask,
    step("exp", `exp(${figure(score)} − ${inBrackets(largestOf(scores))}), the row's largest taken off`, exp),
    step("sum of the row", sumSpelledOut(terms.length, (at) => figure(terms[at])), sum),
    step("weight", `${figure(exp)} ÷ ${figure(sum)}`, exp / sum),
  ];
}

function valueSteps(problem, state, weights) {
  const { T_k, d_v } = problem;
  const valueOf = (key) => {
    const start = (state.head * T_k + key) * d_v;
    return Array.from(problem.value.subarray(start, start + d_v));
  };
  const context = new Array(d_v).fill(0);
  weights.forEach((weight, key) => {
    if (weight) valueOf(key).forEach((feature, at) => (context[at] += weight * feature));
  });
  const [weight, value] = [weights[state.key], valueOf(state.key)];
  return [
    step("weight × value", `${figure(weight)} × ${vector(value)}`, value.map((feature) => weight * feature)),
    step("context", `sum of weight × value over ${T_k === 1 ? "the one key" : `all ${T_k} keys`}`, context),
  ];
}

function productsSpelledOut(problem, head, query, key) {
  const { T_q, T_k, d_k } = problem;
  const q = (head * T_q + query) * d_k;
  const k = (head * T_k + key) * d_k;
  const products = (at) => `${inBrackets(problem.query[q + at])} × ${inBrackets(problem.key[k + at])}`;
  return sumSpelledOut(d_k, products);
}

function sumSpelledOut(count, term) {
  const shown = spelledOut(count);
  const terms = Array.from({ length: shown }, (_, at) => term(at)).join(" + ");
  return shown < count ? `${terms} + … (${count - shown} more)` : terms;
}

function vector(features) {
  const shown = spelledOut(features.length);
  const text = features.slice(0, shown).map(figure).join(", ");
  return shown < features.length ? `(${text}, … ${features.length - shown} more)` : `(${text})`;
}

function spelledOut(count) {
  return count > SPELLED_OUT ? SPELLED_OUT - 1 : count;
}

function inBrackets(number) {
  return number < 0 ? `(${figure(number)})` : figure(number);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function powerOfTen(number) {
  const [digits, power] = number.toExponential(2).split("e");
  const raised = Array.from(power.replace("+", ""), (sign) => (sign === "-" ? "⁻" : RAISED[sign]));
  return `${digits}·10${raised.join("")}`;
}

// Three decimals, three digits below 1, and powers of ten where those run long.
function figure(number) {
  if (Number.isNaN(number)) return "undefined";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  const size = Math.abs(number);
  let text = number.toFixed(3);
  if (size > 0 && size < 1) text = number.toPrecision(3);
  if ((size > 0 && size < 0.001) || size >= 10000) text = powerOfTen(number);
  return text.replace("-", "−");
}
