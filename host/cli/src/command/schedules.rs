//! `ringkeeper schedules`.

use ringkeeper_api::{ScheduleChange, ScheduleRow};
use ringkeeper_seams::Timestamp;
use serde::Serialize;

use crate::arguments::{OfOperation, SchedulesCommand, SetArguments};
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Shows schedules, or changes one.
pub(crate) async fn run(
    client: &Client,
    command: SchedulesCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    let change = match command {
        SchedulesCommand::List { among } => {
            let rows = client.schedules(among.cluster.as_deref()).await?;
            output.several(&rows, render::schedules::list)?;
            return Ok(Exit::Done);
        }
        SchedulesCommand::Next { among } => {
            let rows = client.schedules(among.cluster.as_deref()).await?;
            output.several(&coming(&rows), render::schedules::coming)?;
            return Ok(Exit::Done);
        }
        SchedulesCommand::Set(arguments) => set(arguments),
        SchedulesCommand::Disable(which) => ScheduleChange {
            enabled: Some(false),
            ..of(which)
        },
        SchedulesCommand::Enable(which) => ScheduleChange {
            enabled: Some(true),
            ..of(which)
        },
        SchedulesCommand::Reset(which) => ScheduleChange {
            reset: true,
            ..of(which)
        },
    };
    output.one(&client.change_schedule(&change).await?, render::schedules::one)?;
    Ok(Exit::Done)
}

fn of(which: OfOperation) -> ScheduleChange {
    ScheduleChange {
        operation: which.operation,
        cluster: which.of.cluster,
        ..ScheduleChange::default()
    }
}

fn set(arguments: SetArguments) -> ScheduleChange {
    let parameters = arguments.given.parameters;
    ScheduleChange {
        cron: arguments.cron,
        zone: arguments.zone,
        jitter_seconds: arguments.jitter.map(|jitter| jitter.as_secs()),
        overlap: arguments.overlap.map(Into::into),
        missed: arguments.missed.map(Into::into),
        parameters: (!parameters.is_empty()).then(|| parameters.into_iter().collect()),
        ..of(arguments.which)
    }
}

/// A time at which an operation is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Coming {
    /// When.
    pub(crate) at: Timestamp,
    /// The zone its schedule is read in.
    pub(crate) zone: String,
    /// The cluster.
    pub(crate) cluster: String,
    /// The operation.
    pub(crate) operation: String,
}

/// What is due next, the soonest first.
pub(crate) fn coming(rows: &[ScheduleRow]) -> Vec<Coming> {
    let times = rows.iter().flat_map(|row| {
        row.next.iter().map(|at| Coming {
            at: *at,
            zone: row.schedule.zone.clone(),
            cluster: row.cluster.clone(),
            operation: row.operation.clone(),
        })
    });
    let mut coming: Vec<_> = times.collect();
    coming.sort_by(|one, other| (one.at, &one.cluster).cmp(&(other.at, &other.cluster)));
    coming
}
