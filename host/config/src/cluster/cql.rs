//! `[cluster.cql]`: how nodes are asked by CQL.

use std::time::Duration;

use super::credentials::{self, Credentials};
use crate::TlsConfig;
use crate::key::{Absent, Key, Section};
use crate::kind::{Count, TimeSpan};
use crate::reading::{Reading, Table};
use crate::tls;

/// How nodes are asked by CQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CqlConfig {
    /// The native-protocol port of every node.
    pub port: u16,
    /// Who the host is; none for no credentials.
    pub credentials: Option<Credentials>,
    /// How long one reading of the schema may take, connecting included.
    pub timeout: Duration,
    /// Certificates; none for connections without TLS.
    pub tls: Option<TlsConfig>,
}

pub(super) static SECTION: Section = Section {
    path: "cluster.cql",
    repeated: false,
    meaning: "How nodes are asked by CQL, for keyspaces and tables. A user that may read `system_schema` is enough.",
    keys: &[
        &PORT,
        &credentials::USERNAME,
        &credentials::PASSWORD_FILE,
        &credentials::PASSWORD_ENV,
        &TIMEOUT,
    ],
    sections: &[&TLS],
};

static TLS: Section = Section {
    path: "cluster.cql.tls",
    repeated: false,
    meaning: "Certificates for encrypted CQL. Without this table connections are not encrypted.",
    keys: tls::KEYS,
    sections: &[],
};

static PORT: Key<Count> = Key {
    name: "port",
    kind: Count {
        least: 1,
        most: 65_535,
    },
    absent: Absent::Default("9042"),
    meaning: "The native-protocol port of every node.",
};

static TIMEOUT: Key<TimeSpan> = Key {
    name: "timeout",
    kind: TimeSpan {
        least: Duration::from_millis(100),
        most: Duration::from_secs(300),
    },
    absent: Absent::Default("\"10s\""),
    meaning: "How long one reading of the schema may take, connecting included.",
};

impl CqlConfig {
    pub(super) fn read(cluster: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = cluster.table(reading, &SECTION);
        let port = table.value(reading, &PORT);
        let credentials = Credentials::read(&table, reading);
        let timeout = table.value(reading, &TIMEOUT);
        let tls = TlsConfig::read(&table, reading, &TLS);
        // The kind of the key keeps it within a port's range.
        let port = port.and_then(|port| u16::try_from(port).ok());
        Some(Self {
            port: port?,
            credentials: credentials?,
            timeout: timeout?,
            tls: tls?,
        })
    }
}
