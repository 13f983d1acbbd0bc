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
    /// A time at which a window cannot open.
    #[error("`{text}` is no time to open at; write `HH:MM` from `00:00` to `23:59`")]
    OpeningTime {
        /// What stands there.
        text: String,
    },
    /// A time at which a window cannot close.
    #[error("`{text}` is no time to close at; write `HH:MM` from `00:00` to `24:00`")]
    ClosingTime {
        /// What stands there.
        text: String,
    },
    /// A window that closes when it opens.
    #[error(
        "it opens and closes at {time}, which may mean never or always; for a whole day write `00:00` to `24:00`, else \
         remove the window"
    )]
    NeverOpen {
        /// The time.
        time: String,
    },
    /// A window for no work at all.
    #[error("a window for no impact never opens; name `change`, `disrupt` or both")]
    NoImpact,
    /// A word that is no impact, or one that nothing holds up.
    #[error("`{word}` is no impact that can be held up; known are `change` and `disrupt`")]
    Impact {
        /// What stands there.
        word: String,
    },
    /// A moment at which a freeze cannot begin.
    #[error("`{text}` is no date and time; write `YYYY-MM-DDTHH:MM`, e.g. `2026-12-20T00:00`")]
    FreezeBegins {
        /// What stands there.
        text: String,
    },
    /// A moment at which a freeze cannot end.
    #[error("`{text}` is no date and time; write `YYYY-MM-DDTHH:MM`, e.g. `2027-01-06T00:00`")]
    FreezeEnds {
        /// What stands there.
        text: String,
    },
    /// A freeze that ends before it begins.
    #[error("it never holds: `{to}` is not later than `{from}`; write an end that is, or remove the freeze")]
    NeverFrozen {
        /// When it begins.
        from: String,
        /// When it ends.
        to: String,
    },
    /// A freeze that does not say why.
    #[error("a freeze needs a reason, for whoever it holds up; write one sentence")]
    NoReason,
}

fn hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "write an IANA name, e.g. `Europe/Berlin`".to_owned(),
    }
}
