// Choosing a region continues by itself; without script the button beside the list does the same.
for (const select of document.querySelectorAll("select[data-continue]")) {
  select.addEventListener("change", () => {
    const button = document.getElementById(select.dataset.continue);
    if (button && select.value) select.form.requestSubmit(button);
  });
}
