//! Controls of `docs/safety/hazards.md` that need no rules and no store.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails, in its helpers too")]

use jiff::Timestamp;
use jiff::civil::{Date, date};
use manzil_fhir::Resource;
use manzil_journey::access::{Access, Compartment, Purpose, Role};
use manzil_journey::change::Recorded;
use manzil_journey::command::{self, Context, RecordFindings};
use manzil_journey::file::PersonFile;
use manzil_journey::import::plan::{self, Accept, Existing, Plan};
use manzil_journey::import::{ColumnMap, row, table};
use manzil_journey::result::Performed;
use manzil_protocol::Library;

const TODAY: Date = date(2023, 5, 1);

fn no_rules() -> Library {
    Library::load(Vec::<(String, String)>::new()).unwrap()
}

fn planned(rows: &str) -> Plan {
    let library = no_rules();
    let text =
        format!("person_number,name,sex,birth_date,destination,population,exam_date\n{rows}");
    let table = table::read(text.as_bytes(), b',').unwrap();
    let rows = row::read(&table, &ColumnMap::standard(), &library, TODAY).unwrap();
    let performed = Performed { on: TODAY, at: Timestamp::UNIX_EPOCH, by: "clerk".into() };
    let mut ids = 0;
    plan::plan(&rows, &Existing::default(), &library, Accept::Reception, &performed, &mut || {
        ids += 1;
        format!("id-{ids}")
    })
}

#[test]
fn people_of_like_name_and_birth_date_stay_two() {
    let plan = planned(
        "1,Amina Ali,female,2014-03-02,US,refugee,2023-05-01\n\
         2,Amina Ali,female,2014-03-02,US,refugee,2023-05-01\n",
    );
    assert_eq!(plan.summary.people_new, 2);
    assert!(plan.problems.iter().any(|it| it.code == "MZ-0535" && !it.is_error()));
}

#[test]
fn an_assessment_of_somebody_else_takes_no_result() {
    let library = no_rules();
    let patient = r#"{"resourceType":"Patient","id":"p1","name":[{"text":"A (fictional)"}]}"#;
    let record = Recorded {
        resource: Resource::parse(patient).unwrap(),
        version: 1,
        compartment: Compartment::Identity,
    };
    let file = PersonFile::read(vec![record]).unwrap();
    let access = Access::new("nurse", Role::Nurse, Purpose::Assessment);
    let mut new_id = || "id".to_owned();
    let mut context = Context {
        access: &access,
        now: Timestamp::UNIX_EPOCH,
        today: TODAY,
        library: &library,
        ids: &mut new_id,
    };
    let command = RecordFindings {
        assessment: "that-of-somebody-else".into(),
        protocol: "us-tb".into(),
        step: "history".into(),
        on: TODAY,
        findings: Vec::new(),
        reason: None,
    };
    let refused = command::record(&file, command, &mut context).unwrap_err();
    assert_eq!(refused.code, "MZ-0401");
}
