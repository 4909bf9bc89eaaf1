//! Working at a station: which step is due, and its form filled in as the page asks.

use anyhow::{Context as _, bail, ensure};
use thirtyfour::By;

use crate::visit::{Visit, words};

/// A step that a test expects to be asked, and what it answers.
pub(crate) struct Step {
    pub(crate) title: &'static str,
    pub(crate) account: &'static str,
    /// Question and answer, as they read on the page.
    pub(crate) answers: &'static [(&'static str, Answer)],
    /// Questions that stay open.
    pub(crate) open: &'static [&'static str],
}

#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Choose(&'static str),
    Write(&'static str),
}

/// Does every step that the assessment lists as due, each at its station, until none is left.
/// Gives the steps in the order in which they were asked.
pub(crate) async fn do_what_is_due(
    visit: &Visit,
    assessment: &str,
    sheet: &'static [Step],
) -> anyhow::Result<Vec<&'static str>> {
    let mut done = Vec::new();
    let mut account = "";
    visit.go(assessment).await?;
    while let Some(title) = first_due(visit).await? {
        let Some(step) = sheet.iter().find(|step| step.title == title) else {
            bail!("{title:?} is asked, which nobody expected:\n{}", visit.text().await?);
        };
        ensure!(!done.contains(&step.title), "{title:?} is due again after it was answered");
        if account != step.account {
            account = step.account;
            visit.sign_in(account).await?;
            visit.go(assessment).await?;
        }
        open(visit, step.title).await?;
        fill_in(visit, step).await?;
        visit.press("#form .actions button").await?;
        visit.sees(&["The results were saved."]).await.context(step.title)?;
        done.push(step.title);
    }
    Ok(done)
}

/// Opens a step's form by its button on the assessment.
pub(crate) async fn open(visit: &Visit, title: &str) -> anyhow::Result<()> {
    let path = format!(
        "//li[contains(@class, 'step')][.//h4[starts-with(normalize-space(), \"{title}\")]]/a"
    );
    let button = visit.xpath(&path).await?;
    visit.turn(&button).await
}

async fn first_due(visit: &Visit) -> anyhow::Result<Option<String>> {
    let due = visit.find_all(".step.is-due h4").await?;
    let Some(heading) = due.first() else { return Ok(None) };
    let whole = words(heading).await?;
    let state = words(&heading.find(By::Css(".step-state")).await?).await?;
    Ok(Some(whole.trim_end_matches(&state).trim().to_owned()))
}

/// Answers every question of the open form; one that the sheet does not know is an error.
pub(crate) async fn fill_in(visit: &Visit, step: &Step) -> anyhow::Result<()> {
    let mut answered = 0;
    for legend in visit.find_all("#form .question legend").await? {
        let question = words(&legend).await?;
        if step.open.contains(&&*question) {
            continue;
        }
        let answer = step.answers.iter().find(|(known, _)| *known == question);
        let Some((_, answer)) = answer else {
            bail!("{}: {question:?} is asked, which nobody expected", step.title);
        };
        give(visit, &question, *answer).await.with_context(|| question.clone())?;
        answered += 1;
    }
    ensure!(answered == step.answers.len(), "{}: a question was not asked", step.title);
    Ok(())
}

pub(crate) async fn give(visit: &Visit, question: &str, answer: Answer) -> anyhow::Result<()> {
    let field = format!("//fieldset[normalize-space(legend) = \"{question}\"]");
    match answer {
        Answer::Choose(choice) => {
            let label = format!("{field}//label[normalize-space() = \"{choice}\"]");
            visit.xpath(&label).await?.click().await?;
        }
        Answer::Write(text) => {
            let input = visit.xpath(&format!("{field}//input[@type = 'text']")).await?;
            input.clear().await?;
            input.send_keys(text).await?;
        }
    }
    Ok(())
}
