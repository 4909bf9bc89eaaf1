use axum::http::StatusCode;
use manzil_journey::access::Role;

use crate::browser::{Clinic, library};

#[tokio::test]
async fn everybody_signed_in_reads_every_edition() {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(Role::Clerk).await;
    let list = clerk.get("/rules").await;
    assert_eq!(list.status, StatusCode::OK);
    for protocol in library().protocols() {
        let path = format!("/rules/{}/{}", protocol.id, protocol.edition);
        list.shows(&format!("href=\"{path}\""));
        for language in ["en", "ar"] {
            clerk.headers.insert("accept-language", language.parse().unwrap());
            let page = clerk.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            page.shows(&protocol.stamp());
            for table in &protocol.tables {
                page.shows(&format!("id=\"table-{}\"", table.id));
            }
        }
        clerk.headers.clear();
    }
}

#[tokio::test]
async fn an_edition_reads_its_rules_aloud_and_marks_what_is_not_verified() {
    let clinic = Clinic::with_accounts().await;
    let page = clinic.signed_in(Role::Surveillance).await.get("/rules/us-tb/2018").await;
    for words in [
        "for exams",
        "1 October 2018",
        "Three sputum cultures",
        "Class B2 TB",
        "Not verified",
        "DS-3030 Tuberculosis Worksheet",
        "Names used above",
    ] {
        page.shows(words);
    }
    let igra = clinic.signed_in(Role::Nurse).await.get("/rules/igra/2020").await;
    igra.shows("Sums");
}
