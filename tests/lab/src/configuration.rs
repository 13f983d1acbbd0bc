use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::certificates::{Certificates, STORE_PASSWORD};
use crate::claim::{CQL_PORT, STORAGE_PORT};
use crate::settings::{LabSettings, Partitioner};

pub(crate) const YAML: &str = "cassandra.yaml";
pub(crate) const RACK: &str = "cassandra-rackdc.properties";
pub(crate) const LOGBACK: &str = "logback.xml";
/// For nodetool, which would print its debug lines between its answers.
pub(crate) const TOOL_LOGBACK: &str = "logback-tools.xml";
pub(crate) const SYSTEM_LOG: &str = "logs/system.log";

/// What is particular to one node.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) address: IpAddr,
    pub(crate) data_centre: String,
    pub(crate) rack: String,
    pub(crate) tokens: Vec<String>,
}

/// Writes the configuration files of a node into its folder.
pub(crate) fn write(
    directory: &Path,
    place: &Place,
    seeds: &[IpAddr],
    settings: &LabSettings,
    certificates: Option<&Certificates>,
) -> Result<()> {
    // The path ends up in YAML, XML, a properties file and URLs; none of them is worth an escape in a lab.
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-_.+@".contains(letter);
    let shown = directory.display().to_string();
    ensure!(
        shown.chars().all(plain),
        "a lab folder needs a plain path, not {shown:?}"
    );
    fs::create_dir_all(directory.join("logs"))?;
    fs::write(
        directory.join(YAML),
        yaml(&shown, place, seeds, settings, certificates)?,
    )?;
    fs::write(
        directory.join(RACK),
        format!("dc={}\nrack={}\n", place.data_centre, place.rack),
    )?;
    fs::write(directory.join(LOGBACK), logback(&shown))?;
    fs::write(
        directory.join(TOOL_LOGBACK),
        "<configuration><root level=\"OFF\"/></configuration>\n",
    )?;
    Ok(())
}

fn yaml(
    directory: &str,
    place: &Place,
    seeds: &[IpAddr],
    settings: &LabSettings,
    certificates: Option<&Certificates>,
) -> Result<String> {
    let Place { address, tokens, .. } = place;
    let seeds: Vec<String> = seeds.iter().map(IpAddr::to_string).collect();
    let partitioner = match settings.partitioner {
        Partitioner::Murmur3 => "Murmur3Partitioner",
        Partitioner::Random => "RandomPartitioner",
    };
    let mut text = format!(
        "cluster_name: lab
num_tokens: {count}
initial_token: {tokens}
auto_bootstrap: false
partitioner: org.apache.cassandra.dht.{partitioner}
endpoint_snitch: GossipingPropertyFileSnitch
dynamic_snitch: false
listen_address: {address}
rpc_address: {address}
storage_port: {STORAGE_PORT}
native_transport_port: {CQL_PORT}
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: \"{seeds}\"
data_file_directories: [{directory}/data]
commitlog_directory: {directory}/commitlog
hints_directory: {directory}/hints
hinted_handoff_enabled: {hints}
saved_caches_directory: {directory}/saved_caches
cdc_raw_directory: {directory}/cdc_raw
auto_snapshot: false
commitlog_sync: periodic
",
        count = tokens.len(),
        tokens = tokens.join(","),
        seeds = seeds.join(","),
        hints = settings.hinted_handoff,
    );
    text.push_str(sizes(settings.version.names_units_in_options()));
    if settings.auth {
        text.push_str(
            "authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
",
        );
    }
    if let Some(certificates) = certificates.filter(|_| settings.tls) {
        write!(
            text,
            "client_encryption_options:
  enabled: true
  optional: false
  keystore: {store}
  keystore_password: {STORE_PASSWORD}
  store_type: PKCS12
",
            store = certificates.key_store().display(),
        )?;
    }
    Ok(text)
}

/// Times and sizes, whose names changed with 4.1.
fn sizes(units_in_names: bool) -> &'static str {
    if units_in_names {
        "commitlog_sync_period_in_ms: 10000
commitlog_segment_size_in_mb: 16
commitlog_total_space_in_mb: 256
memtable_heap_space_in_mb: 64
memtable_offheap_space_in_mb: 64
"
    } else {
        "commitlog_sync_period: 10s
commitlog_segment_size: 16MiB
commitlog_total_space: 256MiB
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
"
    }
}

fn logback(directory: &str) -> String {
    format!(
        r#"<configuration>
  <appender name="SYSTEM" class="ch.qos.logback.core.FileAppender">
    <file>{directory}/{SYSTEM_LOG}</file>
    <encoder><pattern>%-5level [%thread] %date{{ISO8601}} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="SYSTEM"/></root>
</configuration>
"#
    )
}
