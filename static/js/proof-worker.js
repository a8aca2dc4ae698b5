// Finds the number whose SHA-256 with the salt is the challenge, or null.
const encoder = new TextEncoder();
const hex = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
const AT_ONCE = 200;

addEventListener("message", async ({ data: { challenge, salt, max } }) => {
  for (let first = 0; first <= max; first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, step) => first + step);
    const hashes = await Promise.all(numbers.map((one) => crypto.subtle.digest("SHA-256", encoder.encode(salt + one))));
    const found = hashes.findIndex((one) => hex(one) === challenge);
    if (found >= 0) return postMessage(first + found);
  }
  return postMessage(null);
});
