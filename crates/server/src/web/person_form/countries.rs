//! Countries as people write them: by name in the language of the page, in English, or by code.

use manzil_fhir::search::normalise_text;
use manzil_journey::country::Country;

use super::super::wording;
use crate::messages::Translator;

/// Every country with its name, in the order of the names.
pub(crate) struct Countries(Vec<(Country, String)>);

impl Countries {
    pub(crate) fn of(t: &Translator) -> Self {
        let mut all: Vec<(Country, String)> =
            Country::all().map(|country| (country, wording::country(t, country.code()))).collect();
        all.sort_by_cached_key(|(_, name)| normalise_text(name));
        Self(all)
    }

    /// The names to suggest.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, name)| name.as_str())
    }

    pub(super) fn name(&self, country: Country) -> &str {
        self.0.iter().find(|(each, _)| *each == country).map_or(country.code(), |(_, name)| name)
    }

    /// The country that somebody wrote; none when there is none of that name.
    pub(super) fn read(&self, text: &str) -> Option<Country> {
        let wanted = normalise_text(text);
        let named = self.0.iter().find(|(_, name)| normalise_text(name) == wanted);
        named.map(|(country, _)| *country).or_else(|| Country::parse(text))
    }
}
