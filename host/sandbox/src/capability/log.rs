//! `log`: lines for the person who looks into what a plugin did.

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::log::{Host, Level, add_to_linker};
use crate::call_state::CallState;
use crate::log_book::LogLevel;

pub(super) const CAPABILITY: Capability = Capability {
    name: "log",
    summary: "writes lines into the log of its run",
    access: Access::Reads,
    impact: Impact::Observe,
    base: true,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        self.meter.host_call(message.len())?;
        let level = match level {
            Level::Trace => LogLevel::Trace,
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        self.log.write(self.clock.now(), level, &message);
        Ok(())
    }
}
