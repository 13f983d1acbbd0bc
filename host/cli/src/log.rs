//! What the host logs.

use std::io::IsTerminal as _;

use ringkeeper_cassandra::DRIVER_LOG_TARGET;
use ringkeeper_config::{LogConfig, LogFormat, LogLevel};
use tracing::Level;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Lets everything that is logged from now on go to standard error.
///
/// # Errors
/// When something else took it before.
pub(crate) fn start(config: LogConfig) -> Result<(), TryInitError> {
    // The driver's failures come back as errors, which are logged where they are handled.
    let filter = Targets::new()
        .with_default(level(config.level))
        .with_target(DRIVER_LOG_TARGET, LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .try_init()
}

const fn level(level: LogLevel) -> Level {
    match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    }
}
