use axum::http::StatusCode;
use manzil_journey::access::Role;

use crate::caseload::{clinic, person_path};

#[tokio::test]
async fn people_are_found_by_any_script_number_or_case() {
    let (_clinic, mut clerk, _) = clinic().await;
    for (q, name) in [
        ("ami", "Amina Sample"),
        ("SAMPLE yus", "Yusuf Sample"),
        ("%D8%A7%D9%85%D9%84", "أمل عينة"),
        ("S-4", "Bilan Other"),
        ("C-1", "Yusuf Sample"),
    ] {
        let page = clerk.get(&format!("/people?q={}", q.replace(' ', "+"))).await;
        assert_eq!(page.status, StatusCode::OK);
        page.shows(&format!("<bdi>{name}</bdi>"));
    }
    let page = clerk.get("/people?q=amina").await;
    for words in ["36 years", "female", "Somalia", "S-1", "United States", "Not begun", "1 person"]
    {
        page.shows(words);
    }
    clerk.get("/people?q=zzz").await.shows("Nobody was found.");
}

#[tokio::test]
async fn a_search_of_any_length_gets_an_answer() {
    let (_clinic, mut clerk, _) = clinic().await;
    let long = clerk.get(&format!("/people?q={}", "x".repeat(10_000))).await;
    assert_eq!(long.status, StatusCode::OK);
    long.shows("Write at most 100 letters");
    assert!(long.text.len() < 20_000, "{}", long.text.len());
    clerk.get("/people?q=a+b+c+d+e+f+g+h+i+j").await.shows("Write at most 8");
    let odd = clerk.get("/people?q=%22%27%3B+OR+1%3D1+--").await;
    assert_eq!(odd.status, StatusCode::OK);
    assert_eq!(clerk.get("/people?q=amina&after=nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_administrator_finds_and_opens_nobody() {
    let (clinic, _, done) = clinic().await;
    let path = person_path(&done, "Amina Sample");
    let mut administrator = clinic.signed_in(Role::Administrator).await;
    for path in ["/people?q=amina", &path, "/people/new", &format!("{path}/edit"), "/import"] {
        let page = administrator.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!page.text.contains("Amina"), "{path}");
    }
}

#[tokio::test]
async fn a_person_is_shown_as_known_and_not_better() {
    let (clinic, _, done) = clinic().await;
    let mut nurse = clinic.signed_in(Role::Nurse).await;
    let page = nurse.get(&person_path(&done, "Bilan Other")).await;
    page.shows("about 34 years, from the age stated on 1 May 2026");
    page.shows("<dt>Country of birth</dt><dd><span class=\"unknown\">not known</span></dd>");
    page.shows("<dt>Usual residence</dt><dd><bdi>Kenya</bdi></dd>");
    assert!(!page.text.contains("/edit\""), "a nurse does not correct who somebody is");
    let page = nurse.get(&person_path(&done, "Yusuf Sample")).await;
    page.shows("June 2016, day not known (stated)");
    page.shows("<bdi>C-1</bdi>");
    page.shows("<bdi>Amina Sample</bdi></a>");
    page.shows("United States, refugee");
    page.shows("Clerk Sample");
    let page = nurse.get(&person_path(&done, "أمل عينة")).await;
    page.shows("2020, month and day not known (stated)");
}

#[tokio::test]
async fn nobody_is_a_page_that_does_not_exist() {
    let (clinic, mut clerk, _) = clinic().await;
    for path in [
        "/people/0199a1b2-0000-7000-8000-000000000000",
        "/people/x%20y",
        "/people/0199a1b2-0000-7000-8000-000000000000/edit",
        "/people/0199a1b2-0000-7000-8000-000000000000/access",
        "/people/0199a1b2-0000-7000-8000-000000000000/assessments/new",
    ] {
        let page = clerk.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.shows("MZ-0601");
    }
    drop(clinic);
}

#[tokio::test]
async fn who_read_a_record_can_be_seen() {
    let (clinic, mut clerk, done) = clinic().await;
    let path = person_path(&done, "Amina Sample");
    clinic.signed_in(Role::Nurse).await.get(&path).await;
    let page = clerk.get(&format!("{path}/access")).await;
    for words in [
        "Nurse Sample",
        "everything about the person",
        "wrote",
        "10 records, change 1",
        "Assessment",
    ] {
        page.shows(words);
    }
    clinic
        .signed_in(Role::Physician)
        .await
        .get(&format!("{path}/access"))
        .await
        .shows("Nurse Sample");
    let page = clinic.signed_in(Role::Administrator).await.get(&format!("{path}/access")).await;
    page.shows("Nurse Sample");
    assert!(!page.text.contains("Amina"), "the administrator sees no name");
    let nurse = clinic.signed_in(Role::Nurse).await.get(&format!("{path}/access")).await;
    assert_eq!(nurse.status, StatusCode::FORBIDDEN);
    let odd = clerk.get(&format!("{path}/access?after=nonsense")).await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}
