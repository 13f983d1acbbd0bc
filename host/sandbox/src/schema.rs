//! JSON Schemas that plugins bring, and values checked against them.

mod size;

use std::fmt;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;
use thiserror::Error;

use crate::text;

/// Longest schema, in bytes of JSON text.
const SCHEMA_BYTES: usize = 256 << 10;
/// Mismatches told at once.
const MOST_MISMATCHES: usize = 20;
/// Largest program of one pattern, in bytes.
const PATTERN_BYTES: usize = 256 << 10;
/// Longest reason, in bytes; a reason quotes the value it is about.
const REASON_BYTES: usize = 300;

/// A compiled schema.
#[derive(Debug)]
pub(crate) struct Schema {
    validator: Validator,
    value: Value,
}

impl Schema {
    /// Parses and compiles a schema. Nothing is fetched from anywhere: a reference leads into the schema itself.
    ///
    /// # Errors
    /// A fragment that says what is wrong with it.
    pub(crate) fn parse(json: &str) -> Result<(Self, Value), String> {
        if json.len() > SCHEMA_BYTES {
            return Err(format!("is longer than {}", text::bytes(SCHEMA_BYTES as u64)));
        }
        let value: Value = serde_json::from_str(json).map_err(|error| format!("is not JSON: {error}"))?;
        size::is_bounded(&value)?;
        // Patterns without backtracking: a pattern that takes for ever is a way to stop the host.
        let patterns = PatternOptions::regex()
            .size_limit(PATTERN_BYTES)
            .dfa_size_limit(PATTERN_BYTES);
        let options = jsonschema::options().with_pattern_options(patterns);
        let validator = options.build(&value).map_err(|error| {
            let reason = text::printable(text::cut(&error.to_string(), REASON_BYTES));
            format!("is not a JSON Schema: {reason}")
        })?;
        let schema = Self {
            validator,
            value: value.clone(),
        };
        Ok((schema, value))
    }

    /// Checks a value.
    ///
    /// # Errors
    /// Where and why it does not fit.
    pub(crate) fn check(&self, value: &Value) -> Result<(), SchemaMismatches> {
        let mismatches: Vec<SchemaMismatch> = self
            .validator
            .iter_errors(value)
            .take(MOST_MISMATCHES)
            .map(|error| SchemaMismatch {
                pointer: error.instance_path().to_string(),
                reason: text::cut(&self.reason(&error), REASON_BYTES).to_owned(),
            })
            .collect();
        if mismatches.is_empty() {
            Ok(())
        } else {
            Err(SchemaMismatches(mismatches))
        }
    }
}

impl Schema {
    /// What is wrong; of a name that is not known, what may have been meant and what is known.
    fn reason(&self, error: &ValidationError<'_>) -> String {
        let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() else {
            return error.to_string();
        };
        let place = error.schema_path().to_string();
        let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
        let known: Vec<&str> = self
            .value
            .pointer(&format!("{parent}/properties"))
            .and_then(Value::as_object)
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let unknown: Vec<String> = unexpected.iter().map(|name| unknown(name, &known)).collect();
        match known.as_slice() {
            [] => format!("{}; nothing is known here", unknown.join(", ")),
            known => format!("{}; there are: {}", unknown.join(", "), known.join(", ")),
        }
    }
}

fn unknown(name: &str, known: &[&str]) -> String {
    match text::nearest(name, known.iter().copied()) {
        Some(near) => format!("`{name}` is not known (did you mean `{near}`?)"),
        None => format!("`{name}` is not known"),
    }
}

/// One place where a value does not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{reason}", if pointer.is_empty() { String::new() } else { format!("{pointer}: ") })]
pub struct SchemaMismatch {
    /// JSON pointer into the value; empty for the whole.
    pub pointer: String,
    /// What is wrong there.
    pub reason: String,
}

/// Where a value does not fit its schema; never empty, at most twenty places.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct SchemaMismatches(pub Vec<SchemaMismatch>);

impl fmt::Display for SchemaMismatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mismatch) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{mismatch}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn says_where_and_why_a_value_does_not_fit() {
        let schema = json!({
            "type": "object",
            "properties": { "threads": { "type": "integer", "minimum": 1 } },
            "additionalProperties": false,
        });
        let (schema, _) = Schema::parse(&schema.to_string()).unwrap();
        assert_eq!(schema.check(&json!({ "threads": 2 })), Ok(()));
        let mismatches = schema.check(&json!({ "threads": 0, "thread": 2 })).unwrap_err();
        insta::assert_snapshot!(mismatches, @"/threads: 0 is less than the minimum of 1; `thread` is not known (did you mean `threads`?); there are: threads");
    }

    #[test]
    fn refuses_what_is_no_schema() {
        for (json, reason) in [
            ("{", "is not JSON"),
            (r#"{"type": "nothing"}"#, "is not a JSON Schema"),
            (
                r#"{"$ref": "https://schemas.example/a.json"}"#,
                "refers to `https://schemas.example/a.json`",
            ),
            (
                r#"{"$ref": "file:///etc/passwd"}"#,
                "refers to `file:///etc/passwd`",
            ),
            (r##"{"$ref": "#"}"##, "leads back to itself"),
            (r#"{"pattern": "\\w{99999}"}"#, "is not a JSON Schema"),
            (r#"{"pattern": "(a+)+\\1"}"#, "is not a JSON Schema"),
        ] {
            let error = Schema::parse(json).unwrap_err();
            assert!(error.starts_with(reason), "{json}: {error}");
        }
    }
}
