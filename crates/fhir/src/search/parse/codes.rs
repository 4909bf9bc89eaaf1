//! What a search asks a terminology.

/// A code with its system, if it has one.
pub type Code = (Option<String>, String);

/// A terminology, as far as a search needs it.
pub trait Codes {
    /// The codes of a value set; none when it is not known or cannot be listed.
    fn members(&self, value_set_url: &str) -> Option<Vec<Code>>;

    /// The code itself and all below it; none when the system is not known.
    fn descendants(&self, system: &str, code: &str) -> Option<Vec<Code>>;

    /// The code itself and all above it; none when the system is not known.
    fn ancestors(&self, system: &str, code: &str) -> Option<Vec<Code>>;
}

/// A terminology that knows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCodes;

impl Codes for NoCodes {
    fn members(&self, _: &str) -> Option<Vec<Code>> {
        None
    }

    fn descendants(&self, _: &str, _: &str) -> Option<Vec<Code>> {
        None
    }

    fn ancestors(&self, _: &str, _: &str) -> Option<Vec<Code>> {
        None
    }
}
