// Makes pages faster without being needed: every form and link here works without it.
//
// data-swap="#id"   on a form or link: fetch its answer and exchange only that element.
// data-live         on a form with data-swap: send it while somebody types.
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

// While somebody types, the form is sent a moment after the last letter. A later answer takes the
// place of an earlier one, never the other way round.
let typing = 0;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !("live" in form.dataset)) return;
  const turn = ++typing;
  setTimeout(async () => {
    if (turn !== typing) return;
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form));
    let answer;
    try {
      answer = await fetch(address, { credentials: "same-origin" });
    } catch {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(form.dataset.swap);
    const old = document.querySelector(form.dataset.swap);
    if (turn !== typing || !fresh || !old) return;
    old.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", address);
  }, 250);
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
