//! A path in the file system.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;
use crate::secret::check_file;
use crate::{SecretError, SecretSource};

/// A path, relative ones resolved against the folder of the configuration file.
pub(crate) struct FilePath(pub(crate) PathUse);

/// What a path is for, which says what is checked while reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathUse {
    /// Something the host makes; nothing is checked.
    Made,
    /// A file the host reads.
    Read,
    /// A private key: a file the host reads, closed to others.
    Private,
    /// A secret: one line of text, closed to others.
    Secret,
}

impl Kind for FilePath {
    type Value = PathBuf;

    fn expects(&self) -> String {
        match self.0 {
            PathUse::Made => "a path",
            PathUse::Read => "the path of an existing file",
            PathUse::Private | PathUse::Secret => "the path of an existing file that other users cannot read",
        }
        .to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<PathBuf> {
        let text = node.text(reading, self.expects())?;
        if text.is_empty() {
            node.wrong(
                reading,
                Fault::Empty {
                    expects: self.expects(),
                },
            );
            return None;
        }
        if text.contains('\0') {
            node.wrong(
                reading,
                Fault::Malformed {
                    value: text.replace('\0', "\\0"),
                    expects: self.expects(),
                },
            );
            return None;
        }
        let path = reading.resolve(text);
        let checked = match self.0 {
            PathUse::Made => Ok(()),
            PathUse::Read => check_file(&path, false),
            PathUse::Private => check_file(&path, true),
            PathUse::Secret => match SecretSource::File(path.clone()).read() {
                Err(SecretError::File { fault, .. }) => Err(fault),
                Ok(_) | Err(SecretError::Environment { .. }) => Ok(()),
            },
        };
        match checked {
            Ok(()) => Some(path),
            Err(fault) => {
                node.wrong(reading, Fault::File { path, fault });
                None
            }
        }
    }

    fn show(&self, value: &PathBuf) -> String {
        match self.0 {
            PathUse::Secret => SecretSource::File(value.clone()).to_string(),
            PathUse::Made | PathUse::Read | PathUse::Private => quoted(&value.display().to_string()),
        }
    }
}
