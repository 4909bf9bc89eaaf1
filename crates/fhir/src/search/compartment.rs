//! The five compartments of R4: what lies in the record of a patient, an encounter, a related
//! person, a practitioner or a device. Source: the CompartmentDefinitions of FHIR 4.0.1,
//! <https://hl7.org/fhir/R4/compartmentdefinition.html>.

use std::collections::BTreeMap;
use std::sync::OnceLock;

type Compartment = BTreeMap<&'static str, Vec<&'static str>>;

/// The types that can lie in a compartment (`Patient`), each with the search parameters by which
/// a resource of the type points to the compartment's owner, `_id` for the owner itself; none when
/// R4 has no such compartment.
///
/// ```
/// use manzil_fhir::search::compartment;
///
/// let (_, by) = compartment("Patient").unwrap().find(|(of, _)| *of == "Observation").unwrap();
/// assert_eq!(by, ["subject", "performer"]);
/// assert!(compartment("Organization").is_none());
/// ```
pub fn compartment(
    name: &str,
) -> Option<impl Iterator<Item = (&'static str, &'static [&'static str])>> {
    table().get(name).map(|found| found.iter().map(|(of, by)| (*of, by.as_slice())))
}

/// The search parameters by which a resource of a type lies in a compartment; empty when it
/// cannot.
pub fn compartment_parameters(name: &str, resource_type: &str) -> &'static [&'static str] {
    let found = table().get(name).and_then(|found| found.get(resource_type));
    found.map_or(&[], Vec::as_slice)
}

fn table() -> &'static BTreeMap<&'static str, Compartment> {
    static TABLE: OnceLock<BTreeMap<&'static str, Compartment>> = OnceLock::new();
    TABLE.get_or_init(|| read(include_str!("../../data/r4-compartments.tsv")))
}

fn read(text: &'static str) -> BTreeMap<&'static str, Compartment> {
    let mut all: BTreeMap<&'static str, Compartment> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(name), Some(of), Some(by)) = (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        all.entry(name).or_default().insert(of, by.split(' ').collect());
    }
    all
}
