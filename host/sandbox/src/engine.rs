//! The wasmtime engine, and the thread that interrupts computing plugins.

use wasmtime::{Cache, CacheConfig, Config, Engine, EngineWeak};

use crate::cache::private_folder;
use crate::meter::TICK;
use crate::sandbox::{Interruption, SandboxError, SandboxSettings};

/// Stack of a plugin's calls.
pub(crate) const STACK_BYTES: usize = 512 << 10;
/// Stack of a plugin's calls and of the host functions they call.
const ASYNC_STACK_BYTES: usize = 2 << 20;
/// Address space of one memory. Larger ones are moved when they grow; the default of 4 GiB is more than small
/// machines and address-space limits have for several plugins.
const MEMORY_RESERVATION_BYTES: u64 = 64 << 20;
/// Unmapped space behind a memory.
const MEMORY_GUARD_BYTES: u64 = 64 << 10;

/// An engine for these settings; for [`Interruption::Ticks`] with its ticking thread started.
pub(crate) fn start(settings: &SandboxSettings) -> Result<Engine, SandboxError> {
    let mut config = Config::new();
    config
        // Functions of the contract are synchronous; what is not has no support for concurrency to pay for.
        .concurrency_support(false)
        .max_wasm_stack(STACK_BYTES)
        .async_stack_size(ASYNC_STACK_BYTES)
        .memory_reservation(MEMORY_RESERVATION_BYTES)
        .memory_reservation_for_growth(0)
        .memory_guard_size(MEMORY_GUARD_BYTES);
    match settings.interruption {
        Interruption::Ticks => {
            config.epoch_interruption(true);
        }
        Interruption::Fuel => {
            // What differs from machine to machine is made the same too.
            config
                .consume_fuel(true)
                .cranelift_nan_canonicalization(true)
                .relaxed_simd_deterministic(true);
        }
    }
    if let Some(folder) = &settings.cache_dir {
        private_folder(folder)?;
        let mut cache = CacheConfig::new();
        cache.with_directory(folder);
        let cache = Cache::new(cache).map_err(|error| SandboxError::Engine(format!("{error:#}")))?;
        config.cache(Some(cache));
    }
    let engine = Engine::new(&config).map_err(|error| SandboxError::Engine(format!("{error:#}")))?;
    if settings.interruption == Interruption::Ticks {
        tick(engine.weak())?;
    }
    Ok(engine)
}

/// Ticks until the engine is gone. An async task would not do: a computing plugin can keep the thread that drives
/// all timers of a runtime.
fn tick(engine: EngineWeak) -> Result<(), SandboxError> {
    let ticker = move || {
        loop {
            std::thread::park_timeout(TICK);
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => break,
            }
        }
    };
    let started = std::thread::Builder::new()
        .name("plugin-ticker".to_owned())
        .spawn(ticker);
    started
        .map(|_| ())
        .map_err(|error| SandboxError::Engine(format!("cannot start the ticking thread: {error}")))
}
