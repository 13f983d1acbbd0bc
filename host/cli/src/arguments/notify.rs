//! What can be typed about notifications.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum NotifyCommand {
    /// Send a message to somebody of the configuration, and say whether it was taken; needs no host
    #[command(
        after_help = "It is sent from here, with the secrets of the configuration: run it as the host's user. Ends with 0 when it was \
                      taken, else with 1 and why.\n\nExample:\n  ringkeeper notify test pager"
    )]
    Test {
        /// The name of a [[notify]] of the configuration
        name: String,
    },
}
