// Making elements. All text goes in as text, never as markup.

function make(tag, className = "", attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function makeSvg(tag, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// A name of its own for an element that another one must point at: several explorers share a page.
function uniqueId() {
  return `ae-${Math.random().toString(36).slice(2)}`;
}

function clamped(number, count) {
  return Math.max(0, Math.min(count - 1, number));
}
