//! An environment variable that holds a secret.

use serde_json::{Value as Json, json};

use super::{Kind, Node};
use crate::reading::Reading;
use crate::{Fault, SecretSource};

/// The name of an environment variable that is set.
pub(crate) struct SecretVariable;

impl Kind for SecretVariable {
    type Value = String;

    fn expects(&self) -> String {
        "the name of an environment variable, in capital letters, digits and `_`".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "pattern": "^[A-Z_][A-Z0-9_]*$" })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<String> {
        let text = node.text(reading, self.expects())?;
        if !is_variable(text) {
            // Not repeated: somebody may have put the secret itself here.
            node.wrong(reading, Fault::VariableName);
            return None;
        }
        if SecretSource::Environment(text.to_owned()).read().is_err() {
            node.wrong(
                reading,
                Fault::Environment {
                    variable: text.to_owned(),
                },
            );
            return None;
        }
        Some(text.to_owned())
    }

    fn show(&self, value: &String) -> String {
        SecretSource::Environment(value.clone()).to_string()
    }
}

fn is_variable(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
