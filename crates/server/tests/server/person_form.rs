use axum::http::StatusCode;
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::assessment::Status;
use manzil_store::desk;

use crate::browser::{Answer, Browser, Clinic};
use crate::case::Case;

async fn register(clerk: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    clerk.fill("/people/new", "/people/new", fields).await
}

#[tokio::test]
async fn a_name_is_enough_and_unknown_is_an_answer() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let fields = [("name", " نور عينة "), ("birth_known", "unknown")];
    let answer = register(&mut clerk, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = clerk.get(answer.location()).await;
    page.shows("<bdi>نور عينة</bdi>");
    page.shows("<dt>Born</dt><dd><span class=\"unknown\">not known</span></dd>");
    page.shows("The person is registered.");
}

#[tokio::test]
async fn each_way_of_knowing_a_birth_stays_what_it_is() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    for (fields, words) in [
        (
            vec![("birth_known", "document"), ("birth_date", "1990-05-03")],
            "3 May 1990 (on a document)",
        ),
        (
            vec![("birth_known", "stated"), ("birth_date", "1990")],
            "1990, month and day not known (stated)",
        ),
        (
            vec![("birth_known", "stated"), ("birth_date", "١٩٩٠-٠٥")],
            "May 1990, day not known (stated)",
        ),
        (
            vec![("birth_known", "age"), ("age", "34")],
            "about 34 years, from the age stated on 3 May 2026",
        ),
        (
            vec![
                ("birth_known", "age"),
                ("age", "18"),
                ("age_unit", "months"),
                ("age_on", "2026-01-02"),
            ],
            "about 18 months, from the age stated on 2 January 2026",
        ),
    ] {
        let mut fields = fields;
        fields.push(("name", "Some Sample"));
        let answer = register(&mut clerk, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{words}: {}", answer.text);
        clerk.get(answer.location()).await.shows(words);
    }
}

#[tokio::test]
async fn what_cannot_be_comes_back_with_what_was_typed() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    for (fields, words) in [
        (vec![("birth_known", "unknown")], "Name: write the name"),
        (vec![("name", "A")], "Choose one; “not known” is an answer."),
        (
            vec![("name", "A"), ("birth_known", "stated"), ("birth_date", "1990-02-30")],
            "There is no day 1990-02-30",
        ),
        (
            vec![("name", "A"), ("birth_known", "stated"), ("birth_date", "2026-05-04")],
            "this is in the future",
        ),
        (
            vec![("name", "A"), ("birth_known", "stated"), ("birth_date", "1880")],
            "older than 125 years",
        ),
        (vec![("name", "A"), ("birth_known", "stated")], "write the date as far as it is known"),
        (
            vec![("name", "A"), ("birth_known", "unknown"), ("birth_date", "1990")],
            "Clear it or choose another answer",
        ),
        (vec![("name", "A"), ("birth_known", "age"), ("age", "many")], "whole number up to 125"),
        (
            vec![("name", "A"), ("birth_known", "unknown"), ("citizenship", "Kenya; Atlantis")],
            "Atlantis is no country",
        ),
        (
            vec![("name", "A"), ("birth_known", "unknown"), ("language", "!!")],
            "Language: choose one of the list",
        ),
        (
            vec![("name", "A"), ("birth_known", "unknown"), ("intended_stay", "long")],
            "whole number of months",
        ),
    ] {
        let answer = register(&mut clerk, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}: {}", answer.text);
        answer.shows(words);
        for (name, value) in fields.iter().filter(|(name, _)| *name != "birth_known") {
            answer.shows(&format!("value=\"{value}\" id=\"{name}\""));
        }
    }
}

#[tokio::test]
async fn countries_and_languages_are_read_as_people_write_them() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let fields = [
        ("name", "Some Sample"),
        ("birth_known", "unknown"),
        ("country_of_birth", "somalia"),
        ("citizenship", "Somalia; KE"),
        ("transit_countries", "Ethiopia, Uganda"),
        ("language", "Somali"),
        ("interpreter", "yes"),
        ("arrival", "2023-05"),
    ];
    let answer = register(&mut clerk, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = clerk.get(answer.location()).await;
    for words in ["Somalia, Kenya", "Ethiopia, Uganda", "<bdi>Somali</bdi>", "May 2023"] {
        page.shows(words);
    }
}

#[tokio::test]
async fn two_people_never_share_a_number() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let fields = [("name", "Some Sample"), ("birth_known", "unknown"), ("number", "N-1")];
    assert_eq!(register(&mut clerk, &fields).await.status, StatusCode::SEE_OTHER);
    let answer = register(&mut clerk, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows("somebody else has N-1 already");
}

fn edited<'a>(version: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("version", version),
        ("name", "Yusuf Sample"),
        ("number", "S-0001"),
        ("sex", "male"),
        ("birth_known", "document"),
        ("birth_date", "1996-02-03"),
        ("country_of_birth", "Somalia"),
        ("usual_residence", "Kenya"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(own, _)| own == name));
    fields.extend(more);
    fields
}

#[tokio::test]
async fn a_correction_is_a_new_version_and_two_clerks_cannot_overwrite_each_other() {
    let case = Case::adult().await;
    let mut clerk = case.clinic.signed_in(Role::Clerk).await;
    let path = format!("/people/{}/edit", case.person);
    let page = clerk.get(&path).await;
    page.shows("value=\"Yusuf Sample\" id=\"name\"");
    page.shows("value=\"1996-02-03\" id=\"birth_date\"");
    page.shows("value=\"Kenya\" id=\"usual_residence\"");
    assert!(!page.text.contains("name=\"reason\""), "nothing is signed yet");
    let same = clerk.fill(&path, &path, &edited("1", &[])).await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    same.shows("Nothing is different");
    let first = clerk.fill(&path, &path, &edited("1", &[("name", "Yusuf A. Sample")])).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let second = clerk.fill(&path, &path, &edited("1", &[("name", "Jusuf Sample")])).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    second.shows("Somebody else corrected this person meanwhile");
    second.shows("value=\"Jusuf Sample\" id=\"name\"");
    clerk.get(&format!("/people/{}", case.person)).await.shows("<bdi>Yusuf A. Sample</bdi>");
}

#[tokio::test]
async fn correcting_somebody_with_a_signed_decision_needs_a_reason_and_a_new_signature() {
    let case = Case::adult().await;
    case.certified().await;
    let mut clerk = case.clinic.signed_in(Role::Clerk).await;
    let path = format!("/people/{}/edit", case.person);
    clerk.get(&path).await.shows("Why is this corrected?");
    let born = ("birth_date", "1997-02-03");
    let answer = clerk.fill(&path, &path, &edited("1", &[born])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.shows("An assessment is signed, so write the reason.");
    let reason = ("reason", "Passport seen today");
    let answer = clerk.fill(&path, &path, &edited("1", &[born, reason])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(case.status().await, Status::UnderReview);
    let page = clerk.get(&format!("/people/{}", case.person)).await;
    page.shows("Under review");
}

#[tokio::test]
async fn the_language_to_speak_is_no_reason_to_sign_again() {
    let case = Case::adult().await;
    case.certified().await;
    let mut clerk = case.clinic.signed_in(Role::Clerk).await;
    let path = format!("/people/{}/edit", case.person);
    let more = [("language", "Somali"), ("reason", "asked"), ("interpreter", "yes")];
    let answer = clerk.fill(&path, &path, &edited("1", &more)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(case.status().await, Status::Signed);
}

#[tokio::test]
async fn an_assessment_is_opened_for_what_has_rules() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let fields = [("name", "Some Sample"), ("birth_known", "stated"), ("birth_date", "1990")];
    let answer = register(&mut clerk, &fields).await;
    let person = answer.location().split('?').next().unwrap().to_owned();
    let path = format!("{person}/assessments/new");
    let page = clerk.get(&path).await;
    page.shows("United States · refugee");
    page.shows("value=\"2026-05-03\" id=\"exam\"");
    for (destination, exam, words) in [
        ("", "2026-05-03", "Destination: choose one."),
        ("US/astronaut", "2026-05-03", "no rules are in force"),
        ("US/refugee", "2026-02-30", "there is no day 2026-02-30"),
        ("US/refugee", "1989-01-01", "this is before the birth"),
    ] {
        let fields = [("destination", destination), ("exam", exam)];
        let answer = clerk.fill(&path, &path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}: {}", answer.text);
        answer.shows(words);
    }
    let fields = [("destination", "US/refugee"), ("exam", "2026-05-03")];
    let answer = clerk.fill(&path, &path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    clerk.get(answer.location()).await.shows("The assessment is open.");
    let answer = clerk.fill(&path, &path, &fields).await;
    answer.shows("an assessment for it is open already");
}

/// The store refuses what the page forgot: a nurse's access cannot write who somebody is.
#[tokio::test]
async fn the_store_itself_keeps_others_from_correcting() {
    let case = Case::adult().await;
    let access = Access::new("nurse", Role::Nurse, Purpose::Assessment);
    let store = &case.clinic.app.store;
    let file = desk::person_file(store, &access, &case.person).await.unwrap().unwrap();
    let mut changes = manzil_journey::change::Changes::new("correct person");
    changes.push(manzil_journey::change::Draft {
        resource: file.person.write_to(None),
        person: Some(case.person.clone()),
        compartment: manzil_journey::access::Compartment::Identity,
        replaces: Some(1),
    });
    assert!(desk::commit(store, &access, changes).await.is_err());
}
