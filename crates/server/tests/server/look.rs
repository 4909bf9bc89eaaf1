//! What the style sheet promises: contrast in both colour schemes, and mirroring.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Text on its background; WCAG AA asks for 4.5.
const TEXT: &[(&str, &str)] = &[
    ("ink", "paper"),
    ("ink", "surface"),
    ("soft", "paper"),
    ("soft", "surface"),
    ("route", "paper"),
    ("route", "surface"),
    ("route", "route-tint"),
    ("ink", "route-tint"),
    ("on-route", "route"),
    ("done", "surface"),
    ("done", "done-tint"),
    ("ink", "done-tint"),
    ("due", "surface"),
    ("due", "due-tint"),
    ("ink", "due-tint"),
    ("danger", "surface"),
    ("danger", "paper"),
    ("danger", "danger-tint"),
    ("ink", "danger-tint"),
    ("surface", "danger"),
    ("waiting", "surface"),
    ("waiting", "waiting-tint"),
    ("ink", "waiting-tint"),
];
/// Edges of controls and the focus ring; WCAG AA asks for 3.
const SHAPES: &[(&str, &str)] =
    &[("edge", "surface"), ("edge", "paper"), ("focus", "surface"), ("focus", "paper")];

fn css() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/manzil.css");
    fs::read_to_string(path).unwrap()
}

/// The colours of the light scheme and, over them, of the dark one.
fn schemes() -> [BTreeMap<String, [f64; 3]>; 2] {
    let css = css();
    let (light, rest) = css.split_once("prefers-color-scheme: dark").unwrap();
    let dark = rest.split("*,").next().unwrap();
    let light = colours(light);
    let mut both = light.clone();
    both.extend(colours(dark));
    [light, both]
}

fn colours(css: &str) -> BTreeMap<String, [f64; 3]> {
    let lines = css.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
    lines
        .map(|(name, value)| {
            let part = |at: usize| u8::from_str_radix(&value[at..at + 2], 16).unwrap();
            (name.to_owned(), [0, 2, 4].map(|at| f64::from(part(at)) / 255.0))
        })
        .collect()
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let light = |colour: [f64; 3]| {
        let part =
            colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2] + 0.05
    };
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

#[test]
fn text_and_shapes_stand_out_in_both_schemes() {
    for (name, scheme) in ["light", "dark"].iter().zip(schemes()) {
        for (pairs, least) in [(TEXT, 4.5), (SHAPES, 3.0)] {
            for (front, back) in pairs {
                let found = contrast(scheme[*front], scheme[*back]);
                println!("{name} {front} on {back}: {found:.1}");
                assert!(found >= least, "{name}: {front} on {back} is {found:.2}");
            }
        }
    }
}

#[test]
fn the_page_on_the_visual_language_states_the_measured_contrasts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/visual-language.md");
    let page = fs::read_to_string(path).unwrap();
    let [light, dark] = schemes();
    for (front, back) in TEXT.iter().chain(SHAPES) {
        let [light, dark] = [&light, &dark].map(|it| contrast(it[*front], it[*back]));
        let row = format!("| {front} on {back} | {light:.1} | {dark:.1} |");
        assert!(page.contains(&row), "docs/visual-language.md should say: {row}");
    }
}

#[test]
fn nothing_is_tied_to_left_or_right() {
    let css = css();
    for bad in [
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        "text-align: left",
        "text-align: right",
        "border-left",
        "border-right",
        "float:",
        " left:",
        " right:",
    ] {
        assert!(!css.contains(bad), "use a logical property instead of {bad}");
    }
}
