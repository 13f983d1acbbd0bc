//! Where a plugin comes from.

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted};
use crate::plugin::BUNDLED;
use crate::reading::Reading;
use crate::secret::check_file;
use crate::{Fault, PluginSource};

/// `builtin:NAME`, or the path of an existing file.
pub(crate) struct Source;

impl Kind for Source {
    type Value = PluginSource;

    fn expects(&self) -> String {
        "`builtin:NAME`, or the path of an existing component file".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<PluginSource> {
        let text = node.text(reading, self.expects())?;
        let read = match text.strip_prefix("builtin:") {
            Some(name) => bundled(name),
            None if text.is_empty() => Err(Fault::Empty {
                expects: self.expects(),
            }),
            None => {
                let path = reading.resolve(text);
                match check_file(&path, false) {
                    Ok(()) => Ok(PluginSource::File(path)),
                    Err(fault) => Err(Fault::File { path, fault }),
                }
            }
        };
        read.map_err(|fault| node.wrong(reading, fault)).ok()
    }

    fn show(&self, value: &PluginSource) -> String {
        quoted(&value.to_string())
    }
}

fn bundled(name: &str) -> Result<PluginSource, Fault> {
    let known: Vec<_> = BUNDLED.iter().map(|bundled| bundled.name).collect();
    if known.contains(&name) {
        Ok(PluginSource::Builtin(name.to_owned()))
    } else {
        Err(Fault::NotBundled {
            name: name.to_owned(),
            known,
        })
    }
}
