//! Which ports are encrypted, by `cassandra.yaml`.

use std::collections::{BTreeMap, BTreeSet};

const NATIVE_PORT: u16 = 9042;
const STORAGE_PORT: u16 = 7000;
const LEGACY_STORAGE_PORT: u16 = 7001;

/// The ports at which clients or peers are shown a certificate. A configuration that is none has no such ports.
pub(super) fn encrypted_ports(yaml: &str) -> BTreeSet<u16> {
    let said = said(yaml);
    let is = |key: &str, words: &[&str]| said.get(key).is_some_and(|value| words.contains(&value.as_str()));
    let port = |key: &str, otherwise: u16| {
        let said = said.get(key).and_then(|value| value.parse().ok());
        said.unwrap_or(otherwise)
    };
    let mut ports = BTreeSet::new();
    if is("client_encryption_options.enabled", &["true"]) {
        let native = port("native_transport_port", NATIVE_PORT);
        ports.insert(port("native_transport_port_ssl", native));
    }
    if is(
        "server_encryption_options.internode_encryption",
        &["all", "dc", "rack"],
    ) {
        ports.insert(port("storage_port", STORAGE_PORT));
        if is(
            "server_encryption_options.enable_legacy_ssl_storage_port",
            &["true"],
        ) {
            ports.insert(port("ssl_storage_port", LEGACY_STORAGE_PORT));
        }
    }
    ports
}

/// Plain values, by `key` at the top and by `key.key` one level below it: no more of YAML is needed for these.
fn said(yaml: &str) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let mut above = String::new();
    let mut depth = None;
    for line in yaml.lines() {
        let text = line.trim_start();
        let Some((key, value)) = text.split_once(':').filter(|_| !text.starts_with(['#', '-'])) else {
            continue;
        };
        let value = value.split(" #").next().unwrap_or_default().trim();
        let value = value.trim_matches(['"', '\'']).to_owned();
        let indent = line.len() - text.len();
        if indent == 0 {
            key.clone_into(&mut above);
            depth = None;
            said.insert(key.to_owned(), value);
        } else if *depth.get_or_insert(indent) == indent {
            said.insert(format!("{above}.{key}"), value);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [u16; 0] = [];

    fn ports(yaml: &str) -> Vec<u16> {
        encrypted_ports(yaml).into_iter().collect()
    }

    #[test]
    fn what_is_not_encrypted_is_not_asked() {
        assert_eq!(ports(""), NONE);
        assert_eq!(ports("\u{0}\u{1} no yaml: [at all"), NONE);
        let usual = "server_encryption_options:\n  # or all\n  internode_encryption: none\n  keystore: conf/.keystore\n\
                     client_encryption_options:\n  # Enable client-to-server encryption\n  enabled: false\n";
        assert_eq!(ports(usual), NONE);
        assert_eq!(ports("other_options:\n  enabled: true\n"), NONE);
    }

    #[test]
    fn ports_are_those_of_the_configuration_or_the_usual_ones() {
        let client = "client_encryption_options:\n    enabled: true\n    optional: false\n";
        assert_eq!(ports(client), [9042]);
        assert_eq!(
            ports(&format!("native_transport_port: 9142 # ours\n{client}")),
            [9142]
        );
        assert_eq!(
            ports(&format!("{client}native_transport_port_ssl: '9242'\n")),
            [9242]
        );
        let server = "server_encryption_options:\n  internode_encryption: \"all\"\n";
        assert_eq!(ports(server), [7000]);
        assert_eq!(ports(&format!("storage_port: 7100\n{server}")), [7100]);
        assert_eq!(
            ports(&format!("{server}  enable_legacy_ssl_storage_port: true\n")),
            [7000, 7001]
        );
    }

    #[test]
    fn fuzz_cassandra_yaml() {
        let sample = "native_transport_port: 9042\nclient_encryption_options:\n  enabled: true # yes\nserver_encryption_options:\n    internode_encryption: 'all'\nstorage_port: 7000\n";
        ringkeeper_fuzz::text("cassandra.yaml, for certificates", &[sample], |yaml| {
            encrypted_ports(yaml);
            Ok(())
        });
    }
}
