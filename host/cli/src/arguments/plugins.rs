//! `ringkeeper plugin`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// List the plugins of the host: version, operations, grants, limits and what was used of them
    #[command(after_help = "Example:\n  ringkeeper plugin list")]
    List,
    /// Show what a component is, what it can do, what it asks for and who signed it; needs no host
    #[command(after_help = "Example:\n  ringkeeper plugin inspect repair.wasm")]
    Inspect {
        /// The component
        file: PathBuf,
    },
    /// Hand a component to the host as the next version of its plugin, with the signature beside it; shows how it asks for more
    #[command(
        after_help = "Examples:\n  ringkeeper plugin install repair.wasm\n  ringkeeper plugin install repair.wasm --yes"
    )]
    Install {
        /// The component
        file: PathBuf,
        /// Put it in force although it asks for more than the version before it
        #[arg(long)]
        yes: bool,
    },
    /// Put a version in force that waits, as it asks for more than the one before it
    #[command(after_help = "Example:\n  ringkeeper plugin approve repair 3fa1c2d4e5b6")]
    Approve {
        /// The plugin
        plugin: String,
        /// The version's digest, or the beginning of it
        digest: String,
    },
    /// Put the version before the one in force in force again
    #[command(after_help = "Example:\n  ringkeeper plugin rollback repair")]
    Rollback {
        /// The plugin
        plugin: String,
    },
    /// Have a version called again that broke again and again and was parked
    #[command(after_help = "Example:\n  ringkeeper plugin resume repair")]
    Resume {
        /// The plugin
        plugin: String,
    },
    /// Sign a component; the signature is put beside it, as NAME.minisig; needs no host
    #[command(after_help = "Example:\n  ringkeeper plugin sign repair.wasm --key release.key")]
    Sign {
        /// The component
        file: PathBuf,
        /// The secret half of a minisign key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Keys that sign plugins; needs no host
    #[command(subcommand, after_help = "Example:\n  ringkeeper plugin key new release.key")]
    Key(KeyCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key: the secret half goes into a file that is yours alone, the public one is shown
    #[command(after_help = "Example:\n  ringkeeper plugin key new release.key")]
    New {
        /// Where the secret half goes; nothing may be there yet
        file: PathBuf,
    },
}
