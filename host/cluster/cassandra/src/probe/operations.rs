//! Signatures of the operations that Jolokia lists for an MBean.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What `list` says of one MBean, its attributes left out.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    #[serde(default)]
    op: BTreeMap<String, Overloads>,
}

/// An operation, or all that share its name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Overloads {
    Several(Vec<Operation>),
    One(Operation),
}

#[derive(Debug, Deserialize)]
struct Operation {
    args: Vec<Argument>,
}

#[derive(Debug, Deserialize)]
struct Argument {
    #[serde(rename = "type")]
    class: String,
}

/// Every operation as it has to be called: `name(class,class)`.
pub(super) fn signatures(listing: Listing) -> BTreeSet<String> {
    listing
        .op
        .into_iter()
        .flat_map(|(name, overloads)| {
            let operations = match overloads {
                Overloads::Several(operations) => operations,
                Overloads::One(operation) => vec![operation],
            };
            operations
                .into_iter()
                .map(move |operation| signature(&name, &operation))
        })
        .collect()
}

fn signature(name: &str, operation: &Operation) -> String {
    let classes: Vec<&str> = operation
        .args
        .iter()
        .map(|argument| argument.class.as_str())
        .collect();
    format!("{name}({})", classes.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overloads_are_told_apart_by_their_arguments() {
        let listing = serde_json::from_value(serde_json::json!({
            "op": {
                "drain": {"args": [], "ret": "void", "desc": ""},
                "takeSnapshot": [
                    {"args": [{"name": "p1", "type": "java.lang.String"}, {"name": "p2", "type": "[Ljava.lang.String;"}]},
                    {"args": [{"name": "p1", "type": "java.lang.String"}, {"name": "p2", "type": "java.util.Map"}]},
                ],
            },
            "attr": {"LiveNodes": {"type": "java.util.List", "rw": false}},
        }))
        .unwrap();
        let expected = [
            "drain()",
            "takeSnapshot(java.lang.String,[Ljava.lang.String;)",
            "takeSnapshot(java.lang.String,java.util.Map)",
        ];
        assert_eq!(signatures(listing), expected.map(str::to_owned).into());
    }
}
