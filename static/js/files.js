// Chosen files are sent at once, with a bar; the list comes back with their pictures. Without script the button beside does it.

const LARGEST = 10 * 1024 * 1024;

function tell(block, text) {
  const line = block.querySelector("[data-told]") ?? block.appendChild(document.createElement("p"));
  line.dataset.told = "";
  line.className = "hint";
  line.setAttribute("role", "status");
  line.textContent = text;
  return line;
}

function bar(block) {
  const found = document.createElement("progress");
  found.max = 100;
  found.value = 0;
  block.append(found);
  return found;
}

function showAnswer(block, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(block.id);
  if (!fresh) return false;
  block.replaceWith(fresh);
  fresh.classList.toggle("files-fresh", true);
  fresh.querySelector("input[type=file]")?.focus({ preventScroll: true });
  return true;
}

function send(form, block) {
  const data = new FormData(form);
  const step = block.querySelector("[data-upload]");
  data.set(step.name, step.value);
  const request = new XMLHttpRequest();
  const progress = bar(block);
  const failed = () => {
    progress.remove();
    tell(block, block.dataset.failed);
  };
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    progress.value = (100 * event.loaded) / event.total;
    tell(block, block.dataset.sending.replace("{n}", Math.round(progress.value)));
  };
  request.onload = () => showAnswer(block, request.responseText) || failed();
  request.onerror = failed;
  request.open("POST", form.action);
  request.send(data);
}

document.addEventListener("change", (event) => {
  const input = event.target;
  const block = input.matches?.("input[type=file]") && input.closest("[data-files]");
  if (!block || !input.files.length) return;
  const large = [...input.files].find((file) => file.size > LARGEST);
  if (large) {
    input.value = "";
    tell(block, `${large.name}: ${block.dataset.large}`);
    return;
  }
  send(input.form, block);
});
