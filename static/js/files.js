// Chosen files are sent at once, with a bar; the list comes back with their pictures. Without script the button beside does it.

const LARGEST = 10 * 1024 * 1024;
const TOGETHER = 40 * 1024 * 1024;

function tell(block, text) {
  const line = block.querySelector("[data-told]") ?? block.appendChild(document.createElement("p"));
  line.dataset.told = "";
  line.className = "hint";
  line.setAttribute("role", "status");
  line.textContent = text;
}

function bar(block) {
  const found = block.querySelector("progress") ?? block.appendChild(document.createElement("progress"));
  found.max = 100;
  found.setAttribute("aria-label", block.querySelector("legend").textContent.trim());
  return found;
}

// One file too many or too large keeps none of the others back.
function leaveOut(block, input) {
  const fits = new DataTransfer();
  const left = [];
  let sum = 0;
  for (const file of input.files) {
    if (file.size > LARGEST) left.push(`${file.name}: ${block.dataset.large}`);
    else if (sum + file.size > TOGETHER) left.push(`${file.name}: ${block.dataset.many}`);
    else {
      sum += file.size;
      fits.items.add(file);
    }
  }
  input.files = fits.files;
  return left.join(" ");
}

// The list as the server has it now; words typed while it was on its way stay.
function showAnswer(block, page) {
  const fresh = page.getElementById(block.id);
  if (!fresh) return false;
  for (const typed of block.querySelectorAll("input[name^=alt-]")) {
    const same = fresh.querySelector(`#${CSS.escape(typed.id)}`);
    if (same) same.value = typed.value;
  }
  block.replaceWith(fresh);
  fresh.querySelector("input[type=file]")?.focus({ preventScroll: true });
  return true;
}

function send(form, id, left) {
  const block = () => document.getElementById(id); // an earlier answer may have put another in its place
  const data = new FormData(form);
  const step = block().querySelector("[data-upload]");
  data.set(step.name, step.value);
  const request = new XMLHttpRequest();
  bar(block()).value = 0;
  let told = -1;
  const failed = (why) => {
    block().querySelector("progress")?.remove();
    tell(block(), [why || block().dataset.failed, left].join(" "));
  };
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.round((100 * event.loaded) / event.total);
    bar(block()).value = percent;
    const quarter = 25 * Math.floor(percent / 25);
    if (quarter <= told) return; // read aloud a few times, not a hundred
    told = quarter;
    tell(block(), block().dataset.sending.replace("{n}", quarter));
  };
  request.onload = () => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    if (!showAnswer(block(), page)) failed(page.querySelector("h1")?.textContent);
    else if (left) tell(block(), left);
  };
  request.onerror = () => failed();
  request.open("POST", form.action);
  request.send(data);
}

document.addEventListener("change", (event) => {
  const input = event.target;
  const block = input.matches?.("input[type=file]") && input.closest("[data-files]");
  if (!block || !input.files.length) return;
  const left = leaveOut(block, input);
  if (input.files.length) send(input.form, block.id, left);
  else tell(block, left);
});
