// Explorers on a page without a kernel: the saved state stands in for the kernel's model.

function savedModel(state) {
  const values = new Map(Object.entries(state));
  const listeners = new EventTarget();
  return {
    get: (name) => values.get(name),
    set(name, value) {
      if (values.get(name) === value) return;
      values.set(name, value);
      listeners.dispatchEvent(new Event(`change:${name}`));
    },
    on: (name, listener) => listeners.addEventListener(name, listener),
    off: (name, listener) => listeners.removeEventListener(name, listener),
    save_changes() {},
  };
}

// JSON has no bytes: what is called *_data, but the stage's own, stands there in base64.
function readSaved(text) {
  return JSON.parse(text, (name, value) => {
    if (!name.endsWith("_data") || typeof value !== "string") return value;
    return new DataView(Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0)).buffer);
  });
}

for (const place of document.querySelectorAll(".saved-attention-explorer:not(.ae-started)")) {
  place.classList.add("ae-started");
  orSay(place, () => explorerView(savedModel(readSaved(place.querySelector("script").textContent)), place));
}
