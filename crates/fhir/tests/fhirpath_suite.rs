//! The official FHIRPath suite for R4.

mod support {
    pub(crate) mod fhirpath;
    pub(crate) mod xml;
}

use std::path::Path;

#[test]
fn the_official_suite_is_right_or_refused() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/vectors/fhirpath/tests-fhir-r4.xml");
    if !suite.exists() {
        println!("skipped: there is no {}", suite.display());
        return;
    }
    let report = support::fhirpath::run(&suite).unwrap();
    println!("{report}");
    assert_eq!(report.wrong, []);
    assert!(report.passed >= 924, "{report}");
}
