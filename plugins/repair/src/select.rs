//! Which tables are meant.

use std::collections::BTreeMap;

use ringkeeper_sdk::cluster::{Keyspace, Replication, Table};
use ringkeeper_sdk::prelude::*;
use wildmatch::WildMatch;

use crate::nearest::unknown;
use crate::parameters::Parameters;
use crate::words::list;

/// Logins must agree everywhere, so it is repaired without being named.
const AUTH: &str = "system_auth";
/// Tables one command can repair at the same time.
const MOST_THREADS: u32 = 4;

/// Patterns for tables.
#[derive(Clone, Debug)]
pub(crate) struct Patterns {
    include: Vec<WildMatch>,
    exclude: Vec<WildMatch>,
}

impl Patterns {
    /// Patterns as a person writes them: one without a dot is a keyspace.
    pub(crate) fn new(include: &[String], exclude: &[String]) -> Self {
        let all = |patterns: &[String]| patterns.iter().map(|text| pattern(text)).collect();
        Self {
            include: all(include),
            exclude: all(exclude),
        }
    }

    /// Whether they leave this table.
    pub(crate) fn leave(&self, keyspace: &str, table: &str) -> bool {
        let name = format!("{keyspace}.{table}");
        let fits = |patterns: &[WildMatch]| patterns.iter().any(|pattern| pattern.matches(&name));
        (self.include.is_empty() || fits(&self.include)) && !fits(&self.exclude)
    }
}

fn pattern(text: &str) -> WildMatch {
    if text.contains('.') {
        WildMatch::new(text)
    } else {
        WildMatch::new(&format!("{text}.*"))
    }
}

/// The tables of a keyspace that are meant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selected {
    /// The keyspace.
    pub(crate) keyspace: Keyspace,
    /// Whether its tables were named one by one.
    pub(crate) by_name: bool,
    /// The tables, views last.
    pub(crate) tables: Vec<Table>,
}

/// The tables that the parameters mean. `schema` has every keyspace with its tables.
///
/// # Errors
/// When a keyspace, table or number is not possible, or nothing is left.
pub(crate) fn select(
    schema: Vec<(Keyspace, Vec<Table>)>,
    parameters: &Parameters,
) -> Result<Vec<Selected>, Refusal> {
    if !(1..=MOST_THREADS).contains(&parameters.threads) {
        let message = format!(
            "`threads` is {}; 1 to {MOST_THREADS} are possible.",
            parameters.threads
        );
        return Err(Refusal::new(Fault::InvalidParameters, message));
    }
    let schema: Vec<_> = schema
        .into_iter()
        .filter(|(keyspace, _)| keyspace.replication != Replication::Local)
        .collect();
    check_keyspaces(&schema, &parameters.keyspaces)?;
    let named = named_tables(&schema, &parameters.tables)?;
    let patterns = Patterns::new(&parameters.include, &parameters.exclude);
    let anything_named = !parameters.keyspaces.is_empty() || !named.is_empty();

    let mut selected = Vec::new();
    for (keyspace, tables) in schema {
        let whole = if anything_named {
            parameters.keyspaces.contains(&keyspace.name)
        } else {
            !keyspace.is_system || keyspace.name == AUTH || !parameters.include.is_empty()
        };
        let names = named.get(&keyspace.name);
        let mut tables: Vec<Table> = tables
            .into_iter()
            .filter(|table| whole || names.is_some_and(|names| names.contains(&table.name)))
            .filter(|table| patterns.leave(&keyspace.name, &table.name))
            .collect();
        // By name and then by kind, so that views come after their tables.
        tables.sort_by_key(|table| table.kind == "view");
        if !tables.is_empty() {
            selected.push(Selected {
                keyspace,
                by_name: !whole,
                tables,
            });
        }
    }
    let anything_said = anything_named || !parameters.include.is_empty() || !parameters.exclude.is_empty();
    if selected.is_empty() && anything_said {
        return Err(nothing_left(parameters));
    }
    Ok(selected)
}

fn check_keyspaces(schema: &[(Keyspace, Vec<Table>)], names: &[String]) -> Result<(), Refusal> {
    let known = || schema.iter().map(|(keyspace, _)| keyspace.name.as_str());
    match names
        .iter()
        .find(|name| known().all(|known| known != name.as_str()))
    {
        Some(name) => Err(unknown("keyspace", name, known())),
        None => Ok(()),
    }
}

/// The tables named one by one, by keyspace.
fn named_tables(
    schema: &[(Keyspace, Vec<Table>)],
    names: &[String],
) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
    let mut named = BTreeMap::<String, Vec<String>>::new();
    for name in names {
        let Some((keyspace, table)) = name.split_once('.') else {
            let message = format!("A table is named as `keyspace.table`, and `{name}` has no dot.");
            return Err(Refusal::new(Fault::InvalidParameters, message));
        };
        let Some((_, tables)) = schema.iter().find(|(known, _)| known.name == keyspace) else {
            let known = schema.iter().map(|(keyspace, _)| keyspace.name.as_str());
            return Err(unknown("keyspace", keyspace, known));
        };
        if tables.iter().all(|known| known.name != table) {
            let known: Vec<String> = tables
                .iter()
                .map(|table| format!("{keyspace}.{}", table.name))
                .collect();
            let asked = format!("{keyspace}.{table}");
            return Err(unknown("table", &asked, known.iter().map(String::as_str)));
        }
        named
            .entry(keyspace.to_owned())
            .or_default()
            .push(table.to_owned());
    }
    Ok(named)
}

/// The data centres asked for, checked; none where that is all of them, as a repair without any counts for all.
///
/// # Errors
/// When one does not exist.
pub(crate) fn data_centres(parameters: &Parameters, known: &[&str]) -> Result<Vec<String>, Refusal> {
    let mut wanted = parameters.data_centres.clone();
    wanted.sort();
    wanted.dedup();
    if let Some(name) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(unknown("data centre", name, known.iter().copied()));
    }
    let all = known.iter().all(|known| wanted.iter().any(|name| name == known));
    Ok(if all { Vec::new() } else { wanted })
}

fn nothing_left(parameters: &Parameters) -> Refusal {
    let said = [
        ("keyspaces", &parameters.keyspaces),
        ("tables", &parameters.tables),
        ("include", &parameters.include),
        ("exclude", &parameters.exclude),
    ];
    let said: Vec<String> = said
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("`{name}` ({})", list(values)))
        .collect();
    let message = format!("No table of a replicated keyspace is left by {}.", list(&said));
    Refusal::new(Fault::InvalidParameters, message)
}

#[cfg(test)]
mod tests;
