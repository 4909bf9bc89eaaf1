use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use manzil_journey::access::Role;
use tower::ServiceExt;

use crate::browser::{Clinic, demo_settings};

const PAGE_BYTES_MAX: usize = 60_000;

#[tokio::test]
async fn every_answer_is_strict_with_the_browser() {
    let clinic = Clinic::with_accounts().await;
    for path in ["/sign-in", "/nope", "/health", "/assets/nope.css"] {
        let answer = clinic.browser().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
    }
}

#[tokio::test]
async fn pages_are_not_kept_and_assets_are() {
    let clinic = Clinic::with_accounts().await;
    let page = clinic.browser().get("/sign-in").await;
    assert_eq!(page.header("cache-control"), "no-store");
    let (_, rest) = page.text.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let css = clinic.browser().get(rest.split('"').next().unwrap()).await;
    assert!(css.header("cache-control").contains("immutable"));
    assert!(css.header("content-type").starts_with("text/css"));
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let mut clinic = Clinic::with_accounts().await;
    let answer = clinic.browser().get("/sign-in").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let tls = manzil_server::settings::Settings { tls: true, ..(*clinic.app.settings).clone() };
    clinic.app.settings = std::sync::Arc::new(tls);
    let answer = clinic.browser().get("/sign-in").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-manzil=") && cookie.ends_with("; Secure"), "{cookie}");
}

#[tokio::test]
async fn problems_are_pages_in_the_readers_language() {
    let clinic = Clinic::with_accounts().await;
    let mut browser = clinic.browser();
    let answer = browser.get("/nope").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    answer.shows("MZ-0601");
    browser.headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("ar"));
    browser.get("/nope").await.shows("لا توجد صفحة كهذه");
    let answer = browser.send(Request::delete("/sign-in"), Body::empty()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    answer.shows("MZ-0602");
}

#[tokio::test]
async fn a_failing_store_is_a_page_too() {
    let clinic = Clinic::with_accounts().await;
    let mut nurse = clinic.signed_in(Role::Nurse).await;
    clinic.app.store.close().await.unwrap();
    let answer = nurse.get("/me").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    answer.shows("MZ-03");
}

#[tokio::test]
async fn a_panic_is_a_page_too() {
    async fn fall() -> &'static str {
        panic!("on purpose, in a test")
    }
    let clinic = Clinic::with_accounts().await;
    let router = Router::new()
        .route("/fall", get(fall))
        .layer(from_fn_with_state(clinic.app.clone(), manzil_server::frame::around));
    let request = Request::get("/fall").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("MZ-0609") && !text.contains("on purpose"), "{text}");
}

#[tokio::test]
async fn pages_are_small() {
    let clinic = Clinic::new(demo_settings());
    clinic.app.make_demo_accounts().await.unwrap();
    for path in ["/sign-in", "/style"] {
        let answer = clinic.browser().get(path).await;
        assert!(answer.text.len() < PAGE_BYTES_MAX, "{path}: {}", answer.text.len());
    }
}

#[tokio::test]
async fn no_page_has_script_or_style_inside() {
    let clinic = Clinic::new(demo_settings());
    clinic.app.make_demo_accounts().await.unwrap();
    for path in ["/sign-in", "/style"] {
        let answer = clinic.browser().get(path).await;
        for bad in [" style=\"", "<style", " onclick=", "<script>", "javascript:"] {
            assert!(!answer.text.contains(bad), "{path}: {bad}");
        }
    }
}
