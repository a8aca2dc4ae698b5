// Passkeys. A form with data-passkey="use" or "make" asks the browser and sends its answer; without this file other ways stay.

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The standard's own conversions are not in older phones.
function question(options) {
  const known = (one) => ({ ...one, id: bytesOf(one.id) });
  const found = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytesOf(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) if (options[list]) found[list] = options[list].map(known);
  return found;
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = textOf(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response });
}

async function ask(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const told = await fetch(form.dataset.question, { method: "POST", body, credentials: "same-origin" });
  if (told.status === 401) return location.reload(); // somebody has to show again who they are: the page itself asks
  if (!told.ok) throw new Error(`${told.status}`);
  const publicKey = question(await told.json());
  const make = form.dataset.passkey === "make";
  const credential = await (make ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  form.querySelector("[name$=jawaban]").value = answer(credential);
  form.submit();
}

function prepare(form) {
  const status = form.querySelector("[data-status]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    status.textContent = form.dataset.waiting;
    ask(form).catch((error) => {
      status.textContent = error.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed;
    });
  });
  for (const part of form.parentElement.querySelectorAll("[data-with-passkey]")) part.hidden = false;
  for (const part of form.parentElement.querySelectorAll("[data-without-passkey]")) part.hidden = true;
}

if (window.PublicKeyCredential) for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
