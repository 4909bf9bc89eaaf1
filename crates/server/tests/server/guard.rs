use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use manzil_journey::access::Role;
use manzil_server::limits::FORM_BYTES_MAX;

use crate::browser::Clinic;

#[tokio::test]
async fn a_form_without_the_sessions_token_is_refused() {
    let clinic = Clinic::with_accounts().await;
    let mut nurse = clinic.signed_in(Role::Nurse).await;
    let stranger = clinic.browser().get("/sign-in").await.csrf();
    for token in ["", "0", stranger.as_str()] {
        let answer = nurse.post("/sign-out", &[("csrf", token)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{token}");
        answer.shows("MZ-0604");
    }
    assert_eq!(nurse.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_even_with_the_token() {
    let clinic = Clinic::with_accounts().await;
    let cases = [
        (&[("sec-fetch-site", "cross-site")][..], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "same-origin")], StatusCode::SEE_OTHER),
        (&[("origin", "https://evil.example"), ("host", "clinic.example")], StatusCode::FORBIDDEN),
        (&[("origin", "null"), ("host", "clinic.example")], StatusCode::FORBIDDEN),
        (&[("origin", "http://clinic.example"), ("host", "clinic.example")], StatusCode::SEE_OTHER),
    ];
    for (headers, status) in cases {
        let mut nurse = clinic.signed_in(Role::Nurse).await;
        for (name, value) in headers {
            nurse.headers.insert(*name, value.parse().unwrap());
        }
        let answer = nurse.fill("/", "/sign-out", &[]).await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn too_large_a_form_is_refused_in_words() {
    let clinic = Clinic::with_accounts().await;
    let long = "x".repeat(FORM_BYTES_MAX);
    let answer = clinic.browser().fill("/sign-in", "/sign-in", &[("account", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    answer.shows("At most 64 kB");
}

#[tokio::test]
async fn a_form_that_is_not_text_is_refused_in_words() {
    let clinic = Clinic::with_accounts().await;
    for body in [&b"a=%FF%FE"[..], b"a=%zz", b"a=%4", b"\xff\xfe"] {
        let form = Request::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = clinic.browser().send(form, Body::from(body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
        answer.shows("MZ-0606");
    }
}

#[tokio::test]
async fn an_upload_carries_the_token_as_its_first_field() {
    let clinic = Clinic::with_accounts().await;
    for (first, status) in [("csrf", StatusCode::SEE_OTHER), ("other", StatusCode::FORBIDDEN)] {
        let mut nurse = clinic.signed_in(Role::Nurse).await;
        let token = nurse.get("/").await.csrf();
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{first}\"\r\n\r\n{token}\r\n--x--\r\n"
        );
        let form = Request::post("/sign-out")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        assert_eq!(nurse.send(form, Body::from(body)).await.status, status, "{first}");
    }
}
