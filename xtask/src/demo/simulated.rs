//! The product's own demonstration, built and run.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use super::Options;
use crate::workspace::{cargo, product, run as call};

/// The dev build: on a fresh machine it is there in half the time, and simulates fast enough.
pub(super) fn run(options: &Options) -> Result<ExitCode> {
    call(&mut cargo(&["build", "--locked", "--package", "ringkeeper"]))?;
    let mut demo = Command::new(product());
    demo.arg("demo");
    if let Some(speed) = options.speed {
        demo.args(["--speed", &speed.to_string()]);
    }
    if options.plain {
        demo.arg("--plain");
    }
    let status = demo.status().context("cannot run ringkeeper")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
