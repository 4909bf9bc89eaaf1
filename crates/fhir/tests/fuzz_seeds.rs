//! Replays the inputs in `fuzz/seeds`, among them whatever fuzzing found, in the normal build.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a failing seed must be named")]

use std::path::Path;

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a crate of its own where the fuzzer is built")]
mod targets;

fn replay(target: &str, act: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let mut inputs = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        println!("{}", path.display());
        act(&std::fs::read(path).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "there are no seeds for {target}");
}

#[test]
fn resources_are_read() {
    replay("resource", targets::resource);
}

#[test]
fn expressions_are_evaluated() {
    replay("fhirpath", targets::fhirpath);
}

#[test]
fn searches_are_read() {
    replay("search_url", targets::search_url);
}

#[test]
fn json_patches_are_applied() {
    replay("json_patch", targets::json_patch);
}

#[test]
fn fhirpath_patches_are_applied() {
    replay("fhirpath_patch", targets::fhirpath_patch);
}
