//! `ringkeeper serve --check`: the configuration in force.

use ringkeeper_config::EffectiveValue;
use serde::Serialize;

use crate::arguments::Common;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::place;
use crate::render;

/// One value in force, for programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EffectiveRow {
    /// The key with its section.
    pub(crate) key: String,
    /// The value, as it would stand in the file; never a secret.
    pub(crate) value: String,
    /// Where it comes from: `FILE:LINE` or `default`.
    pub(crate) origin: String,
}

impl From<&EffectiveValue> for EffectiveRow {
    fn from(value: &EffectiveValue) -> Self {
        Self {
            key: value.key.clone(),
            value: value.value.clone(),
            origin: value.origin.to_string(),
        }
    }
}

/// Checks the configuration and prints every value in force with its origin.
pub(crate) fn run(common: &Common, output: &Output) -> Result<Exit, Failure> {
    let config = place::config(common)?;
    let rows: Vec<_> = config.effective().iter().map(EffectiveRow::from).collect();
    output.several(&rows, render::effective::effective)?;
    Ok(Exit::Done)
}
