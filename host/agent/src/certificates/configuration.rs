//! Which ports are encrypted, by `cassandra.yaml`.

use std::collections::BTreeSet;

use ringkeeper_jvm::{CassandraYaml, Yaml, YamlError};

const NATIVE_PORT: u16 = 9042;
const STORAGE_PORT: u16 = 7000;
const LEGACY_STORAGE_PORT: u16 = 7001;
/// What Cassandra takes for yes, in whatever letters.
const YES: [&str; 3] = ["true", "yes", "on"];

/// The ports at which clients or peers are shown a certificate.
///
/// # Errors
/// When the configuration is none.
pub(super) fn encrypted_ports(yaml: &str) -> Result<BTreeSet<u16>, YamlError> {
    let yaml = CassandraYaml::read(yaml)?;
    let said = |names: &[&str]| yaml.get(names).and_then(Yaml::text);
    let is = |names: &[&str], words: &[&str]| {
        said(names).is_some_and(|word| words.contains(&word.to_ascii_lowercase().as_str()))
    };
    let port = |name: &str, otherwise: u16| {
        let said = said(&[name]).and_then(|port| port.parse().ok());
        said.unwrap_or(otherwise)
    };
    let mut ports = BTreeSet::new();
    if is(&["client_encryption_options", "enabled"], &YES) {
        let native = port("native_transport_port", NATIVE_PORT);
        ports.insert(port("native_transport_port_ssl", native));
    }
    let between = "server_encryption_options";
    if is(&[between, "internode_encryption"], &["all", "dc", "rack"]) {
        ports.insert(port("storage_port", STORAGE_PORT));
        if is(&[between, "enable_legacy_ssl_storage_port"], &YES) {
            ports.insert(port("ssl_storage_port", LEGACY_STORAGE_PORT));
        }
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [u16; 0] = [];

    fn ports(yaml: &str) -> Vec<u16> {
        encrypted_ports(yaml).unwrap().into_iter().collect()
    }

    #[test]
    fn what_is_not_encrypted_is_not_asked() {
        assert_eq!(ports(""), NONE);
        assert!(encrypted_ports("\u{0}\u{1} no yaml: [at all").is_err());
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
            ports("client_encryption_options: {enabled: Yes, optional: false}\n"),
            [9042]
        );
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
            encrypted_ports(yaml).map(drop).map_err(|error| error.to_string())
        });
    }
}
