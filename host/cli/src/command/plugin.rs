//! `ringkeeper plugin`.

use std::path::{Path, PathBuf};

use ringkeeper_plan::Descriptor;
use ringkeeper_sandbox::{Grants, Inspection, Limits, Sandbox, SandboxSettings, inspect};
use ringkeeper_seams::Seams;
use serde::Serialize;

use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Lists the plugins of the host.
pub(crate) async fn list(client: &Client, output: &Output) -> Result<Exit, Failure> {
    output.several(&client.plugins().await?, render::plugins::plugins)?;
    Ok(Exit::Done)
}

/// What a component is and asks for.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Inspected {
    /// The file.
    pub(crate) file: PathBuf,
    /// What was found without running any of it.
    pub(crate) inspection: Inspection,
    /// What it says it can do; none where this host would not load it.
    pub(crate) descriptor: Option<Descriptor>,
    /// Why this host would not load it, whatever is granted.
    pub(crate) refusal: Option<String>,
}

/// Shows what a component is and what it asks for.
pub(crate) async fn inspect_file(file: &Path, output: &Output) -> Result<Exit, Failure> {
    let bytes = ringkeeper_assembly::read(file).map_err(|error| {
        let exit = if error.kind() == std::io::ErrorKind::NotFound {
            Exit::NotFound
        } else {
            Exit::Failed
        };
        Failure::plain(exit, format!("{}: cannot be read: {error}", file.display()))
    })?;
    let inspection = inspect(&bytes).map_err(|refusal| {
        let remedy = "see docs/plugins.md for how a component is built";
        Failure::new(Exit::Refused, format!("{}: {refusal}", file.display()), remedy)
    })?;
    let described = describe(file, bytes, &inspection.needed()).await;
    let (descriptor, refusal) = match described {
        Ok(descriptor) => (Some(descriptor), None),
        Err(refusal) => (None, Some(refusal)),
    };
    let inspected = Inspected {
        file: file.to_owned(),
        inspection,
        descriptor,
        refusal,
    };
    output.one(&inspected, render::inspection::inspection)?;
    Ok(if inspected.refusal.is_none() {
        Exit::Done
    } else {
        Exit::Refused
    })
}

/// What it says of itself, with everything granted that it asks for. Every capability answers a refusal meanwhile.
async fn describe(file: &Path, bytes: Vec<u8>, grants: &Grants) -> Result<Descriptor, String> {
    let seams = Seams::production().map_err(|error| error.to_string())?;
    let sandbox = Sandbox::new(SandboxSettings::default(), seams).map_err(|error| error.to_string())?;
    let loaded = sandbox
        .load(&file.display().to_string(), bytes, grants, Limits::default())
        .await;
    loaded
        .map(|plugin| plugin.descriptor().clone())
        .map_err(|refusal| refusal.to_string())
}
