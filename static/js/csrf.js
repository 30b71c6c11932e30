// The token as the cookie has it now: after logging in again in another tab the one in the page is stale.
export function csrfToken(form) {
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]) : (form?.elements.namedItem("csrfmiddlewaretoken")?.value ?? "");
}

// An ordinary submission carries the token in its hidden field.
document.addEventListener("submit", (event) => {
  const field = event.target.elements.namedItem("csrfmiddlewaretoken");
  if (field) field.value = csrfToken(event.target);
}, { capture: true });

document.addEventListener("htmx:configRequest", (event) => {
  const token = csrfToken();
  if (!token) return;
  event.detail.headers["X-CSRFToken"] = token;
  // Django reads the field before the header.
  event.detail.parameters.delete?.("csrfmiddlewaretoken");
});
