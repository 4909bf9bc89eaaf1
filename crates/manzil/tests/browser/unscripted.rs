//! A browser that runs no script does the same work.

use anyhow::ensure;
use tempfile::TempDir;

use crate::chromium::Scripts;
use crate::journey::{NAME, import_girl};
use crate::station::Answer::Choose;
use crate::station::{give, open};

#[test]
fn a_person_is_found_and_a_result_entered_without_script() -> anyhow::Result<()> {
    crate::visit("unscripted", Scripts::Off, async |visit| {
        visit.go("/sign-in").await?;
        let off = visit.ask("return matchMedia('(scripting: none)').matches", vec![]).await?;
        ensure!(off == true, "the browser runs scripts");
        let folder = TempDir::new()?;
        import_girl(visit, &folder).await?;
        visit.sign_in("nurse").await?;
        visit.go("/people").await?;
        visit.write("#q", "sahra exam").await?;
        visit.press("form.find button").await?;
        visit.sees(&[NAME]).await?;
        visit.follow(NAME).await?;
        visit.press(".step h3 a").await?;
        open(visit, "Medical history for tuberculosis").await?;
        give(visit, "Known HIV infection", Choose("No")).await?;
        visit.press("#form .actions button").await?;
        visit.sees(&["The results were saved.", "Still missing: Symptoms of tuberculosis"]).await?;
        let found = visit.text_of("section[aria-labelledby='findings']").await?;
        ensure!(found.contains("Known HIV infection No"), "{found}");
        Ok(())
    })
}
