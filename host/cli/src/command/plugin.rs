//! `ringkeeper plugin`.

mod signing;

pub(crate) use signing::{MadeKey, SignedComponent};

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ringkeeper_api::{InstallRequest, InstallState};
use ringkeeper_plan::Descriptor;
use ringkeeper_sandbox::{Grants, Inspection, Limits, Sandbox, SandboxSettings, inspect};
use ringkeeper_seams::Seams;
use serde::Serialize;

use crate::arguments::{Common, KeyCommand, PluginCommand};
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(common: &Common, command: PluginCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        PluginCommand::List => list(&super::client(common)?, output).await,
        PluginCommand::Inspect { file } => inspect_file(common, &file, output).await,
        PluginCommand::Install { file, yes } => install(&super::client(common)?, &file, yes, output).await,
        PluginCommand::Approve { plugin, digest } => {
            let approved = super::client(common)?.approve_version(&plugin, digest).await?;
            output.one(&approved, render::plugins::installed)?;
            Ok(Exit::Done)
        }
        PluginCommand::Rollback { plugin } => {
            let now = super::client(common)?.roll_back(&plugin).await?;
            output.one(&now, render::plugins::one)?;
            Ok(Exit::Done)
        }
        PluginCommand::Resume { plugin } => {
            let now = super::client(common)?.resume_version(&plugin).await?;
            output.one(&now, render::plugins::one)?;
            Ok(Exit::Done)
        }
        PluginCommand::Sign { file, key } => signing::sign(&file, &key, output),
        PluginCommand::Key(KeyCommand::New { file }) => signing::new_key(&file, output),
    }
}

/// Hands a component over with the signature beside it.
async fn install(client: &Client, file: &Path, yes: bool, output: &Output) -> Result<Exit, Failure> {
    let bytes = read(file)?;
    let signature = ringkeeper_assembly::signature_beside(file)
        .map_err(|message| Failure::plain(Exit::Failed, message))?;
    let request = InstallRequest {
        component: STANDARD.encode(bytes),
        signature,
        approve: yes,
    };
    let answer = client.install(&request).await?;
    output.one(&answer, render::plugins::installed)?;
    Ok(match answer.state {
        InstallState::InForce => Exit::Done,
        InstallState::Waits => Exit::Refused,
    })
}

/// The bytes of a component.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    ringkeeper_assembly::read(file).map_err(|error| {
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Failed,
        };
        Failure::plain(exit, format!("{}: cannot be read: {error}", file.display()))
    })
}

/// Lists the plugins of the host.
async fn list(client: &Client, output: &Output) -> Result<Exit, Failure> {
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
    /// Who signed it, and whether that is trusted.
    pub(crate) signature: signing::Signature,
}

/// Shows what a component is and what it asks for.
async fn inspect_file(common: &Common, file: &Path, output: &Output) -> Result<Exit, Failure> {
    let bytes = read(file)?;
    let inspection = inspect(&bytes).map_err(|refusal| {
        let remedy = "see docs/plugins.md for how a component is built";
        Failure::new(Exit::Refused, format!("{}: {refusal}", file.display()), remedy)
    })?;
    let signature = signing::judge(common, file, &bytes)?;
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
        signature,
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
