//! The file of an agent.

use std::path::Path;
use std::time::Duration;

use insta::assert_snapshot;

use crate::{AgentConfig, AgentProcess};

fn complaint(text: &str) -> String {
    AgentConfig::parse(text, Path::new("agent.toml"))
        .unwrap_err()
        .to_string()
}

#[test]
fn nothing_need_be_said() {
    let config = AgentConfig::parse("", Path::new("agent.toml")).unwrap();
    assert_eq!(config.listen, None);
    assert_eq!(config.jolokia.address, "127.0.0.1:8778".parse().unwrap());
    let commands = config.process.commands();
    assert_eq!(
        commands.start,
        ["systemctl", "--no-ask-password", "start", "cassandra"]
    );
    assert_eq!(commands.limit, Duration::from_secs(120));
}

#[test]
fn everything_can_be_said() {
    let config = AgentConfig::parse(
        r#"
listen = "10.0.0.1:7272"
[cassandra]
data_directory = "data"
listen_address = "10.0.0.1"
pid_file = "/run/cassandra.pid"
log_directory = "/srv/log"
[jolokia]
jar = "/opt/jolokia.jar"
address = "127.0.0.2:9999"
folder = "/run/jolokia"
within = "30s"
[process]
start = ["true", "{address}"]
stop = ["true"]
status = ["true"]
limit = "30s"
[log]
level = "debug"
"#,
        Path::new("/etc/agent.toml"),
    )
    .unwrap();
    assert_eq!(
        config.cassandra.data_directory.as_deref(),
        Some(Path::new("/etc/data"))
    );
    assert_eq!(
        config.cassandra.log_directory.as_deref(),
        Some(Path::new("/srv/log"))
    );
    assert!(matches!(config.process, AgentProcess::Commands(_)));
}

#[test]
fn mistakes() {
    let each = [
        "lisen = \"10.0.0.1:7272\"",
        "listen = \"10.0.0.1\"",
        "[jolokia]\naddress = \"10.0.0.1:8778\"",
        "[process]\nunit = \"cassandra; reboot\"",
        "[process]\nunit = \"--force\"",
        "[process]\nunit = \"cassandra\"\nstart = [\"true\"]",
        "[process]\nstart = [\"true\"]",
        "[cassandra]\nlisten_address = \"db1\"",
    ];
    let about = |text: &&str| format!("{text}\n---\n{}", complaint(text));
    assert_snapshot!(each.iter().map(about).collect::<Vec<_>>().join("\n\n"));
}
