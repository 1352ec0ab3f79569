// Puts the blocks of a lesson onto slides so that each slide holds what it can show, then hands them to reveal.js.
(() => {
  const LEAST_ZOOM = 0.5; // of a widget that is too large
  const MOST_ZOOM = 1.25; // of one that is small
  const PATIENCE = 5000; // milliseconds for widgets to start

  const overflows = (body) => body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1;
  const announces = (block) => block.textContent.trim().endsWith(":");

  // A slide after this one, with the section's name as a running head.
  function continuation(section) {
    const next = document.createElement("section");
    const slide = document.createElement("div");
    slide.className = "slide";
    const head = document.createElement("header");
    const name = document.createElement("p");
    name.className = "running";
    name.innerHTML = section.querySelector("header > *").innerHTML;
    head.append(name);
    const body = document.createElement("div");
    body.className = "body";
    slide.append(head, body);
    next.append(slide);
    section.after(next);
    return next;
  }

  function flow(section) {
    const body = section.querySelector(".body");
    for (const carried of [...body.querySelectorAll(".carried")]) {
      if (overflows(body)) carried.remove(); // it is shown a second time only where there is room
    }
    if (!overflows(body)) return;
    if (body.children.length === 1) return fit(section, body, body.firstElementChild);
    const moved = [];
    while (overflows(body) && body.children.length > 1) {
      moved.unshift(body.lastElementChild);
      body.lastElementChild.remove();
    }
    while (body.children.length > 1 && (announces(body.lastElementChild) || body.lastElementChild.matches(".heading"))) {
      moved.unshift(body.lastElementChild);
      body.lastElementChild.remove();
    }
    if (body.children.length === 1 && overflows(body)) fit(section, body, body.firstElementChild, moved);
    if (moved.length && moved[0].parentElement === null) {
      const next = continuation(section);
      next.querySelector(".body").append(...moved);
      flow(next);
    }
  }

  // One block that is too large: smaller letters, then a widget's zoom, then a cut.
  function fit(section, body, block, after = []) {
    if (block.matches(".moving")) return zoom(block);
    block.classList.add("smaller");
    if (!overflows(body)) return;
    const rest = cut(block, () => overflows(body));
    if (!rest) return;
    const next = continuation(section);
    next.querySelector(".body").append(rest, ...after.splice(0));
    flow(next);
  }

  // Takes rows, lines or items from the end of a block until it fits; returns them as a block, or nothing.
  function cut(block, tooLarge) {
    const rest = block.cloneNode(true);
    const table = block.querySelector("table");
    const pre = block.querySelector("pre");
    const list = block.querySelector("ol, ul");
    if (table) {
      const rows = [...table.querySelectorAll("tbody tr")];
      let kept = rows.length;
      while (kept > 1 && tooLarge()) rows[--kept].remove();
      [...rest.querySelectorAll("tbody tr")].slice(0, kept).forEach((row) => row.remove());
      return kept < rows.length ? rest : null;
    }
    if (pre) {
      const lines = pre.innerHTML.replace(/\n$/, "").split("\n");
      let kept = lines.length;
      while (kept > 1 && tooLarge()) pre.innerHTML = lines.slice(0, --kept).join("\n");
      rest.querySelector("pre").innerHTML = lines.slice(kept).join("\n");
      return kept < lines.length ? rest : null;
    }
    if (list) {
      const items = [...list.children];
      let kept = items.length;
      while (kept > 1 && tooLarge()) items[--kept].remove();
      const left = rest.querySelector("ol, ul");
      [...left.children].slice(0, kept).forEach((item) => item.remove());
      if (left.tagName === "OL") left.start = (list.start || 1) + kept;
      return kept < items.length ? rest : null;
    }
    return null;
  }

  // A widget gets the room that its slide has: it is never cut, only drawn larger or smaller.
  function zoom(block) {
    const body = block.closest(".body");
    const widget = block.querySelector(".widget");
    if (!widget) return;
    for (let factor = MOST_ZOOM; factor > LEAST_ZOOM; factor -= 0.05) {
      widget.style.zoom = factor.toFixed(2);
      if (!overflows(body)) return;
    }
  }

  async function started() {
    const end = performance.now() + PATIENCE;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    while (document.querySelector(".frames-not-started") && performance.now() < end) {
      await new Promise((go) => setTimeout(go, 50));
    }
    await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  }

  // Short code can be read from further away.
  function enlarge(body) {
    const lines = [...body.querySelectorAll(":scope > :is(.code, .output) pre")].flatMap((pre) => pre.textContent.split("\n"));
    const longest = Math.max(0, ...lines.map((line) => line.length));
    for (const [letters, size] of [[66, "28px"], [76, "24px"]]) {
      if (!lines.length || longest > letters || body.querySelector(".smaller")) continue;
      body.style.setProperty("--code", size);
      if (!overflows(body)) return;
      body.style.removeProperty("--code");
    }
  }

  // A step of its own shows an output, unless the slide begins with it.
  function steps(body) {
    for (const output of body.querySelectorAll(":scope > .output")) {
      if (output !== body.firstElementChild) output.classList.add("fragment");
    }
  }

  addEventListener("load", async () => {
    const unpaged = document.getElementById("unpaged");
    await started();
    for (const section of [...unpaged.querySelectorAll(".column > section")]) flow(section);
    unpaged.querySelectorAll(".moving").forEach(zoom);
    unpaged.querySelectorAll(".body").forEach(enlarge);
    for (const body of unpaged.querySelectorAll(".body")) {
      if (overflows(body)) body.tabIndex = 0; // nothing is cut off: it scrolls
    }
    unpaged.querySelectorAll(".body").forEach(steps);
    document.querySelector(".reveal .slides").append(...unpaged.children);
    unpaged.remove();
    await Reveal.initialize({
      width: 1280,
      height: 720,
      margin: 0,
      minScale: 0.1,
      maxScale: 4,
      center: false,
      hash: true,
      navigationMode: "linear",
      slideNumber: "c/t",
      transition: "none",
      scrollActivationWidth: null,
      // A picture that moves keeps its arrow keys; Escape leads back to the slides.
      keyboardCondition: (event) => {
        const inside = event.target?.closest?.(".widget, audio");
        if (inside && event.key === "Escape") event.target.blur();
        return !inside;
      },
      plugins: [RevealNotes],
    });
    document.body.classList.add("paged");
  });
})();
