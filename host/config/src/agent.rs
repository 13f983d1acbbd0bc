//! The file of an agent: `agent.toml`. Everything in it has a default.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value as Json;

use crate::cluster::process;
use crate::key::{Absent, Key, Section};
use crate::kind::{FilePath, PathUse, Text, TimeSpan};
use crate::reading::{Reading, Table};
use crate::{ConfigError, Fault, LogConfig, ProcessConfig, document, host, reference, schema};

/// Where an agent's file is unless told otherwise.
pub const DEFAULT_AGENT_FILE: &str = "/etc/ringkeeper/agent.toml";

/// Everything that an agent's file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentConfig {
    /// Where it listens for its host; on its node's address where nothing is said.
    pub listen: Option<SocketAddr>,
    /// What it logs, and how.
    pub log: LogConfig,
    /// Which Cassandra it belongs to, where there are several.
    pub cassandra: CassandraConfig,
    /// How that Cassandra gets its Jolokia.
    pub jolokia: AttachConfig,
    /// How that Cassandra is started and stopped.
    pub process: AgentProcess,
    /// What its tools are run with, where the running Cassandra does not say it.
    pub tools: ToolsConfig,
}

/// `[cassandra]`: which Cassandra is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CassandraConfig {
    /// One of its data directories.
    pub data_directory: Option<PathBuf>,
    /// An address that it listens on.
    pub listen_address: Option<IpAddr>,
    /// The file with its process id.
    pub pid_file: Option<PathBuf>,
    /// The folder of its log.
    pub log_directory: Option<PathBuf>,
}

/// `[jolokia]`: how Cassandra gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachConfig {
    /// The jar.
    pub jar: PathBuf,
    /// Where it listens: a loopback address.
    pub address: SocketAddr,
    /// Where its password and policy are; in the state directory where nothing is said.
    pub folder: Option<PathBuf>,
    /// How long the JVM may take.
    pub within: Duration,
}

/// `[process]`: how Cassandra is started and stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentProcess {
    /// By systemd, as this unit.
    Unit {
        /// Its name.
        unit: String,
        /// How long each call may take.
        limit: Duration,
    },
    /// By commands.
    Commands(ProcessConfig),
}

/// `[tools]`: what Cassandra's tools are run with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolsConfig {
    /// The folder with Cassandra's own jar.
    pub home: Option<PathBuf>,
    /// The home of a Java.
    pub java_home: Option<PathBuf>,
    /// The `cassandra.yaml`.
    pub configuration: Option<PathBuf>,
    /// Who asks JMX, with the file that holds the password.
    pub jmx_login: Option<(String, PathBuf)>,
}

/// Everything that may stand in an agent's file.
pub(crate) static ROOT: Section = Section {
    path: "",
    repeated: false,
    meaning: "In the file this key stands before every table.",
    keys: &[&LISTEN],
    sections: &[&CASSANDRA, &JOLOKIA, &PROCESS, &TOOLS, &LOG],
};

static LISTEN: Key<Text> = Key {
    name: "listen",
    kind: Text {
        expects: "an IP address and a port, such as \"10.0.0.1:7172\"",
        pattern: ":[0-9]+$",
        fits: |text| text.parse::<SocketAddr>().is_ok(),
    },
    absent: Absent::Otherwise("port 7172 of its node's address"),
    meaning: "Where the agent listens for its host.",
};

static CASSANDRA: Section = Section {
    path: "cassandra",
    repeated: false,
    meaning: "Which Cassandra is meant, where several run on this machine. Whatever is said must be true of it.",
    keys: &[&DATA_DIRECTORY, &LISTEN_ADDRESS, &PID_FILE, &LOG_DIRECTORY],
    sections: &[],
};

static DATA_DIRECTORY: Key<FilePath> = Key {
    name: "data_directory",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("any"),
    meaning: "One of its data directories, as it has files open in it.",
};

static LISTEN_ADDRESS: Key<Text> = Key {
    name: "listen_address",
    kind: Text {
        expects: "an IP address",
        pattern: "^[0-9A-Fa-f.:]+$",
        fits: |text| text.parse::<IpAddr>().is_ok(),
    },
    absent: Absent::Otherwise("any"),
    meaning: "An address that it listens on, for its peers or for clients.",
};

static PID_FILE: Key<FilePath> = Key {
    name: "pid_file",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("any"),
    meaning: "The file with its process id.",
};

static LOG_DIRECTORY: Key<FilePath> = Key {
    name: "log_directory",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("as Cassandra was started, else `/var/log/cassandra`"),
    meaning: "The folder of its `system.log`, for `ringkeeper nodes log`. The agent's user must be able to read it.",
};

static JOLOKIA: Section = Section {
    path: "jolokia",
    repeated: false,
    meaning: "How the running Cassandra gets its Jolokia: by attaching to its JVM, without a restart.",
    keys: &[&JAR, &ADDRESS, &FOLDER, &WITHIN],
    sections: &[],
};

static JAR: Key<FilePath> = Key {
    name: "jar",
    kind: FilePath(PathUse::Made),
    absent: Absent::Default("\"/usr/share/ringkeeper/jolokia-agent-jvm.jar\""),
    meaning: "The Jolokia agent, where Cassandra sees it too. It must be the one file that this agent knows by its checksum.",
};

static ADDRESS: Key<Text> = Key {
    name: "address",
    kind: Text {
        expects: "a loopback address and a port, such as \"127.0.0.1:8778\"",
        pattern: ":[0-9]+$",
        fits: |text| {
            let address = text.parse::<SocketAddr>();
            address.is_ok_and(|address| address.ip().is_loopback() && address.port() != 0)
        },
    },
    absent: Absent::Default("\"127.0.0.1:8778\""),
    meaning: "Where Jolokia listens. Nobody but this machine reaches it.",
};

static FOLDER: Key<FilePath> = Key {
    name: "folder",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("`jolokia` in the state directory"),
    meaning: "Where its password and its policy are kept, for Cassandra's user alone. Cassandra must see it too.",
};

static WITHIN: Key<TimeSpan> = Key {
    name: "within",
    kind: TimeSpan {
        least: Duration::from_secs(1),
        most: Duration::from_secs(300),
    },
    absent: Absent::Default("\"10s\""),
    meaning: "How long the JVM may take to load it.",
};

static PROCESS: Section = Section {
    path: "process",
    repeated: false,
    meaning: "How Cassandra is started and stopped here: by systemd, or by commands of yours, `start` and `stop` at \
              least, which are run without a shell. \
              `{address}` and the other placeholders are those of the [host's commands](configuration.md#clusterprocess).",
    keys: &[
        &UNIT,
        &process::START,
        &process::STOP,
        &process::STATUS,
        &process::LIMIT,
    ],
    sections: &[],
};

static UNIT: Key<Text> = Key {
    name: "unit",
    kind: Text {
        expects: "the name of a systemd unit",
        pattern: "^[A-Za-z0-9:_.@][A-Za-z0-9:_.@\\\\-]{0,254}$",
        fits: is_unit,
    },
    absent: Absent::Default("\"cassandra\""),
    meaning: "The systemd unit of Cassandra, where no commands are given.",
};

static TOOLS: Section = Section {
    path: "tools",
    repeated: false,
    meaning: "What Cassandra's own tools are run with. Where it is, the agent reads off the Cassandra that runs, or ran last.",
    keys: &[&HOME, &JAVA_HOME, &CONFIGURATION, &JMX_USER, &JMX_PASSWORD_FILE],
    sections: &[],
};

static HOME: Key<FilePath> = Key {
    name: "home",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("as Cassandra was started"),
    meaning: "The folder with Cassandra's own jar.",
};

static JAVA_HOME: Key<FilePath> = Key {
    name: "java_home",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("that of Cassandra"),
    meaning: "The home of the Java that runs tools.",
};

static CONFIGURATION: Key<FilePath> = Key {
    name: "configuration",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("as Cassandra was started"),
    meaning: "The `cassandra.yaml` that the sstable tools read.",
};

static JMX_USER: Key<Text> = Key {
    name: "jmx_user",
    kind: Text {
        expects: "the name of a user of JMX",
        pattern: "^[^\\s-]\\S*$",
        fits: |text| !text.is_empty() && !text.starts_with('-') && !text.contains(char::is_whitespace),
    },
    absent: Absent::Otherwise("nobody: JMX lets everybody on the machine in"),
    meaning: "Who asks JMX, where it wants a password. Goes with `jmx_password_file`.",
};

static JMX_PASSWORD_FILE: Key<FilePath> = Key {
    name: "jmx_password_file",
    kind: FilePath(PathUse::Made),
    absent: Absent::Otherwise("none"),
    meaning: "The file with user and password, as nodetool reads it: `user password`, a line each. Cassandra's user must be able to read it.",
};

static LOG: Section = Section {
    path: "log",
    repeated: false,
    meaning: "What the agent logs to standard error, and how.",
    keys: host::LOG_KEYS,
    sections: &[],
};

fn is_unit(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ":_.@\\-".contains(c);
    !text.is_empty() && text.len() <= 255 && !text.starts_with(['-', '\\']) && text.chars().all(allowed)
}

impl AgentConfig {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or anything in it is wrong; then everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&document::text_of(path)?, path)
    }

    /// Checks `text` as if it stood in `file`. Relative paths in it are relative to the folder of `file`.
    ///
    /// # Errors
    /// When anything in it is wrong; then everything that is wrong.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        document::read(text, file, &ROOT, Self::read)
    }

    fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let listen = root.optional(reading, &LISTEN);
        let log = LogConfig::read_keys(&root.table(reading, &LOG), reading);
        let cassandra = CassandraConfig::read(root, reading);
        let jolokia = AttachConfig::read(root, reading);
        let process = AgentProcess::read(root, reading);
        let tools = ToolsConfig::read(root, reading);
        Some(Self {
            listen: listen?.and_then(|text| text.parse().ok()),
            log: log?,
            cassandra: cassandra?,
            jolokia: jolokia?,
            process: process?,
            tools: tools?,
        })
    }
}

impl CassandraConfig {
    fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &CASSANDRA);
        let data_directory = table.optional(reading, &DATA_DIRECTORY);
        let listen_address = table.optional(reading, &LISTEN_ADDRESS);
        let pid_file = table.optional(reading, &PID_FILE);
        let log_directory = table.optional(reading, &LOG_DIRECTORY);
        Some(Self {
            data_directory: data_directory?,
            listen_address: listen_address?.and_then(|text| text.parse().ok()),
            pid_file: pid_file?,
            log_directory: log_directory?,
        })
    }
}

impl ToolsConfig {
    fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &TOOLS);
        let home = table.optional(reading, &HOME);
        let java_home = table.optional(reading, &JAVA_HOME);
        let configuration = table.optional(reading, &CONFIGURATION);
        let user = table.optional(reading, &JMX_USER);
        let file = table.optional(reading, &JMX_PASSWORD_FILE);
        for (key, needs) in [
            (JMX_USER.name, JMX_PASSWORD_FILE.name),
            (JMX_PASSWORD_FILE.name, JMX_USER.name),
        ] {
            if table.has(key) && !table.has(needs) {
                table.wrong(reading, key, Fault::Incomplete { key, needs });
            }
        }
        Some(Self {
            home: home?,
            java_home: java_home?,
            configuration: configuration?,
            jmx_login: user?.zip(file?),
        })
    }
}

impl AttachConfig {
    fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &JOLOKIA);
        let jar = table.value(reading, &JAR);
        let address = table.value(reading, &ADDRESS);
        let folder = table.optional(reading, &FOLDER);
        let within = table.value(reading, &WITHIN);
        Some(Self {
            jar: jar?,
            address: address?.parse().ok()?,
            folder: folder?,
            within: within?,
        })
    }
}

impl AgentProcess {
    fn read(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = root.table(reading, &PROCESS);
        let commands = [process::START.name, process::STOP.name, process::STATUS.name];
        match commands.into_iter().find(|name| table.has(name)) {
            Some(command) if table.has(UNIT.name) => {
                table.wrong(reading, UNIT.name, Fault::UnitAndCommands { command });
                None
            }
            Some(_) => ProcessConfig::read_keys(&table, reading).map(Self::Commands),
            None => {
                let unit = table.value(reading, &UNIT);
                let limit = table.value(reading, &process::LIMIT);
                Some(Self::Unit {
                    unit: unit?,
                    limit: limit?,
                })
            }
        }
    }

    /// What starts, stops and looks after Cassandra, as commands. `systemctl is-active` says by 0 and 3 whether a unit runs,
    /// as commands do here.
    #[must_use]
    pub fn commands(&self) -> ProcessConfig {
        match self {
            Self::Commands(commands) => commands.clone(),
            Self::Unit { unit, limit } => {
                let systemctl = |words: &[&str]| {
                    let words = ["systemctl", "--no-ask-password"].iter().chain(words);
                    words.map(ToString::to_string).chain([unit.clone()]).collect()
                };
                ProcessConfig {
                    start: systemctl(&["start"]),
                    stop: systemctl(&["stop"]),
                    status: Some(systemctl(&["is-active", "--quiet"])),
                    limit: *limit,
                }
            }
        }
    }
}

const INTRODUCTION: &str = "\
# Configuration of an agent

An agent reads one TOML file: `--config FILE`, else `/etc/ringkeeper/agent.toml` where there is one. Everything in it has a
default, so that most machines need none.

- An unknown key is an error.
- Times are written like `\"500ms\"`, `\"15s\"`, `\"5m\"` or `\"1h30m\"`.
- Relative paths are relative to the folder of the file.
- `docs/agent-schema.json` is a JSON Schema of the file, for editors.
";

/// The reference of an agent's file in Markdown: every key with its default and meaning.
#[must_use]
pub fn agent_reference() -> String {
    let sections: Vec<_> = ROOT
        .sections
        .iter()
        .map(|section| reference::section(section))
        .collect();
    let top = format!("## At the top\n\n{}\n{}", ROOT.meaning, reference::keys(&ROOT));
    format!("{INTRODUCTION}\n{top}\n{}", sections.join("\n"))
}

/// The JSON Schema (draft 2020-12) of an agent's file.
#[must_use]
pub fn agent_schema() -> Json {
    schema::whole(
        &ROOT,
        "Ringkeeper agent",
        "What the agent of a node does there, and how.",
        &[],
    )
}
