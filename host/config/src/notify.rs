//! `[[notify]]`: who outside is told.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use ringkeeper_plan::Severity;

use crate::cluster::credentials::{PASSWORD_ENV, PASSWORD_FILE, USERNAME};
use crate::cluster::{Credentials, read_named};
use crate::key::{Absent, Key, Section};
use crate::kind::{Choice, FilePath, Listed, PathUse, SecretVariable, SomeWords, Switch, Text, WebUrl, Word};
use crate::reading::{Reading, Table};
use crate::{Fault, SecretSource};

/// Somebody outside who is told, by the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifyConfig {
    /// What it is called; unique.
    pub name: String,
    /// Findings of these severities are told; at least one.
    pub severities: BTreeSet<Severity>,
    /// Whether plans that wait for a person's word are told.
    pub approvals: bool,
    /// Authorities that are believed beside those of the machine.
    pub ca_file: Option<PathBuf>,
    /// How.
    pub way: NotifyWay,
}

/// How somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifyWay {
    /// By signed JSON, posted to a URL.
    Webhook {
        /// Where.
        url: String,
        /// What it is signed with.
        secret: SecretSource,
    },
    /// By e-mail.
    Email {
        /// The mail server: name and port.
        server: (String, u16),
        /// How the connection is encrypted.
        encryption: MailEncryption,
        /// Who the host is to the server; none where it wants no login.
        credentials: Option<Credentials>,
        /// Whom it is from.
        from: String,
        /// Whom it goes to; at least one.
        to: Vec<String>,
    },
}

/// How the connection to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailEncryption {
    /// It begins in the clear and must then be encrypted.
    StartTls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

impl Word for MailEncryption {
    const EVERY: &'static [Self] = &[Self::StartTls, Self::Tls, Self::None];

    fn word(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::None => "none",
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Webhook,
    Email,
}

impl Word for Kind {
    const EVERY: &'static [Self] = &[Self::Webhook, Self::Email];

    fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }
}

pub(crate) static SECTION: Section = Section {
    path: "notify",
    repeated: true,
    meaning: "Somebody outside who is told of findings and of plans that wait for a word, by webhook or e-mail \
              ([notifications](notifications.md)). One that is new is told of what comes, not of what was. \
              `ringkeeper notify test NAME` tries it.",
    keys: &[
        &NAME,
        &KIND,
        &SEVERITIES,
        &APPROVALS,
        &CA_FILE,
        &URL,
        &SECRET_FILE,
        &SECRET_ENV,
        &SERVER,
        &ENCRYPTION,
        &USERNAME,
        &PASSWORD_FILE,
        &PASSWORD_ENV,
        &FROM,
        &TO,
    ],
    sections: &[],
};

static NAME: Key<Text> = Key {
    name: "name",
    kind: Text::NAME,
    absent: Absent::Required,
    meaning: "What it is called in findings and commands. Unique. Under another name it is somebody new.",
};

static KIND: Key<Choice<Kind>> = Key {
    name: "kind",
    kind: Choice::OF_ALL,
    absent: Absent::Required,
    meaning: "How: `webhook` posts signed JSON to `url`; `email` sends mail by `server`.",
};

static SEVERITIES: Key<SomeWords> = Key {
    name: "severities",
    kind: SomeWords(&["info", "advice", "warning", "severe"]),
    absent: Absent::Default("[\"severe\"]"),
    meaning: "Findings of these severities are told, when they begin to be so and when that ends.",
};

static APPROVALS: Key<Switch> = Key {
    name: "approvals",
    kind: Switch,
    absent: Absent::Default("true"),
    meaning: "Whether plans that wait for a person's word are told.",
};

static CA_FILE: Key<FilePath> = Key {
    name: "ca_file",
    kind: FilePath(PathUse::Read),
    absent: Absent::Otherwise("the authorities of the machine alone"),
    meaning: "PEM file with certificates of authorities that are believed beside those of the machine.",
};

static URL: Key<WebUrl> = Key {
    name: "url",
    kind: WebUrl,
    absent: Absent::Otherwise("there is no webhook"),
    meaning: "Where a webhook is posted to. It is named in no log and no finding.",
};

static SECRET_FILE: Key<FilePath> = Key {
    name: "secret_file",
    kind: FilePath(PathUse::Secret),
    absent: Absent::Otherwise("`secret_env`"),
    meaning: "File whose one line is the secret that a webhook is signed with; closed to other users (chmod 600). Read when the host \
              starts. A webhook needs this or `secret_env`.",
};

static SECRET_ENV: Key<SecretVariable> = Key {
    name: "secret_env",
    kind: SecretVariable,
    absent: Absent::Otherwise("`secret_file`"),
    meaning: "Environment variable of the host that holds that secret, instead of `secret_file`.",
};

static SERVER: Key<Text> = Key {
    name: "server",
    kind: Text {
        expects: "the name of a mail server and a port, such as \"mail.example.com:587\"",
        pattern: "^[^\\s/@]+:[0-9]+$",
        fits: |text| server(text).is_some(),
    },
    absent: Absent::Otherwise("there is no mail"),
    meaning: "The mail server that takes the mail.",
};

static ENCRYPTION: Key<Choice<MailEncryption>> = Key {
    name: "encryption",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"starttls\""),
    meaning: "How the connection to it is encrypted: `starttls` after a greeting in the clear (port 587), `tls` from the first \
              byte (port 465), `none` for a server on this machine, without a login.",
};

static FROM: Key<Text> = Key {
    name: "from",
    kind: Text {
        expects: "a mail address, such as \"Ringkeeper <ringkeeper@example.com>\"",
        pattern: "@",
        fits: is_address,
    },
    absent: Absent::Otherwise("there is no mail"),
    meaning: "Whom the mail is from.",
};

static TO: Key<Listed> = Key {
    name: "to",
    kind: Listed {
        one: Text {
            expects: "a mail address, such as \"oncall@example.com\"",
            pattern: "@",
            fits: is_address,
        },
        expects: "a list of mail addresses, at least one",
    },
    absent: Absent::Otherwise("there is no mail"),
    meaning: "Whom the mail goes to.",
};

fn is_address(text: &str) -> bool {
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => text,
    };
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>@,;".contains(c));
    address
        .split_once('@')
        .is_some_and(|(user, domain)| plain(user) && plain(domain))
}

fn server(text: &str) -> Option<(String, u16)> {
    let (name, port) = text.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "/@".contains(c));
    is_name.then(|| (name.to_owned(), port))
}

impl NotifyConfig {
    pub(crate) fn read_all(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<Vec<Self>> {
        read_named(root, reading, &SECTION, Self::read)
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let name = table.value(reading, &NAME);
        let kind = table.value(reading, &KIND);
        let severities = table.value(reading, &SEVERITIES);
        let approvals = table.value(reading, &APPROVALS);
        let ca_file = table.optional(reading, &CA_FILE);
        let way = match kind? {
            Kind::Webhook => webhook(table, reading),
            Kind::Email => email(table, reading),
        };
        let every = [
            Severity::Info,
            Severity::Advice,
            Severity::Warning,
            Severity::Severe,
        ];
        let severities = severities?;
        Some(Self {
            name: name?,
            severities: every
                .into_iter()
                .filter(|severity| severities.contains(&severity.to_string()))
                .collect(),
            approvals: approvals?,
            ca_file: ca_file?,
            way: way?,
        })
    }
}

fn webhook(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<NotifyWay> {
    refuse(
        table,
        reading,
        "webhook",
        &[
            SERVER.name,
            ENCRYPTION.name,
            USERNAME.name,
            PASSWORD_FILE.name,
            PASSWORD_ENV.name,
            FROM.name,
            TO.name,
        ],
    );
    let url = table.optional(reading, &URL);
    let file = table.optional(reading, &SECRET_FILE);
    let variable = table.optional(reading, &SECRET_ENV);
    need(table, reading, URL.name);
    match (table.has(SECRET_FILE.name), table.has(SECRET_ENV.name)) {
        (true, true) => table.wrong(reading, SECRET_ENV.name, Fault::TwoSecrets),
        (false, false) => need(table, reading, SECRET_FILE.name),
        _ => {}
    }
    let secret = file?.map(SecretSource::File);
    Some(NotifyWay::Webhook {
        url: url??,
        secret: secret.or(variable?.map(SecretSource::Environment))?,
    })
}

fn email(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<NotifyWay> {
    refuse(
        table,
        reading,
        "email",
        &[URL.name, SECRET_FILE.name, SECRET_ENV.name],
    );
    let server_text = table.optional(reading, &SERVER);
    let encryption = table.value(reading, &ENCRYPTION);
    let credentials = Credentials::read(table, reading);
    let from = table.optional(reading, &FROM);
    let to = table.optional(reading, &TO);
    for name in [SERVER.name, FROM.name, TO.name] {
        need(table, reading, name);
    }
    let (server, encryption, credentials) = (server(&server_text??)?, encryption?, credentials?);
    let is_here = server.0 == "localhost" || server.0.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if encryption == MailEncryption::None && (!is_here || credentials.is_some()) {
        table.wrong(reading, ENCRYPTION.name, Fault::MailInTheClear);
        return None;
    }
    Some(NotifyWay::Email {
        server,
        encryption,
        credentials,
        from: from??,
        to: to??,
    })
}

/// Notes that a key is missing that this kind needs.
fn need(table: &Table<'_>, reading: &mut Reading<'_>, name: &'static str) {
    if !table.has(name) {
        let fault = Fault::Incomplete {
            key: KIND.name,
            needs: name,
        };
        table.wrong(reading, KIND.name, fault);
    }
}

/// Notes every key that belongs to another kind.
fn refuse(table: &Table<'_>, reading: &mut Reading<'_>, kind: &'static str, names: &[&'static str]) {
    for name in names.iter().copied().filter(|name| table.has(name)) {
        table.wrong(reading, name, Fault::OfAnotherKind { key: name, kind });
    }
}
