// Improvements for every page. Without this file each page still works.

const SENT_FOR = 10000; // A second press within this many milliseconds is taken for the same one; later it is a wanted resend.

function guardDoubleSending() {
  const sentAt = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    const now = Date.now();
    if (now - (sentAt.get(form) ?? -SENT_FOR) < SENT_FOR) {
      event.preventDefault();
      return;
    }
    sentAt.set(form, now);
    const button = event.submitter;
    // aria-busy, not disabled: a disabled button would drop its own name and value from what is sent.
    button?.setAttribute("aria-busy", "true");
    setTimeout(() => button?.removeAttribute("aria-busy"), SENT_FOR);
  });
  // A page brought back from the browser's memory may be sent again at once.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) sentAt.delete(form);
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });
}

// Characters as the server counts them: code points, with a line end as one.
const lengthOf = (text) => [...text].length;

function countCharacters() {
  for (const area of document.querySelectorAll("[data-max]")) {
    const counter = document.querySelector(`[data-count-for="${CSS.escape(area.id)}"]`);
    if (!counter) continue;
    const spoken = document.createElement("span");
    spoken.className = "visually-hidden";
    spoken.setAttribute("aria-live", "polite");
    counter.after(spoken);
    let waiting = 0;
    const tell = () => {
      const left = Number(area.dataset.max) - lengthOf(area.value);
      const phrase = left < 0 ? counter.dataset.over : counter.dataset.left;
      counter.textContent = phrase.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
      counter.classList.toggle("counter-over", left < 0);
      clearTimeout(waiting);
      waiting = setTimeout(() => { spoken.textContent = left < 200 ? counter.textContent : ""; }, 1000);
    };
    area.addEventListener("input", tell);
    tell();
  }
}

function guardUnsentText() {
  const valuesOf = (form) => [...new FormData(form)].map(([name, value]) => `${name}=${value.name ?? value}`).join("\n");
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const first = valuesOf(form);
    let leaving = false;
    form.addEventListener("submit", () => { leaving = true; });
    addEventListener("pageshow", () => { leaving = false; });
    addEventListener("beforeunload", (event) => {
      if (!leaving && valuesOf(form) !== first) event.preventDefault();
    });
  }
}

function offerPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

// On a small keyboard a password that cannot be read is typed wrong; it is hidden again before it is sent.
function offerToShowPasswords() {
  for (const button of document.querySelectorAll("[data-show]")) {
    const input = document.getElementById(button.dataset.show);
    const show = button.textContent;
    const turn = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? button.dataset.hide : show;
      button.setAttribute("aria-pressed", shown);
    };
    button.hidden = false;
    button.addEventListener("click", () => turn(input.type === "password"));
    input.form?.addEventListener("submit", () => turn(false));
  }
}

guardDoubleSending();
countCharacters();
guardUnsentText();
offerPrinting();
offerToShowPasswords();
document.querySelector("[data-focus]")?.focus();
