// Counts the answers of a form in a page without a kernel, and writes them as a line (quiz_form.py).
(() => {
  const GROUP = 4;

  function start(form) {
    const fields = [...form.querySelectorAll("fieldset")];
    const status = form.querySelector(".quiz-status");
    const line = form.querySelector(".quiz-line");

    function write() {
      const signs = fields.map((field) => field.querySelector("input:checked")?.value ?? "-");
      const groups = signs.join("").match(new RegExp(`.{1,${GROUP}}`, "g"));
      line.value = `${form.dataset.lineName} = "${groups.join(" ")}"`;
      status.textContent = `${signs.filter((sign) => sign !== "-").length} of ${signs.length} answered.`;
    }

    form.addEventListener("change", write);
    form.addEventListener("submit", (event) => event.preventDefault());
    line.addEventListener("click", () => line.select()); // reached by Tab it is selected anyway
    write();
  }

  document.querySelectorAll(".quiz-form").forEach(start);
})();
