//! What a user types wrong: said where it is wrong, with the cure, and nothing is lost.

use anyhow::ensure;
use tempfile::TempDir;

use crate::chromium::Scripts;
use crate::journey::import_girl;
use crate::station::Answer::Write;
use crate::station::{give, open};
use crate::visit::{Visit, words};

#[test]
fn wrong_input_is_explained_and_kept() -> anyhow::Result<()> {
    crate::visit("wrong-input", Scripts::On, async |visit| {
        wrong_password(visit).await?;
        let folder = TempDir::new()?;
        wrong_row(visit, &folder).await?;
        let (_, assessment) = import_girl(visit, &folder).await?;
        wrong_number(visit, &assessment).await
    })
}

async fn wrong_password(visit: &Visit) -> anyhow::Result<()> {
    visit.go("/sign-in").await?;
    visit.write("#account", "nurse").await?;
    visit.write("#password", "not-the-password").await?;
    visit.press("form.form button.button").await?;
    visit.sees(&["Account or password is not right"]).await?;
    let account = visit.find("#account").await?.value().await?;
    ensure!(account.as_deref() == Some("nurse"), "the account's name was lost: {account:?}");
    let password = visit.find("#password").await?.value().await?;
    ensure!(password.as_deref() == Some(""), "the page holds the password");
    Ok(())
}

/// A file with one good row and one on whose birthday there was no such day.
async fn wrong_row(visit: &Visit, folder: &TempDir) -> anyhow::Result<()> {
    let file = folder.path().join("wrong.csv");
    std::fs::write(
        &file,
        "case_number,person_number,name,sex,birth_date,usual_residence,destination,population\n\
         B-88,B-88-1,Goodrow Sample,F,1990-02-28,KE,US,refugee\n\
         B-88,B-88-2,Badrow Sample,M,1990-02-30,KE,US,refugee\n",
    )?;
    visit.sign_in("clerk").await?;
    visit.go("/import").await?;
    visit.choose_file("#file", &file).await?;
    visit.press("form.form button.button").await?;
    visit.sees(&["This file cannot be imported.", "1 error.", "Nothing was written."]).await?;
    ensure!(visit.find_all("form.actions").await?.is_empty(), "a wrong file can be confirmed");
    let mut cells = Vec::new();
    for cell in visit.find_all("main tbody tr:first-child > *").await? {
        cells.push(words(&cell).await?);
    }
    let [place, column, value, reason, cure] = cells.as_slice() else {
        anyhow::bail!("the problem has not five parts: {cells:?}");
    };
    ensure!(place.contains("Line 3") && place.contains("MZ-05"), "place: {place}");
    ensure!(column == "birth_date" && value == "1990-02-30", "{column}: {value}");
    ensure!(reason.len() > 10 && cure.len() > 10, "reason: {reason}; cure: {cure}");
    visit.go("/people?q=goodrow").await?;
    visit.sees_not(&["Goodrow"]).await?;
    visit.sees(&["Nobody"]).await
}

/// A nil of 700 where at most 100 can be right.
async fn wrong_number(visit: &Visit, assessment: &str) -> anyhow::Result<()> {
    visit.sign_in("laboratory").await?;
    visit.go(assessment).await?;
    open(visit, "Interferon-gamma release assay").await?;
    give(visit, "QuantiFERON nil", Write("700")).await?;
    give(visit, "QuantiFERON mitogen", Write("8.9")).await?;
    visit.press("#form .actions button").await?;
    let problem = "QuantiFERON nil: “700” cannot be right. Write a number from 0 to 100 IU/mL";
    ensure!(visit.text_of("#errors").await?.contains(problem), "{}", visit.text().await?);
    let field = visit.text_of(".question.wrong").await?;
    ensure!(field.contains("QuantiFERON nil") && field.contains("cannot be right"), "{field}");
    for (name, typed) in [("QuantiFERON nil", "700"), ("QuantiFERON mitogen", "8.9")] {
        let path = format!("//fieldset[normalize-space(legend) = \"{name}\"]//input[@type='text']");
        let kept = visit.xpath(&path).await?.value().await?;
        ensure!(kept.as_deref() == Some(typed), "{name}: {typed} became {kept:?}");
    }
    visit.go(assessment).await?;
    visit.sees(&["Nothing has been found yet."]).await
}
