use axum::http::StatusCode;
use manzil_journey::access::Role;
use manzil_journey::assessment::Status;

use crate::case::{Case, HEALTHY};

#[tokio::test]
async fn a_form_asks_what_may_apply_and_hides_what_does_not() {
    let case = Case::child().await;
    case.enter(Role::Nurse, "history", HEALTHY).await;
    let mut laboratory = case.clinic.signed_in(Role::Laboratory).await;
    let page = laboratory.get(&case.step("igra")).await;
    page.shows("QuantiFERON nil");
    page.shows("T-SPOT nil control, spots");
    page.shows("From 0 to 100.");
    page.shows("IU/mL");
    case.enter(Role::Laboratory, "igra", &[("igra_test", "t_spot")]).await;
    let page = laboratory.get(&case.step("igra")).await;
    page.shows("T-SPOT nil control, spots");
    assert!(!page.text.contains("QuantiFERON nil"));
}

#[tokio::test]
async fn a_part_of_a_form_can_be_saved_but_not_an_empty_one() {
    let case = Case::adult().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    let empty = case.send(&mut nurse, "history", &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.shows("Nothing was entered.");
    case.enter(Role::Nurse, "history", &[("tb_symptoms", "no")]).await;
    let page = nurse.get(&case.path()).await;
    page.shows("Still missing: Had tuberculosis before");
}

#[tokio::test]
async fn implausible_numbers_come_back_at_their_field() {
    let case = Case::child().await;
    let mut laboratory = case.clinic.signed_in(Role::Laboratory).await;
    for (typed, words) in [
        ("700", "“700” cannot be right. Write a number from 0 to 100 IU/mL"),
        ("-1", "“-1” cannot be right"),
        ("a lot", "“a lot” cannot be right"),
        ("1,5", "“1,5” cannot be right"),
    ] {
        let fields = [("igra_test", "qft_plus"), ("qft_nil", typed)];
        let page = case.send(&mut laboratory, "igra", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        page.shows(words);
        page.shows("href=\"#qft_nil\"");
        page.shows(&format!("value=\"{typed}\""));
        page.shows("value=\"qft_plus\" id=\"igra_test\" checked");
    }
    let page = case.send(&mut laboratory, "igra", &[("tspot_nil", "1.5")]).await;
    page.shows("Write a whole number from 0 to 1000");
    assert_eq!(case.status().await, Status::Planned, "nothing was saved");
}

#[tokio::test]
async fn numbers_are_read_in_the_digits_of_the_reader() {
    let case = Case::child().await;
    case.enter(Role::Laboratory, "igra", &[("qft_nil", "٠٫٣٥"), ("on", "٢٠٢٦-٠٥-٠١")]).await;
    let page = case.clinic.signed_in(Role::Nurse).await.get(&case.path()).await;
    page.shows("0.35 IU/mL");
    page.shows("1 May 2026");
}

#[tokio::test]
async fn days_that_cannot_be_are_refused() {
    let case = Case::adult().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    for (day, words) in [
        ("2026-05-04", "The day is in the future or before the person was born"),
        ("1995-01-01", "The day is in the future or before the person was born"),
        ("2026-02-30", "“2026-02-30” is no day"),
        ("yesterday", "“yesterday” is no day"),
        ("", "“” is no day"),
    ] {
        let fields = [("tb_symptoms", "yes"), ("on", day)];
        let page = case.send(&mut nurse, "history", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        page.shows(words);
        page.shows("value=\"yes\" id=\"tb_symptoms\" checked");
    }
}

#[tokio::test]
async fn none_of_these_is_an_answer_and_no_tick_is_not() {
    let case = Case::adult().await;
    let mut radiology = case.clinic.signed_in(Role::Radiology).await;
    let both = [("cxr_findings", "cavity"), ("cxr_findings", "!none")];
    let page = case.send(&mut radiology, "chest_xray", &both).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("“None of these” cannot stand beside another answer");
    let forged = case.send(&mut radiology, "chest_xray", &[("cxr_findings", "purple")]).await;
    forged.shows("this answer is not one of those offered");
    let none = case.send(&mut radiology, "chest_xray", &[]).await;
    none.shows("Nothing was entered.");
    case.enter(Role::Radiology, "chest_xray", &[("cxr_findings", "!none")]).await;
    case.clinic.signed_in(Role::Nurse).await.get(&case.path()).await.shows("None of these");
}

#[tokio::test]
async fn that_there_is_no_result_can_be_said_but_not_beside_one() {
    let case = Case::child().await;
    let mut laboratory = case.clinic.signed_in(Role::Laboratory).await;
    let both = [("qft_nil", "0.1"), ("qft_nil--absent", "!absent-error")];
    let page = case.send(&mut laboratory, "igra", &both).await;
    page.shows("there is a result and a reason why there is none");
    case.enter(Role::Laboratory, "igra", &[("qft_nil--absent", "!absent-error")]).await;
    case.clinic
        .signed_in(Role::Nurse)
        .await
        .get(&case.path())
        .await
        .shows("Sample or film unusable");
}

#[tokio::test]
async fn a_correction_needs_a_reason_and_hides_nothing() {
    let case = Case::adult().await;
    case.enter(Role::Nurse, "history", HEALTHY).await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    let page = nurse.get(&case.step("history")).await;
    page.shows("On record:");
    let page = case.send(&mut nurse, "history", &[("tb_symptoms", "yes")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("A result of that day is on record already");
    page.shows("href=\"#reason\"");
    let fields = [("tb_symptoms", "yes"), ("reason", "Interpreter misheard")];
    case.enter(Role::Nurse, "history", &fields).await;
    let page = nurse.get(&case.path()).await;
    page.shows("corrected");
    page.shows("Interpreter misheard");
    let (_, rest) = page.text.split_once("/findings/").unwrap();
    let finding = rest.split('"').next().unwrap();
    let versions = nurse.get(&format!("{}/findings/{finding}", case.path())).await;
    assert_eq!(versions.status, StatusCode::OK);
    versions.shows("All that was recorded");
}

#[tokio::test]
async fn only_those_who_work_at_a_station_enter_its_results() {
    let case = Case::adult().await;
    let mut radiology = case.clinic.signed_in(Role::Radiology).await;
    let page = radiology.get(&case.step("history")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.shows("Results of this step are entered by: Nurse, Physician");
    assert!(!page.text.contains("name=\"tb_symptoms\""));
    let page = case.send(&mut radiology, "history", HEALTHY).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    page.shows("Your role may not do this");
    assert_eq!(case.status().await, Status::Planned);
}

#[tokio::test]
async fn what_another_step_asks_is_not_taken() {
    let case = Case::adult().await;
    let mut nurse = case.clinic.signed_in(Role::Nurse).await;
    let page = case.send(&mut nurse, "history", &[("cxr_findings", "cavity")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("Nothing was entered.");
    let other = format!("{}/steps/ca-ime/history", case.path());
    let page = nurse.fill("/me", &other, HEALTHY).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_sample_is_noted_and_its_result_waited_for() {
    let case = Case::adult().await;
    let sick = [
        ("tb_symptoms", "yes"),
        ("tb_history", "no"),
        ("recent_tb_contact", "no"),
        ("known_hiv", "no"),
    ];
    case.enter(Role::Nurse, "history", &sick).await;
    let examined =
        [("abnormal_exam", "no"), ("extrapulmonary_tb_signs", "no"), ("sputum_tested", "no")];
    case.enter(Role::Physician, "physical_exam", &examined).await;
    let mut laboratory = case.clinic.signed_in(Role::Laboratory).await;
    laboratory.get(&case.step("sputum_cultures")).await.shows("Sample taken, result later");
    let collect = format!("{}/collect", case.step("sputum_cultures"));
    let page = laboratory.fill("/me", &collect, &[("collected", "2026-06-01")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("The day is in the future");
    let done = laboratory.fill("/me", &collect, &[("collected", "2026-05-02")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = laboratory.get(&case.path()).await;
    page.shows("Result expected 27 June 2026");
    let xray = format!("{}/collect", case.step("chest_xray"));
    let none = laboratory.fill("/me", &xray, &[("collected", "2026-05-02")]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
