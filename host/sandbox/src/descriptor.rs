//! What a plugin says of itself, checked.

use std::collections::BTreeMap;

use ringkeeper_plan::{Descriptor, Operation};
use semver::{Version, VersionReq};

use crate::answer::from_wit;
use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::load_error::LoadError;
use crate::manifest::Manifest;
use crate::schema::Schema;
use crate::text;

/// Longest one-line text, in bytes.
const LINE: usize = 500;
/// Longest name of a plugin or a verb, in bytes.
const NAME: usize = 60;
/// Operations of one plugin.
const MOST_OPERATIONS: usize = 100;

/// A descriptor that keeps the rules, with its schemas compiled.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) descriptor: Descriptor,
    pub(crate) settings: Schema,
    /// Schemas of the operations' parameters, by operation name.
    pub(crate) parameters: BTreeMap<String, Schema>,
}

/// Checks what a plugin says of itself, alone and against its manifest.
pub(crate) fn check(said: wit::Descriptor, manifest: Option<&Manifest>) -> Result<Described, LoadError> {
    name("name", &said.name)?;
    if Version::parse(&said.version).is_err() {
        return Err(wrong(
            "version",
            format!("is not a semantic version: `{}`", shown(&said.version)),
        ));
    }
    if let Some(manifest) = manifest {
        same("name", &said.name, &manifest.name)?;
        same("version", &said.version, &manifest.version)?;
    }
    let host = requirement("host-versions", &said.host_versions)?;
    let own =
        Version::parse(env!("CARGO_PKG_VERSION")).map_err(|error| LoadError::Host(error.to_string()))?;
    if !host.matches(&own) {
        return Err(wrong(
            "host-versions",
            format!("is `{host}`, and this host is {own}"),
        ));
    }
    requirement("cassandra-versions", &said.cassandra_versions)?;
    let (settings, settings_schema) = schema("settings-schema", &said.settings_schema)?;
    let (operations, parameters) = operations(&said.name, said.operations)?;
    let descriptor = Descriptor {
        summary: line("summary", said.summary)?,
        name: said.name,
        version: said.version,
        host_versions: said.host_versions,
        cassandra_versions: said.cassandra_versions,
        operations,
        settings_schema,
    };
    Ok(Described {
        descriptor,
        settings,
        parameters,
    })
}

fn operations(
    plugin: &str,
    said: Vec<wit::Operation>,
) -> Result<(Vec<Operation>, BTreeMap<String, Schema>), LoadError> {
    if said.is_empty() || said.len() > MOST_OPERATIONS {
        return Err(wrong(
            "operations",
            format!("has {} entries; 1 to {MOST_OPERATIONS} are allowed", said.len()),
        ));
    }
    let mut operations = Vec::with_capacity(said.len());
    let mut schemas = BTreeMap::new();
    for (index, said) in said.into_iter().enumerate() {
        let field = |name: &str| format!("operations[{index}].{name}");
        let verb = said
            .name
            .split_once('.')
            .filter(|(owner, _)| *owner == plugin)
            .map(|(_, verb)| verb);
        let Some(verb) = verb else {
            return Err(wrong(
                field("name"),
                format!("must be `{plugin}.<verb>`, and is `{}`", shown(&said.name)),
            ));
        };
        name(field("name"), verb)?;
        let (schema, parameters_schema) = schema(field("parameters-schema"), &said.parameters_schema)?;
        if schemas.insert(said.name.clone(), schema).is_some() {
            return Err(wrong(
                field("name"),
                format!("is `{}`, which is there already", said.name),
            ));
        }
        operations.push(Operation {
            summary: line(field("summary"), said.summary)?,
            name: said.name,
            parameters_schema,
            impact: from_wit(said.impact),
            default_schedule: said
                .default_schedule
                .map(|cron| line(field("default-schedule"), cron))
                .transpose()?,
        });
    }
    Ok((operations, schemas))
}

fn wrong(field: impl Into<String>, reason: impl Into<String>) -> LoadError {
    LoadError::Descriptor {
        field: field.into(),
        reason: reason.into(),
    }
}

/// A text of unknown content, short enough for an error.
fn shown(text: &str) -> String {
    text::printable(text::cut(text, NAME))
}

fn same(field: &str, said: &str, manifest: &str) -> Result<(), LoadError> {
    if said == manifest {
        return Ok(());
    }
    Err(wrong(
        field,
        format!(
            "is `{}`, and the manifest says `{}`",
            shown(said),
            shown(manifest)
        ),
    ))
}

/// Lower-case letters, digits and `-`, a letter first.
fn name(field: impl Into<String>, name: &str) -> Result<(), LoadError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.len() <= NAME
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(allowed)
    {
        return Ok(());
    }
    let rule = format!("1 to {NAME} lower-case letters, digits and `-`, a letter first");
    Err(wrong(field, format!("must be {rule}, and is `{}`", shown(name))))
}

fn line(field: impl Into<String>, line: String) -> Result<String, LoadError> {
    if line.trim().is_empty() || line.len() > LINE || line.chars().any(text::is_control) {
        return Err(wrong(field, format!("must be one line of 1 to {LINE} bytes")));
    }
    Ok(line)
}

fn requirement(field: &str, requirement: &str) -> Result<VersionReq, LoadError> {
    VersionReq::parse(requirement).map_err(|error| {
        wrong(
            field,
            format!("is not a version requirement (`{}`): {error}", shown(requirement)),
        )
    })
}

fn schema(field: impl Into<String>, json: &str) -> Result<(Schema, serde_json::Value), LoadError> {
    Schema::parse(json).map_err(|reason| wrong(field, reason))
}

#[cfg(test)]
#[path = "descriptor_tests.rs"]
mod tests;
