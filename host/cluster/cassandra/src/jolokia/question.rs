//! What can be asked over Jolokia.

use serde::Serialize;
use serde_json::Value;

/// One question of a bulk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Question {
    /// Attributes of an MBean, or of all that match a pattern. The answer is an object by attribute, for a pattern one
    /// of those by object name.
    Read {
        /// Object name or pattern.
        mbean: String,
        /// Attributes.
        attribute: Vec<String>,
    },
    /// Parts of one attribute: what stands at `path` in it, with `*` for every element. What has no such part is left out.
    #[serde(rename = "read")]
    Part {
        /// Object name.
        mbean: String,
        /// The attribute.
        attribute: String,
        /// Names and `*`, with a slash between.
        path: String,
    },
    /// One attribute that is a map: what stands in it is answered in the text that Java has for it.
    #[serde(rename = "read")]
    Text {
        /// Object name.
        mbean: String,
        /// The attribute.
        attribute: String,
        /// How deep the answer goes.
        config: Depth,
    },
    /// A call of an operation. One that does harm when it is called twice belongs into [`super::Jolokia::ask_once`].
    Exec {
        /// Object name.
        mbean: String,
        /// The operation, with its signature where its name is overloaded.
        operation: String,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// What an MBean offers.
    List {
        /// Domain and properties with a slash between.
        path: String,
    },
    /// Names of the MBeans that match a pattern.
    Search {
        /// The pattern.
        mbean: String,
    },
    /// What the agent is.
    Version,
}

/// How deep an answer goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Depth {
    max_depth: u32,
}

impl Question {
    /// Asks for attributes of an MBean.
    pub(crate) fn read(mbean: impl Into<String>, attributes: &[&str]) -> Self {
        Self::Read {
            mbean: mbean.into(),
            attribute: attributes.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Asks for parts of an attribute.
    pub(crate) fn part(mbean: &str, attribute: &str, path: &str) -> Self {
        Self::Part {
            mbean: mbean.to_owned(),
            attribute: attribute.to_owned(),
            path: path.to_owned(),
        }
    }

    /// Asks for the values of a map in the text that Java has for them.
    pub(crate) fn text(mbean: &str, attribute: &str) -> Self {
        Self::Text {
            mbean: mbean.to_owned(),
            attribute: attribute.to_owned(),
            config: Depth { max_depth: 1 },
        }
    }

    /// Calls an operation.
    pub(crate) fn exec(mbean: &str, operation: &str, arguments: impl IntoIterator<Item = Value>) -> Self {
        Self::Exec {
            mbean: mbean.to_owned(),
            operation: operation.to_owned(),
            arguments: arguments.into_iter().collect(),
        }
    }
}
