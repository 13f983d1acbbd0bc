//! From a text to what it says: the way of every file of this crate.

use std::path::Path;

use toml::de::DeTable;

use crate::key::Section;
use crate::reading::{Reading, Table};
use crate::source::Source;
use crate::{ConfigError, Fault};

/// The text of the file at `path`.
pub(crate) fn text_of(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        file: path.to_owned(),
        reason: error.to_string(),
    })
}

/// What `text` says, as if it stood in `file`, in which `root` may stand; else everything that is wrong with it, in the
/// order of the file. `read` gives none only after noting what is wrong.
pub(crate) fn read<T>(
    text: &str,
    file: &Path,
    root: &'static Section,
    read: impl FnOnce(&Table<'_>, &mut Reading<'_>) -> Option<T>,
) -> Result<T, ConfigError> {
    let mut reading = Reading::of(Source { file, text }, root);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let message = error.message().trim().replace('\n', ", ");
        reading.wrong("", error.span(), Fault::Syntax { message });
    }
    // What a broken text seems to say is not worth judging.
    let value = if errors.is_empty() {
        let table = Table::root(document.get_ref(), &mut reading);
        read(&table, &mut reading)
    } else {
        None
    };
    match value {
        Some(value) if reading.problems.is_empty() => Ok(value),
        _ => {
            let mut problems = reading.problems;
            problems.sort_by(|one, other| one.place.cmp(&other.place));
            Err(ConfigError::Invalid { problems })
        }
    }
}
