//! Kinds of values, and what is a value of each.

use std::net::IpAddr;
use std::path::Path;

use serde::Serialize;

use crate::nearest::nearest;

/// The longest value.
const LONGEST: usize = 1024;
/// The longest name of a keyspace or table.
const LONGEST_NAME: usize = 48;

/// What a parameter's value is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Kind {
    /// Given or not; its value is `true` or `false`.
    Flag,
    /// A keyspace, table, view or index.
    Name,
    /// A keyspace, or a table as `keyspace.table`.
    QualifiedName,
    /// A whole number within bounds, both included.
    Number {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A number from 0 to 1.
    Fraction,
    /// One of these words.
    OneOf {
        /// The words.
        words: &'static [&'static str],
    },
    /// Some of these words, parted by commas.
    SomeOf {
        /// The words.
        words: &'static [&'static str],
    },
    /// The address of a node.
    Address,
    /// A block of addresses: `10.0.0.0/8`.
    AddressBlock,
    /// A data centre.
    DataCentre,
    /// A host id.
    HostId,
    /// A token.
    Token,
    /// Two tokens, parted by a comma.
    TokenPair,
    /// A partition key as Cassandra prints it.
    PartitionKey,
    /// The name of a snapshot.
    SnapshotName,
    /// A time: `30m`, `12h`, `7d`.
    Time,
    /// A moment: `2026-03-01T10:15:30Z`.
    Moment,
    /// The id of a compaction or session.
    Id,
    /// A role of the database.
    Role,
    /// A word of letters, digits and `_.$:,-`.
    Word,
    /// A folder of the node, by its whole path.
    Folder,
    /// An SSTable below a data directory: `shop/orders-5bc5…/nb-1-big-Data.db`.
    SsTable,
}

/// An SSTable, by the three steps from a data directory to its data file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SsTableName {
    /// The keyspace.
    pub keyspace: String,
    /// The folder of the table: its name and id.
    pub folder: String,
    /// The data file.
    pub file: String,
}

impl SsTableName {
    /// Reads `keyspace/folder/file`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let step = |step: &str| {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-+.".contains(letter);
            let leads = !step.is_empty() && !step.starts_with(['-', '.']) && step.chars().all(plain);
            leads.then(|| step.to_owned())
        };
        let mut steps = text.split('/');
        let name = Self {
            keyspace: step(steps.next()?)?,
            folder: step(steps.next()?)?,
            file: step(steps.next()?)?,
        };
        (steps.next().is_none() && name.file.ends_with("-Data.db")).then_some(name)
    }
}

impl Kind {
    /// What is wrong with this value.
    pub(crate) fn refuses(self, value: &str) -> Option<String> {
        if value.is_empty() {
            return Some("it is empty".to_owned());
        }
        if value.len() > LONGEST {
            return Some("it is too long".to_owned());
        }
        if value.chars().any(char::is_control) {
            return Some("it has a line end or another control character in it".to_owned());
        }
        if value.starts_with('-') && !self.may_be_negative(value) {
            return Some("it begins with a dash, as an option does".to_owned());
        }
        (!self.is_one(value)).then(|| self.expected(value))
    }

    /// Tokens and keys can be numbers below 0.
    fn may_be_negative(self, value: &str) -> bool {
        let digit_follows = value.chars().nth(1).is_some_and(|letter| letter.is_ascii_digit());
        matches!(self, Self::Token | Self::TokenPair | Self::PartitionKey) && digit_follows
    }

    fn is_one(self, value: &str) -> bool {
        let plain = |extra: &str| {
            value
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || extra.contains(letter))
        };
        match self {
            Self::Flag => ["true", "false"].contains(&value),
            Self::Name => is_name(value),
            Self::QualifiedName => {
                let (keyspace, table) = value.split_once('.').unwrap_or((value, "all"));
                is_name(keyspace) && is_name(table)
            }
            Self::Number { min, max } => {
                is_digits(value) && value.parse().is_ok_and(|number| (min..=max).contains(&number))
            }
            Self::Fraction => {
                plain(".")
                    && value
                        .parse::<f64>()
                        .is_ok_and(|number| (0.0..=1.0).contains(&number))
            }
            Self::OneOf { words } => words.contains(&value),
            Self::SomeOf { words } => value.split(',').all(|word| words.contains(&word)),
            Self::Address => value.parse::<IpAddr>().is_ok(),
            Self::AddressBlock => value.split_once('/').is_some_and(|(address, bits)| {
                address.parse::<IpAddr>().is_ok() && is_digits(bits) && bits.len() <= 3
            }),
            Self::DataCentre => plain("_.-"),
            Self::HostId => {
                let lengths: Vec<usize> = value.split('-').map(str::len).collect();
                lengths == [8, 4, 4, 4, 12]
                    && value
                        .chars()
                        .all(|letter| letter == '-' || letter.is_ascii_hexdigit())
            }
            Self::Token => value.parse::<i128>().is_ok(),
            Self::TokenPair => value
                .split_once(',')
                .is_some_and(|(left, right)| left.parse::<i128>().is_ok() && right.parse::<i128>().is_ok()),
            Self::PartitionKey | Self::Role => true,
            Self::SnapshotName => plain("_-.:+ ") && !value.starts_with('.'),
            Self::Time => value.strip_suffix(['s', 'm', 'h', 'd']).is_some_and(is_digits),
            Self::Moment => value.contains('T') && plain("-:.+"),
            Self::Id => plain("-"),
            Self::Word => plain("_.$:,-"),
            Self::Folder => is_whole_path(value),
            Self::SsTable => SsTableName::read(value).is_some(),
        }
    }

    /// What a value should be, after one that is not.
    fn expected(self, value: &str) -> String {
        match self {
            Self::Flag => "it is true or false".to_owned(),
            Self::Name => format!("a name has at most {LONGEST_NAME} letters, digits and underscores"),
            Self::QualifiedName => "write a keyspace, or keyspace.table".to_owned(),
            Self::Number { min, max } => format!("it is a whole number from {min} to {max}"),
            Self::Fraction => "it is a number from 0 to 1".to_owned(),
            Self::OneOf { words } | Self::SomeOf { words } => match nearest(value, words.iter().copied()) {
                Some(meant) => format!("did you mean {meant}? It is one of {}", words.join(", ")),
                None => format!("it is one of {}", words.join(", ")),
            },
            Self::Address => "it is the address of a node".to_owned(),
            Self::AddressBlock => "it is a block of addresses, such as 10.0.0.0/8".to_owned(),
            Self::DataCentre => "it is the name of a data centre".to_owned(),
            Self::HostId => "it is a host id, as nodetool status prints it".to_owned(),
            Self::Token => "it is a token, a whole number".to_owned(),
            Self::TokenPair => "it is two tokens, parted by a comma".to_owned(),
            Self::PartitionKey | Self::Role => "it is empty".to_owned(),
            Self::SnapshotName => {
                "the name of a snapshot has letters, digits, spaces and _-.:+ and begins with no dot"
                    .to_owned()
            }
            Self::Time => "write a time like 30m, 12h or 7d".to_owned(),
            Self::Moment => "write a moment like 2026-03-01T10:15:30Z".to_owned(),
            Self::Id => "an id has letters, digits and dashes".to_owned(),
            Self::Word => "it has letters, digits and _.$:,- only".to_owned(),
            Self::Folder => "write the whole path of a folder, without . and ..".to_owned(),
            Self::SsTable => "write keyspace/table-id/…-Data.db, as it is below a data directory".to_owned(),
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.len())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A path that says where it leads: no step up, none that stands still.
fn is_whole_path(text: &str) -> bool {
    let plain = |step: &str| !step.is_empty() && step != "." && step != "..";
    Path::new(text).is_absolute() && text.trim_end_matches('/').split('/').skip(1).all(plain)
}
