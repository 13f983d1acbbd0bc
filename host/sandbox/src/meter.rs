//! Counts what a call uses and says when it is too much.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::call_error::LimitExceeded;
use crate::limits::Limits;

/// How often the host looks at a computing plugin.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A table entry is a pointer.
const TABLE_ENTRY_BYTES: usize = size_of::<usize>();
/// More than any toolchain's component has; each memory also reserves address space.
const MOST_MEMORIES: usize = 64;
/// Enough for a component of the Python toolchain, which has about five hundred.
const MOST_TABLES: usize = 1_024;
/// As for tables.
const MOST_INSTANCES: usize = 1_024;

/// What one call has used so far.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: Limits,
    memory_bytes: u64,
    memory_wanted: Option<u64>,
    ticks: u32,
    host_calls: u64,
    host_call_bytes: u64,
    state_bytes: Option<u64>,
    handles: u32,
    most_handles: u32,
}

impl Meter {
    /// Nothing used yet.
    pub(crate) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            memory_bytes: 0,
            memory_wanted: None,
            ticks: 0,
            host_calls: 0,
            host_call_bytes: 0,
            state_bytes: None,
            handles: 0,
            most_handles: 0,
        }
    }

    /// What the call may use.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts a call into the host that hands over so many bytes.
    ///
    /// # Errors
    /// When all calls together handed over too much; the plugin is to be ended.
    pub(crate) fn host_call(&mut self, bytes: usize) -> Result<(), wasmtime::Error> {
        self.host_calls += 1;
        self.hand_over(bytes as u64).map_err(wasmtime::Error::new)
    }

    /// Counts bytes handed to the host.
    ///
    /// # Errors
    /// When that makes too many.
    pub(crate) fn hand_over(&mut self, bytes: u64) -> Result<(), LimitExceeded> {
        self.host_call_bytes = self.host_call_bytes.saturating_add(bytes);
        if self.host_call_bytes > self.limits.host_call_bytes {
            return Err(LimitExceeded::HostCallBytes {
                limit_bytes: self.limits.host_call_bytes,
            });
        }
        Ok(())
    }

    /// Counts a tick of computing and says whether there is time for another.
    pub(crate) fn tick(&mut self) -> bool {
        self.ticks = self.ticks.saturating_add(1);
        self.ticked() < self.limits.cpu
    }

    /// Time computed, by ticks.
    pub(crate) fn ticked(&self) -> Duration {
        TICK.saturating_mul(self.ticks)
    }

    /// Remembers how much the plugin keeps between calls.
    pub(crate) const fn state_stored(&mut self, total_bytes: u64) {
        self.state_bytes = Some(total_bytes);
    }

    /// Counts a handle that the plugin is to get.
    ///
    /// # Errors
    /// When it holds as many as it may; the plugin is to be ended.
    pub(crate) fn handle_given(&mut self) -> Result<(), LimitExceeded> {
        if self.handles >= self.limits.handles {
            return Err(LimitExceeded::Handles {
                limit: self.limits.handles,
            });
        }
        self.handles += 1;
        self.most_handles = self.most_handles.max(self.handles);
        Ok(())
    }

    /// Counts a handle that the plugin let go of.
    pub(crate) const fn handle_dropped(&mut self) {
        self.handles = self.handles.saturating_sub(1);
    }

    /// Most handles it held at once.
    pub(crate) const fn most_handles(&self) -> u32 {
        self.most_handles
    }

    /// Bytes of all memories and tables.
    pub(crate) const fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// How much memory it asked for when that was too much; none while it never was.
    pub(crate) const fn memory_wanted(&self) -> Option<u64> {
        self.memory_wanted
    }

    /// Calls into the host.
    pub(crate) const fn host_calls(&self) -> u64 {
        self.host_calls
    }

    /// Bytes handed to the host.
    pub(crate) const fn host_call_bytes(&self) -> u64 {
        self.host_call_bytes
    }

    /// Bytes of what the plugin keeps; none when it changed nothing.
    pub(crate) const fn state_bytes(&self) -> Option<u64> {
        self.state_bytes
    }

    /// Takes `more` bytes if they fit beside all others. Sizes are summed: a limit on each memory alone would be none.
    fn grow(&mut self, more: usize) -> bool {
        let wanted = self.memory_bytes.saturating_add(more as u64);
        if wanted > self.limits.memory_bytes {
            self.memory_wanted = Some(wanted);
            return false;
        }
        self.memory_bytes = wanted;
        true
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Beyond its own maximum it will not grow, whatever is answered here, so that must not be counted.
        Ok(maximum.is_none_or(|maximum| desired <= maximum) && self.grow(desired.saturating_sub(current)))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current).saturating_mul(TABLE_ENTRY_BYTES);
        Ok(maximum.is_none_or(|maximum| desired <= maximum) && self.grow(more))
    }

    fn instances(&self) -> usize {
        MOST_INSTANCES
    }

    fn tables(&self) -> usize {
        MOST_TABLES
    }

    fn memories(&self) -> usize {
        MOST_MEMORIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(memory_bytes: u64) -> Meter {
        Meter::new(Limits {
            memory_bytes,
            ..Limits::default()
        })
    }

    #[test]
    fn memories_and_tables_are_summed() {
        let mut meter = meter(100_000);
        assert!(meter.memory_growing(0, 60_000, None).unwrap());
        assert!(
            !meter.memory_growing(0, 60_000, None).unwrap(),
            "a second memory of the same size"
        );
        assert_eq!(meter.memory_wanted(), Some(120_000));
        assert!(
            !meter.table_growing(0, 6_000, None).unwrap(),
            "a table of 48,000 bytes"
        );
        assert!(
            meter.table_growing(0, 5_000, None).unwrap(),
            "a table of 40,000 bytes"
        );
        assert_eq!(meter.memory_bytes(), 100_000);
    }

    #[test]
    fn growth_that_fails_anyway_costs_nothing() {
        let mut meter = meter(100_000);
        assert!(!meter.memory_growing(0, 90_000, Some(80_000)).unwrap());
        assert_eq!((meter.memory_bytes(), meter.memory_wanted()), (0, None));
    }

    #[test]
    fn handles_are_counted_while_they_are_held() {
        let mut meter = Meter::new(Limits {
            handles: 2,
            ..Limits::default()
        });
        assert_eq!((meter.handle_given(), meter.handle_given()), (Ok(()), Ok(())));
        assert_eq!(meter.handle_given(), Err(LimitExceeded::Handles { limit: 2 }));
        meter.handle_dropped();
        assert_eq!(meter.handle_given(), Ok(()));
        assert_eq!(meter.most_handles(), 2);
    }

    #[test]
    fn ticks_are_counted_against_the_time_to_compute() {
        let mut meter = Meter::new(Limits {
            cpu: Duration::from_millis(30),
            ..Limits::default()
        });
        assert_eq!([meter.tick(), meter.tick(), meter.tick()], [true, true, false]);
        assert_eq!(meter.ticked(), Duration::from_millis(30));
    }
}
