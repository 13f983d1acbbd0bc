//! Runs one call of a plugin: a fresh store, all limits on, a report whatever happens.

use std::time::Duration;

use ringkeeper_seams::Seams;
use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store, Trap, UpdateDeadline};

use crate::bindings::EverythingPre;
use crate::call::{CallContext, CallReport};
use crate::call_error::{CallError, InvalidAnswer, LimitExceeded};
use crate::call_state::{CallState, Phase};
use crate::engine::STACK_BYTES;
use crate::limits::{Limits, Usage};
use crate::log_book::LogBook;
use crate::meter::Meter;
use crate::question::Question;
use crate::sandbox::Interruption;

/// What a call is given besides its question.
pub(crate) struct Terms {
    /// What it may see; none while describing.
    pub(crate) context: Option<CallContext>,
    /// The attempt's number; 0 outside of attempts.
    pub(crate) attempt: u32,
    /// Name of its stream of random numbers.
    pub(crate) randomness: String,
    pub(crate) limits: Limits,
    /// Time from beginning to end.
    pub(crate) wall: Duration,
}

/// Where calls run.
#[derive(Clone)]
pub(crate) struct Runner {
    pub(crate) engine: Engine,
    pub(crate) interruption: Interruption,
    pub(crate) seams: Seams,
}

impl Runner {
    /// Asks a fresh instance, on the plugins' own threads, and makes the answer a host value there.
    pub(crate) async fn run<Q: Question, T: Send + 'static>(
        &self,
        plugin: &EverythingPre<CallState>,
        terms: Terms,
        question: Q,
        check: impl FnOnce(Q::Answer) -> Result<T, InvalidAnswer> + Send + 'static,
    ) -> CallReport<T> {
        let (runner, plugin) = (self.clone(), plugin.clone());
        let call = async move { runner.call(&plugin, terms, question, check).await };
        self.seams
            .runtime
            .plugin_call(call)
            .await
            .unwrap_or_else(|error| CallReport {
                result: Err(CallError::Host(error.to_string())),
                usage: Usage::default(),
                log: Vec::new(),
            })
    }

    async fn call<Q: Question, T>(
        &self,
        plugin: &EverythingPre<CallState>,
        terms: Terms,
        question: Q,
        check: impl FnOnce(Q::Answer) -> Result<T, InvalidAnswer>,
    ) -> CallReport<T> {
        let (wall, begin) = (terms.wall, self.seams.clock.monotonic());
        let mut store = match self.store(Q::PHASE, terms) {
            Ok(store) => store,
            Err(error) => {
                let result = Err(CallError::Host(format!("{error:#}")));
                return CallReport {
                    result,
                    usage: Usage::default(),
                    log: Vec::new(),
                };
            }
        };
        let answer = tokio::time::timeout(wall, question.ask(plugin, &mut store)).await;
        let result = match answer {
            Ok(Ok(answer)) => check(answer).map_err(CallError::InvalidAnswer),
            Ok(Err(error)) => Err(classify(&error, store.data())),
            Err(_) => Err(CallError::Limit {
                exceeded: LimitExceeded::WallTime { limit: wall },
                last_error: store.data().log.last_error().map(str::to_owned),
            }),
        };
        let cpu = self.computed(&store);
        let state = store.into_data();
        let usage = Usage {
            memory_bytes: state.meter.memory_bytes(),
            cpu,
            wall: self.seams.clock.monotonic().saturating_sub(begin),
            wall_limit: wall,
            host_calls: state.meter.host_calls(),
            host_call_bytes: state.meter.host_call_bytes(),
            handles: state.meter.most_handles(),
            log_bytes: state.log.bytes(),
            log_lines_dropped: state.log.dropped_lines(),
            state_bytes: state.meter.state_bytes(),
        };
        CallReport {
            result,
            usage,
            log: state.log.into_lines(),
        }
    }

    /// A store with every limit on.
    fn store(&self, phase: Phase, terms: Terms) -> wasmtime::Result<Store<CallState>> {
        let limits = terms.limits;
        let state = CallState {
            phase,
            run_id: terms
                .context
                .as_ref()
                .map(|context| context.run_id.clone())
                .unwrap_or_default(),
            attempt: terms.attempt,
            deadline: match phase {
                // What a plugin says of itself may not depend on the moment.
                Phase::Describe => ringkeeper_seams::Timestamp::default(),
                Phase::Plan | Phase::Execute => self.seams.clock.now().after(terms.wall),
            },
            context: terms.context,
            clock: self.seams.clock.clone(),
            random: self.seams.entropy.stream(&terms.randomness),
            meter: Meter::new(limits),
            log: LogBook::new(limits.log_bytes),
            jobs: ResourceTable::new(),
        };
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.meter);
        store.set_hostcall_fuel(usize::try_from(limits.host_call_bytes).unwrap_or(usize::MAX));
        store.set_max_component_handles(usize::try_from(limits.handles).unwrap_or(usize::MAX));
        match self.interruption {
            Interruption::Ticks => {
                store.set_epoch_deadline(1);
                store.epoch_deadline_callback(|mut store| {
                    Ok(if store.data_mut().meter.tick() {
                        UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))
                    } else {
                        UpdateDeadline::Interrupt
                    })
                });
            }
            Interruption::Fuel => store.set_fuel(fuel(&limits))?,
        }
        Ok(store)
    }

    /// Time the call computed.
    fn computed(&self, store: &Store<CallState>) -> Duration {
        match self.interruption {
            Interruption::Ticks => store.data().meter.ticked(),
            Interruption::Fuel => {
                let left = store.get_fuel().unwrap_or_default();
                Duration::from_nanos(fuel(store.data().meter.limits()).saturating_sub(left))
            }
        }
    }
}

/// Fuel for the time to compute: one nanosecond an instruction, about what a machine of today takes.
fn fuel(limits: &Limits) -> u64 {
    u64::try_from(limits.cpu.as_nanos()).unwrap_or(u64::MAX)
}

/// Why a call of the plugin ended without an answer.
fn classify(error: &wasmtime::Error, state: &CallState) -> CallError {
    let limits = state.meter.limits();
    let last_error = state.log.last_error().map(str::to_owned);
    let trap = error.downcast_ref::<Trap>();
    let exceeded = match (
        trap,
        error.downcast_ref::<LimitExceeded>(),
        state.meter.memory_wanted(),
    ) {
        (_, Some(exceeded), _) => Some(exceeded.clone()),
        (Some(Trap::Interrupt | Trap::OutOfFuel), ..) => Some(LimitExceeded::CpuTime { limit: limits.cpu }),
        (Some(Trap::StackOverflow), ..) => Some(LimitExceeded::Stack {
            limit_bytes: STACK_BYTES as u64,
        }),
        // Languages answer a refused growth with a crash of their own.
        (_, None, Some(wanted_bytes)) => Some(LimitExceeded::Memory {
            wanted_bytes,
            limit_bytes: limits.memory_bytes,
        }),
        // Wasmtime keeps this error's type to itself.
        (None, None, None)
            if error
                .root_cause()
                .to_string()
                .contains("fuel allocated for hostcalls") =>
        {
            Some(LimitExceeded::HostCallBytes {
                limit_bytes: limits.host_call_bytes,
            })
        }
        _ => None,
    };
    match (exceeded, trap) {
        (Some(exceeded), _) => CallError::Limit { exceeded, last_error },
        (None, Some(trap)) => CallError::Trapped {
            trap: trap.to_string().trim_start_matches("wasm trap: ").to_owned(),
            last_error,
        },
        (None, None) => CallError::Trapped {
            trap: error.root_cause().to_string(),
            last_error,
        },
    }
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
