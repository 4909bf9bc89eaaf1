//! Finds the parameters whose values others have already, so that each value is stored once.

use super::{Parameter, ParameterKind, Path};

/// Marks, among the parameters of one type, those that are restrictions of another one
/// (`patient` of `subject`), that repeat one (`phonetic` repeats `name`), and those that are
/// unions of others (`combo-code`).
pub(super) fn mark(parameters: &mut [Parameter]) {
    for at in 0..parameters.len() {
        let (before, rest) = parameters.split_at_mut(at);
        let Some((this, after)) = rest.split_first_mut() else { continue };
        if this.paths.is_empty() || !this.is_indexed() {
            continue;
        }
        if let Some(whole) =
            before.iter().chain(after.iter()).find(|other| is_restriction(this, other))
        {
            this.shared = this.paths.first().map(|path| (whole.name, path.target));
        } else if let Some(same) = before.iter().find(|other| repeats(this, other)) {
            this.shared = Some((same.name, None));
        }
    }
    for at in 0..parameters.len() {
        let parts = parameters.get(at).map(|this| parts(this, parameters)).unwrap_or_default();
        if let Some(this) = parameters.get_mut(at) {
            this.parts = parts;
        }
    }
}

fn stands_for_itself(this: &Parameter) -> bool {
    this.is_indexed() && !this.paths.is_empty()
}

fn is_restriction(this: &Parameter, whole: &Parameter) -> bool {
    let mut targets = this.paths.iter().map(|path| path.target);
    let Some(Some(first)) = targets.next() else { return false };
    targets.all(|target| target == Some(first))
        && this.kind == whole.kind
        && stands_for_itself(whole)
        && whole.paths.iter().all(|path| path.target.is_none())
        && same_paths(this, whole, |a, b| a.steps == b.steps)
}

/// Truths are told even of what is not there, so they are never shared.
fn repeats(this: &Parameter, other: &Parameter) -> bool {
    this.kind == other.kind
        && this.kind != ParameterKind::Truth
        && stands_for_itself(other)
        && same_paths(this, other, |a, b| a == b)
}

fn same_paths(this: &Parameter, other: &Parameter, same: fn(&Path, &Path) -> bool) -> bool {
    let within = |a: &Parameter, b: &Parameter| {
        a.paths.iter().all(|path| b.paths.iter().any(|other| same(path, other)))
    };
    within(this, other) && within(other, this)
}

/// The parameters that have each only paths of this one, and together all of them.
fn parts(this: &Parameter, parameters: &[Parameter]) -> Vec<&'static str> {
    if this.paths.len() < 2 || !stands_for_itself(this) {
        return Vec::new();
    }
    let inside = |other: &&Parameter| {
        other.name != this.name
            && other.kind == this.kind
            && stands_for_itself(other)
            && other.paths.len() < this.paths.len()
            && other.paths.iter().all(|path| this.paths.contains(path))
    };
    let found: Vec<&Parameter> = parameters.iter().filter(inside).collect();
    let covered = |path: &Path| found.iter().any(|other| other.paths.contains(path));
    if this.paths.iter().all(covered) {
        found.iter().map(|other| other.name).collect()
    } else {
        Vec::new()
    }
}
