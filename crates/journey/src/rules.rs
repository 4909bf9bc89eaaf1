//! Which protocol editions apply to whom.

use jiff::civil::Date;
use manzil_protocol::{Library, Protocol};

use crate::assessment::Assessment;
use crate::country::Country;

/// The protocols in force at a destination for a population on an exam date, ordered by id.
///
/// Several may apply side by side. Libraries are left out: they decide nothing of their own.
pub fn in_force<'a>(
    library: &'a Library,
    destination: Country,
    population: &str,
    exam: Date,
) -> Vec<&'a Protocol> {
    library
        .in_force_on(exam)
        .filter(|protocol| protocol.jurisdiction.as_deref() == Some(destination.code()))
        .filter(|protocol| protocol.populations.iter().any(|each| each == population))
        .collect()
}

/// The protocols that decide an assessment.
pub fn for_assessment<'a>(library: &'a Library, assessment: &Assessment) -> Vec<&'a Protocol> {
    in_force(library, assessment.destination, &assessment.population, assessment.exam)
}
