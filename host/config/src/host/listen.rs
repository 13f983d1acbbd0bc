//! Where the host listens on the network, in `[host]`.

use std::net::SocketAddr;

use crate::Fault;
use crate::key::{Absent, Key};
use crate::kind::{Choice, FilePath, Names, PathUse, Text, Word};
use crate::reading::{Reading, Table};
use crate::tls::TlsIdentity;

/// Where the host listens on the network, beside its socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenConfig {
    /// The address and port. One that other machines reach has TLS.
    pub at: SocketAddr,
    /// The certificate that the host shows; none where nothing is encrypted.
    pub tls: Option<TlsIdentity>,
    /// The names by which it may be asked, beside `localhost` and any IP address; in lower case.
    pub allowed_hosts: Vec<String>,
    /// Which role it takes to approve there what waits for a person's word.
    pub approvers: Approvers,
}

/// Which role it takes to approve over the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approvers {
    /// Operators and admins.
    Operator,
    /// Admins alone.
    Admin,
}

impl Word for Approvers {
    const EVERY: &'static [Self] = &[Self::Operator, Self::Admin];

    fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

pub(super) static LISTEN: Key<Text> = Key {
    name: "listen",
    kind: Text {
        expects: "an IP address and a port, such as \"127.0.0.1:7980\" or \"[::]:7980\"",
        pattern: ":[0-9]+$",
        fits: |text| text.parse::<SocketAddr>().is_ok(),
    },
    absent: Absent::Otherwise("the host listens on its socket alone"),
    meaning: "Where the host answers over the network too, to whoever has a token (docs/access.md). An address that other \
              machines reach needs `tls_certificate` and `tls_key`.",
};

pub(super) static TLS_CERTIFICATE: Key<FilePath> = Key {
    name: "tls_certificate",
    kind: FilePath(PathUse::Read),
    absent: Absent::Otherwise("`listen` speaks HTTP without TLS, and must be on loopback"),
    meaning: "PEM file with the certificate that the host shows at `listen`, and its chain. Read again when it changes. Needs \
              `tls_key`.",
};

pub(super) static TLS_KEY: Key<FilePath> = Key {
    name: "tls_key",
    kind: FilePath(PathUse::Private),
    absent: Absent::Otherwise("`listen` speaks HTTP without TLS, and must be on loopback"),
    meaning: "PEM file with the private key of `tls_certificate`; closed to other users (chmod 600).",
};

pub(super) static ALLOWED_HOSTS: Key<Names> = Key {
    name: "allowed_hosts",
    kind: Names {
        one: "a host name without a port",
        expects: "a list of host names, such as [\"ringkeeper.example\"]",
    },
    absent: Absent::Otherwise("it is asked by IP address or as `localhost`"),
    meaning: "The names by which the host may be asked at `listen`, beside IP addresses and `localhost`. A request that names \
              another is refused, so that no foreign page in a browser passes for the host.",
};

pub(super) static APPROVERS: Key<Choice<Approvers>> = Key {
    name: "approvers",
    kind: Choice::OF_ALL,
    absent: Absent::Default("\"operator\""),
    meaning: "Which role it takes to approve at `listen` what waits for a person's word: `operator`, or `admin` alone.",
};

impl ListenConfig {
    /// What `[host]` says of it; the inner none where the host listens on its socket alone.
    pub(super) fn read(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Option<Self>> {
        let at = table.optional(reading, &LISTEN);
        let certificate = table.optional(reading, &TLS_CERTIFICATE);
        let key = table.optional(reading, &TLS_KEY);
        let allowed_hosts = table.optional(reading, &ALLOWED_HOSTS);
        let approvers = table.value(reading, &APPROVERS);
        let mut is_whole = true;
        for (key, needs) in [
            (TLS_CERTIFICATE.name, TLS_KEY.name),
            (TLS_KEY.name, TLS_CERTIFICATE.name),
            (TLS_CERTIFICATE.name, LISTEN.name),
            (ALLOWED_HOSTS.name, LISTEN.name),
        ] {
            if table.has(key) && !table.has(needs) {
                table.wrong(reading, key, Fault::Incomplete { key, needs });
                is_whole = false;
            }
        }
        let names = allowed_hosts.as_ref().and_then(Option::as_ref);
        if let Some(name) = names.into_iter().flatten().find(|name| !is_host_name(name)) {
            let value = name.clone();
            let expects = ALLOWED_HOSTS.kind.one.to_owned();
            table.wrong(reading, ALLOWED_HOSTS.name, Fault::Malformed { value, expects });
            is_whole = false;
        }
        let at: Option<SocketAddr> = at?.and_then(|text| text.parse().ok());
        let is_encrypted = table.has(TLS_CERTIFICATE.name) || table.has(TLS_KEY.name);
        if let Some(at) = at.filter(|at| !at.ip().is_loopback() && !is_encrypted) {
            table.wrong(reading, LISTEN.name, Fault::Unencrypted { at });
            is_whole = false;
        }
        let tls = certificate?
            .zip(key?)
            .map(|(certificate_file, key_file)| TlsIdentity {
                certificate_file,
                key_file,
            });
        let approvers = approvers?;
        let allowed_hosts = allowed_hosts?.unwrap_or_default();
        let listen = |at| Self {
            at,
            tls,
            allowed_hosts: allowed_hosts
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
            approvers,
        };
        is_whole.then(|| at.map(listen))
    }
}

/// What can stand in the header `Host` before a port.
fn is_host_name(name: &str) -> bool {
    name.chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}
