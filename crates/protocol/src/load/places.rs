//! What a file is, by its path.

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Facts,
    Reference,
    /// Words of a language.
    Phrases(String),
    /// `protocol.toml`; the folder in which it lies.
    Protocol(String),
    /// A form: the folder of its protocol, and its step.
    Form(String, String),
    /// Cases: the folder of their protocol.
    Cases(String),
}

/// The part of the file at `path`; none for files that are not for the protocol loader.
///
/// # Errors
/// A hint, for a file among the protocols that would otherwise be passed over in silence.
pub(super) fn role(path: &str) -> Result<Option<Role>, String> {
    let Some(stem) = path.strip_suffix(".toml") else { return Ok(None) };
    let parts: Vec<&str> = stem.split('/').collect();
    let (name, folders) = parts.split_last().map_or(("", &[][..]), |(name, rest)| (*name, rest));
    let parent = folders.last().copied().unwrap_or_default();
    if *name == *"protocol" {
        return Ok(Some(Role::Protocol(folders.join("/"))));
    }
    let above = folders.split_last().map(|(_, above)| above.join("/")).unwrap_or_default();
    let among_protocols = folders.contains(&"protocols");
    match parent {
        "forms" if among_protocols => Ok(Some(Role::Form(above, name.to_owned()))),
        "cases" if among_protocols => Ok(Some(Role::Cases(above))),
        _ if among_protocols => {
            Err("a protocol's folder has protocol.toml, forms/<step>.toml and \
                                     cases/<any name>.toml"
                .into())
        }
        "facts" => Ok(Some(Role::Facts)),
        "reference" => Ok(Some(Role::Reference)),
        "phrases" => Ok(Some(Role::Phrases(name.to_owned()))),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_the_part() {
        let check = |path: &str, expected: Option<Role>| {
            assert_eq!(role(path), Ok(expected), "{path}");
        };
        let folder = || "content/protocols/us/us-tb/2018".to_owned();
        check("content/facts/tb.toml", Some(Role::Facts));
        check("reference/incidence.toml", Some(Role::Reference));
        check("content/protocols/us/us-tb/2018/protocol.toml", Some(Role::Protocol(folder())));
        check(
            "content/protocols/us/us-tb/2018/forms/igra.toml",
            Some(Role::Form(folder(), "igra".into())),
        );
        check("content/protocols/us/us-tb/2018/cases/children.toml", Some(Role::Cases(folder())));
        check("content/protocols/README.md", None);
        check("content/phrases/en.toml", Some(Role::Phrases("en".into())));
        check("schedules/x.toml", None);
        assert!(role("content/protocols/us/us-tb/2018/case/children.toml").is_err());
        assert!(role("content/protocols/us/us-tb/2018/protocols.toml").is_err());
    }
}
