//! `[cluster.jolokia]`: how a node's Jolokia agent is asked.

use std::time::Duration;

use super::agents;
use super::credentials::{self, Credentials};
use crate::key::{Absent, Key, Section};
use crate::kind::{Size, TimeSpan, UrlTemplate};
use crate::reading::{Reading, Table};
use crate::tls;
use crate::{Fault, TlsConfig};

/// How a node's Jolokia agent is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JolokiaConfig {
    /// Where: a URL with `{address}` for the node's IP address (in brackets for IPv6).
    pub url: String,
    /// Who the host is; none for no credentials.
    pub credentials: Option<Credentials>,
    /// How long one request may take, connecting and reading the answer included.
    pub timeout: Duration,
    /// How many bytes one answer may have.
    pub max_response_bytes: u64,
    /// Certificates; present if and only if the URL begins with `https`.
    pub tls: Option<TlsConfig>,
}

pub(super) static SECTION: Section = Section {
    path: "cluster.jolokia",
    repeated: false,
    meaning: "How the Jolokia agent of each node is asked.",
    keys: &[
        &URL,
        &credentials::USERNAME,
        &credentials::PASSWORD_FILE,
        &credentials::PASSWORD_ENV,
        &TIMEOUT,
        &MAX_RESPONSE,
    ],
    sections: &[&TLS],
};

/// Keys that say how a node is reached, and who the host is there.
const WAYS: &[&str] = &[
    URL.name,
    credentials::USERNAME.name,
    credentials::PASSWORD_FILE.name,
    credentials::PASSWORD_ENV.name,
    "tls",
];

static TLS: Section = Section {
    path: "cluster.jolokia.tls",
    repeated: false,
    meaning: "Certificates for agents that speak https. Needed if and only if `url` begins with https://.",
    keys: tls::KEYS,
    sections: &[],
};

static URL: Key<UrlTemplate> = Key {
    name: "url",
    kind: UrlTemplate,
    absent: Absent::Default("\"http://{address}:8778/jolokia/\""),
    meaning: "Where a node's agent is. `{address}` stands for the node's IP address; IPv6 gets its brackets.",
};

static TIMEOUT: Key<TimeSpan> = Key {
    name: "timeout",
    kind: TimeSpan {
        least: Duration::from_millis(100),
        most: Duration::from_secs(300),
    },
    absent: Absent::Default("\"5s\""),
    meaning: "How long one request may take, connecting and reading the answer included.",
};

static MAX_RESPONSE: Key<Size> = Key {
    name: "max_response",
    kind: Size {
        least: 64 << 10,
        most: 1 << 30,
    },
    absent: Absent::Default("\"16MiB\""),
    meaning: "How large one answer may be. A larger one is dropped and reported.",
};

impl JolokiaConfig {
    pub(super) fn read(cluster: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = cluster.table(reading, &SECTION);
        if cluster.has(agents::SECTION.name())
            && let Some(key) = WAYS.iter().find(|key| table.has(key))
        {
            table.wrong(reading, key, Fault::JolokiaByAgents { key });
        }
        let url = table.value(reading, &URL);
        let credentials = Credentials::read(&table, reading);
        let timeout = table.value(reading, &TIMEOUT);
        let max_response_bytes = table.value(reading, &MAX_RESPONSE);
        let tls = TlsConfig::read(&table, reading, &TLS);
        if let Some(url) = &url {
            match (
                url.to_ascii_lowercase().starts_with("https:"),
                table.has(TLS.name()),
            ) {
                (true, false) => table.wrong(reading, URL.name, Fault::HttpsWithoutTls),
                (false, true) => table.wrong(reading, TLS.name(), Fault::TlsOverHttp),
                (true, true) | (false, false) => {}
            }
        }
        Some(Self {
            url: url?,
            credentials: credentials?,
            timeout: timeout?,
            max_response_bytes: max_response_bytes?,
            tls: tls?,
        })
    }
}
