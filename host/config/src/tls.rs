//! `tls` tables: certificates for encrypted connections.

use std::path::PathBuf;

use crate::Fault;
use crate::key::{Absent, Entry, Key, Section};
use crate::kind::{FilePath, PathUse, Switch};
use crate::reading::{Reading, Table};

/// Certificates for encrypted connections. All files are PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsConfig {
    /// Certificates of the authorities that may have signed a node's certificate.
    pub ca_file: PathBuf,
    /// The host's own certificate and its key, where nodes want one.
    pub identity: Option<TlsIdentity>,
    /// Whether a node's certificate must name the address it is asked at.
    pub verify_host_name: bool,
}

/// The host's own certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsIdentity {
    /// The certificate, with its chain.
    pub certificate_file: PathBuf,
    /// Its private key.
    pub key_file: PathBuf,
}

/// The keys of every `tls` table.
pub(crate) const KEYS: &[&dyn Entry] = &[&CA_FILE, &CERTIFICATE_FILE, &KEY_FILE, &VERIFY_HOST_NAME];

static CA_FILE: Key<FilePath> = Key {
    name: "ca_file",
    kind: FilePath(PathUse::Read),
    absent: Absent::Required,
    meaning: "PEM file with the certificates of the authorities that sign the nodes' certificates.",
};

static CERTIFICATE_FILE: Key<FilePath> = Key {
    name: "certificate_file",
    kind: FilePath(PathUse::Read),
    absent: Absent::Otherwise("no client certificate is shown"),
    meaning: "PEM file with the host's own certificate and its chain, for nodes that want one. Needs `key_file`.",
};

static KEY_FILE: Key<FilePath> = Key {
    name: "key_file",
    kind: FilePath(PathUse::Private),
    absent: Absent::Otherwise("no client certificate is shown"),
    meaning: "PEM file with the private key of `certificate_file`; closed to other users (chmod 600).",
};

static VERIFY_HOST_NAME: Key<Switch> = Key {
    name: "verify_host_name",
    kind: Switch,
    absent: Absent::Default("true"),
    meaning: "Whether a node's certificate must name the address it is asked at. The authority is always checked.",
};

impl TlsConfig {
    /// The `tls` table within `parent`; the inner none where there is no such table.
    pub(crate) fn read(
        parent: &Table<'_>,
        reading: &mut Reading<'_>,
        section: &'static Section,
    ) -> Option<Option<Self>> {
        let table = parent.table(reading, section);
        if !table.is_given() {
            return Some(None);
        }
        let ca_file = table.value(reading, &CA_FILE);
        let certificate_file = table.optional(reading, &CERTIFICATE_FILE);
        let key_file = table.optional(reading, &KEY_FILE);
        let verify_host_name = table.value(reading, &VERIFY_HOST_NAME);
        for (key, needs) in [
            (CERTIFICATE_FILE.name, KEY_FILE.name),
            (KEY_FILE.name, CERTIFICATE_FILE.name),
        ] {
            if table.has(key) && !table.has(needs) {
                table.wrong(reading, key, Fault::Incomplete { key, needs });
            }
        }
        let identity = certificate_file?.zip(key_file?);
        let identity = identity.map(|(certificate_file, key_file)| TlsIdentity {
            certificate_file,
            key_file,
        });
        Some(Some(Self {
            ca_file: ca_file?,
            identity,
            verify_host_name: verify_host_name?,
        }))
    }
}
