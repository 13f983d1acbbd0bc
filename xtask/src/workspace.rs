//! Where things are, and how cargo is called.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The folder of the root manifest.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The workspaces of guests, each with a lock file of its own.
pub(crate) const GUEST_MANIFESTS: [&str; 2] = ["plugins/Cargo.toml", "plugins/fixtures/Cargo.toml"];

/// A call of the cargo that runs us, in the root of the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// Runs a command with our own input and output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("cannot run {shown}"))?;
    ensure!(status.success(), "{shown} failed ({status})");
    Ok(())
}

/// Runs a command and keeps what it prints; the second part of the answer is whether it succeeded.
pub(crate) fn captured(command: &mut Command) -> Result<(String, Result<()>)> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("cannot run {shown}"))?;
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    let verdict = if output.status.success() {
        Ok(())
    } else {
        Err(anyhow::anyhow!("{shown} failed ({})", output.status))
    };
    Ok((text, verdict))
}

/// What a command prints on its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("cannot run {shown}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{shown} failed ({}):\n{}",
        output.status,
        errors.trim_end()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned();
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Builds the product as it is shipped, and says where it is.
pub(crate) fn build_release() -> Result<PathBuf> {
    run(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "ringkeeper",
    ]))?;
    Ok(ringkeeper_lab::target_directory().join("release/ringkeeper"))
}

/// The product's binary of the dev profile.
pub(crate) fn product() -> PathBuf {
    binary("ringkeeper")
}

/// A binary of the dev profile.
pub(crate) fn binary(name: &str) -> PathBuf {
    ringkeeper_lab::target_directory().join("debug").join(name)
}
