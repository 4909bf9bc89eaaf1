//! One person in a clinic, taken through an assessment by browsers.

use axum::http::StatusCode;
use jiff::civil::{Date, date};
use manzil_fhir::date::{BirthDate, PartialDate};
use manzil_journey::access::{Access, Purpose, Role};
use manzil_journey::assessment::Assessment;
use manzil_journey::command::{Context, OpenAssessment, Registration, open, register};
use manzil_journey::country::Country;
use manzil_journey::person::{MigrationVariables, Sex};
use manzil_store::desk;

use crate::browser::{Answer, Browser, Clinic};

pub(crate) const EXAM: Date = date(2026, 5, 1);

/// A clinic with one person, who is being assessed for the United States.
pub(crate) struct Case {
    pub(crate) clinic: Clinic,
    pub(crate) person: String,
    pub(crate) assessment: String,
}

impl Case {
    /// A man of 30, who needs a history, an examination and an X-ray.
    pub(crate) async fn adult() -> Self {
        Self::born("1996-02-03").await
    }

    /// A boy of 9 from a country with much tuberculosis, who needs an IGRA.
    pub(crate) async fn child() -> Self {
        Self::born("2016-06-07").await
    }

    async fn born(birth: &str) -> Self {
        let clinic = Clinic::with_accounts().await;
        let registration = Registration {
            name: "Yusuf Sample".into(),
            number: Some("S-0001".into()),
            sex: Some(Sex::Male),
            birth: Some(BirthDate::Document(birth.parse::<PartialDate>().unwrap())),
            migration: MigrationVariables {
                country_of_birth: Country::parse("SO"),
                usual_residence: Country::parse("KE"),
                ..MigrationVariables::default()
            },
            ..Registration::default()
        };
        let access = Access::new("clerk", Role::Clerk, Purpose::Assessment);
        let (person, changes) =
            run(&clinic, &access, |context| register(registration, context).unwrap());
        desk::commit(&clinic.app.store, &access, changes).await.unwrap();
        let file = desk::person_file(&clinic.app.store, &access, &person).await.unwrap().unwrap();
        let command = OpenAssessment {
            destination: Country::parse("US").unwrap(),
            population: "refugee".into(),
            exam: EXAM,
            case: None,
        };
        let (assessment, changes) =
            run(&clinic, &access, |context| open(&file, command, context).unwrap());
        desk::commit(&clinic.app.store, &access, changes).await.unwrap();
        Self { clinic, person, assessment }
    }

    pub(crate) fn path(&self) -> String {
        format!("/people/{}/assessments/{}", self.person, self.assessment)
    }

    pub(crate) fn step(&self, step: &str) -> String {
        format!("{}/steps/us-tb/{step}", self.path())
    }

    pub(crate) fn decision(&self) -> String {
        format!("{}/decision", self.path())
    }

    /// Enters results at a station and expects them to be saved.
    pub(crate) async fn enter(&self, role: Role, step: &str, fields: &[(&str, &str)]) {
        let mut browser = self.clinic.signed_in(role).await;
        let answer = self.send(&mut browser, step, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{step}: {}", answer.text);
    }

    /// Sends results dated on the exam day, unless they say otherwise.
    pub(crate) async fn send(
        &self,
        browser: &mut Browser,
        step: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("on", "2026-05-01")];
        all.retain(|(name, _)| !fields.iter().any(|(own, _)| own == name));
        all.extend(fields);
        browser.fill("/me", &self.step(step), &all).await
    }

    /// Everything that an adult without a finding needs.
    pub(crate) async fn examine(&self) {
        self.enter(Role::Nurse, "history", HEALTHY).await;
        self.examine_after_history().await;
    }

    pub(crate) async fn examine_after_history(&self) {
        let examined =
            [("abnormal_exam", "no"), ("extrapulmonary_tb_signs", "no"), ("sputum_tested", "no")];
        self.enter(Role::Physician, "physical_exam", &examined).await;
        self.enter(Role::Radiology, "chest_xray", &[("cxr_findings", "!none")]).await;
    }

    /// Signs as the physician's page offers it, with more fields.
    pub(crate) async fn sign(&self, browser: &mut Browser, more: &[(&str, &str)]) -> Answer {
        let page = browser.get(&self.decision()).await;
        let seen = seen(&page);
        let csrf = page.csrf();
        let mut fields = vec![("csrf", csrf.as_str()), ("seen", &seen), ("examined", "yes")];
        fields.extend(more);
        browser.post(&format!("{}/sign", self.path()), &fields).await
    }

    /// Examined and signed; the path of the certificate.
    pub(crate) async fn certified(&self) -> String {
        self.examine().await;
        let mut physician = self.clinic.signed_in(Role::Physician).await;
        let answer = self.sign(&mut physician, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.location().split('?').next().unwrap().to_owned()
    }

    pub(crate) async fn status(&self) -> manzil_journey::assessment::Status {
        let key = manzil_store::change::Key::new("EpisodeOfCare", &self.assessment);
        let access = Access::new("test", Role::System, Purpose::Assessment);
        let found = self.clinic.app.store.read(&access, &key).await.unwrap().unwrap();
        Assessment::read(&found.resource().unwrap()).unwrap().status
    }
}

/// A history without tuberculosis.
pub(crate) const HEALTHY: &[(&str, &str)] = &[
    ("tb_symptoms", "no"),
    ("tb_history", "no"),
    ("recent_tb_contact", "no"),
    ("known_hiv", "no"),
];

/// The fingerprint of the decision on a page.
pub(crate) fn seen(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("name=\"seen\" value=\"").expect("a form to sign");
    rest.split('"').next().unwrap().to_owned()
}

fn run<T>(clinic: &Clinic, access: &Access, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let app = &clinic.app;
    let mut ids = || app.new_id().unwrap();
    let mut context = Context {
        access,
        now: app.now(),
        today: app.today(),
        library: &app.library,
        ids: &mut ids,
    };
    command(&mut context)
}
