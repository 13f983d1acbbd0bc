//! What can be asked for.

use std::collections::BTreeMap;

use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::tool_catalogue::Argument;

/// Which tool to run, where, and how it is meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The tool, as `ringkeeper tool list` has it.
    pub(crate) tool: String,
    /// The node: its address, with or without port, or the beginning of its host id (four characters at least).
    pub(crate) node: String,
    /// Its arguments by name, as `ringkeeper tool explain` has them.
    #[serde(default)]
    pub(crate) arguments: BTreeMap<String, Given>,
    /// Only to say what it would do.
    #[serde(default)]
    pub(crate) dry_run: bool,
    /// To be run although it can destroy something.
    #[serde(default)]
    pub(crate) really: bool,
}

/// What an argument is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Given {
    /// A flag.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A value.
    Text(String),
    /// Several values.
    Several(Vec<String>),
}

impl Parameters {
    /// Names and values, as the catalogue takes them.
    pub(crate) fn arguments(&self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for (name, given) in &self.arguments {
            let values = match given {
                Given::Flag(on) => vec![on.to_string()],
                Given::Number(number) => vec![number.to_string()],
                Given::Text(text) => vec![text.clone()],
                Given::Several(texts) => texts.clone(),
            };
            arguments.extend(values.into_iter().map(|value| Argument {
                name: name.clone(),
                value,
            }));
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_texts_whatever_json_has() {
        let text = r#"{"tool": "x", "node": "y", "arguments":
            {"a": true, "b": 3, "c": "; rm -rf /", "d": ["1", "2"]}}"#;
        let parameters: Parameters = serde_json::from_str(text).unwrap();
        let arguments = parameters.arguments();
        let pairs: Vec<(&str, &str)> = arguments
            .iter()
            .map(|argument| (argument.name.as_str(), argument.value.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("a", "true"),
                ("b", "3"),
                ("c", "; rm -rf /"),
                ("d", "1"),
                ("d", "2")
            ]
        );
    }

    #[test]
    fn an_unknown_parameter_is_refused() {
        let text = r#"{"tool": "x", "node": "y", "force": true}"#;
        assert!(serde_json::from_str::<Parameters>(text).is_err());
    }
}
