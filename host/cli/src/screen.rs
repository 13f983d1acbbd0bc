//! What is known of the place that output goes to.

use std::io::IsTerminal as _;

use anstyle::{AnsiColor, Style};
use ringkeeper_seams::{Clock as _, SystemClock, Timestamp};

/// What a page is drawn for. Drawing is pure: the same values on the same screen are the same text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// Columns; none where nobody looks at it directly, so that lines may be as long as they like.
    pub(crate) width: Option<usize>,
    /// Whether colours are shown.
    pub(crate) colour: bool,
    /// The moment that ages are counted from.
    pub(crate) now: Timestamp,
}

/// Columns of a terminal that does not say how many it has.
const USUAL_WIDTH: usize = 80;

/// What a piece of text says by its colour, beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing.
    Plain,
    /// As it should be.
    Good,
    /// To be looked at.
    Warning,
    /// Wrong.
    Bad,
    /// Less important.
    Faint,
    /// A heading.
    Strong,
}

impl Tone {
    pub(crate) const fn colour(self) -> Option<AnsiColor> {
        match self {
            Self::Good => Some(AnsiColor::Green),
            Self::Warning => Some(AnsiColor::Yellow),
            Self::Bad => Some(AnsiColor::Red),
            Self::Plain | Self::Faint | Self::Strong => None,
        }
    }

    fn style(self) -> Style {
        let style = Style::new().fg_color(self.colour().map(Into::into));
        match self {
            Self::Bad | Self::Strong => style.bold(),
            Self::Faint => style.dimmed(),
            Self::Plain | Self::Good | Self::Warning => style,
        }
    }
}

impl Screen {
    /// The screen that standard output is.
    pub(crate) fn of_stdout() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let width = terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0));
        Self {
            width: terminal.then_some(width),
            colour: terminal && !plain,
            now: SystemClock.now(),
        }
    }

    /// The same screen at this moment.
    pub(crate) fn now(&self) -> Self {
        Self {
            now: SystemClock.now(),
            ..*self
        }
    }

    /// `text` in the colour of `tone`.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour || tone == Tone::Plain {
            return text.to_owned();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }

    /// `text` in lines that fit, the first behind `first` and the others behind `rest`.
    pub(crate) fn wrap(&self, first: &str, rest: &str, text: &str) -> String {
        let width = self.width.unwrap_or(120).clamp(40, 120);
        let options = textwrap::Options::new(width)
            .initial_indent(first)
            .subsequent_indent(rest);
        textwrap::fill(text, options)
    }
}
