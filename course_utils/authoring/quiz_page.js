// Shows, once it is asked for, how many of the given answers are right, and what to say about each (quiz_page.py).
(() => {
  const form = document.querySelector(".quiz-form");
  const status = document.getElementById("right");
  let asked = false;

  function show() {
    if (!asked) return;
    let answered = 0;
    let right = 0;
    for (const field of form.querySelectorAll("fieldset")) {
      const letter = field.querySelector("input:checked")?.value ?? "-";
      for (const told of field.querySelectorAll(".told")) {
        told.hidden = told.dataset.letter !== letter;
      }
      answered += letter === "-" ? 0 : 1;
      right += field.querySelector(".told:not([hidden])")?.textContent.startsWith("✔") ? 1 : 0;
    }
    status.textContent = answered
      ? `${right} right of ${answered} answered; why stands below each.`
      : "Nothing is answered yet.";
  }

  document.getElementById("show").addEventListener("click", () => {
    asked = true;
    show();
  });
  form.addEventListener("change", show);
})();
