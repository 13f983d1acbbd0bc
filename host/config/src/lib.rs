//! The configuration file: parsed, checked, with origins.
//!
//! One TOML file says which clusters to watch and how. A file that names a cluster and one contact point is enough;
//! every other key has a default. The picture to keep in mind: **one table of keys** ([`key::Section`], beginning at
//! [`file::ROOT`]) is read four times over, by the parser, by the search for the nearest known key, by the reference
//! in `docs/configuration.md` and by the JSON Schema in `docs/config-schema.json`. Nothing is a key that does not stand
//! there.
//!
//! Reading never stops at the first mistake: all are reported together, each with what is wrong, where, and what to
//! do. A scenario of the simulator ([`Scenario`]) is read in the same way, from a table of keys of its own
//! ([`scenario::ROOT`]) that has sections of the configuration in it. Secrets are never in the file and never in a value
//! of this crate, only where to find them ([`SecretSource`]).

mod agent;
mod cluster;
mod document;
mod effective;
mod fault;
mod file;
mod freeze;
mod host;
mod key;
mod kind;
mod nearest;
mod notify;
mod plugin;
mod policy;
mod problem;
mod reading;
mod reference;
mod scenario;
mod schedule;
mod schema;
mod secret;
mod source;
mod tls;
mod trusted;
mod unknown;
mod warning;
mod window;

#[cfg(test)]
mod tests;

pub use agent::{
    AgentConfig, AgentProcess, AttachConfig, CassandraConfig, DEFAULT_AGENT_FILE, ToolsConfig,
    agent_reference, agent_schema,
};
pub use cluster::{
    ClusterAgents, ClusterConfig, CqlConfig, Credentials, JolokiaConfig, ProcessConfig, SweepConfig,
};
pub use effective::{EffectiveValue, Origin};
pub use fault::{Fault, FileFault};
pub use file::Config;
pub use freeze::FreezeConfig;
pub use host::{
    Approvers, DEFAULT_DATA_DIRECTORY, HostConfig, ListenConfig, LogConfig, LogFormat, LogLevel, SOCKET_NAME,
};
pub use kind::{PLACEHOLDERS, parse_time_span};
pub use nearest::nearest;
pub use notify::{MailEncryption, NotifyConfig, NotifyWay};
pub use plugin::{CAPABILITIES, PluginConfig, PluginLimits, PluginSource};
pub use policy::{KeyspacePolicy, MitigationConfig, PolicyConfig, WaiverConfig};
pub use problem::{ConfigError, Problem};
pub use reference::reference;
pub use scenario::{
    AskedRun, DataCentreConfig, FaultConfig, FaultEvent, FaultKind, GoalConfig, GoalKind, LoadConfig,
    NodePlace, Scenario, ScenarioFault, SimulatedKeyspace, When, scenario_reference, scenario_schema,
};
pub use schedule::ScheduleConfig;
pub use schema::schema;
pub use secret::{Secret, SecretError, SecretSource};
pub use source::Place;
pub use tls::{TlsConfig, TlsIdentity};
pub use unknown::{KnownNames, NameOf, UnknownName, unknown_names};
pub use warning::Warning;
pub use window::WindowConfig;
