//! From a file to a certificate, through review, to the certificate that replaces it.
//!
//! A fictional girl of nine lives in Kenya and is to go to the United States as a refugee. Her
//! IGRA is positive and everything else is negative: class B2. Then a culture grows.

use std::path::PathBuf;

use anyhow::ensure;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use crate::chromium::Scripts;
use crate::station::Answer::{Choose, Write};
use crate::station::{Step, do_what_is_due, give};
use crate::visit::Visit;

pub(crate) const NAME: &str = "Sahra Example";

/// What is found at each station, in the words of the forms.
const SHEET: &[Step] = &[
    Step {
        title: "Medical history for tuberculosis",
        account: "nurse",
        answers: &[
            ("Symptoms of tuberculosis", Choose("No")),
            ("Had tuberculosis before, or is being treated for it", Choose("No")),
            ("Recent contact of a person known to have tuberculosis", Choose("No")),
            ("Known HIV infection", Choose("No")),
        ],
        open: &[],
    },
    Step {
        title: "Live vaccines before the IGRA",
        account: "nurse",
        answers: &[("A live vaccine in the last 3 months", Choose("No"))],
        open: &["Days since the last live vaccine"],
    },
    Step {
        title: "Interferon-gamma release assay",
        account: "laboratory",
        answers: &[
            ("IGRA kit", Choose("QuantiFERON-TB Gold Plus")),
            ("QuantiFERON nil", Write("0.05")),
            ("QuantiFERON TB antigen 1", Write("1.42")),
            ("QuantiFERON TB antigen 2", Write("1.61")),
            ("QuantiFERON mitogen", Write("8.9")),
        ],
        // Of another kit, asked as long as nobody has said which kit it was.
        open: &[
            "T-SPOT nil control, spots",
            "T-SPOT panel A, spots",
            "T-SPOT panel B, spots",
            "T-SPOT positive control, spots",
        ],
    },
    Step {
        title: "Chest X-ray",
        account: "radiology",
        answers: &[("Chest X-ray findings", Choose("None of these"))],
        open: &[],
    },
    Step {
        title: "Physical examination for tuberculosis",
        account: "physician",
        answers: &[
            ("Signs of pulmonary tuberculosis on examination", Choose("No")),
            ("Evidence of tuberculosis outside the lungs", Choose("No")),
            ("Sputum tested, or to be tested, on clinical judgement", Choose("No")),
        ],
        open: &[],
    },
];

#[test]
fn a_caseload_becomes_a_certificate_that_a_new_result_replaces() -> anyhow::Result<()> {
    crate::visit("journey", Scripts::On, async |visit| {
        let folder = TempDir::new()?;
        let (person, assessment) = import_girl(visit, &folder).await?;
        let done = do_what_is_due(visit, &assessment, SHEET).await?;
        ensure!(done.len() == SHEET.len(), "only {done:?} was asked");
        let first = sign_first(visit, &assessment).await?;
        authority_sees_the_certificate_alone(visit, &first, &person).await?;
        a_culture_grows(visit, &assessment, &first).await?;
        sign_again(visit, &assessment, &first).await
    })
}

/// A caseload of one, examined today and born in January nine years ago: nine on every day of the
/// year.
fn write_caseload(folder: &TempDir) -> anyhow::Result<PathBuf> {
    let today = jiff::Timestamp::now().to_zoned(TimeZone::UTC).date();
    let born = today.year() - 9;
    let file = folder.path().join("caseload.csv");
    let text = format!(
        "case_number,person_number,name,sex,birth_date,country_of_birth,citizenship,\
         usual_residence,destination,population,exam_date\n\
         B-77,B-77-1,{NAME},female,{born}-01-01,SO,SO,KE,US,refugee,{today}\n"
    );
    std::fs::write(&file, text)?;
    Ok(file)
}

/// Imports the girl as the clerk; gives the paths of her page and of her assessment.
pub(crate) async fn import_girl(
    visit: &Visit,
    folder: &TempDir,
) -> anyhow::Result<(String, String)> {
    visit.sign_in("clerk").await?;
    visit.go("/import").await?;
    let file = write_caseload(folder)?;
    visit.choose_file("#file", &file).await?;
    visit.press("form.form button.button").await?;
    visit.sees(&["What the file would do", "Nothing was written yet.", "New people\n1"]).await?;
    visit.press("form.actions button").await?;
    visit.sees(&["Imported", "New assessments\n1"]).await?;
    visit.follow(NAME).await?;
    visit.sees(&[NAME, "9 years", "Somalia", "Kenya", "United States"]).await?;
    let person = visit.at().await?;
    visit.press(".step h3 a").await?;
    visit.sees(&[NAME, "Next: Nurse", "Before it can be signed"]).await?;
    Ok((person, visit.at().await?))
}

/// The physician reads the decision with its reasons and signs; gives the certificate's path.
async fn sign_first(visit: &Visit, assessment: &str) -> anyhow::Result<String> {
    visit.sign_in("physician").await?;
    visit.go(assessment).await?;
    visit.follow("See the decision").await?;
    let class = visit.text_of(".verdict").await?;
    ensure!(class.contains("Class B2 TB, latent infection evaluation"), "{class}");
    ensure!(class.contains("DS-3030 Tuberculosis Worksheet"), "no citation: {class}");
    visit.sees(&["May travel; evaluation after arrival", "Valid for 6 months"]).await?;
    let contact = "if “Recent contact of a person known to have tuberculosis” were yes";
    visit.sees(&["What would change it", "Class B3 TB, contact evaluation", contact]).await?;
    take_pictures(visit, assessment).await?;
    visit.go(&format!("{assessment}/decision")).await?;
    visit.find("#examined").await?.click().await?;
    visit.press("#sign form button").await?;
    visit.sees(&["The decision is signed and the certificate is issued."]).await?;
    visit.sees(&[NAME, "Valid until", "Class B2 TB, latent infection evaluation"]).await?;
    let at = visit.at().await?;
    ensure!(at.starts_with("/certificates/"), "after signing the browser is at {at}");
    Ok(at.split('?').next().unwrap_or_default().to_owned())
}

/// The girl's decision on a desk and her assessment on a phone in Arabic, as docs/images shows
/// them.
async fn take_pictures(visit: &Visit, assessment: &str) -> anyhow::Result<()> {
    let folder = crate::screenshots();
    visit.resize(1280, 900).await?;
    visit.ask("document.querySelector('.outlook').scrollIntoView()", vec![]).await?;
    visit.picture(&folder.join("docs-assessment.png")).await?;
    visit.read_in("ar").await?;
    visit.go(assessment).await?;
    visit.resize(360, 1200).await?;
    visit.picture(&folder.join("docs-assessment-ar-360.png")).await?;
    visit.resize(1280, 900).await?;
    visit.read_in("en").await
}

/// The wall between care and the visa decision, as the visa authority meets it.
async fn authority_sees_the_certificate_alone(
    visit: &Visit,
    certificate: &str,
    person: &str,
) -> anyhow::Result<()> {
    visit.sign_in("authority").await?;
    visit.go("/certificates").await?;
    visit.follow(NAME).await?;
    ensure!(visit.at().await? == certificate);
    visit.sees(&["Valid until", "Class B2 TB, latent infection evaluation"]).await?;
    visit.sees_not(&["The decision behind it", "Known HIV infection", "live vaccine"]).await?;
    visit.go(person).await?;
    let status = visit
        .ask("return performance.getEntriesByType('navigation')[0].responseStatus", vec![])
        .await?;
    ensure!(status == 403, "the person's page answered {status}");
    visit.sees(&["This page is for other roles"]).await?;
    visit.sees_not(&[NAME]).await
}

/// The laboratory records a culture after the signature, and cannot do so without a reason.
async fn a_culture_grows(visit: &Visit, assessment: &str, certificate: &str) -> anyhow::Result<()> {
    visit.sign_in("laboratory").await?;
    // The rules did not ask for a culture, so the assessment offers no button for it.
    visit.go(&format!("{assessment}/steps/us-tb/sputum_cultures")).await?;
    visit.sees(&["Three sputum cultures", "This assessment is signed."]).await?;
    let grown = Choose("M. tuberculosis complex");
    give(visit, "Sputum culture, first specimen", grown).await?;
    // The browser would not send the form; the server must not take it either.
    visit.ask("document.getElementById('form').noValidate = true", vec![]).await?;
    visit.press("#form .actions button").await?;
    visit.sees(&["Please look at this again"]).await?;
    visit.write("#reason", "Growth in the first specimen after five weeks").await?;
    visit.press("#form .actions button").await?;
    visit.sees(&["Under review: do not rely on the certificate"]).await?;
    visit.go(certificate).await?;
    visit.sees(&["Under review – do not use"]).await?;
    visit.sees_not(&["Valid until"]).await
}

/// The physician signs again, and has to say why.
async fn sign_again(visit: &Visit, assessment: &str, first: &str) -> anyhow::Result<()> {
    visit.sign_in("physician").await?;
    visit.go(&format!("{assessment}/decision")).await?;
    visit.sees(&["Class A TB", "Sign the amended decision"]).await?;
    visit.find("#examined").await?.click().await?;
    visit.write("#reason", "Culture positive for M. tuberculosis complex").await?;
    visit.press("#sign form button").await?;
    visit.sees(&["Must not travel", "Class A TB"]).await?;
    visit.sees_not(&["Valid until", "Class B2"]).await?;
    visit.follow("The certificate before").await?;
    ensure!(visit.at().await? == first);
    visit.sees(&["Replaced – do not use"]).await?;
    visit.sees_not(&["Valid until"]).await?;
    visit.follow("The newer certificate").await?;
    visit.sees(&["Must not travel"]).await
}
