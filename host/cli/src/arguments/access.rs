//! What can be typed about tokens for the network.

use std::time::Duration;

use clap::Subcommand;
use ringkeeper_api::Role;

use super::work::span;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token with which the host can be asked over the network
    #[command(
        after_help = "The token is shown once and is a secret; the host keeps a hash of it.\n\nExamples:\n  \
                      ringkeeper token create ci --role operator\n  ringkeeper token create prometheus --role viewer --for 365d"
    )]
    Create {
        /// What it is called: what is done with it is done by `token NAME`
        name: String,
        /// What may be asked with it: viewer, operator or admin
        #[arg(long, value_name = "ROLE")]
        role: Role,
        /// How long it may be used, from 1m to 366d [default: 90d]
        #[arg(long = "for", value_name = "TIME", value_parser = span_of_days)]
        lasts: Option<Duration>,
    },
    /// List the tokens that were ever made, without their secrets
    #[command(after_help = "Example:\n  ringkeeper token list")]
    List,
    /// Let nobody in with a token any more, from now on
    #[command(after_help = "Example:\n  ringkeeper token revoke ci --reason 'pipeline moved'")]
    Revoke {
        /// What it is called
        name: String,
        /// Why, for the record
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
}

/// A time as elsewhere, or whole days.
fn span_of_days(text: &str) -> Result<Duration, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
    match days {
        Some(days) => Ok(Duration::from_secs(u64::from(days) * 86_400)),
        None => span(text).map_err(|_| "write it like 90d, 12h or 30m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lasts_for_days_or_hours() {
        for (text, seconds) in [("90d", 90 * 86_400), ("12h", 43_200), ("1h 30m", 5_400)] {
            assert_eq!(span_of_days(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "d", "-1d", "1.5d", "soon", "99999999999d"] {
            assert!(span_of_days(text).is_err(), "{text}");
        }
    }
}
