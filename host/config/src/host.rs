//! `[host]`: the host itself.

mod listen;

pub use listen::{Approvers, ListenConfig};

use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use crate::Fault;
use crate::key::{Absent, Entry, Key, Section};
use crate::kind::{Choice, FilePath, PathUse, Text, Word};
use crate::reading::{Reading, Table};

/// Where the host keeps its state unless told otherwise.
pub const DEFAULT_DATA_DIRECTORY: &str = "/var/lib/ringkeeper";

/// What the socket is called, in the data directory, unless told otherwise.
pub const SOCKET_NAME: &str = "ringkeeper.sock";

/// The host itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostConfig {
    /// Where it keeps its state; made with mode 0700 if absent.
    pub data_directory: PathBuf,
    /// Where it listens: a Unix socket with mode 0600.
    pub socket: PathBuf,
    /// Where it listens for its agents; none where it has none.
    pub agents: Option<SocketAddr>,
    /// Where it listens on the network; none where it listens on its socket alone.
    pub listen: Option<ListenConfig>,
    /// What it logs, and how.
    pub log: LogConfig,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// How a line looks.
    pub format: LogFormat,
    /// The least severe lines written.
    pub level: LogLevel,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How severe a line of the log is, most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is odd.
    Warn,
    /// What the host does.
    Info,
    /// Why it does it.
    Debug,
    /// Everything.
    Trace,
}

impl Word for LogFormat {
    const EVERY: &'static [Self] = &[Self::Text, Self::Json];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl LogLevel {
    /// The word for it, as in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl Word for LogLevel {
    const EVERY: &'static [Self] = &[Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    fn word(self) -> &'static str {
        self.name()
    }
}

pub(crate) static SECTION: Section = Section {
    path: "host",
    repeated: false,
    meaning: "The host itself.",
    keys: &[
        &DATA_DIRECTORY,
        &SOCKET,
        &listen::LISTEN,
        &listen::TLS_CERTIFICATE,
        &listen::TLS_KEY,
        &listen::ALLOWED_HOSTS,
        &listen::APPROVERS,
        &AGENTS,
    ],
    sections: &[&LOG],
};

static DATA_DIRECTORY: Key<FilePath> = Key {
    name: "data_directory",
    kind: FilePath(PathUse::Made),
    absent: Absent::Default("\"/var/lib/ringkeeper\""),
    meaning: "Where the host keeps its state. Made with mode 0700 if it does not exist.",
};

static SOCKET: Key<FilePath> = Key {
    name: "socket",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("`ringkeeper.sock` in the data directory"),
    meaning: "The Unix socket the host listens on, made with mode 0600. At most 103 bytes long.",
};

static AGENTS: Key<Text> = Key {
    name: "agents",
    kind: Text {
        expects: "an IP address and a port, such as \"0.0.0.0:7171\" or \"[::]:7171\"",
        pattern: ":[0-9]+$",
        fits: |text| text.parse::<SocketAddr>().is_ok(),
    },
    absent: Absent::Otherwise("the host has no agents"),
    meaning: "Where the host listens for its agents, over mutual TLS by certificates of its own. Whoever has no token and no \
              such certificate gets no answer but a refusal.",
};

/// How something is logged.
pub(crate) const LOG_KEYS: &[&dyn Entry] = &[&FORMAT, &LEVEL];

static LOG: Section = Section {
    path: "host.log",
    repeated: false,
    meaning: "What the host logs to standard error, and how.",
    keys: LOG_KEYS,
    sections: &[],
};

static FORMAT: Key<Choice<LogFormat>> = Key {
    name: "format",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"text\""),
    meaning: "How a line looks: `text` for people, `json` for one object a line.",
};

static LEVEL: Key<Choice<LogLevel>> = Key {
    name: "level",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"info\""),
    meaning: "The least severe lines that are written.",
};

impl HostConfig {
    pub(crate) fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &SECTION);
        let data_directory = table.value(reading, &DATA_DIRECTORY);
        let beside = data_directory.clone().unwrap_or_default().join(SOCKET_NAME);
        let socket = table.value_or(reading, &SOCKET, beside);
        if let Some(path) = socket
            .as_ref()
            .filter(|path| path.as_os_str().as_bytes().len() > MAX_SOCKET_BYTES)
        {
            let length = path.as_os_str().as_bytes().len();
            table.wrong(
                reading,
                SOCKET.name,
                Fault::SocketPath {
                    path: path.clone(),
                    length,
                },
            );
        }
        let agents = table.optional(reading, &AGENTS);
        let listen = ListenConfig::read(&table, reading);
        let log = LogConfig::read(&table, reading);
        Some(Self {
            data_directory: data_directory?,
            socket: socket?,
            agents: agents?.and_then(|text| text.parse().ok()),
            listen: listen?,
            log: log?,
        })
    }
}

/// What fits into a Unix socket's address on Linux (`sun_path`, with its closing zero 108), less the `.new` that the
/// host puts behind the name while the socket is made.
pub(crate) const MAX_SOCKET_BYTES: usize = 107 - ".new".len();

impl LogConfig {
    fn read(host: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        Self::read_keys(&host.table(reading, &LOG), reading)
    }

    /// What a table with these keys says.
    pub(crate) fn read_keys(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let format = table.value(reading, &FORMAT);
        let level = table.value(reading, &LEVEL);
        Some(Self {
            format: format?,
            level: level?,
        })
    }
}
