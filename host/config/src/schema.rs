//! The JSON Schema of the file, as `docs/config-schema.json` ships it.

use serde_json::{Map, Value as Json, json};

use crate::file::ROOT;
use crate::key::{Absent, Entry, Section};

/// The JSON Schema (draft 2020-12) of the file. It knows every key and the form of its value, so that editors can help;
/// what depends on other keys or on the machine is checked by the host alone.
#[must_use]
pub fn schema() -> Json {
    whole(
        &ROOT,
        "Ringkeeper configuration",
        "The configuration file of the maintenance host.",
        &["cluster"],
    )
}

/// The schema of a file with this title, in which these tables must stand.
pub(crate) fn whole(root: &Section, title: &str, description: &str, needed: &[&str]) -> Json {
    let mut schema = table(root);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        schema.insert("title".to_owned(), json!(title));
        schema.insert("description".to_owned(), json!(description));
        if let Some(required) = schema.get_mut("required").and_then(Json::as_array_mut) {
            required.extend(needed.iter().map(|table| json!(table)));
        }
    }
    schema
}

fn section(section: &Section) -> Json {
    if section.repeated {
        json!({ "type": "array", "description": section.meaning, "items": table(section) })
    } else {
        table(section)
    }
}

fn table(of: &Section) -> Json {
    let keys = of.keys.iter().map(|key| (key.name().to_owned(), value(*key)));
    let tables = of
        .sections
        .iter()
        .map(|within| (within.name().to_owned(), section(within)));
    let required: Vec<_> = of
        .keys
        .iter()
        .filter(|key| matches!(key.absent(), Absent::Required))
        .map(|key| key.name())
        .collect();
    json!({
        "type": "object",
        "description": of.meaning,
        "additionalProperties": false,
        "required": required,
        "properties": keys.chain(tables).collect::<Map<_, _>>(),
    })
}

fn value(key: &dyn Entry) -> Json {
    let mut schema = key.schema();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(key.meaning()));
        if let Absent::Default(text) = key.absent()
            && let Some(default) = default(text)
        {
            schema.insert("default".to_owned(), default);
        }
    }
    schema
}

/// A default of the table of keys as JSON.
fn default(text: &str) -> Option<Json> {
    let value: toml::Value = toml::from_str::<toml::Table>(&format!("it = {text}"))
        .ok()?
        .remove("it")?;
    serde_json::to_value(value).ok()
}
