// Keeps parts marked data-refresh="seconds" up to date from this same page. Only while somebody is looking at it.

async function renew(part) {
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "refresh" }, credentials: "same-origin" });
  // A sign-in page or an error must not take the place of the figures.
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(part.id);
  if (!fresh || fresh.innerHTML === part.innerHTML) return;
  const links = [...part.querySelectorAll("a")];
  const focused = links.indexOf(document.activeElement);
  part.replaceChildren(...fresh.childNodes);
  if (focused >= 0) part.querySelectorAll("a")[focused]?.focus({ preventScroll: true });
}

for (const part of document.querySelectorAll("[data-refresh][id]")) {
  const seconds = Math.max(Number(part.dataset.refresh) || 60, 15);
  setInterval(() => {
    // No network is an everyday thing here: the old figures stay and the next turn tries again.
    if (!document.hidden) renew(part).catch(() => {});
  }, seconds * 1000);
}
