use jiff::civil::date;

use super::*;
use crate::fixture::{demo, facts, load, table, try_load};
use crate::{Known, Value};

fn run(library: &Library, known: &str) -> Evaluation {
    let facts = facts(library, known);
    evaluate(
        library,
        demo(library),
        &facts,
        date(2023, 5, 1),
        &StepRecords::new(),
        date(2023, 5, 1),
    )
}

fn show(result: &TableResult) -> String {
    let join = |names: &std::collections::BTreeSet<Name>| {
        names.iter().map(Name::as_str).collect::<Vec<_>>().join("+")
    };
    match result {
        TableResult::Known(outcomes) => join(outcomes),
        TableResult::Unknown { certain, possible, missing } => {
            let certain =
                if certain.is_empty() { String::new() } else { format!("{} of ", join(certain)) };
            format!("? {certain}{} ({})", join(possible), missing.join(" "))
        }
    }
}

/// A table over the demonstration facts: `rules` are `outcome: condition`.
#[track_caller]
fn check_table(kind: &str, rules: &[(&str, &str)], known: &str, expected: &str) {
    let library = load(&table("t", kind, rules));
    let evaluation = run(&library, known);
    assert_eq!(show(&evaluation.table("t").unwrap().result), expected, "{known}");
}

/// The truth of one condition.
#[track_caller]
fn check(when: &str, known: &str, expected: &str) {
    let library = load(&table("t", "one", &[("yes", when), ("no", &format!("not ({when})"))]));
    let evaluation = run(&library, known);
    assert_eq!(show(&evaluation.table("t").unwrap().result), expected, "{when} under {known}");
}

#[test]
fn tests_of_facts() {
    check("always", "", "yes");
    check("cough", "cough=yes", "yes");
    check("cough", "cough=no", "no");
    check("cough", "", "? no+yes (cough)");
    check("sex = female", "sex=male", "no");
    check("sex != female", "sex=male", "yes");
    check("culture in {positive, ntm}", "culture=ntm", "yes");
    check("culture in {positive, ntm}", "", "? no+yes (culture)");
    check("cxr has cavity", "cxr=cavity,scar", "yes");
    check("cxr has cavity", "cxr=", "no");
    check("cxr has any {cavity, miliary}", "cxr=miliary", "yes");
    check("cxr has all {cavity, miliary}", "cxr=miliary", "no");
    check("cxr has all {cavity, miliary}", "cxr=miliary,cavity", "yes");
    check("cxr is empty", "cxr=", "yes");
    check("cxr is empty", "cxr=scar", "no");
    check("cxr is empty", "", "? no+yes (cxr)");
    check("household >= 4", "household=4", "yes");
    check("household = 4", "household=5", "no");
    check("nil <= 8.0 '[iU]/mL'", "nil=8.00", "yes");
    check("nil < 0.35 '[iU]/mL'", "nil=0.35", "no");
}

#[test]
fn ranges_that_straddle_are_unknown() {
    check("age >= 15 years", "age=9_years", "no");
    check("age >= 9 years", "age=9_years", "yes");
    check("age < 114 months", "age=9_years", "? no+yes (age)");
    check("age = 114 months", "age=9_years", "? no+yes (age)");
    check("age != 12 months", "age=9_years", "yes");
    check("age >= 0 months", "", "yes");
    check("household <= 30", "", "yes");
    check("household > 30", "", "no");
}

#[test]
fn connectives_follow_kleene() {
    check("cough and fever", "cough=no", "no");
    check("cough and fever", "cough=yes", "? no+yes (fever)");
    check("cough or fever", "cough=yes", "yes");
    check("cough or fever", "", "? no+yes (cough fever)");
    check("not cough", "", "? no+yes (cough)");
    check("at least 2 of (cough, fever, sex = male)", "cough=yes sex=male", "yes");
    check("at least 2 of (cough, fever, sex = male)", "cough=no sex=female", "no");
    check("at least 2 of (cough, fever, sex = male)", "cough=yes", "? no+yes (fever sex)");
}

#[test]
fn only_when_closes_a_fact() {
    check("pregnant", "sex=male", "no");
    check("pregnant", "sex=male pregnant=yes", "no");
    check("pregnant", "sex=female", "? no+yes (pregnant)");
    check("pregnant", "", "? no+yes (sex pregnant)");
    check("pregnant", "pregnant=yes", "? no+yes (sex)");
    check("pregnant", "pregnant=no", "no");
    check("not pregnant", "sex=male", "yes");
}

#[test]
fn only_facts_that_matter_are_missing() {
    // Whatever the fever is, the answer follows the cough.
    check("(cough and fever) or (cough and not fever)", "", "? no+yes (cough)");
    check("cough or (fever and sex = male)", "fever=no", "? no+yes (cough)");
    check_table(
        "one",
        &[("a", "cough and fever"), ("a", "cough and not fever"), ("b", "not cough")],
        "",
        "? a+b (cough)",
    );
    check_table(
        "one",
        &[("a", "cough and fever"), ("a", "cough and not fever"), ("b", "not cough")],
        "cough=yes",
        "a",
    );
}

#[test]
fn one_outcome() {
    let rules = [("a", "cough"), ("b", "not cough and fever"), ("c", "not cough and not fever")];
    check_table("one", &rules, "cough=yes", "a");
    check_table("one", &rules, "fever=yes", "? a+b (cough)");
    check_table("one", &rules, "cough=no", "? b+c (fever)");
    check_table("one", &rules, "", "? a+b+c (cough fever)");
    // Two that contradict each other decide nothing.
    check_table("one", &[("a", "cough"), ("b", "fever")], "cough=yes fever=yes", "? a+b ()");
}

#[test]
fn a_set_of_outcomes() {
    let rules = [("a", "cough"), ("b", "fever"), ("none", "not cough and not fever")];
    check_table("set", &rules, "cough=yes fever=yes", "a+b");
    check_table("set", &rules, "cough=yes fever=no", "a");
    check_table("set", &rules, "cough=yes", "? a of a+b (fever)");
    check_table("set", &rules, "cough=no fever=no", "none");
    check_table("set", &[("a", "cough"), ("a", "fever"), ("b", "not cough")], "cough=yes", "a");
}

#[test]
fn an_exclusion_settles_the_other() {
    let rules = [("A", "culture = positive"), ("B1", "cough and fever")];
    let body = table("t", "set", &rules);
    let check = |body: &str, expected: &str| {
        let evaluation = run(&load(body), "culture=positive cough=yes");
        assert_eq!(show(&evaluation.table("t").unwrap().result), expected);
    };
    check(&body, "? A of A+B1 (fever)");
    check(&body.replace("title", "excludes = [[\"A\", \"B1\"]]\ntitle"), "A");
}

#[test]
fn sums() {
    let body = format!(
        "[[compute]]\nid = \"response\"\nvalue = \"tb1 - nil\"\nunit = \"[iU]/mL\"\nlabel = \"r\"\n{}",
        table(
            "t",
            "one",
            &[("pos", "response >= 0.35 '[iU]/mL'"), ("neg", "response < 0.35 '[iU]/mL'"),]
        )
    );
    let library = load(&body);
    let check = |known: &str, expected: &str| {
        assert_eq!(show(&run(&library, known).table("t").unwrap().result), expected, "{known}");
    };
    check("tb1=0.45 nil=0.1", "pos");
    check("tb1=0.44 nil=0.1", "neg");
    check("tb1=0.3", "neg");
    check("tb1=0.4", "? neg+pos (nil)");
    check("", "? neg+pos (nil tb1)");
}

#[test]
fn tables_feed_tables() {
    let body = format!(
        "{}{}",
        table("class", "set", &[("B2", "igra = positive"), ("none", "not igra = positive")]),
        table("igra", "one", &[("positive", "fever"), ("negative", "not fever")])
    );
    let library = load(&body);
    let evaluation = run(&library, "");
    assert_eq!(show(&evaluation.table("class").unwrap().result), "? B2+none (fever)");
    assert_eq!(show(&run(&library, "fever=yes").table("class").unwrap().result), "B2");
    assert_eq!(evaluation.missing, ["fever"]);
    assert_eq!(
        decide(&library, demo(&library), &facts(&library, "fever=no"), "class"),
        Some(vec!["none".into()])
    );
    assert_eq!(decide(&library, demo(&library), &Facts::new(), "nothing"), None);
}

fn step(id: &str, when: &str, rest: &str) -> String {
    format!(
        "[[step]]\nid = \"{id}\"\nlabel = \"{id}\"\nstation = \"nurse\"\nwhen = \"{when}\"\n{rest}\n\
         because = \"b\"\nsource = \"src\"\nstatus = \"verified\"\n"
    )
}

/// Dates of findings are given as `fact=value@date`, begun steps as `step@date`.
fn states(library: &Library, known: &str, begun: &str, today: jiff::civil::Date) -> Vec<String> {
    let mut facts = crate::Facts::new();
    for word in known.split_whitespace() {
        let (word, date) =
            word.split_once('@').map_or((word, None), |(word, date)| (word, Some(date)));
        let (id, value) = word.split_once('=').unwrap();
        let value = Value::parse(library.fact(id).unwrap(), &value.replace('_', " ")).unwrap();
        let date = date.map(|date| date.parse().unwrap());
        let evidence = crate::Evidence { reference: "Observation/1".into(), version: 1, date };
        facts.insert(id, Known { value, evidence: Some(evidence) });
    }
    let records = begun
        .split_whitespace()
        .map(|word| {
            let (step, date) = word.split_once('@').unwrap();
            (step.into(), StepRecord { collected: Some(date.parse().unwrap()) })
        })
        .collect();
    let evaluation = evaluate(library, demo(library), &facts, date(2023, 7, 15), &records, today);
    let state = |step: &StepEvaluation| match &step.state {
        StepState::Blocked { by, waits } => {
            let waits: Vec<String> = waits
                .iter()
                .map(|wait| {
                    format!("{}->{}", wait.fact, wait.until.map_or("?".into(), |d| d.to_string()))
                })
                .collect();
            format!("{}: blocked by {}{}", step.step, by.join(" "), waits.join(" "))
        }
        StepState::Waiting { until } => format!("{}: waiting until {until}", step.step),
        StepState::Undetermined => {
            format!("{}: undetermined ({})", step.step, step.missing.join(" "))
        }
        other => format!("{}: {}", step.step, format!("{other:?}").to_lowercase()),
    };
    evaluation.steps.iter().map(state).collect()
}

#[test]
fn states_of_steps() {
    let library = load(&format!(
        "{}{}",
        step("history", "always", "asks = [\"cough\"]"),
        step(
            "xray",
            "age >= 15 years or cough",
            "asks = [\"cxr\"]\nafter = [\"history\"]\nvalid_for = \"6 months\"\ntakes = \"2 days\""
        )
    ));
    let day = date(2023, 7, 20);
    let check = |known: &str, begun: &str, expected: &str| {
        assert_eq!(
            states(&library, known, begun, day)[1],
            format!("xray: {expected}"),
            "{known} {begun}"
        );
    };
    check("", "", "undetermined (cough age)");
    check("cough=no age=9_years", "", "notrequired");
    check("age=20_years", "", "blocked by history");
    check("cough=yes", "", "due");
    check("cough=yes", "xray@2023-07-19", "waiting until 2023-07-21");
    check("cough=yes", "xray@2023-07-01", "waiting until 2023-07-03");
    check("cough=yes cxr=cavity@2023-07-03", "xray@2023-07-01", "done");
    check("cough=yes cxr=@2023-01-15", "", "done");
    check("cough=yes cxr=@2023-01-14", "", "expired");
    check("cough=yes cxr=@2023-01-14", "xray@2023-07-10", "waiting until 2023-07-12");
    check("cough=yes cxr=", "", "done");
}

#[test]
fn steps_wait() {
    let wait = "wait = [{ fact = \"vaccine_days\", at_least = \"4 weeks\", because = \"A live vaccine weakens the test.\", when = \"fever\" }]";
    let library = load(&step("igra", "always", &format!("asks = [\"culture\"]\n{wait}")));
    let check = |known: &str, expected: &str| {
        assert_eq!(
            states(&library, known, "", date(2023, 7, 15)),
            [format!("igra: {expected}")],
            "{known}"
        );
    };
    check("fever=no", "due");
    check("fever=yes vaccine_days=28", "due");
    check("fever=yes vaccine_days=20", "blocked by vaccine_days->2023-07-23");
    check("fever=yes", "blocked by vaccine_days->?");
    // Found although it should have waited: that does not count as done.
    check("fever=yes vaccine_days=20 culture=negative", "blocked by vaccine_days->2023-07-23");
    check("fever=yes vaccine_days=28 culture=negative", "done");
}

#[test]
fn a_form_leaves_questions_out() {
    let form = "[[item]]\nfact = \"culture\"\n[[item]]\nfact = \"nil\"\nwhen = \"culture = positive\"\n[[item]]\nfact = \"pregnant\"\n";
    let body = step("lab", "always", "asks = [\"nil\", \"culture\", \"pregnant\"]");
    let library = try_load(&body, &[("protocols/us/demo/1/forms/lab.toml", form)]).unwrap();
    let check = |known: &str, asks: &[&str], expected: &str| {
        let evaluation = run(&library, known);
        let step = evaluation.step("lab").unwrap();
        assert_eq!(step.asks, asks, "{known}");
        assert_eq!(format!("{:?}", step.state), expected, "{known}");
    };
    check("", &["culture", "nil", "pregnant"], "Due");
    check("culture=negative sex=male", &["culture"], "Done");
    check("culture=positive sex=male", &["culture", "nil"], "Due");
    check("culture=positive sex=female nil=1", &["culture", "nil", "pregnant"], "Due");
}

#[test]
fn missing_facts_come_in_ask_order() {
    let library = load(&format!(
        "{}{}{}",
        step("second", "always", "asks = [\"fever\", \"cough\"]"),
        step("first", "always", "asks = [\"sex\"]"),
        table(
            "t",
            "one",
            &[
                ("a", "age < 2 years or sex = male or cough or fever"),
                ("b", "not (age < 2 years or sex = male or cough or fever)")
            ]
        )
    ));
    assert_eq!(run(&library, "").missing, ["fever", "cough", "sex", "age"]);
}

#[test]
fn certificates_resolve() {
    let body = table("t", "one", &[("fit", "not cough"), ("sick", "cough")])
        .replace("id = \"fit\"\n", "id = \"fit\"\nvalid_for = \"6 months\"\n")
        .replace(
            "id = \"sick\"\n",
            "id = \"sick\"\neffect = \"blocks-travel\"\nvalid_for = \"3 months\"\n",
        );
    let certificate =
        "[certificate]\ntitle = \"c\"\nclass = \"t\"\nclearance = \"t\"\nvalidity = \"t\"\n";
    let library = load(&format!("{body}{certificate}"));
    let of = |known: &str| run(&library, known).certificate.unwrap();
    assert_eq!(of("cough=no").effect, Some(Effect::None));
    assert_eq!(of("cough=no").expires, Some(date(2023, 11, 1)));
    assert_eq!(of("cough=yes").effect, Some(Effect::BlocksTravel));
    assert_eq!(of("").effect, None);
    assert_eq!(of("").expires, None);
}

#[test]
fn unverified_rules_are_flagged() {
    let body = table("t", "one", &[("a", "cough"), ("b", "not cough")]);
    let head = |body: &str| {
        crate::fixture::HEAD.replace("jurisdiction", "status = \"verified\"\njurisdiction") + body
    };
    let load = |body: &str| {
        Library::load([
            ("facts/demo.toml".to_owned(), crate::fixture::FACTS.to_owned()),
            ("protocols/us/demo/1/protocol.toml".to_owned(), head(body)),
        ])
        .unwrap()
    };
    assert!(!run(&load(&body), "cough=no").is_unverified());
    let unsure = body.replacen("status = \"verified\"", "status = \"unverified\"", 1);
    assert!(run(&load(&unsure), "cough=yes").is_unverified());
    assert!(!run(&load(&unsure), "cough=no").is_unverified());
}

#[test]
fn impossible_combinations_are_told() {
    let facts_file = format!(
        "{}\n[[never]]\nwhen = \"sex = male and household >= 20\"\nbecause = \"no\"\n",
        crate::fixture::FACTS
    );
    let library = Library::load([
        ("facts/demo.toml".to_owned(), facts_file),
        ("protocols/us/demo/1/protocol.toml".to_owned(), crate::fixture::HEAD.to_owned()),
    ])
    .unwrap();
    assert!(contradiction(&library, &facts(&library, "sex=male household=20")).is_some());
    assert!(contradiction(&library, &facts(&library, "sex=male")).is_none());
    assert_eq!(run(&library, "sex=male household=20").contradictions.len(), 1);
}

#[test]
fn an_evaluation_survives_storage() {
    let library =
        load(&table("t", "set", &[("a", "cough or nil < 0.350 '[iU]/mL'"), ("b", "not cough")]));
    for known in ["", "cough=yes nil=0.350 age=9_years cxr=scar"] {
        let evaluation = run(&library, known);
        let stored = serde_json::to_string(&evaluation).unwrap();
        assert_eq!(serde_json::from_str::<Evaluation>(&stored).unwrap(), evaluation);
    }
}

#[test]
fn a_decision_keeps_what_it_rests_on() {
    let rules = [("a", "cough"), ("b", "not cough and fever"), ("c", "not cough and not fever")];
    let body = table("t", "one", &rules)
        + &step("xray", "cough", "asks = [\"cxr\"]")
        + &step("culture", "fever", "asks = [\"culture\"]");
    let library = load(&body);
    let check = |known: &str, rules: &[&str], steps: &[&str]| {
        let evaluation = run(&library, known);
        let kept = evaluation.kept();
        let told = |because: &crate::Text, source: &crate::Source, place: &Option<String>| {
            let words = [because.get("en"), &source.title, place.as_deref().unwrap_or_default()];
            words.concat()
        };
        let of_rule = |rule: &RuleEvaluation| {
            rule.id.to_string() + &told(&rule.because, &rule.source, &rule.place)
        };
        let of_step = |step: &StepEvaluation| {
            step.step.to_string() + &told(&step.because, &step.source, &step.place)
        };
        let kept_rules: Vec<String> =
            kept.tables.iter().flat_map(|table| &table.rules).map(of_rule).collect();
        let kept_steps: Vec<String> = kept.steps.iter().map(of_step).collect();
        assert_eq!(kept_rules, rules, "{known}");
        assert_eq!(kept_steps, steps, "{known}");
        assert_eq!(kept.tables[0].result, evaluation.tables[0].result, "{known}");
        assert_eq!(kept.is_unverified(), evaluation.is_unverified(), "{known}");
        let stored = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Evaluation>(&stored).unwrap(), kept);
    };
    check("cough=yes fever=no", &["r0Because 0.The sourcep. 0"], &["xraybThe source", "culture"]);
    check("cough=no", &["r1", "r2"], &["xray", "culture"]);
}

#[test]
fn states_say_how_far_everything_is() {
    let rules = [("a", "(cough and fever) or (cough and not fever)"), ("b", "not cough")];
    let library = load(&(table("t", "one", &rules) + &step("xray", "cough", "asks = [\"cxr\"]")));
    let day = date(2023, 5, 1);
    let states = |known: &str| {
        let facts = facts(&library, known);
        let records = StepRecords::new();
        evaluate_to(Depth::States, &library, demo(&library), &facts, day, &records, day)
    };
    let open = states("");
    assert_eq!(show(&open.tables[0].result), "? a+b (cough fever)");
    assert_eq!(run(&library, "").missing, ["cough"]);
    assert!(open.tables[0].rules.is_empty());
    for known in ["", "cough=yes", "cough=no fever=yes", "cough=yes cxr="] {
        let (brief, whole) = (states(known), run(&library, known));
        assert_eq!(brief.tables[0].result.known(), whole.tables[0].result.known(), "{known}");
        assert_eq!(brief.steps, whole.steps, "{known}");
    }
}

#[test]
fn the_deepest_chain_fits_the_stack() {
    let nested = |name: &str| format!("{}{name}{}", "(not ".repeat(15), ")".repeat(15));
    let defines = (0..30).map(|index| {
        let when = if index == 0 { nested("cough") } else { nested(&format!("d{}", index - 1)) };
        format!("[[define]]\nid = \"d{index}\"\nwhen = \"{when}\"\nlabel = \"d\"\n")
    });
    let mut body = defines.collect::<Vec<_>>().concat();
    body += &table("t", "one", &[("a", "d29"), ("b", "not d29")]);
    let library = load(&body);
    assert_eq!(show(&run(&library, "").table("t").unwrap().result), "? a+b (cough)");
    assert_eq!(show(&run(&library, "cough=yes").table("t").unwrap().result), "a");
}
