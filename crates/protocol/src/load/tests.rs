use crate::fixture::{FACTS, HEAD, load, table, try_load};
use crate::{Diagnostic, Library, Paint};

fn files(files: &[(&str, &str)]) -> Result<Library, Vec<Diagnostic>> {
    Library::load(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
}

/// Expects exactly these mistakes, each a part of its one-line form, in order.
#[track_caller]
fn told(result: Result<Library, Vec<Diagnostic>>, expected: &[&str]) {
    let lines: Vec<String> = match result {
        Ok(_) => Vec::new(),
        Err(told) => told.iter().map(Diagnostic::line).collect(),
    };
    let all = lines.join("\n");
    assert_eq!(lines.len(), expected.len(), "{all}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.contains(expected), "{expected:?} is not in {line:?}\nof\n{all}");
    }
}

/// Mistakes in a body under the usual head (whose lines are counted).
#[track_caller]
fn check(body: &str, expected: &[&str]) {
    told(try_load(body, &[]), expected);
}

const STEP: &str = r#"
[[step]]
id = "xray"
label = "Chest X-ray"
station = "x-ray"
when = "age >= 15 years"
asks = ["cxr"]
because = "Everybody aged 15 and over."
source = "src"
"#;

#[test]
fn a_whole_protocol_loads() {
    let library = load(&format!(
        "{}{}{STEP}\n[[define]]\nid = \"ill\"\nwhen = \"cough or sputum = yes\"\nlabel = \"ill\"\n\
         [[compute]]\nid = \"response\"\nvalue = \"tb1 - nil\"\nunit = \"[iU]/mL\"\nlabel = \"response\"\n",
        table("class", "one", &[("A", "ill"), ("none", "not ill and response < 1 '[iU]/mL'")]),
        table("sputum", "one", &[("yes", "fever"), ("no", "not fever")]),
    ));
    let demo = library.protocol("demo", "1").unwrap();
    let order: Vec<&str> = demo.tables.iter().map(|table| table.id.as_str()).collect();
    assert_eq!(order, ["sputum", "class"], "tables come after what they use");
    assert_eq!(demo.facts, ["cxr", "cough", "fever", "nil", "tb1", "age"]);
    let bounds = demo.compute("response").unwrap().bounds;
    assert_eq!(bounds, ((-100).into(), 100.into()));
    assert_eq!(demo.hash.len(), 64);
    assert_eq!(library.sources().place(demo.span), "protocols/us/demo/1/protocol.toml:3:6");
}

#[test]
fn toml_mistakes() {
    told(files(&[("facts/a.toml", "[[fact]\nid = 1")]), &["facts/a.toml:1:8: MZ-0210"]);
    told(files(&[("facts/a.toml", "x = 1\nx = 2")]), &["facts/a.toml:2:1: MZ-0215: duplicate key"]);
    told(files(&[("facts/a.toml", "x = 1")]), &["1:1: MZ-0211: a facts file has no key `x`"]);
}

#[test]
fn keys_are_checked() {
    check(
        "[[sorce]]\nid = \"x\"",
        &["MZ-0211: a protocol file has no key `sorce`; did you mean `source`?"],
    );
    check(
        &STEP.replace("asks", "ask"),
        &["18:1: MZ-0211: a step has no key `ask`; did you mean `asks`?"],
    );
    check(
        &STEP.replace("label", "lable"),
        &[
            "13:1: MZ-0212: this step has no `label`; add `label = ...`",
            "15:1: MZ-0211: a step has no key `lable`; did you mean `label`?",
        ],
    );
    check(
        &STEP.replace("x-ray\"", "xray\""),
        &["MZ-0213: `station` cannot be `xray`; did you mean `x-ray`?"],
    );
    check(&STEP.replace("\"xray\"", "7"), &["14:6: MZ-0213: `id` should be a string"]);
    check(&STEP.replace("\"xray\"", "\"x ray\""), &["14:6: MZ-0214: `x ray` is not a name"]);
    check(
        &STEP.replace("\"xray\"", "\"empty\""),
        &["14:6: MZ-0214: `empty` is a word of the language"],
    );
    check(
        &STEP.replace("\"Chest X-ray\"", "{ english = \"x\" }"),
        &["MZ-0213: `english` is not a language"],
    );
    check(&STEP.replace("\"Chest X-ray\"", "\"\""), &["MZ-0213: `label` should be words"]);
}

#[test]
fn names_are_checked_everywhere_and_all_at_once() {
    let body = format!(
        "{STEP}after = [\"hystory\"]\n{}",
        table("class", "one", &[("A", "coughh"), ("B", "sex = femal or nil < 3")])
    );
    check(
        &body,
        &[
            "14:6: MZ-0216: there is no step `hystory` to come after",
            "34:9: MZ-0202: nothing is called `coughh`; did you mean `cough`?",
            "42:15: MZ-0204: `sex` has no value `femal`; did you mean `female`?",
            "42:30: MZ-0205: `nil` is measured in [iU]/mL, and this number has no unit",
        ],
    );
    check(
        &STEP.replace("[\"cxr\"]", "[\"cxz\"]"),
        &["MZ-0216: there is no fact `cxz`; did you mean `cxr`?"],
    );
    let table = table("class", "one", &[("A", "cough"), ("B", "not cough")]);
    check(
        &table.replace("then = \"B\"", "then = \"C\""),
        &["MZ-0216: there is no outcome `C`; did you mean `A`?"],
    );
    check(&table.replace("then = \"B\"", "then = \"A\""), &["MZ-0216: no rule leads to `B`"]);
}

#[test]
fn nothing_is_called_twice() {
    let class = table("class", "one", &[("A", "cough"), ("B", "not cough")]);
    check(&format!("{class}{class}"), &["MZ-0215: something is already called `class`"]);
    check(
        &class.replace("\"class\"", "\"fever\""),
        &["MZ-0215: something is already called `fever`"],
    );
    check(&class.replace("r1", "r0"), &["MZ-0215: `r0` is here twice"]);
    check(&format!("{STEP}{STEP}"), &["MZ-0215: `xray` is here twice"]);
    check("[[source]]\nid = \"src\"\ntitle = \"again\"", &["13:6: MZ-0215: `src` is here twice"]);
    told(try_load("", &[("facts/more.toml", FACTS)]), &["is here twice"; 11]);
}

#[test]
fn every_rule_and_step_cites() {
    check(&STEP.replace("source = \"src\"", ""), &["13:1: MZ-0218: this cites no source"]);
    check(
        &STEP.replace("because = \"Everybody aged 15 and over.\"", ""),
        &["MZ-0218: this gives no reason"],
    );
    check(
        &STEP.replace("\"src\"", "\"scr\""),
        &["MZ-0216: there is no source `scr`; did you mean `src`?"],
    );
    let class = table("class", "one", &[("A", "cough"), ("B", "not cough")]);
    let uncited = class.replace("source = \"src\"\nplace = \"p. 1\"", "");
    check(&uncited, &["30:1: MZ-0218: this cites no source"]);
}

#[test]
fn circles_are_shown() {
    let define = |id: &str, when: &str| {
        format!("[[define]]\nid = \"{id}\"\nwhen = \"{when}\"\nlabel = \"{id}\"\n")
    };
    check(
        &format!("{}{}", define("a", "b or cough"), define("b", "not a")),
        &["13:6: MZ-0217: these refer to each other in a circle: a -> b -> a"],
    );
    check(&define("a", "a"), &["MZ-0217: these refer to each other in a circle: a -> a"]);
    let class = table("class", "one", &[("A", "class = B"), ("B", "not class = B")]);
    check(&class, &["MZ-0217: these refer to each other in a circle: class -> class"]);
    check(
        &format!("{STEP}after = [\"xray\"]\n"),
        &["MZ-0217: these refer to each other in a circle: xray -> xray"],
    );
    let facts = "[[fact]]\nid = \"x\"\ntype = \"boolean\"\nlabel = \"x\"\nonly_when = \"y\"\n\
                 [[fact]]\nid = \"y\"\ntype = \"boolean\"\nlabel = \"y\"\nonly_when = \"not x\"\n";
    told(
        files(&[("facts/a.toml", facts)]),
        &["2:6: MZ-0217: these refer to each other in a circle: x -> y -> x"],
    );
}

#[test]
fn long_chains_are_refused() {
    let defines = (0..80).map(|index| {
        let when = if index == 0 { "cough".to_owned() } else { format!("d{}", index - 1) };
        format!("[[define]]\nid = \"d{index}\"\nwhen = \"{when}\"\nlabel = \"d\"\n")
    });
    let body = defines.collect::<Vec<_>>().concat();
    check(&body, &["MZ-0222: a chain of names is longer than 32"]);
}

#[test]
fn dates_and_editions() {
    let protocol = |id: &str, edition: &str, dates: &str| {
        let head = HEAD
            .replace("\"demo\"", &format!("\"{id}\""))
            .replace("edition = \"1\"", &format!("edition = \"{edition}\""))
            .replace("from = 2020-01-01", dates);
        (format!("protocols/us/{id}/{edition}/protocol.toml"), head)
    };
    let load = |protocols: &[(String, String)]| Library::load(protocols.to_vec());
    told(load(&[protocol("a", "1", "from = 2023-02-30")]), &["7:"]);
    told(
        load(&[protocol("a", "1", "from = \"2023-02-30\"")]),
        &["7:8: MZ-0219: `2023-02-30` is not a date"],
    );
    told(
        load(&[protocol("a", "1", "from = 2023-01-01\nto = 2022-01-01")]),
        &["MZ-0219: this edition ends before it begins"],
    );
    told(load(&[protocol("a", "1", "from = 2023-01-01\nto = 2023-01-01")]), &["MZ-0219"]);
    let first = protocol("a", "1", "from = 2018-01-01\nto = 2020-01-01");
    let second = protocol("a", "2", "from = 2020-01-01");
    let library = load(&[first.clone(), second.clone()]).unwrap();
    let on =
        |date: &str| library.edition_on("a", date.parse().unwrap()).map(|p| p.edition.to_string());
    assert_eq!(on("2017-12-31"), None);
    assert_eq!(on("2018-01-01").as_deref(), Some("1"));
    assert_eq!(on("2019-12-31").as_deref(), Some("1"));
    assert_eq!(on("2020-01-01").as_deref(), Some("2"));
    let overlapping = protocol("a", "2", "from = 2019-12-31");
    told(load(&[first, overlapping]), &["MZ-0220: a@1 and a@2 are both in force on 2019-12-31"]);
    let misplaced = ("protocols/us/a/3/protocol.toml".to_owned(), second.1);
    told(load(&[misplaced]), &["MZ-0221: the folder says that the edition is `3`, not `2`"]);
}

fn igra(more: &str) -> String {
    format!(
        "[protocol]\nid = \"igra\"\nedition = \"2020\"\ntitle = \"IGRA\"\nlibrary = true\n{more}\n\
         [[source]]\nid = \"insert\"\ntitle = \"Package insert\"\n{}",
        table("igra_result", "one", &[("positive", "fever"), ("negative", "not fever")])
            .replace("\"src\"", "\"insert\"")
    )
}

fn using(library: &str, body: &str) -> String {
    let used = format!("jurisdiction = \"US\"\nuses = [\"{library}\"]");
    HEAD.replace("jurisdiction = \"US\"", &used) + body
}

#[test]
fn libraries_share_their_tables() {
    let class = table(
        "class",
        "one",
        &[("B2", "igra_result = positive"), ("none", "igra_result = negative")],
    );
    let load = |library: &str, body: &str, lib_text: &str| {
        files(&[
            ("facts/demo.toml", FACTS),
            ("protocols/us/demo/1/protocol.toml", &using(library, body)),
            ("protocols/shared/igra/2020/protocol.toml", lib_text),
        ])
    };
    let library = load("igra@2020", &class, &igra("")).unwrap();
    let demo = library.protocol("demo", "1").unwrap();
    assert_eq!(demo.tables.len(), 2);
    assert_eq!(demo.table("igra_result").unwrap().home.to_string(), "igra@2020");
    assert_eq!(demo.table("igra_result").unwrap().rules[0].citation.source.id, "insert");
    told(
        load("igra@2021", "", &igra("")),
        &["MZ-0216: there is no library `igra@2021`; did you mean `igra@2020`?"],
    );
    told(load("igra", "", &igra("")), &["MZ-0216: `igra` names no library"]);
    told(load("igra@2020", "", &igra("uses = [\"igra@2020\"]")), &["MZ-0217"]);
    let not_one = igra("from = 2020-01-01\njurisdiction = \"US\"").replace("library = true", "");
    told(load("igra@2020", "", &not_one), &["MZ-0216: `igra@2020` is not a library"]);
    told(
        load("igra@2020", "", &(igra("") + STEP.replace("\"src\"", "\"insert\"").as_str())),
        &["MZ-0221: a library has no steps of its own"],
    );
}

#[test]
fn the_hash_pins_what_decides() {
    let body = table("class", "one", &[("A", "cough"), ("B", "not cough")]);
    let hash = |facts: &str, body: &str, more: &[(&str, &str)]| {
        let mut all = vec![("facts/demo.toml", facts)];
        let text = format!("{HEAD}{body}");
        all.push(("protocols/us/demo/1/protocol.toml", &text));
        all.extend(more);
        files(&all).unwrap().protocol("demo", "1").unwrap().hash.clone()
    };
    let first = hash(FACTS, &body, &[]);
    assert_eq!(first, hash(FACTS, &body, &[]));
    assert_eq!(first, hash(FACTS, &body.replace('\n', "\r\n"), &[]), "line ends");
    assert_ne!(first, hash(FACTS, &body.replace("Because 0", "Since 0"), &[]));
    assert_ne!(first, hash(&FACTS.replace("\"Cough\"", "\"A cough\""), &body, &[]), "a used fact");
    assert_eq!(
        first,
        hash(&FACTS.replace("\"Fever\"", "\"A fever\""), &body, &[]),
        "an unused fact"
    );
    let case = "[[case]]\nid = \"c\"\ntitle = \"t\"\nexam = 2021-01-01\ngiven = { cough = true }\nexpect = { class = \"A\" }\n";
    assert_eq!(first, hash(FACTS, &body, &[("protocols/us/demo/1/cases/a.toml", case)]), "cases");
}

#[test]
fn facts_are_checked() {
    let fact = |rest: &str| {
        files(&[("facts/a.toml", &format!("[[fact]]\nid = \"x\"\nlabel = \"x\"\n{rest}"))])
    };
    told(fact("type = \"number\""), &["4:8: MZ-0213: `type` cannot be `number`"]);
    told(
        fact("type = \"count\""),
        &["MZ-0212: this fact has no `min`", "MZ-0212: this fact has no `max`"],
    );
    told(
        fact("type = \"count\"\nmin = 3\nmax = 3"),
        &["MZ-0206: the plausible range from 3 to 3 is empty"],
    );
    told(fact("type = \"count\"\nmin = 0\nmax = 3.5"), &["MZ-0206: a count has whole numbers"]);
    told(fact("type = \"quantity\"\nmin = 0\nmax = 3"), &["MZ-0212: this fact has no `unit`"]);
    told(
        fact("type = \"quantity\"\nunit = \"a b\"\nmin = 0\nmax = 3"),
        &["MZ-0205: `a b` is not a unit"],
    );
    told(
        fact("type = \"quantity\"\nunit = \"kg\"\nmin = 0\nmax = 1e3"),
        &["MZ-0213: `1e3` is not a decimal number"],
    );
    told(fact("type = \"code\"\nvalues = []"), &["MZ-0222: a fact has from 1 to 500 values"]);
    told(
        fact("type = \"age\"\nonly_when = \"x >= 1 years\""),
        &["MZ-0203: a age fact cannot have `only_when`"],
    );
    told(
        fact("type = \"boolean\"\nbind = { as = \"age\" }"),
        &["MZ-0223: a boolean fact cannot be read as an age"],
    );
    told(
        fact(
            "type = \"code\"\nvalues = [{ id = \"a\", label = \"a\" }]\nbind = { pick = \"any\" }",
        ),
        &["MZ-0223: `any` asks"],
    );
    told(
        fact("type = \"boolean\"\nbind = { as = \"lookup:incidence\" }"),
        &["MZ-0216: there is no reference table `incidence`"],
    );
    told(
        fact("type = \"boolean\"\nbind = { look_back = \"6 moons\" }"),
        &["MZ-0213: `6 moons` is not a span of time"],
    );
}

#[test]
fn a_broken_declaration_is_told_once() {
    let facts = FACTS
        .replace("type = \"boolean\"\nlabel = \"Cough\"", "type = \"bool\"\nlabel = \"Cough\"");
    let text = format!("{HEAD}{}", table("class", "one", &[("A", "cough"), ("B", "not cough")]));
    told(
        files(&[("facts/demo.toml", &facts), ("protocols/us/demo/1/protocol.toml", &text)]),
        &["4:8: MZ-0213: `type` cannot be `bool`"],
    );
}

#[test]
fn forms_and_cases_are_checked() {
    let class = table("class", "one", &[("A", "cough"), ("B", "not cough")]);
    let body = format!("{STEP}{class}");
    let with = |path: &str, text: &str| {
        told_of(try_load(&body, &[(&format!("protocols/us/demo/1/{path}"), text)]))
    };
    assert_eq!(with("forms/xray.toml", "[[item]]\nfact = \"cxr\"\nwhen = \"cough\""), "");
    assert!(with("forms/xrey.toml", "[[item]]\nfact = \"cxr\"").contains("did you mean `xray`?"));
    assert!(with("forms/xray.toml", "[[item]]\nfact = \"cough\"").contains("does not ask `cough`"));
    assert!(with("forms/xray.toml", "").contains("leaves out `cxr`"));
    let case = "[[case]]\nid = \"c\"\ntitle = \"t\"\nexam = 2021-01-01\ngiven = { cough = true, age = \"9 years\", cxr = [], nil = 0.35 }\nexpect = { class = \"A\" }\nsteps = { xray = \"not required\" }\nmissing = [\"cough\"]\n";
    assert_eq!(with("cases/a.toml", case), "");
    let wrong = |from: &str, to: &str, expected: &str| {
        let told = with("cases/a.toml", &case.replace(from, to));
        assert!(told.contains(expected), "{to}: {told}");
    };
    wrong("cough = true", "cough = \"maybe\"", "a.toml:5:19: MZ-0250: `cough` is yes or no");
    wrong(
        "cough = true",
        "coug = true",
        "5:11: MZ-0216: there is no fact `coug`; did you mean `cough`?",
    );
    wrong("0.35", "700", "MZ-0251: `nil` of 700 is not plausible");
    wrong("2021-01-01", "2019-01-01", "4:8: MZ-0219: demo@1 is not in force on 2019-01-01");
    wrong("\"A\"", "\"C\"", "MZ-0216: there is no outcome `C`");
    wrong("\"A\"", "[\"A\", \"B\"]", "MZ-0213: `class` has exactly one outcome");
    wrong(
        "class = \"A\"",
        "clas = \"A\"",
        "MZ-0216: there is no table `clas`; did you mean `class`?",
    );
    wrong("\"not required\"", "\"optional\"", "MZ-0213: `value` cannot be `optional`");
    wrong("[\"cough\"]", "[\"cof\"]", "MZ-0216: there is no fact `cof`");
    let lost = try_load("", &[("protocols/us/other/1/cases/a.toml", case)]);
    assert!(told_of(lost).contains("MZ-0221: there is no protocol beside this folder"));
    let astray = try_load("", &[("protocols/us/demo/1/case/a.toml", case)]);
    assert!(told_of(astray).contains("MZ-0221: this file lies where no file has a meaning"));
}

fn told_of(result: Result<Library, Vec<Diagnostic>>) -> String {
    let told = result.err().unwrap_or_default();
    told.iter().map(Diagnostic::line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_diagnostic_shows_the_place() {
    let body = table("class", "one", &[("A", "cough or sex = femal"), ("B", "not cough")]);
    let told = try_load(&body, &[]).unwrap_err();
    let expected = "\
error[MZ-0204]: `sex` has no value `femal`
  --> protocols/us/demo/1/protocol.toml:24:24
   |
24 | when = \"cough or sex = femal\"
   |                        ^^^^^
   |
   = help: did you mean `female`?";
    assert_eq!(told[0].render(Paint::Plain), expected);
    assert!(told[0].render(Paint::Colour).contains("\u{1b}["));
}

#[test]
fn certificates_and_disclosures_name_what_exists() {
    let class = table("class", "one", &[("A", "cough"), ("B", "not cough")]);
    let certificate = "[certificate]\ntitle = \"t\"\nclass = \"class\"\nclearance = \"clas\"\nvalidity = \"class\"\ncounts_from = \"exma\"\n";
    check(
        &format!("{class}{certificate}"),
        &[
            "MZ-0216: there is no table `clas`",
            "MZ-0212: not every outcome of `class` says how long it is valid",
            "MZ-0216: there is no step `exma`",
        ],
    );
    let disclosure =
        "[disclosure]\nauthority = \"CDC\"\nfacts = [\"caugh\"]\ntables = [\"clazz\"]\n";
    check(
        &format!("{class}{disclosure}"),
        &["there is no fact `caugh`", "there is no table `clazz`"],
    );
}

#[test]
fn reference_tables_are_read() {
    let text = "[table]\nid = \"incidence\"\ntitle = \"t\"\nsource = \"WHO\"\nstatus = \"verified\"\n[values]\nKE = \"223\"\nUS = 2.9\n";
    let library = files(&[("reference/incidence.toml", text)]).unwrap();
    assert_eq!(library.reference("incidence").unwrap().values["US"], "2.9");
    told(
        files(&[(
            "reference/a.toml",
            "[table]\nid = \"a\"\ntitle = \"t\"\nsource = \"s\"\n[values]\n",
        )]),
        &["this table has no values"],
    );
}
