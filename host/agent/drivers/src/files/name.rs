//! Names of keyspaces, tables, snapshots and files.

use std::fmt;

use crate::DriverError;

/// The longest name of a file.
const LONGEST: usize = 255;

/// A name that is one step into a folder, and reads as what it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// This name. `what` says what should be called so.
    ///
    /// # Errors
    /// When it is empty or too long, would lead elsewhere, or holds what a terminal or a list of names would misread.
    pub fn new(what: &'static str, name: &str) -> Result<Self, DriverError> {
        let refuse = |reason| {
            Err(DriverError::Name {
                what,
                name: name.chars().take(LONGEST).collect(),
                reason,
            })
        };
        match name {
            "" => refuse("it is empty"),
            "." | ".." => refuse("it leads elsewhere"),
            _ if name.len() > LONGEST => refuse("it is too long"),
            _ if name.contains('/') => refuse("it leads elsewhere"),
            _ if name.chars().any(char::is_control) => refuse("it has a control character in it"),
            _ => Ok(Self(name.to_owned())),
        }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Name and id of a table by its folder: `orders-5bc52802de2535edaeab188eecebb090`.
pub(super) fn table_and_id(folder: &str) -> Option<(Name, String)> {
    let (table, id) = folder.rsplit_once('-')?;
    let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id
        .then(|| Some((Name::new("table", table).ok()?, id.to_owned())))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_or_misleads_is_refused() {
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "../etc",
            "/etc",
            "two\nlines",
            "bell\u{7}",
            &"x".repeat(256),
        ] {
            assert!(Name::new("snapshot", name).is_err(), "{name:?}");
        }
        for name in ["shop", "nightly 2026-03-01", "..x", "Ärger"] {
            assert_eq!(Name::new("snapshot", name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_folder_of_a_table_has_an_id() {
        let id = "5bc52802de2535edaeab188eecebb090";
        let (table, found) = table_and_id(&format!("orders-{id}")).unwrap();
        assert_eq!((table.as_str(), found.as_str()), ("orders", id));
        for folder in ["orders", "orders-1", &format!("-{id}"), &format!("a\nb-{id}")] {
            assert!(table_and_id(folder).is_none(), "{folder}");
        }
    }
}
