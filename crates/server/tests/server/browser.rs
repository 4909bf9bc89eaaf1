//! A clinic with a server, and browsers that keep cookies and fill in forms.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_protocol::Library;
use manzil_server::App;
use manzil_server::auth::account::ROLES;
use manzil_server::entropy::SystemEntropy;
use manzil_server::messages::{MessageFile, Messages};
use manzil_server::settings::{DemoAccount, Settings};
use manzil_store::Store;
use manzil_store::query::PageRequest;
use manzil_store_postgres::PostgresStore;
use manzil_store_sqlite::SqliteStore;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) struct Clinic {
    pub(crate) app: App,
    now: Arc<Mutex<Timestamp>>,
    _folder: TempDir,
}

/// An empty store: in the folder, or in a schema of its own of the PostgreSQL that
/// `MANZIL_TEST_DATABASE` names.
fn open_store(folder: &Path, clock: &manzil_server::Clock) -> Arc<dyn Store> {
    static SCHEMAS: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("MANZIL_TEST_DATABASE") else {
        let options = manzil_store_sqlite::Options::new(clock.clone(), "test");
        return Arc::new(SqliteStore::open(folder.join("data.sqlite"), options).unwrap());
    };
    let mut options = manzil_store_postgres::Options::new(clock.clone(), "test");
    let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
    options.schema = format!("clinic_{}_{number}", std::process::id());
    // The tests have an executor, in which opening may not wait.
    let opening = std::thread::spawn(move || PostgresStore::open(&url, options).unwrap());
    Arc::new(opening.join().unwrap())
}

impl Clinic {
    pub(crate) fn new(settings: Settings) -> Self {
        Self::on(settings, open_store)
    }

    /// Whose data file may grow to so many pages of 4,096 bytes.
    pub(crate) fn on_a_small_disk(settings: Settings, pages: u32) -> Self {
        Self::on(settings, |folder, clock| {
            let mut options = manzil_store_sqlite::Options::new(clock.clone(), "test");
            options.limits.file_pages_max = Some(pages);
            Arc::new(SqliteStore::open(folder.join("data.sqlite"), options).unwrap())
        })
    }

    fn on(
        settings: Settings,
        open: impl FnOnce(&Path, &manzil_server::Clock) -> Arc<dyn Store>,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let now = Arc::new(Mutex::new("2026-05-03T08:00:00Z".parse().unwrap()));
        let watch = now.clone();
        let clock: manzil_server::Clock = Arc::new(move || *watch.lock().unwrap());
        let store = open(folder.path(), &clock);
        let messages = Arc::new(messages());
        let library = library();
        let entropy = Arc::new(SystemEntropy);
        let app = App::new(store, messages, library, clock, entropy, settings);
        Self { app, now, _folder: folder }
    }

    /// With one account for each role, named after it, whose password is [`password`].
    pub(crate) async fn with_accounts() -> Self {
        let mut clinic = Self::new(demo_settings());
        clinic.app.make_demo_accounts().await.unwrap();
        clinic.app.settings = Arc::new(Settings::default());
        clinic
    }

    pub(crate) fn wait(&self, how_long: SignedDuration) {
        *self.now.lock().unwrap() += how_long;
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser { app: self.app.clone(), cookies: BTreeMap::new(), headers: HeaderMap::new() }
    }

    /// A browser in which the account of this role is signed in.
    pub(crate) async fn signed_in(&self, role: Role) -> Browser {
        let mut browser = self.browser();
        let name = name(role);
        let answer = browser.sign_in(&name, &password(&name)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser
    }

    /// What the audit trail says was done, oldest first.
    pub(crate) async fn audited(&self) -> Vec<(String, String, String)> {
        let access = Access::new("test", Role::System, Purpose::Administration);
        let page = PageRequest { rows_max: 1000, after: None };
        let trail = self.app.store.audit(&access, None, page).await.unwrap();
        let mut rows: Vec<_> =
            trail.rows.into_iter().map(|it| (it.actor, it.what, it.object)).collect();
        rows.reverse();
        rows
    }
}

pub(crate) struct Browser {
    app: App,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |it| it.to_str().unwrap())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    /// The form token on the page.
    pub(crate) fn csrf(&self) -> String {
        let (_, rest) = self.text.split_once("name=\"csrf\" value=\"").expect("a form on the page");
        rest.split('"').next().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        let plain = self.text.replace(['\u{2068}', '\u{2069}'], "");
        assert!(plain.contains(text), "the page does not show {text:?}:\n{plain}");
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Sends a form as it stands, without fetching a page first.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
        let form =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(form, Body::from(pairs.join("&"))).await
    }

    /// Opens a page, fills in its form and sends it to `path`.
    pub(crate) async fn fill(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    pub(crate) async fn sign_in(&mut self, account: &str, password: &str) -> Answer {
        let fields = [("account", account), ("password", password)];
        self.fill("/sign-in", "/sign-in", &fields).await
    }

    pub(crate) async fn send(
        &mut self,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request = request.body(body).unwrap();
        request.headers_mut().extend(self.headers.clone());
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let router = manzil_server::router(self.app.clone());
        let response = router.oneshot(request).await.unwrap();
        self.keep_cookies(&response);
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    fn keep_cookies(&mut self, response: &Response<Body>) {
        for line in response.headers().get_all(header::SET_COOKIE) {
            let (pair, _) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// The account name of a role in [`Clinic::with_accounts`].
pub(crate) fn name(role: Role) -> String {
    manzil_server::auth::account::role_code(role)
}

pub(crate) fn password(account: &str) -> String {
    format!("correct horse {}", account.len())
}

pub(crate) fn demo_settings() -> Settings {
    let account = |role: &Role| DemoAccount {
        name: name(*role),
        display_name: format!("{role:?} Sample"),
        role: *role,
        registration: (*role == Role::Physician).then(|| "REG-1".to_owned()),
        password: password(&name(*role)),
    };
    Settings { demo: Some(ROLES.iter().map(account).collect()), ..Settings::default() }
}

pub(crate) fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/messages")
}

/// Every message file as `(language, file, text)`.
pub(crate) fn message_files() -> Vec<(String, String, String)> {
    let mut files = Vec::new();
    for language in std::fs::read_dir(content()).unwrap() {
        let language = language.unwrap();
        let tag = language.file_name().into_string().unwrap();
        for file in std::fs::read_dir(language.path()).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((tag.clone(), path.display().to_string(), text));
        }
    }
    files
}

/// The rules that are shipped, read once for all tests.
pub(crate) fn library() -> Arc<Library> {
    static LIBRARY: OnceLock<Arc<Library>> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
        let mut files = Vec::new();
        for folder in ["facts", "phrases", "protocols", "reference"] {
            add_files(&root, &root.join(folder), &mut files);
        }
        Arc::new(Library::load(files).expect("the shipped rules are right"))
    });
    library.clone()
}

fn add_files(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_files(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

pub(crate) fn messages() -> Messages {
    let files = message_files();
    let files = files.iter().map(|(language, name, text)| MessageFile { language, name, text });
    Messages::load(files).unwrap()
}

fn encode(text: &str) -> String {
    manzil_server::cookie::encode(text)
}
