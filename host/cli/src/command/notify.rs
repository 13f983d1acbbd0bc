//! `ringkeeper notify`.

use ringkeeper_config::nearest;
use ringkeeper_notices::Message;
use ringkeeper_seams::Seams;

use crate::arguments::{Common, NotifyCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::notify::target;
use crate::output::write;
use crate::place;

/// Tries whether somebody of the configuration can be told.
pub(crate) async fn run(common: &Common, command: NotifyCommand) -> Result<Exit, Failure> {
    let NotifyCommand::Test { name } = command;
    let config = place::config(common)?;
    let Some(found) = config.notify.iter().find(|notify| notify.name == name) else {
        let known: Vec<_> = config.notify.iter().map(|notify| notify.name.as_str()).collect();
        let message = format!("the configuration has no [[notify]] called `{name}`");
        return Err(match (nearest(&name, known.iter().copied()), known.as_slice()) {
            (Some(nearest), _) => Failure::new(Exit::NotFound, message, format!("is `{nearest}` meant?")),
            (None, []) => Failure::new(Exit::NotFound, message, "docs/notifications.md shows a first one"),
            (None, known) => Failure::new(
                Exit::NotFound,
                message,
                format!("there are: {}", known.join(", ")),
            ),
        });
    };
    let seams = Seams::production().map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
    let now = seams.clock.now();
    let message = Message::test(&name, now);
    let posted = target(found)?.post.post(&message, now).await;
    posted.map_err(|error| {
        let remedy = "see [[notify]] in the configuration, and the log of the other side";
        Failure::new(Exit::Failed, format!("{name} was not told: {error}"), remedy)
    })?;
    write(&format!("{name} took message {}.\n", message.id))?;
    Ok(Exit::Done)
}
