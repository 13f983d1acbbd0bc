//! `ringkeeper leases`, `ringkeeper freeze` and `ringkeeper journal`.

use ringkeeper_api::FreezeRequest;

use crate::arguments::{Among, FreezeCommand, JournalCommand, LeasesCommand};
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Shows who holds which node.
pub(crate) async fn leases(
    client: &Client,
    command: LeasesCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    let LeasesCommand::List { among } = command;
    let leases = client.leases(among.cluster.as_deref()).await?;
    output.several(&leases, render::leases::list)?;
    Ok(Exit::Done)
}

/// Freezes a cluster, lifts that, or says how it stands.
pub(crate) async fn freeze(
    client: &Client,
    command: FreezeCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    let (cluster, frozen, reason) = match command {
        FreezeCommand::Now { reason, of } => (of.cluster, true, reason),
        FreezeCommand::Lift { of } => (of.cluster, false, String::new()),
        FreezeCommand::Status { among } => return freeze_status(client, among, output).await,
    };
    let request = FreezeRequest {
        cluster,
        frozen,
        reason,
    };
    output.one(&client.set_freeze(&request).await?, render::freeze::set)?;
    Ok(Exit::Done)
}

async fn freeze_status(client: &Client, among: Among, output: &Output) -> Result<Exit, Failure> {
    let clusters = match among.cluster {
        Some(cluster) => vec![cluster],
        None => client
            .clusters()
            .await?
            .into_iter()
            .map(|cluster| cluster.name)
            .collect(),
    };
    let mut rows = Vec::new();
    for cluster in clusters {
        rows.push(client.freeze_status(Some(&cluster)).await?);
    }
    output.several(&rows, render::freeze::list)?;
    Ok(Exit::Done)
}

/// Copies the journal.
pub(crate) async fn journal(
    client: &Client,
    command: JournalCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    let JournalCommand::Backup { file } = command;
    // The host writes it, and its working directory is another one.
    let absolute = std::path::absolute(&file)
        .map_err(|error| Failure::plain(Exit::Usage, format!("{}: {error}", file.display())))?;
    let Some(absolute) = absolute.to_str() else {
        let message = format!("{}: the path is no UTF-8 text", file.display());
        return Err(Failure::plain(Exit::Usage, message));
    };
    let answer = client.back_up_journal(absolute.to_owned()).await?;
    output.one(&answer, render::journal::backup)?;
    Ok(Exit::Done)
}
