//! Where the configuration and the host's socket are.

use std::path::{Path, PathBuf};

use ringkeeper_config::{Config, DEFAULT_DATA_DIRECTORY, SOCKET_NAME};

use crate::arguments::Common;
use crate::exit::Exit;
use crate::failure::Failure;

/// Where a configuration is looked for, in this order, when none is named.
const USUAL_PLACES: [&str; 2] = ["ringkeeper.toml", "/etc/ringkeeper/ringkeeper.toml"];

/// The configuration file: the one named, else the first of the usual places that is there.
pub(crate) fn config_file(common: &Common) -> Result<PathBuf, Failure> {
    match &common.config {
        Some(file) => Ok(file.clone()),
        None => usual_file().ok_or_else(|| {
            let message = format!(
                "no configuration: neither {} is there",
                USUAL_PLACES.join(" nor ")
            );
            Failure::new(
                Exit::Usage,
                message,
                "name one with --config FILE; docs/configuration.md shows a first one",
            )
        }),
    }
}

/// The configuration, checked.
pub(crate) fn config(common: &Common) -> Result<Config, Failure> {
    Ok(Config::load(&config_file(common)?)?)
}

/// The socket that an argument names, or else the environment.
pub(crate) fn named_socket(common: &Common) -> Option<PathBuf> {
    common
        .socket
        .clone()
        .or_else(|| variable("RINGKEEPER_SOCKET").map(PathBuf::from))
}

/// Where the host is asked over the network: what an argument says, or else, where none names a socket, the environment.
pub(crate) fn named_host(common: &Common) -> Option<String> {
    let by_variable = || variable("RINGKEEPER_HOST").filter(|_| common.socket.is_none());
    common.host.clone().or_else(by_variable)
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The host's socket: the one named, else the configured one, else the default.
pub(crate) fn socket(common: &Common) -> Result<PathBuf, Failure> {
    if let Some(socket) = named_socket(common) {
        return Ok(socket);
    }
    if common.config.is_none() && usual_file().is_none() {
        return Ok(Path::new(DEFAULT_DATA_DIRECTORY).join(SOCKET_NAME));
    }
    Ok(config(common)?.host.socket)
}

fn usual_file() -> Option<PathBuf> {
    USUAL_PLACES.iter().map(PathBuf::from).find(|file| file.exists())
}
