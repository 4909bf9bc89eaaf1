use axum::http::StatusCode;
use jiff::SignedDuration;
use manzil_journey::access::Role;

use crate::browser::Clinic;
use crate::caseload::{HEADER, caseload, clinic, confirmation, import, upload};

#[tokio::test]
async fn a_caseload_is_looked_at_first_and_written_when_confirmed() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let page = upload(&mut clerk, caseload().as_bytes(), "").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.shows("Nothing was written yet.");
    page.shows("<dt>New people</dt><dd><bdi>4</bdi></dd>");
    page.shows("<dt>New family cases</dt><dd><bdi>2</bdi></dd>");
    clerk.get("/people?q=Amina").await.shows("Nobody was found.");
    let path = confirmation(&page).unwrap();
    let done = clerk.post(&path, &[("csrf", &page.csrf())]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    done.shows("Imported");
    done.shows("<bdi>أمل عينة</bdi>");
    let again = clerk.post(&path, &[("csrf", &page.csrf())]).await;
    assert_eq!(again.status, StatusCode::GONE);
    again.shows("importing it twice changes nothing");
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let (_clinic, mut clerk, _) = clinic().await;
    let page = upload(&mut clerk, caseload().as_bytes(), "").await;
    page.shows("Nothing to change.");
    page.shows("<dt>People already here, unchanged</dt><dd><bdi>4</bdi></dd>");
    assert_eq!(confirmation(&page), None);
}

#[tokio::test]
async fn every_bad_row_is_named_with_its_cure_and_nothing_is_written() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let file = format!(
        "{HEADER}\n\
         C-1,S-1,,W,1990-02-30,,XX,KE,US,refugee,2026-05-01\n\
         C-1,S-2,Good Sample,M,2016,,SO,KE,US,refugee,2026-05-01\n\
         C-1,S-3,Late Sample,M,2027-01-01,,SO,KE,US,refugee,2026-05-01\n"
    );
    let page = upload(&mut clerk, file.as_bytes(), "").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["MZ-0526", "1990-02-30", "MZ-0524", "MZ-0521", "MZ-0528", "Line 4", "5 errors."] {
        page.shows(words);
    }
    assert_eq!(confirmation(&page), None);
    clerk.get("/people?q=Good").await.shows("Nobody was found.");
}

#[tokio::test]
async fn files_of_other_kinds_are_told_what_they_are() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let cases: [(&[u8], &str, &str); 6] = [
        (b"PK\x03\x04\xff\xfe\x00\x01rest", "", "spreadsheet workbook"),
        (b"name\nM\xfcller\n", "", "not UTF-8"),
        (b"name,blood\nA,B\n", "", "does not say what this column means"),
        (b"Who\nA\n", "[columns]\nWho = { field = \"nmae\" }\n", "there is no such field"),
        (b"Who\nA\n", "[columns\n", "column map:"),
        (
            br#"{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},
                "subject":{"reference":"Patient/nobody"}}"#,
            "",
            "MZ-05",
        ),
    ];
    for (file, map, words) in cases {
        let page = upload(&mut clerk, file, map).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}: {}", page.text);
        page.shows(words);
        assert_eq!(confirmation(&page), None, "{words}");
    }
}

#[tokio::test]
async fn an_empty_or_a_huge_file_comes_back_at_its_field() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let page = upload(&mut clerk, b"", "").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("choose a file that is not empty");
    let page = upload(&mut clerk, &vec![b'x'; 1024 * 1024 + 1], "").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("manzil import");
}

#[tokio::test]
async fn a_caseload_larger_than_one_document_is_kept_whole() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let long = "Ж".repeat(90_000);
    let file = format!("{HEADER}\nC-1,S-1,{long}é,F,1990,,SO,KE,US,refugee,2026-05-01\n");
    let done = import(&mut clerk, &file).await;
    assert_eq!(done.status, StatusCode::OK);
    done.shows(&format!("{long}é"));
}

#[tokio::test]
async fn an_upload_is_for_whoever_sent_it_and_not_for_ever() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let page = upload(&mut clerk, caseload().as_bytes(), "").await;
    let path = confirmation(&page).unwrap();
    let mut nurse = clinic.signed_in(Role::Nurse).await;
    assert_eq!(nurse.fill("/me", &path, &[]).await.status, StatusCode::FORBIDDEN);
    for _ in 0..3 {
        clinic.wait(SignedDuration::from_mins(20));
        clerk.get("/me").await;
    }
    let late = clerk.fill("/me", &path, &[]).await;
    assert_eq!(late.status, StatusCode::GONE);
    clerk.get("/people?q=Amina").await.shows("Nobody was found.");
}

#[tokio::test]
async fn the_template_has_every_column() {
    let clinic = Clinic::with_accounts().await;
    let answer = clinic.signed_in(Role::Clerk).await.get("/import/template.csv").await;
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert!(answer.text.contains("case_number,person_number,name"), "{}", answer.text);
}
