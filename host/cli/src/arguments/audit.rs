//! What can be typed about the audit log.

use std::path::PathBuf;

use clap::Subcommand;
use ringkeeper_seams::Timestamp;

use super::work::moment;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List the newest records: what was done, by which plugin, in which run, by whose word
    #[command(
        after_help = "Examples:\n  ringkeeper audit list\n  ringkeeper audit list --run shop-812 --last 1000\n  \
                      ringkeeper audit list --since 2026-03-01T00:00:00Z --format json"
    )]
    List {
        /// Show records of this run only
        #[arg(long, value_name = "RUN")]
        run: Option<String>,
        /// Show no record from before this moment
        #[arg(long, value_name = "TIME", value_parser = moment)]
        since: Option<Timestamp>,
        /// Show the newest so many [default: 100]
        #[arg(long, value_name = "COUNT")]
        last: Option<usize>,
    },
    /// Check that no record was changed, removed or put elsewhere
    #[command(
        after_help = "Ends with 0 when the log is whole, with 1 when it is not, and says at which record. With --head it must also \
                      have a record with that hash, which was noted elsewhere: in the system log, a notification or an \
                      exported file.\n\nExamples:\n  ringkeeper audit verify\n  \
                      ringkeeper audit verify --head 8f3c0e0d2c6c1d0b5a2e4f7d9b1a3c5e7f90112233445566778899aabbccddee\n  \
                      ringkeeper audit verify --files /var/backups/audit"
    )]
    Verify {
        /// A head of the log that was noted elsewhere: 64 hexadecimal digits
        #[arg(long, value_name = "HASH", value_parser = hash)]
        head: Option<String>,
        /// Check exported files in this folder instead; needs no host
        #[arg(long, value_name = "FOLDER")]
        files: Option<PathBuf>,
    },
    /// Seal what is open, and write every segment that is not there yet to a folder, a file each
    #[command(after_help = "Example:\n  ringkeeper audit export /var/backups/audit")]
    Export {
        /// The folder; made if it is not there
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

fn hash(text: &str) -> Result<String, String> {
    let is_hash = text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
    match is_hash {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("a hash has 64 hexadecimal digits".to_owned()),
    }
}
