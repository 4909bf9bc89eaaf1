// Makes pages faster without being needed: every form and link here works without it.
//
// data-swap="#id"   on a form or link: fetch its answer and exchange only that element.
// data-refresh="30" on an element with an id: fetch the page again every 30 seconds and exchange
//                   the element, unless somebody is working inside it.

const say = (text) => {
  const said = document.getElementById("said");
  if (said) said.textContent = text;
};

// Fetches a page and exchanges the element `selector`. Anything unexpected (another page, an
// error, no network) falls back to ordinary navigation by returning false.
async function swap(selector, address, options) {
  const old = document.querySelector(selector);
  if (!old) return false;
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", ...options });
  } catch {
    return false;
  }
  const kind = answer.headers.get("content-type") || "";
  if (!kind.startsWith("text/html")) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(selector);
  if (!fresh) {
    location.assign(answer.url);
    return true;
  }
  old.replaceWith(fresh);
  if (answer.redirected) history.replaceState(null, "", answer.url);
  const problem = fresh.querySelector("#errors");
  const target = problem || fresh.querySelector("[autofocus]");
  if (target) target.focus();
  const status = page.querySelector("[role=status] p");
  if (status) say(status.textContent);
  return true;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  const selector = form.dataset.swap;
  const isPost = form.method === "post";
  if (!selector) {
    // A second click must not send a form twice; the mark goes when the page is shown again.
    if (isPost) form.dataset.sent = "yes";
    return;
  }
  event.preventDefault();
  form.dataset.sent = "yes";
  const data = new FormData(form, event.submitter);
  const plain = new URLSearchParams(data);
  const upload = form.enctype === "multipart/form-data";
  const address = new URL(form.action);
  if (!isPost) address.search = plain;
  const options = isPost ? { method: "POST", body: upload ? data : plain } : {};
  const done = await swap(selector, address, options);
  delete form.dataset.sent;
  if (!done) form.submit();
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("click", async (event) => {
  const menu = event.target.closest("details.menu");
  for (const open of document.querySelectorAll("details.menu[open]")) {
    if (open !== menu) open.open = false;
  }
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!(await swap(link.dataset.swap, link.href))) location.assign(link.href);
  else history.pushState(null, "", link.href);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.menu[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

window.addEventListener("popstate", () => location.reload());

for (const live of document.querySelectorAll("[data-refresh][id]")) {
  const selector = `#${CSS.escape(live.id)}`;
  setInterval(() => {
    const now = document.querySelector(selector);
    if (document.hidden || !now || now.contains(document.activeElement)) return;
    swap(selector, location.href);
  }, Number(live.dataset.refresh) * 1000);
}

// A page that came back with mistakes begins at the list of them.
document.getElementById("errors")?.focus();
