//! What may be wrong with any page, whatever it is about.

use anyhow::{Context as _, bail};

use crate::visit::Visit;

/// Run in the page: gives a list of sentences, empty when nothing is wrong.
const LOOK: &str = r#"
const [language, direction] = arguments;
const wrong = [];
const root = document.documentElement;
const say = (text, element) => wrong.push(`${text}: ${element.outerHTML.slice(0, 120)}`);

if (root.scrollWidth > root.clientWidth) {
  wrong.push(`wider than the window, ${root.scrollWidth} of ${root.clientWidth}`);
  for (const each of document.querySelectorAll("body *")) {
    const box = each.getBoundingClientRect();
    if (box.width && (box.right > root.clientWidth + 1 || box.left < -1)) say("  sticks out", each);
  }
}
if (root.lang !== language) wrong.push(`lang is ${root.lang}`);
if (root.dir !== direction || getComputedStyle(document.body).direction !== direction)
  wrong.push(`dir is ${root.dir}`);
if (document.querySelectorAll("h1").length !== 1) wrong.push("not exactly one h1");

const key = /^[a-z]+(-[a-z0-9]+)+$/;
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const parent = texts.currentNode.parentElement;
  if (!parent.closest("code, script, style") && key.test(texts.currentNode.data.trim()))
    say("a message key", parent);
}
for (const name of ["aria-label", "placeholder", "title", "data-label"])
  for (const each of document.querySelectorAll(`[${name}]`))
    if (key.test(each.getAttribute(name).trim())) say(`a message key in ${name}`, each);

const named = (each) =>
  (each.getAttribute("aria-label") || "").trim() ||
  (each.getAttribute("aria-labelledby") || "").split(/\s+/)
    .some((id) => document.getElementById(id)?.textContent.trim()) ||
  [...(each.labels || [])].some((label) => label.textContent.trim()) ||
  (each.matches("a, button, summary") && each.textContent.trim());
for (const each of document.querySelectorAll("input, select, textarea, button, a, summary"))
  if (each.type !== "hidden" && !named(each)) say("has no name", each);

const seen = new Set();
for (const each of document.querySelectorAll("[id]"))
  seen.has(each.id) ? say("an id twice", each) : seen.add(each.id);
for (const name of ["aria-labelledby", "aria-describedby", "for"])
  for (const each of document.querySelectorAll(`[${name}]`))
    for (const id of each.getAttribute(name).split(/\s+/))
      if (!document.getElementById(id)) say(`${name} points to nothing`, each);
return wrong;
"#;

/// Fails with everything that is wrong with the open page.
pub(crate) async fn check(visit: &Visit, language: &str, direction: &str) -> anyhow::Result<()> {
    let found = visit.ask(LOOK, vec![language.into(), direction.into()]).await?;
    let found = found.as_array().context("the page gave no list")?;
    let mut wrong: Vec<String> =
        found.iter().filter_map(|each| each.as_str()).map(str::to_owned).collect();
    wrong.extend(visit.complaints().await?.into_iter().map(|each| format!("console: {each}")));
    if !wrong.is_empty() {
        bail!("{} is wrong in {language}:\n{}", visit.at().await?, wrong.join("\n"));
    }
    Ok(())
}
