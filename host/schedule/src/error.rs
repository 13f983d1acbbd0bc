//! Why a schedule is refused.

use thiserror::Error;

/// Why a schedule cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Too few or too many fields.
    #[error(
        "`{cron}` has {found} fields; write five (minute, hour, day of month, month, day of week), or six with seconds first"
    )]
    Fields {
        /// The expression.
        cron: String,
        /// How many fields it has.
        found: usize,
    },
    /// A field that is not understood.
    #[error("{name} `{text}` is not understood; allowed are {allowed}")]
    Field {
        /// Which one.
        name: &'static str,
        /// What stands there.
        text: String,
        /// What may stand there.
        allowed: &'static str,
    },
    /// No zone has this name.
    #[error("no time zone is called `{zone}`; {}", hint(.nearest.as_deref()))]
    Zone {
        /// What was asked for.
        zone: String,
        /// The known name that is most like it, where one is.
        nearest: Option<String>,
    },
    /// A date that no year has.
    #[error("`{cron}` never comes: no year has such a day")]
    Never {
        /// The expression.
        cron: String,
    },
}

fn hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "write an IANA name, e.g. `Europe/Berlin`".to_owned(),
    }
}
