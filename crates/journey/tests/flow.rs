//! One person's way through an assessment, under the shipped United States rules.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, in its helpers too"
)]

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::assessment::{Assessment, Status};
use manzil_journey::certificate::State;
use manzil_journey::change::{By, Changes, Recorded, Refusal};
use manzil_journey::command::{self, Context, RecordFindings, Sign, Signed, fingerprint};
use manzil_journey::decision::{Decision, Signatory};
use manzil_journey::file::PersonFile;
use manzil_journey::import::plan::{self, Accept, Existing};
use manzil_journey::import::{ColumnMap, row, table};
use manzil_journey::result::{Finding, Performed};
use manzil_protocol::Library;

const EXAM: Date = date(2023, 5, 1);

fn library() -> Library {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let mut files = Vec::new();
    read(&root, &mut files);
    Library::load(files).unwrap_or_else(|wrong| panic!("{} mistakes", wrong.len()))
}

fn read(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path.to_string_lossy().into_owned(), text));
        }
    }
}

/// A clinic without a store: what a command decides is taken as written.
struct Clinic {
    library: Library,
    file: PersonFile,
    today: Date,
    ids: u32,
}

impl Clinic {
    /// A girl of nine from Kenya on her way to the United States.
    fn with_child() -> Self {
        let library = library();
        let csv = "case_number,person_number,name,sex,birth_date,usual_residence,destination,population,exam_date\n\
                   C1,7,Amina Hassan (fictional),female,2014-03-02,KE,US,refugee,2023-05-01\n";
        let table = table::read(csv.as_bytes(), b',').unwrap();
        let rows = row::read(&table, &ColumnMap::standard(), &library, EXAM);
        let mut ids = 0;
        let performed = Performed { on: EXAM, at: Timestamp::UNIX_EPOCH, by: "clerk".into() };
        let plan = plan::plan(
            &rows.unwrap(),
            &Existing::default(),
            &library,
            Accept::Reception,
            &performed,
            &mut || {
                ids += 1;
                format!("id-{ids}")
            },
        );
        assert_eq!(plan.problems, []);
        assert_eq!(plan.summary.people_new, 1);
        let records = plan.batches.into_iter().flat_map(|batch| batch.drafts).map(|draft| {
            Recorded { resource: draft.resource, version: 1, compartment: draft.compartment }
        });
        let file = PersonFile::read(records.collect()).unwrap();
        Self { library, file, today: EXAM, ids }
    }

    fn assessment(&self) -> Assessment {
        self.file.assessments().remove(0).item
    }

    fn run<T>(
        &mut self,
        role: Role,
        act: impl FnOnce(&PersonFile, &mut Context<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let access = Access::new("somebody", role, Purpose::Assessment);
        let ids = &mut self.ids;
        let mut new_id = || {
            *ids += 1;
            format!("id-{ids}")
        };
        let now: Timestamp = format!("{}T09:00:00Z", self.today).parse().unwrap();
        let mut context = Context {
            access: &access,
            now,
            today: self.today,
            library: &self.library,
            ids: &mut new_id,
        };
        act(&self.file, &mut context)
    }

    fn write(&mut self, changes: &Changes) {
        for draft in &changes.drafts {
            self.file.replace(draft);
        }
    }

    fn record(
        &mut self,
        role: Role,
        step: &str,
        facts: &[(&str, &str)],
        reason: Option<&str>,
    ) -> Result<Changes, Refusal> {
        let (assessment, library, today) = (self.assessment().id, self.library.clone(), self.today);
        let findings = facts
            .iter()
            .map(|(fact, text)| Finding::parse(&library, fact, text).unwrap())
            .collect();
        let command = RecordFindings {
            assessment,
            protocol: "us-tb".into(),
            step: step.into(),
            on: today,
            findings,
            reason: reason.map(str::to_owned),
        };
        let changes = self.run(role, |file, context| command::record(file, command, context))?;
        self.write(&changes);
        Ok(changes)
    }

    fn must_record(&mut self, role: Role, step: &str, facts: &[(&str, &str)]) {
        self.record(role, step, facts, None).unwrap_or_else(|refusal| panic!("{step}: {refusal}"));
    }

    fn sign(&mut self, reason: Option<&str>) -> Result<Signed, Refusal> {
        let assessment = self.assessment();
        let examined = self.file.examine(&self.library, &assessment, self.today);
        let seen = fingerprint(&self.file.person, &examined);
        let sign = Sign {
            assessment: assessment.id,
            signatory: Signatory {
                account: "petra".into(),
                name: "Dr Petra Physician".into(),
                registration: "R-1".into(),
            },
            reason: reason.map(str::to_owned),
            seen,
        };
        let signed =
            self.run(Role::Physician, |file, context| command::sign(file, sign, context))?;
        self.write(&signed.changes);
        Ok(signed)
    }

    /// Everything that the rules ask of a well child with a positive IGRA.
    fn examine_with_positive_igra(&mut self) {
        let no = "no";
        self.must_record(
            Role::Nurse,
            "history",
            &[
                ("tb_symptoms", no),
                ("tb_history", no),
                ("recent_tb_contact", no),
                ("known_hiv", no),
            ],
        );
        self.must_record(
            Role::Physician,
            "physical_exam",
            &[("abnormal_exam", no), ("extrapulmonary_tb_signs", no), ("sputum_tested", no)],
        );
        self.must_record(Role::Nurse, "live_vaccine_check", &[("live_vaccine_recent", no)]);
        self.must_record(
            Role::Laboratory,
            "igra",
            &[
                ("igra_test", "qft_plus"),
                ("qft_nil", "0.05"),
                ("qft_tb1", "1.42"),
                ("qft_tb2", "1.61"),
                ("qft_mitogen", "8.9"),
            ],
        );
        self.must_record(Role::Radiology, "chest_xray", &[("cxr_findings", "")]);
    }

    fn class(&self) -> String {
        let examined = self.file.examine(&self.library, &self.assessment(), self.today);
        format!("{:?}", examined[0].evaluation.table("tb_class").unwrap().result)
    }
}

#[test]
fn from_import_to_certificate() {
    let mut clinic = Clinic::with_child();
    assert_eq!(clinic.assessment().status, Status::Planned);
    assert_eq!(clinic.sign(None).unwrap_err().code, "MZ-0422");
    clinic.examine_with_positive_igra();
    assert_eq!(clinic.assessment().status, Status::Active);
    assert!(clinic.class().contains("B2"), "{}", clinic.class());
    let signed = clinic.sign(None).unwrap();
    let statement = &signed.certificates[0].statement;
    assert!(statement.may_travel);
    assert_eq!(statement.class[0].code, "B2");
    assert_eq!(statement.expires_on, Some(date(2023, 11, 1)));
    assert_eq!(clinic.assessment().status, Status::Signed);
}

#[test]
fn a_signed_decision_is_small_and_explains_itself() {
    let mut clinic = Clinic::with_child();
    clinic.examine_with_positive_igra();
    let signed = clinic.sign(None).unwrap();
    let stored = signed.decisions[0].draft().resource;
    let bytes = stored.value().to_string().len();
    assert!(bytes < 40_000, "{bytes} bytes");
    let read = Decision::read(&stored).unwrap();
    for table in &read.evaluation.tables {
        let whole = signed.decisions[0].evaluation.table(&table.id).unwrap();
        assert_eq!(table.result, whole.result);
        assert!(table.fired().eq(whole.fired()));
    }
    let fired = read.evaluation.table("tb_class").unwrap().fired().next().unwrap();
    assert!(!fired.because.is_empty() && !fired.source.title.is_empty());
}

#[test]
fn the_certificate_discloses_no_more_than_the_protocol_says() {
    let mut clinic = Clinic::with_child();
    clinic.examine_with_positive_igra();
    let signed = clinic.sign(None).unwrap();
    let statement = &signed.certificates[0].statement;
    let disclosed: Vec<&str> = statement.facts.iter().map(|fact| fact.fact.as_str()).collect();
    assert!(disclosed.contains(&"cxr_findings"));
    assert!(!disclosed.contains(&"known_hiv"), "HIV is not for the visa authority");
    let nil = statement.facts.iter().find(|fact| fact.fact == "qft_nil").unwrap();
    assert_eq!(nil.value.get("en"), "0.05 IU/mL");
    let results: Vec<&str> = statement.results.iter().map(|it| it.table.as_str()).collect();
    assert_eq!(results, ["igra_result"], "class, clearance and validity have their own place");
    assert_eq!(statement.results[0].outcomes[0].code, "positive");
}

#[test]
fn a_late_culture_suspends_the_certificate_until_a_physician_signs_again() {
    let mut clinic = Clinic::with_child();
    clinic.examine_with_positive_igra();
    let first = clinic.sign(None).unwrap();
    let culture = [("culture_1", "positive")];
    let refused = clinic.record(Role::Laboratory, "sputum_cultures", &culture, None).unwrap_err();
    assert_eq!(refused.code, "MZ-0413");
    let reason = Some("culture grew after eight weeks");
    let changes = clinic.record(Role::Laboratory, "sputum_cultures", &culture, reason).unwrap();
    assert_eq!(changes.by, By::Program, "the laboratory may not write a certificate by hand");
    let assessment = clinic.assessment();
    assert_eq!(assessment.status, Status::UnderReview);
    assert_eq!(clinic.file.certificates(&assessment.id)[0].item.state, State::UnderReview);
    assert!(clinic.class().contains("\"A\""), "{}", clinic.class());
    assert_eq!(clinic.sign(None).unwrap_err().code, "MZ-0425");
    let second = clinic.sign(reason).unwrap();
    assert!(!second.certificates[0].statement.may_travel);
    assert_eq!(second.certificates[0].statement.expires_on, None);
    let replaced = clinic.file.certificates(&assessment.id);
    let old = replaced.iter().find(|held| held.item.id == first.certificates[0].id).unwrap();
    assert_eq!(old.item.state, State::Replaced);
    assert_eq!(clinic.file.decisions(&assessment.id).len(), 2);
    assert_eq!(second.decisions[0].amends.as_ref().unwrap().0, first.decisions[0].id);
}

#[test]
fn a_correction_keeps_the_old_version_and_needs_a_reason() {
    let mut clinic = Clinic::with_child();
    clinic.must_record(Role::Nurse, "history", &[("tb_symptoms", "yes")]);
    let again = [("tb_symptoms", "no")];
    assert_eq!(clinic.record(Role::Nurse, "history", &again, None).unwrap_err().code, "MZ-0412");
    let changes = clinic.record(Role::Nurse, "history", &again, Some("misheard")).unwrap();
    let corrected = &changes.drafts[0];
    assert_eq!(corrected.replaces, Some(1));
    assert_eq!(corrected.resource.value()["status"], "corrected");
}

#[test]
fn wrong_input_is_refused_with_its_reason() {
    let mut clinic = Clinic::with_child();
    let symptoms = [("tb_symptoms", "yes")];
    let code = |result: Result<Changes, Refusal>| result.unwrap_err().code;
    assert_eq!(code(clinic.record(Role::Clerk, "history", &symptoms, None)), "MZ-0402");
    assert_eq!(code(clinic.record(Role::Nurse, "no_such_step", &symptoms, None)), "MZ-0408");
    assert_eq!(code(clinic.record(Role::Nurse, "history", &[], None)), "MZ-0410");
    let other = [("cxr_findings", "cavity")];
    assert_eq!(code(clinic.record(Role::Nurse, "history", &other, None)), "MZ-0411");
    clinic.today = date(2013, 1, 1);
    assert_eq!(code(clinic.record(Role::Nurse, "history", &symptoms, None)), "MZ-0409");
}

#[test]
fn nobody_signs_what_has_changed_since_they_looked() {
    let mut clinic = Clinic::with_child();
    clinic.examine_with_positive_igra();
    let sign = Sign {
        assessment: clinic.assessment().id,
        signatory: Signatory { account: "p".into(), name: "P".into(), registration: "1".into() },
        reason: None,
        seen: "0000".into(),
    };
    let refused = clinic.run(Role::Physician, |file, context| command::sign(file, sign, context));
    assert_eq!(refused.unwrap_err().code, "MZ-0424");
}

#[test]
fn importing_the_same_file_again_changes_nothing() {
    let clinic = Clinic::with_child();
    let csv = "case_number,person_number,name,sex,birth_date,usual_residence,destination,population,exam_date\n\
               C1,7,Amina Hassan (fictional),female,2014-03-02,KE,US,refugee,2023-05-01\n";
    let table = table::read(csv.as_bytes(), b',').unwrap();
    let rows = row::read(&table, &ColumnMap::standard(), &clinic.library, EXAM).unwrap();
    let case = clinic.assessment().case.unwrap();
    let mut family =
        manzil_journey::family::FamilyCase { id: case, number: "C1".into(), members: vec![] };
    family.add(&clinic.file.person.id);
    let group = family.draft(None);
    let mut existing = Existing::default();
    existing.people.insert(rows[0].identifier(), clinic.file.records.clone());
    existing.cases.insert(
        "C1".into(),
        Recorded { resource: group.resource, version: 1, compartment: group.compartment },
    );
    let performed = Performed { on: EXAM, at: Timestamp::UNIX_EPOCH, by: "clerk".into() };
    let again =
        plan::plan(&rows, &existing, &clinic.library, Accept::Reception, &performed, &mut || {
            "new".into()
        });
    assert_eq!(again.batches, []);
    assert_eq!(again.summary.people_unchanged, 1);
}

#[test]
fn work_and_signature_at_one_moment_exclude_each_other() {
    let mut clinic = Clinic::with_child();
    clinic.examine_with_positive_igra();
    let assessment = clinic.assessment().id;
    let before = clinic.file.assessment(&assessment).unwrap().recorded.version;
    let work = clinic.record(Role::Laboratory, "sputum_smears", &[("smear_1", "positive")], None);
    let pinned = work.unwrap().drafts.into_iter().find(|draft| {
        draft.resource.resource_type() == "EpisodeOfCare" && draft.replaces == Some(before)
    });
    assert!(pinned.is_some(), "the store then refuses whoever signs the version before");
}

#[test]
fn an_exam_in_the_future_is_not_signed() {
    let mut clinic = Clinic::with_child();
    clinic.examine_with_positive_igra();
    clinic.today = date(2023, 4, 30);
    assert_eq!(clinic.sign(None).unwrap_err().code, "MZ-0427");
}

#[test]
fn a_finding_for_one_destination_reopens_the_other() {
    let mut clinic = Clinic::with_child();
    clinic.examine_with_positive_igra();
    clinic.sign(None).unwrap();
    let signed = clinic.assessment().id;
    let other = command::OpenAssessment {
        destination: manzil_journey::country::Country::parse("US").unwrap(),
        population: "immigrant".into(),
        exam: EXAM,
        case: None,
    };
    let opened = clinic.run(Role::Clerk, |file, context| command::open(file, other, context));
    let (second, changes) = opened.unwrap();
    clinic.write(&changes);
    let library = clinic.library.clone();
    let finding = Finding::parse(&library, "culture_1", "positive").unwrap();
    let record = RecordFindings {
        assessment: second,
        protocol: "us-tb".into(),
        step: "sputum_cultures".into(),
        on: EXAM,
        findings: vec![finding],
        reason: None,
    };
    let changes =
        clinic.run(Role::Laboratory, |file, context| command::record(file, record, context));
    clinic.write(&changes.unwrap());
    assert_eq!(clinic.file.assessment(&signed).unwrap().item.status, Status::UnderReview);
    assert_eq!(clinic.file.certificates(&signed)[0].item.state, State::UnderReview);
}
