//! The web server: pages, sign-in and the checks around them.
//!
//! Start with [`routes`], the table that the router is built from. A request passes [`frame`]
//! (who asks, in which language, with a limit on its time), then [`guard`] (whether they may,
//! and whether the form is ours), then a handler in [`web`].
//!
//! The program passes in everything that is not pure: the store, the clock, random bytes.

pub mod api;
pub mod auth;
pub mod board;
pub mod cookie;
pub mod entropy;
pub mod forms;
pub mod frame;
pub mod guard;
mod jobs;
pub mod limits;
pub mod messages;
mod network;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod routes;
pub mod serve;
pub mod settings;
pub mod smart;
pub mod web;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use jiff::Timestamp;
use jiff::civil::Date;
use manzil_journey::access::Role;
use manzil_protocol::Library;
use manzil_store::{Store, StoreError};
use tokio::sync::Mutex;
use tower_http::compression::CompressionLayer;

use crate::auth::password::{PasswordError, Passwords};
use crate::auth::rate::SignInRate;
use crate::auth::{Account, accounts};
use crate::board::{Board, Queues};
use crate::entropy::Entropy;
use crate::messages::Messages;
use crate::problem::Problem;
use crate::settings::Settings;

pub use serve::serve;

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Everything a handler needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub store: Arc<dyn Store>,
    pub messages: Arc<Messages>,
    /// Every protocol and fact, read once at the start.
    pub library: Arc<Library>,
    pub clock: Clock,
    pub entropy: Arc<dyn Entropy>,
    pub settings: Arc<Settings>,
    pub(crate) board: Arc<Board>,
    pub(crate) exports: Arc<jobs::Exports>,
    /// Held while a caseload is imported.
    pub(crate) imports: Arc<Mutex<()>>,
    pub(crate) gate: Arc<Gate>,
}

/// What the server remembers between requests about who may come in.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) passwords: Passwords,
    pub(crate) rate: SignInRate,
    /// Held while accounts are changed, so that two requests cannot both make the first one.
    pub(crate) accounts: Mutex<()>,
    /// Failures of software to show who it is.
    pub(crate) software: SignInRate,
    /// Held while codes and refresh tokens are spent, so that each is worth something once.
    pub(crate) grants: Mutex<()>,
    set_up: AtomicBool,
}

impl App {
    pub fn new(
        store: Arc<dyn Store>,
        messages: Arc<Messages>,
        library: Arc<Library>,
        clock: Clock,
        entropy: Arc<dyn Entropy>,
        settings: Settings,
    ) -> Self {
        Self {
            store,
            messages,
            library,
            clock,
            entropy,
            settings: Arc::new(settings),
            board: Arc::default(),
            exports: Arc::default(),
            imports: Arc::default(),
            gate: Arc::new(Gate::default()),
        }
    }

    /// The moment of this request.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The day at the place of work.
    pub fn today(&self) -> Date {
        self.now().to_zoned(self.settings.zone.clone()).date()
    }

    /// Who waits for what, as of now. Goes on being drawn up when the request that asked is gone.
    pub async fn queues(&self) -> Result<Arc<Queues>, Problem> {
        let app = self.clone();
        let look =
            tokio::spawn(
                async move { app.board.look(&app.store, &app.library, app.today()).await },
            );
        Ok(look.await.map_err(|error| Problem::Internal(error.to_string()))??)
    }

    /// A new identifier for a resource.
    pub fn new_id(&self) -> Result<String, Problem> {
        Ok(self.entropy.id(self.now())?.to_string())
    }

    /// Writes the accounts of a demonstration into the store, over those of the same name.
    pub async fn make_demo_accounts(&self) -> Result<(), Problem> {
        for demo in self.settings.demo.iter().flatten() {
            let password_hash = self.hash_password(demo.password.clone()).await?;
            let account = Account {
                name: demo.name.clone(),
                display_name: demo.display_name.clone(),
                role: demo.role,
                registration: demo.registration.clone(),
                language: None,
                password_hash,
                must_change_password: false,
                disabled: false,
                made_at: self.now(),
            };
            accounts::put(&*self.store, &account).await?;
        }
        Ok(())
    }

    /// Whether there is an account yet.
    pub(crate) async fn is_set_up(&self) -> Result<bool, StoreError> {
        if self.gate.set_up.load(Ordering::Acquire) {
            return Ok(true);
        }
        let any = !accounts::list(&*self.store).await?.is_empty();
        self.gate.set_up.store(any, Ordering::Release);
        Ok(any)
    }

    /// The names of those to ask for more rights.
    pub(crate) async fn administrators(&self) -> Vec<String> {
        let accounts = accounts::list(&*self.store).await.unwrap_or_default();
        let can_help = |it: &Account| it.role == Role::Administrator && !it.disabled;
        accounts.into_iter().filter(can_help).map(|it| it.display_name).collect()
    }

    pub(crate) async fn hash_password(&self, password: String) -> Result<String, PasswordError> {
        self.gate.passwords.hash(&*self.entropy, password).await
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The whole server as a service, built from the route table.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in routes::all() {
        let guarded = app.clone();
        let guard =
            from_fn(move |request, next| guard::stand(guarded.clone(), route, request, next));
        router = router.route(route.path, (route.handler)().layer(guard));
    }
    router
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::WrongMethod })
        .layer(axum::extract::DefaultBodyLimit::max(limits::UPLOAD_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), frame::around))
        .merge(api::router())
        .layer(CompressionLayer::new().gzip(true))
        .with_state(app)
}
