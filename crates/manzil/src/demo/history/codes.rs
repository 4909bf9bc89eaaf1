//! The standard codes that histories use, each with its display.
//!
//! Codes and displays were compared with published FHIR examples and with the modules of Synthea
//! (`encounter/hospital_basic_labs`, `wellness_encounters`, `metabolic_syndrome/medications`,
//! `immunization_schedule`, Apache-2.0), which took them from LOINC, SNOMED CT, RxNorm and CVX.
//! Nothing is decided by them.

pub const UCUM: &str = "http://unitsofmeasure.org";

/// A code of a standard code system, with its symbol there.
#[derive(Debug)]
pub struct Code {
    pub system: &'static str,
    pub symbol: &'static str,
    pub display: &'static str,
}

const fn loinc(symbol: &'static str, display: &'static str) -> Code {
    Code { system: "http://loinc.org", symbol, display }
}

const fn snomed(symbol: &'static str, display: &'static str) -> Code {
    Code { system: "http://snomed.info/sct", symbol, display }
}

const fn rxnorm(symbol: &'static str, display: &'static str) -> Code {
    Code { system: "http://www.nlm.nih.gov/research/umls/rxnorm", symbol, display }
}

pub const fn cvx(symbol: &'static str, display: &'static str) -> Code {
    Code { system: "http://hl7.org/fhir/sid/cvx", symbol, display }
}

// Vital signs.
pub const HEIGHT: Code = loinc("8302-2", "Body height");
pub const WEIGHT: Code = loinc("29463-7", "Body weight");
pub const BODY_MASS_INDEX: Code = loinc("39156-5", "Body mass index (BMI) [Ratio]");
pub const BLOOD_PRESSURE: Code =
    loinc("85354-9", "Blood pressure panel with all children optional");
pub const SYSTOLIC: Code = loinc("8480-6", "Systolic blood pressure");
pub const DIASTOLIC: Code = loinc("8462-4", "Diastolic blood pressure");
pub const HEART_RATE: Code = loinc("8867-4", "Heart rate");
pub const RESPIRATORY_RATE: Code = loinc("9279-1", "Respiratory rate");
pub const TEMPERATURE: Code = loinc("8310-5", "Body temperature");
pub const OXYGEN_SATURATION: Code =
    loinc("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry");
pub const HEAD_CIRCUMFERENCE: Code = loinc("9843-4", "Head Occipital-frontal circumference");

// Questions and surveys.
pub const SMOKING: Code = loinc("72166-2", "Tobacco smoking status");
pub const NEVER_SMOKED: Code = snomed("266919005", "Never smoked tobacco (finding)");
pub const EX_SMOKER: Code = snomed("8517006", "Ex-smoker (finding)");
pub const DAILY_SMOKER: Code = snomed("449868002", "Smokes tobacco daily (finding)");
pub const PAIN: Code =
    loinc("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported");
pub const PHQ_2: Code =
    loinc("55758-7", "Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]");
pub const GAD_7: Code =
    loinc("70274-6", "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]");

// Laboratory panels and their parts.
pub const BLOOD_COUNT: Code =
    loinc("58410-2", "Complete blood count (hemogram) panel - Blood by Automated count");
pub const LEUKOCYTES: Code = loinc("6690-2", "Leukocytes [#/volume] in Blood by Automated count");
pub const ERYTHROCYTES: Code =
    loinc("789-8", "Erythrocytes [#/volume] in Blood by Automated count");
pub const HEMOGLOBIN: Code = loinc("718-7", "Hemoglobin [Mass/volume] in Blood");
pub const HEMATOCRIT: Code =
    loinc("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count");
pub const MEAN_VOLUME: Code = loinc("787-2", "MCV [Entitic volume] by Automated count");
pub const MEAN_HEMOGLOBIN: Code = loinc("785-6", "MCH [Entitic mass] by Automated count");
pub const MEAN_CONCENTRATION: Code = loinc("786-4", "MCHC [Mass/volume] by Automated count");
pub const WIDTH: Code = loinc("788-0", "Erythrocyte distribution width [Ratio] by Automated count");
pub const PLATELETS: Code = loinc("777-3", "Platelets [#/volume] in Blood by Automated count");
pub const METABOLIC_PANEL: Code = loinc("51990-0", "Basic metabolic panel - Blood");
pub const GLUCOSE: Code = loinc("2339-0", "Glucose [Mass/volume] in Blood");
pub const UREA_NITROGEN: Code = loinc("6299-2", "Urea nitrogen [Mass/volume] in Blood");
pub const CREATININE: Code = loinc("38483-4", "Creatinine [Mass/volume] in Blood");
pub const CALCIUM: Code = loinc("49765-1", "Calcium [Mass/volume] in Blood");
pub const SODIUM: Code = loinc("2947-0", "Sodium [Moles/volume] in Blood");
pub const POTASSIUM: Code = loinc("6298-4", "Potassium [Moles/volume] in Blood");
pub const CHLORIDE: Code = loinc("2069-3", "Chloride [Moles/volume] in Blood");
pub const CARBON_DIOXIDE: Code = loinc("20565-8", "Carbon dioxide, total [Moles/volume] in Blood");
pub const LIPID_PANEL: Code = loinc("57698-3", "Lipid panel with direct LDL - Serum or Plasma");
pub const CHOLESTEROL: Code = loinc("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma");
pub const TRIGLYCERIDE: Code = loinc("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma");
pub const LDL: Code =
    loinc("18262-6", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay");
pub const HDL: Code = loinc("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma");
pub const HBA1C: Code = loinc("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood");

// Documents.
pub const HISTORY_NOTE: Code = loinc("34117-2", "History and physical note");
pub const PLAN_NOTE: Code = loinc("51847-2", "Evaluation + Plan note");

// Visits and procedures.
pub const EXAMINATION: Code = snomed("162673000", "General examination of patient (procedure)");
pub const CHECK_UP: Code = snomed("185349003", "Encounter for check up (procedure)");
pub const SYMPTOM: Code = snomed("185345009", "Encounter for symptom (procedure)");
pub const RECONCILIATION: Code = snomed("430193006", "Medication reconciliation (procedure)");
pub const CHEST_RADIOGRAPH: Code = snomed("399208008", "Plain X-ray of chest (procedure)");
pub const DEPRESSION_SCREENING: Code = snomed("171207006", "Depression screening (procedure)");

// Illnesses, an allergy and what is done about them.
pub const PHARYNGITIS: Code = snomed("195662009", "Acute viral pharyngitis (disorder)");
pub const BRONCHITIS: Code = snomed("10509002", "Acute bronchitis (disorder)");
pub const SINUSITIS: Code = snomed("444814009", "Viral sinusitis (disorder)");
pub const ANEMIA: Code = snomed("271737000", "Anemia (disorder)");
pub const HYPERTENSION: Code = snomed("59621000", "Essential hypertension (disorder)");
pub const DIABETES: Code = snomed("44054006", "Diabetes mellitus type 2 (disorder)");
pub const ASTHMA: Code = snomed("195967001", "Asthma (disorder)");
pub const PENICILLIN_ALLERGY: Code = snomed("91936005", "Allergy to penicillin");
pub const HYPERTENSION_EDUCATION: Code =
    snomed("443402002", "Lifestyle education regarding hypertension (procedure)");
pub const DIABETES_PLAN: Code = snomed("698360004", "Diabetes self management plan");
pub const EXERCISE_EDUCATION: Code = snomed("386463000", "Prescribed activity/exercise education");
pub const SMOKING_EDUCATION: Code = snomed("225323000", "Smoking cessation education");
pub const LISINOPRIL: Code = rxnorm("314076", "lisinopril 10 MG Oral Tablet");
pub const AMLODIPINE: Code = rxnorm("308136", "amLODIPine 2.5 MG Oral Tablet");
pub const METFORMIN: Code =
    rxnorm("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet");
pub const ACETAMINOPHEN: Code = rxnorm("313782", "Acetaminophen 325 MG Oral Tablet");
