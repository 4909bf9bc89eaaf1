//! The main pages on a desk and on a phone, in English and in Arabic, with pictures of each.

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::chromium::Scripts;
use crate::faults;
use crate::visit::Visit;

/// A language and the widths in which its pages are looked at.
struct Reading {
    language: &'static str,
    direction: &'static str,
    widths: &'static [u32],
}

const READINGS: &[Reading] = &[
    Reading { language: "en", direction: "ltr", widths: &[1280, 360] },
    Reading { language: "ar", direction: "rtl", widths: &[360] },
];

const HEIGHT: u32 = 900;
/// A longer page is cut off in its picture.
const HEIGHT_MAX: u32 = 4000;

#[test]
fn main_pages_fit_desk_and_phone_in_both_directions() -> anyhow::Result<()> {
    crate::visit("look", Scripts::On, async |visit| {
        let mut wrong = Vec::new();
        look(visit, "sign-in", "/sign-in", &mut wrong).await?;
        visit.sign_in("nurse").await?;
        look(visit, "today", "/", &mut wrong).await?;
        // As docs/images shows it.
        visit.go("/").await?;
        visit.resize(1280, HEIGHT).await?;
        visit.picture(&crate::screenshots().join("docs-today.png")).await?;
        look(visit, "people", "/people?q=a", &mut wrong).await?;
        visit.sign_in("clerk").await?;
        look(visit, "import", "/import", &mut wrong).await?;
        look(visit, "person-new", "/people/new", &mut wrong).await?;
        visit.sign_in("physician").await?;
        for (name, path) in case_pages(visit).await? {
            look(visit, name, &path, &mut wrong).await?;
        }
        if !wrong.is_empty() {
            bail!("{}", wrong.join("\n\n"));
        }
        Ok(())
    })
}

/// The pages of somebody whose decision can be signed, and those of a certificate.
async fn case_pages(visit: &Visit) -> anyhow::Result<Vec<(&'static str, String)>> {
    visit.go("/?station=signature").await?;
    let decision = target(visit, "a.task[href$='/decision']").await?;
    let assessment = decision.trim_end_matches("/decision").to_owned();
    let person = assessment.split("/assessments/").next().unwrap_or_default().to_owned();
    visit.go(&assessment).await?;
    let form = target(visit, ".step a.button").await?;
    visit.go("/certificates").await?;
    let certificate = target(visit, "tbody th a").await?;
    Ok(vec![
        ("person", person),
        ("assessment", assessment),
        ("entry-form", form),
        ("decision", decision),
        ("certificates", "/certificates".to_owned()),
        ("certificate", certificate),
        ("rules", "/rules".to_owned()),
    ])
}

async fn target(visit: &Visit, selector: &str) -> anyhow::Result<String> {
    visit.find(selector).await?.attr("href").await?.context("a link without a target")
}

/// Looks at one page in every reading; what is wrong is kept, so that one run tells everything.
async fn look(
    visit: &Visit,
    name: &str,
    path: &str,
    wrong: &mut Vec<String>,
) -> anyhow::Result<()> {
    for reading in READINGS {
        visit.go(path).await?;
        if visit.find_all(&format!("html[lang='{}']", reading.language)).await?.is_empty() {
            visit.read_in(reading.language).await?;
        }
        for &width in reading.widths {
            visit.resize(width, HEIGHT).await?;
            if let Err(error) = faults::check(visit, reading.language, reading.direction).await {
                wrong.push(format!("{name} at {width} px: {error}"));
            }
            take_picture(visit, &format!("{name}-{}-{width}", reading.language), width).await?;
        }
        visit.resize(1280, HEIGHT).await?;
    }
    visit.read_in("en").await
}

/// Of the whole page, not only of what fits in the window.
async fn take_picture(visit: &Visit, name: &str, width: u32) -> anyhow::Result<()> {
    let height = visit.ask("return document.documentElement.scrollHeight", vec![]).await?;
    let height = height.as_u64().unwrap_or(HEIGHT.into()).min(HEIGHT_MAX.into());
    visit.resize(width, u32::try_from(height)?).await?;
    visit.ask("scrollTo(0, 0)", vec![json!(null)]).await?;
    visit.picture(&crate::screenshots().join(format!("{name}.png"))).await
}
