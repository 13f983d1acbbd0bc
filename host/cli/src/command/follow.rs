//! Runs, shown until they end: `ringkeeper runs follow` and `ringkeeper run --follow`.

use std::time::Duration;

use futures::stream::{self, Stream, StreamExt as _};
use ringkeeper_api::{RunDetail, RunSummary};

use crate::arguments::Format;
use crate::client::{Client, Told};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render::event::ended;

mod show;

use show::Show;

/// How often it is looked how far a run is.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Follows a run from now on; programs get it from its beginning.
pub(crate) async fn run(client: &Client, id: &str, output: &Output) -> Result<Exit, Failure> {
    let show = Show::new(*output);
    if output.format == Format::Json {
        return follow(client, id, Some(0), &show).await;
    }
    let run = client.run(id).await?;
    if let Some(exit) = end(&run) {
        show.end(&run)?;
        return Ok(exit);
    }
    show.progress(&run);
    follow(client, id, None, &show).await
}

/// Follows a run that was just opened.
pub(crate) async fn new_run(client: &Client, run: &RunSummary, output: &Output) -> Result<Exit, Failure> {
    let show = Show::new(*output);
    show.opened(run)?;
    follow(client, &run.id, Some(0), &show).await
}

/// What a follower waits for.
enum Happening {
    Told(Result<Told, Failure>),
    Look,
    Interrupted,
}

async fn follow(client: &Client, id: &str, after: Option<u64>, show: &Show) -> Result<Exit, Failure> {
    let mut happenings = Box::pin(happenings(client, id, after).await?);
    let mut quiet = false;
    while let Some(happening) = happenings.next().await {
        match happening {
            Happening::Told(Err(failure)) => return Err(failure),
            Happening::Told(Ok(Told::Event(row))) => {
                quiet = false;
                show.event(&row)?;
                if let Some(exit) = ended(&row).and_then(|state| Exit::of_run(&state)) {
                    if show.is_table() {
                        show.end(&client.run(id).await?)?;
                    }
                    return Ok(exit);
                }
            }
            Happening::Told(Ok(Told::Lost(reason))) => {
                show.note(&format!("{reason}; trying to reach it again for up to 2 min"))?;
            }
            Happening::Told(Ok(Told::Back)) => show.note("the host answers again")?,
            Happening::Look => {
                let run = look(client, id, show).await?;
                // Its last event may be gone from the journal, or have come before the stream began: its state counts as
                // well, once the stream is quiet.
                if let Some(run) = run.filter(|_| quiet)
                    && let Some(exit) = end(&run)
                {
                    show.end(&run)?;
                    return Ok(exit);
                }
                quiet = true;
            }
            Happening::Interrupted => {
                show.left(id)?;
                return Ok(Exit::Interrupted);
            }
        }
    }
    Ok(Exit::Failed)
}

/// What the host tells, a regular look, and Ctrl-C, as they come.
async fn happenings<'a>(
    client: &'a Client,
    id: &str,
    after: Option<u64>,
) -> Result<impl Stream<Item = Happening> + 'a, Failure> {
    let events = client.events(id, after).await?;
    let told = stream::unfold(events, async |mut events| {
        let told = events.next().await;
        Some((Happening::Told(told), events))
    });
    let looks = stream::unfold((), async |()| {
        tokio::time::sleep(LOOK_EVERY).await;
        Some((Happening::Look, ()))
    });
    let interrupts = stream::once(async {
        // Where Ctrl-C cannot be heard, it ends the program by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Happening::Interrupted
    });
    Ok(stream::select(interrupts, stream::select(told, looks)))
}

/// Looks how far a run is, and shows it; none while the host does not answer.
async fn look(client: &Client, id: &str, show: &Show) -> Result<Option<RunDetail>, Failure> {
    match client.run(id).await {
        Ok(run) => {
            show.progress(&run);
            Ok(Some(run))
        }
        // The stream of events finds out whether the host comes back.
        Err(failure) if failure.exit == Exit::Unreachable => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// How the command ends, where the run has.
fn end(run: &RunDetail) -> Option<Exit> {
    Exit::of_run(&run.run.state)
}
