use axum::http::StatusCode;
use jiff::SignedDuration;
use manzil_journey::access::Role;

use crate::case::{Case, HEALTHY};
use crate::caseload::{HEADER, clinic, import};

#[tokio::test]
async fn everybody_finds_their_own_station_first() {
    let (clinic, _, _) = clinic().await;
    for (role, title) in [
        (Role::Clerk, "Reception"),
        (Role::Nurse, "Nurse"),
        (Role::Laboratory, "Laboratory"),
        (Role::Radiology, "X-ray"),
        (Role::Physician, "Ready to be signed"),
    ] {
        let page = clinic.signed_in(role).await.get("/").await;
        assert_eq!(page.status, StatusCode::OK);
        page.shows(&format!("<h2 id=\"own\">{title}"));
    }
    let page = clinic.signed_in(Role::Administrator).await.get("/").await;
    page.shows("Welcome, Administrator Sample");
    assert!(!page.text.contains("Amina"), "an administrator sees nobody");
}

#[tokio::test]
async fn a_row_says_who_what_and_since_when_and_leads_to_the_form() {
    let case = Case::adult().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    let page = nurse.get("/").await;
    page.shows("<bdi>Yusuf Sample</bdi>");
    page.shows("30 years · male · S-0001 · United States");
    page.shows(&format!("href=\"{}\"", case.step("history")));
    page.shows("since 1 May 2026");
    let radiology = case.clinic.signed_in(Role::Radiology).await.get("/?station=nurse").await;
    radiology.shows(&format!("class=\"task\" href=\"{}\"", case.path()));
}

#[tokio::test]
async fn people_move_on_when_something_is_written() {
    let case = Case::adult().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    nurse.get("/").await.shows("<bdi>Yusuf Sample</bdi>");
    case.enter(Role::Nurse, "history", HEALTHY).await;
    nurse.get("/").await.shows("Nobody waits here.");
    let mut physician = case.clinic.signed_in(Role::Physician).await;
    physician.get("/").await.shows("Nobody waits here.");
    physician.get("/?station=physician").await.shows(&case.step("physical_exam"));
    case.examine_after_history().await;
    let page = physician.get("/").await;
    page.shows("Look at the decision and sign");
    page.shows(&format!("href=\"{}\"", case.decision()));
    case.sign(&mut physician, &[]).await;
    let page = physician.get("/").await;
    page.shows("No assessment is open.");
}

#[tokio::test]
async fn who_waits_for_a_result_is_called_when_its_day_comes() {
    let case = Case::adult().await;
    case.enter(
        Role::Nurse,
        "history",
        &[("tb_symptoms", "yes"), HEALTHY[1], HEALTHY[2], HEALTHY[3]],
    )
    .await;
    case.examine_after_history().await;
    let mut laboratory = case.clinic.signed_in(Role::Laboratory).await;
    let step = "sputum_cultures";
    laboratory.get("/").await.shows(&case.step(step));
    let collect = format!("{}/collect", case.step(step));
    let answer = laboratory.fill("/me", &collect, &[("collected", "2026-05-01")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{step}: {}", answer.text);
    laboratory.get("/?station=results").await.shows("until ");
    // Much later the result is due, without anything having been written.
    let clinic = case.clinic;
    clinic.wait(SignedDuration::from_hours(24 * 90));
    let mut laboratory = clinic.signed_in(Role::Laboratory).await;
    let page = laboratory.get("/?station=results").await;
    page.shows("Nobody waits here.");
    laboratory.get("/").await.shows(step);
}

#[tokio::test]
async fn a_missing_birth_date_is_found_out_at_the_reception() {
    let case = Case::adult().await;
    let mut clerk = case.clinic.signed_in(Role::Clerk).await;
    let edit = format!("/people/{}/edit", case.person);
    let fields = [("version", "1"), ("name", "Yusuf Sample"), ("birth_known", "unknown")];
    let answer = clerk.fill(&edit, &edit, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = clerk.get("/").await;
    page.shows("Find out: ");
    page.shows(&format!("href=\"{edit}\""));
}

#[tokio::test]
async fn a_queue_is_paged_and_wrong_addresses_are_harmless() {
    let (clinic, mut clerk, _) = clinic().await;
    let rows: Vec<String> = (100..170)
        .map(|n| format!("N-{n},N-{n},Person {n},F,1990-02-03,,SO,KE,US,refugee,2026-05-01"))
        .collect();
    import(&mut clerk, &format!("{HEADER}\n{}\n", rows.join("\n"))).await;
    let mut nurse = clinic.signed_in(Role::Nurse).await;
    let first = nurse.get("/").await;
    first.shows("1 to 50 of 74");
    assert!(first.text.len() < 60_000, "{}", first.text.len());
    nurse.get("/?station=nurse&page=2").await.shows("51 to 74 of 74");
    for odd in ["/?station=nurse&page=99", "/?station=moon", "/?page=0"] {
        assert_eq!(nurse.get(odd).await.status, StatusCode::OK, "{odd}");
    }
    assert_eq!(nurse.get("/?page=-1").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_looks_at_a_board_leaves_a_line() {
    let (clinic, _, _) = clinic().await;
    clinic.signed_in(Role::Nurse).await.get("/").await;
    let lines = clinic.audited().await;
    let line = ("nurse".to_owned(), "board".to_owned(), "queue nurse".to_owned());
    assert!(lines.contains(&line), "{lines:?}");
}
