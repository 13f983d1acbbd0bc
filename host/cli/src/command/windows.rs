//! `ringkeeper windows`.

use crate::arguments::WindowsCommand;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Shows windows and freezes.
pub(crate) async fn run(client: &Client, command: WindowsCommand, output: &Output) -> Result<Exit, Failure> {
    let WindowsCommand::List { among } = command;
    let rows = client.windows(among.cluster.as_deref()).await?;
    output.several(&rows, render::windows::list)?;
    Ok(Exit::Done)
}
