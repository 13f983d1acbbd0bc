//! `run`: the run a call belongs to.

use std::sync::atomic::Ordering;

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::run::{Host, RunContext, add_to_linker};
use crate::call::Progress;
use crate::call_state::CallState;
use crate::text;

/// Longest message of a progress report, in bytes.
const MESSAGE_BYTES: usize = 500;

pub(super) const CAPABILITY: Capability = Capability {
    name: "run",
    summary: "which run it belongs to, its deadline, whether it was cancelled; tells its progress",
    access: Access::Reads,
    impact: Impact::Observe,
    base: true,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn current(&mut self) -> wasmtime::Result<RunContext> {
        self.meter.host_call(0)?;
        Ok(RunContext {
            run_id: self.run_id.clone(),
            attempt: self.attempt,
            deadline: self.deadline.as_millis(),
        })
    }

    fn cancelled(&mut self) -> wasmtime::Result<bool> {
        self.meter.host_call(0)?;
        Ok(self
            .context
            .as_ref()
            .is_some_and(|context| context.cancelled.load(Ordering::Relaxed)))
    }

    fn progress(&mut self, fraction: f64, message: String) -> wasmtime::Result<()> {
        self.meter.host_call(message.len())?;
        if let Some(context) = &self.context {
            let fraction = if fraction.is_nan() {
                0.0
            } else {
                fraction.clamp(0.0, 1.0)
            };
            let message = text::printable(text::cut(&message, MESSAGE_BYTES));
            context.progress.send_replace(Progress { fraction, message });
        }
        Ok(())
    }
}
