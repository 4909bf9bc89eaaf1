//! What the operator decides.

use jiff::tz::TimeZone;
use manzil_journey::access::Role;

/// How this server was started.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The clinic's name, shown beside the logo; may be empty.
    pub site: String,
    /// Pages are served over TLS; cookies are then `Secure`.
    pub tls: bool,
    /// When given, the first-run page asks for it: whoever can read the terminal owns the server.
    pub set_up_code: Option<String>,
    /// A demonstration with these accounts, shown on the sign-in page.
    pub demo: Option<Vec<DemoAccount>>,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// Where other software finds this server, without a slash at the end:
    /// `https://clinic.example`. Without it, only software on this machine can be let in.
    pub public_url: Option<String>,
    /// Whoever reaches `/fhir` may do everything there without a token. Counts in a demonstration
    /// only.
    pub open_fhir: bool,
}

/// An account of a demonstration.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    pub name: String,
    pub display_name: String,
    pub role: Role,
    pub registration: Option<String>,
    pub password: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            site: String::new(),
            tls: false,
            set_up_code: None,
            demo: None,
            zone: TimeZone::UTC,
            public_url: None,
            open_fhir: false,
        }
    }
}
