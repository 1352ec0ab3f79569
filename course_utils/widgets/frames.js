// Moves the widgets whose pictures were drawn beforehand (frames.py): finds the frame of the controls' places.
(() => {
  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }

  function places(control) {
    if (control.type === "checkbox") return 2;
    return control.type === "range" ? Number(control.max) + 1 : control.options.length;
  }

  function place(control) {
    if (control.type === "checkbox") return Number(control.checked);
    return control.type === "range" ? Number(control.value) : control.selectedIndex;
  }

  async function start(widget) {
    const controls = [...widget.querySelectorAll("[data-moves]")];
    const { pieces, pictures, words } = await unpack(widget.querySelector(".frames-data").textContent);
    const picture = widget.querySelector(".frames-picture");
    const status = widget.querySelector("[role=status]");

    function draw() {
      // Frames are counted as digits are: the last control runs fastest.
      const frame = controls.reduce((count, control) => count * places(control) + place(control), 0);
      picture.innerHTML = pictures[frame].map((piece) => pieces[piece]).join("");
      status.textContent = words[frame];
    }

    for (const control of controls) {
      control.addEventListener("input", () => {
        if (control.type === "range") {
          const name = JSON.parse(control.dataset.names)[place(control)];
          control.setAttribute("aria-valuetext", name);
          control.nextElementSibling.textContent = name;
        }
        draw();
      });
      control.disabled = false;
    }
    widget.querySelector(".frames-not-started").remove();
  }

  document.querySelectorAll(".frames:has(.frames-data)").forEach((widget) => start(widget));
})();
