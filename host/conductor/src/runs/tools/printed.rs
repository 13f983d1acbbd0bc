//! What tools printed, for whoever asks.

use ringkeeper_api::ToolOutput;
use ringkeeper_cluster::{ToolErrorKind, ToolPiece, ToolStream};
use ringkeeper_journal::Call;

use super::super::lifecycle::place_of;
use super::super::run::Effect;
use crate::{Conductor, RunError};

impl Conductor {
    /// A piece of what the last tool of a run printed that was begun: of `job`, where one is named.
    ///
    /// # Errors
    /// When there is no such run or job, or whoever ran it cannot be asked, or keeps it no more.
    pub(crate) async fn printed_by_tool(
        &self,
        run: &str,
        job: Option<&str>,
        stream: ToolStream,
        from: u64,
    ) -> Result<ToolOutput, RunError> {
        let (cluster, id) = self.run_named(run)?;
        let (found, is_over) = {
            let book = cluster.stream.book();
            let run = book
                .run(&id)
                .ok_or_else(|| RunError::NoRun { id: run.to_owned() })?;
            let is_meant = |effect: &&Effect| {
                matches!(effect.intent.call, Call::Tool { .. })
                    && job.is_none_or(|job| effect.intent.effect.0 == job)
            };
            let mut meant = run.effects.values().rev().filter(is_meant);
            let found = meant.find(|effect| effect.fence > 0).cloned();
            (found, run.state.is_end())
        };
        let Some(effect) = found else {
            return match job {
                Some(job) => Err(RunError::NotFound {
                    message: format!("run {run} has begun no tool as job `{job}`"),
                }),
                None => Ok(ToolOutput {
                    job: None,
                    text: String::new(),
                    next: from,
                    is_last: is_over,
                }),
            };
        };
        let place = place_of(&cluster, &effect);
        let place =
            place.ok_or_else(|| RunError::Unavailable("its node is not known any more".to_owned()))?;
        let printed = cluster.tools.printed(&place, effect.fence, stream, from).await;
        let piece = match printed {
            Ok(piece) => piece,
            // About to be begun, and not heard of yet.
            Err(error) if error.kind == ToolErrorKind::Refused && effect.result.is_none() => ToolPiece {
                text: String::new(),
                next: from,
                is_last: false,
            },
            Err(error) if error.kind == ToolErrorKind::Refused => {
                return Err(RunError::NotFound {
                    message: error.message,
                });
            }
            Err(error) => return Err(RunError::Unavailable(error.message)),
        };
        Ok(ToolOutput {
            job: Some(effect.intent.effect.0.clone()),
            text: piece.text,
            next: piece.next,
            is_last: piece.is_last,
        })
    }
}
