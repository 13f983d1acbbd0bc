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
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter(config.level)))
        .try_init()
}

/// What is logged at all. The driver's failures come back as errors, which are logged where they are handled.
fn filter(lowest: LogLevel) -> Targets {
    Targets::new()
        .with_default(level(lowest))
        .with_target(DRIVER_LOG_TARGET, LevelFilter::OFF)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_logs_nothing_itself_at_any_level() {
        for lowest in [LogLevel::Error, LogLevel::Trace] {
            let filter = filter(lowest);
            assert!(!filter.would_enable("scylla::cluster::worker", &Level::ERROR));
            assert!(!filter.would_enable("scylla_cql::frame", &Level::ERROR));
            assert!(filter.would_enable("ringkeeper_cassandra::cql::session", &Level::ERROR));
        }
    }
}
