//! Everything that can be wrong with a configuration, and what to do about it.

use std::path::PathBuf;

use thiserror::Error;

use crate::ScenarioFault;
use crate::host::MAX_SOCKET_BYTES;
use crate::kind::PLACEHOLDERS;

/// What is wrong. Displays as a fragment; [`Fault::remedy`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is not TOML.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// The parser's words.
        message: String,
    },
    /// A key that nobody knows here.
    #[error("unknown key in {section}")]
    UnknownKey {
        /// The table it stands in, as written.
        section: String,
        /// The known key it looks like.
        nearest: Option<&'static str>,
        /// Tables where a key of this name is known.
        elsewhere: Vec<String>,
        /// What is known here.
        known: Vec<&'static str>,
    },
    /// A key that must be there is not.
    #[error("{section} has no `{key}`")]
    MissingKey {
        /// The table, as written.
        section: String,
        /// The key.
        key: &'static str,
        /// What its value must be.
        expects: String,
    },
    /// The file names no cluster.
    #[error("no cluster is configured")]
    NoCluster,
    /// A value of another type.
    #[error("cannot be {found}")]
    WrongType {
        /// What it must be.
        expects: String,
        /// TOML's word for what it is.
        found: &'static str,
    },
    /// Something else where a table must stand.
    #[error("cannot be {found}")]
    NotATable {
        /// The table, as written.
        section: String,
        /// TOML's word for what it is.
        found: &'static str,
    },
    /// A single table where several may stand.
    #[error("`{section}` is a list of tables")]
    NotRepeated {
        /// The table's name.
        section: &'static str,
    },
    /// A text that does not read as what it must be.
    #[error("cannot be `{value}`")]
    Malformed {
        /// The text.
        value: String,
        /// What it must be.
        expects: String,
    },
    /// Too small or too large.
    #[error("{value} is out of range")]
    OutOfRange {
        /// The value.
        value: String,
        /// The least allowed.
        least: String,
        /// The most allowed.
        most: String,
    },
    /// A word that is not among those allowed.
    #[error("unknown word `{value}`")]
    UnknownWord {
        /// The word.
        value: String,
        /// The allowed word it looks like.
        nearest: Option<String>,
        /// The words allowed.
        known: Vec<String>,
    },
    /// A placeholder that stands for nothing.
    #[error("`{{{value}}}` stands for nothing")]
    UnknownPlaceholder {
        /// What stands between the braces.
        value: String,
        /// The placeholder it looks like.
        nearest: Option<&'static str>,
    },
    /// Something that may stand only once.
    #[error("`{value}` stands twice, first in line {first_line}")]
    Duplicate {
        /// What stands twice.
        value: String,
        /// The line of the first one.
        first_line: usize,
    },
    /// A list or text that must not be empty.
    #[error("empty")]
    Empty {
        /// What it must be.
        expects: String,
    },
    /// Not a host name, nor an address.
    #[error("`{value}` is not an address: {reason}")]
    ContactPoint {
        /// The text.
        value: String,
        /// Why not.
        reason: &'static str,
    },
    /// Not a URL this can be used with.
    #[error("`{value}` is not a usable URL: {reason}")]
    Url {
        /// The text, which holds no credentials.
        value: String,
        /// Why not.
        reason: String,
    },
    /// A URL with a user name or password in it.
    #[error("it holds credentials")]
    CredentialsInUrl,
    /// A webhook with a user name or password in its URL.
    #[error("it holds credentials")]
    CredentialsInWebhook,
    /// Certificates for connections that use none.
    #[error("[cluster.jolokia.tls] is set, but `url` begins with http://")]
    TlsOverHttp,
    /// Two ways to a node's Jolokia.
    #[error("`{key}` says how Jolokia is reached, and [cluster.agents] that agents do that")]
    JolokiaByAgents {
        /// The key.
        key: &'static str,
    },
    /// Agents that do not find the host.
    #[error("[cluster.agents] is set, but [host] does not say where agents find the host")]
    AgentsNowhere,
    /// Two ways to start and stop Cassandra.
    #[error("`unit` and `{command}` both say how Cassandra is started and stopped")]
    UnitAndCommands {
        /// The other key.
        command: &'static str,
    },
    /// Encrypted connections with nothing to check them by.
    #[error("`url` begins with https://, but there is no [cluster.jolokia.tls]")]
    HttpsWithoutTls,
    /// A secret in the file itself.
    #[error("a secret must not stand in this file")]
    LiteralSecret,
    /// Two places for one secret.
    #[error("both `password_file` and `password_env` are set")]
    TwoSecrets,
    /// A key that means nothing without another.
    #[error("`{key}` is set without `{needs}`")]
    Incomplete {
        /// The key that is set.
        key: &'static str,
        /// The key that is not.
        needs: &'static str,
    },
    /// A key that means nothing for this `kind`.
    #[error("`{key}` is no key of kind {kind}")]
    OfAnotherKind {
        /// The key.
        key: &'static str,
        /// The kind.
        kind: &'static str,
    },
    /// Mail that would go over the network as it is.
    #[error("mail would leave this machine, or a password be sent, without encryption")]
    MailInTheClear,
    /// A limit that another setting makes impossible.
    #[error("{value} is longer than `{other}`, which is {other_value}")]
    LongerThan {
        /// The value.
        value: String,
        /// The key it may not exceed.
        other: &'static str,
        /// That key's value.
        other_value: String,
    },
    /// A socket path the system cannot bind.
    #[error("`{}` is {length} bytes long, and a socket's path may have {MAX_SOCKET_BYTES}", path.display())]
    SocketPath {
        /// The path.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
    /// Other machines can reach the host, and nothing is encrypted.
    #[error("other machines can reach `{at}`, and nothing is encrypted")]
    Unencrypted {
        /// Where it would listen.
        at: std::net::SocketAddr,
    },
    /// Something is the matter with a file that is named.
    #[error("`{}` {fault}", path.display())]
    File {
        /// The file, resolved against the folder of the configuration.
        path: PathBuf,
        /// What.
        fault: FileFault,
    },
    /// An environment variable that gives no secret.
    #[error("environment variable {variable} is not set, or is empty")]
    Environment {
        /// Its name.
        variable: String,
    },
    /// Something that cannot be an environment variable's name; not repeated, as it may be the secret.
    #[error("that is no name of an environment variable")]
    VariableName,
    /// A bundled plugin that does not exist.
    #[error("no plugin called `{name}` is bundled")]
    NotBundled {
        /// The name.
        name: String,
        /// The bundled ones.
        known: Vec<&'static str>,
    },
    /// A schedule that cannot be followed.
    #[error("{message}")]
    NoTimetable {
        /// What is wrong and what may stand there.
        message: String,
    },
    /// A window or freeze that cannot be followed.
    #[error("{message}")]
    NoWindow {
        /// What is wrong and what may stand there.
        message: String,
    },
    /// A cluster that the file does not have.
    #[error("there is no cluster `{name}`")]
    NoSuchCluster {
        /// What was asked for.
        name: String,
        /// The cluster it looks like.
        nearest: Option<String>,
        /// The clusters of the file.
        known: Vec<String>,
    },
    /// Something that only scenarios have.
    #[error(transparent)]
    Scenario(#[from] ScenarioFault),
    /// A value that settings cannot carry.
    #[error("{value} cannot be passed to a plugin")]
    NotJson {
        /// The value as written.
        value: String,
    },
}

/// What is the matter with a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileFault {
    /// It does not exist.
    #[error("does not exist")]
    Missing,
    /// It is a folder, socket or device.
    #[error("is not a regular file")]
    NotAFile,
    /// It cannot be read.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// Why, in the system's words.
        reason: String,
    },
    /// Every user of the machine can get at it.
    #[error("is open to every user (mode {mode:03o})")]
    OpenToAll {
        /// Its permission bits.
        mode: u32,
    },
    /// It is no program.
    #[error("is not executable")]
    NotExecutable,
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// A secret of several lines.
    #[error("has more than one line")]
    SeveralLines,
    /// It holds bytes that are no text.
    #[error("is not UTF-8 text")]
    NotText,
}

impl Fault {
    /// What to do about it, as one sentence without a full stop.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Syntax { .. } => {
                "correct the line; texts stand in \"double quotes\", tables in [brackets]".to_owned()
            }
            Self::UnknownKey {
                nearest: Some(nearest),
                ..
            } => format!("write `{nearest}`"),
            Self::UnknownKey { elsewhere, known, .. } if elsewhere.is_empty() => {
                format!("remove it; known here: {}", known.join(", "))
            }
            Self::UnknownKey { elsewhere, .. } => format!("move it to {}", elsewhere.join(" or ")),
            Self::MissingKey { key, expects, .. } => format!("add `{key}`: {expects}"),
            Self::NoCluster => "add [[cluster]] with `name` and `contact_points`".to_owned(),
            Self::WrongType { expects, .. } | Self::Empty { expects } => format!("give {expects}"),
            Self::NotATable { section, .. } => format!("write {section} and its keys below"),
            Self::NotRepeated { section } => format!("write [[{section}]], with two brackets"),
            Self::Malformed { expects, .. } => format!("write {expects}"),
            Self::OutOfRange { least, most, .. } => format!("choose a value from {least} to {most}"),
            Self::UnknownWord {
                nearest: Some(nearest),
                ..
            } => format!("write \"{nearest}\""),
            Self::UnknownWord { known, .. } => format!("write one of: {}", known.join(", ")),
            Self::UnknownPlaceholder {
                nearest: Some(nearest),
                ..
            } => format!("write `{{{nearest}}}`"),
            Self::UnknownPlaceholder { .. } => {
                let known: Vec<_> = PLACEHOLDERS.iter().map(|name| format!("`{{{name}}}`")).collect();
                format!(
                    "write one of {}, or `{{{{` and `}}}}` for braces",
                    known.join(", ")
                )
            }
            Self::Duplicate { .. } => "remove or rename one of the two".to_owned(),
            Self::ContactPoint { .. } => {
                "write an IP address or host name, with `:port` only if the storage port is not 7000"
                    .to_owned()
            }
            Self::Url { .. } => "write it like \"http://{address}:8778/jolokia/\"".to_owned(),
            Self::CredentialsInUrl => {
                "take them out; use `username` and `password_file` or `password_env`".to_owned()
            }
            Self::CredentialsInWebhook => {
                "take them out: a webhook is signed instead, by `secret_file` or `secret_env`".to_owned()
            }
            Self::TlsOverHttp => "begin `url` with https://, or remove the table".to_owned(),
            Self::JolokiaByAgents { key } => format!("remove `{key}`, or the table [cluster.agents]"),
            Self::AgentsNowhere => "set `agents` in [host], such as \"0.0.0.0:7171\"".to_owned(),
            Self::UnitAndCommands { .. } => "remove `unit`, or the commands".to_owned(),
            Self::HttpsWithoutTls => "add [cluster.jolokia.tls] with `ca_file`".to_owned(),
            Self::LiteralSecret => {
                "put it in a file only this user can read and write `password_file = \"FILE\"`, \
                 or in the environment and write `password_env = \"VARIABLE\"`"
                    .to_owned()
            }
            Self::TwoSecrets => "keep one of the two".to_owned(),
            Self::Incomplete { key, needs } => format!("set `{needs}` too, or remove `{key}`"),
            Self::OfAnotherKind { key, .. } => format!("remove `{key}`, or set another `kind`"),
            Self::MailInTheClear => "set `encryption` to \"starttls\" or \"tls\"".to_owned(),
            Self::LongerThan { other, .. } => format!("shorten it, or lengthen `{other}`"),
            Self::Unencrypted { .. } => {
                "set `tls_certificate` and `tls_key`, or listen on loopback, such as \"127.0.0.1:7980\""
                    .to_owned()
            }
            Self::SocketPath { .. } => "choose a shorter `socket` or `data_directory`".to_owned(),
            Self::File { path, fault } => fault.remedy(&path.display().to_string()),
            Self::Environment { variable } => {
                format!("set {variable} in the environment of the host, or name a file that holds it")
            }
            Self::VariableName => {
                "write the name of the variable, in capital letters, digits and `_`; never the secret itself"
                    .to_owned()
            }
            Self::NotBundled { known, .. } => {
                format!(
                    "use one of: {}; or give `source = \"FILE.wasm\"`",
                    known.join(", ")
                )
            }
            Self::NoTimetable { .. } => "see `[[schedule]]` in docs/configuration.md for examples".to_owned(),
            Self::NoWindow { .. } => {
                "see `[[window]]` and `[[freeze]]` in docs/configuration.md for examples".to_owned()
            }
            Self::NoSuchCluster {
                nearest: Some(nearest),
                ..
            } => format!("write \"{nearest}\""),
            Self::NoSuchCluster { known, .. } => format!("write one of: {}", known.join(", ")),
            Self::Scenario(fault) => fault.remedy(),
            Self::NotJson { .. } => "use a finite number".to_owned(),
        }
    }
}

impl FileFault {
    fn remedy(&self, path: &str) -> String {
        match self {
            Self::Missing => {
                "create it, or correct the path (it is relative to the folder of this file)".to_owned()
            }
            Self::NotAFile => "name a regular file".to_owned(),
            Self::Unreadable { .. } => "let the user of the host read it".to_owned(),
            Self::OpenToAll { .. } => format!("chmod 600 {path}"),
            Self::NotExecutable => format!("chmod +x {path}, or name a program"),
            Self::Empty | Self::SeveralLines | Self::NotText => {
                "put the secret in it, as one line of text".to_owned()
            }
        }
    }
}
