//! Files as a clerk sends them.

use axum::body::Body;
use axum::http::{Request, header};

use crate::browser::{Answer, Browser, Clinic};

pub(crate) const HEADER: &str = "case_number,person_number,name,sex,birth_date,age,citizenship,\
    usual_residence,destination,population,exam_date";

/// A family of three and a man alone; one of them is known by age only.
pub(crate) fn caseload() -> String {
    format!(
        "{HEADER}\n\
         C-1,S-1,Amina Sample,F,1990-02-03,,SO,KE,US,refugee,2026-05-01\n\
         C-1,S-2,Yusuf Sample,M,2016-06,,SO,KE,US,refugee,2026-05-01\n\
         C-1,S-3,أمل عينة,F,2020,,SO,KE,US,refugee,2026-05-01\n\
         C-2,S-4,Bilan Other,F,,34,SO,KE,US,refugee,2026-05-01\n"
    )
}

/// Sends a file and a column map (empty for none) as the import form does.
pub(crate) async fn upload(browser: &mut Browser, file: &[u8], map: &str) -> Answer {
    let csrf = browser.get("/import").await.csrf();
    let mut body = Vec::new();
    let mut part = |head: &str, bytes: &[u8]| {
        body.extend(format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    };
    part("name=\"csrf\"", csrf.as_bytes());
    part("name=\"file\"; filename=\"caseload.csv\"", file);
    part("name=\"map\"; filename=\"map.toml\"", map.as_bytes());
    body.extend(b"--b--\r\n");
    let request =
        Request::post("/import").header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    browser.send(request, Body::from(body)).await
}

/// The address to which the page of a good file sends its confirmation.
pub(crate) fn confirmation(page: &Answer) -> Option<String> {
    let (_, rest) = page.text.split_once("action=\"/import/")?;
    Some(format!("/import/{}", rest.split('"').next()?))
}

/// Looks at a file and confirms it.
pub(crate) async fn import(browser: &mut Browser, file: &str) -> Answer {
    let page = upload(browser, file.as_bytes(), "").await;
    let path = confirmation(&page).unwrap_or_else(|| panic!("nothing to confirm:\n{}", page.text));
    let csrf = page.csrf();
    browser.post(&path, &[("csrf", &csrf)]).await
}

/// The path of somebody whom a page links to.
pub(crate) fn person_path(page: &Answer, name: &str) -> String {
    let end = format!("\"><bdi>{name}</bdi></a>");
    let (before, _) = page.text.split_once(&end).unwrap_or_else(|| panic!("no {name}"));
    before.rsplit('"').next().unwrap().to_owned()
}

/// A clinic into which [`caseload`] was imported; with the clerk and the page that told so.
pub(crate) async fn clinic() -> (Clinic, Browser, Answer) {
    let clinic = Clinic::with_accounts().await;
    let mut clerk = clinic.signed_in(manzil_journey::access::Role::Clerk).await;
    let done = import(&mut clerk, &caseload()).await;
    (clinic, clerk, done)
}
