// The proof of work (ALTCHA's): counts in a worker, then presses the button that was pressed. Without it people wait instead.
const panel = document.querySelector("[data-proof]");
if (panel && window.Worker && window.crypto?.subtle) {
  const { challenge, salt, signature, max, worker: source, working, done } = panel.dataset;
  const status = panel.querySelector("[data-proof-status]");
  const waiting = status.textContent;
  const worker = new Worker(source, { type: "module" });
  const giveUp = () => { status.textContent = waiting; worker.terminate(); };
  status.textContent = working;
  worker.addEventListener("error", giveUp);
  worker.addEventListener("message", ({ data: number }) => {
    worker.terminate();
    if (number === null) return giveUp();
    const form = panel.closest("form");
    const solution = { algorithm: "SHA-256", challenge, number, salt, signature };
    form.elements.bukti.value = btoa(JSON.stringify(solution));
    status.textContent = done;
    form.requestSubmit(form.querySelector("[type=submit]"));
  });
  worker.postMessage({ challenge, salt, max: Number(max) });
}
