//! Changed configuration, agent and scenario files, and single values of each kind.

use std::path::Path;

use super::SMALLEST;
use super::documents::{FULL, FULL_SCENARIO};
use crate::{AgentConfig, Config, ConfigError, Scenario};

const AGENT: &str = "[agent]\nname = \"node-1\"\nlisten = \"0.0.0.0:7172\"\n[host]\naddress = \"10.0.0.1:7171\"\n\
                     [cassandra]\nunit = \"cassandra.service\"\nhome = \"/opt/cassandra\"\n";

/// Complaints that name what they are about, and nothing else.
fn complaints<T>(read: Result<T, ConfigError>) -> Result<(), String> {
    match read {
        Ok(_) => Ok(()),
        // As many as there are mistakes, and each of them short.
        Err(ConfigError::Invalid { problems }) => {
            let texts = problems.iter().map(ToString::to_string);
            Err(texts.max_by_key(String::len).unwrap_or_default())
        }
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn configuration_files() {
    ringkeeper_fuzz::text("ringkeeper.toml", &[SMALLEST, FULL], |text| {
        complaints(Config::parse(text, Path::new("ringkeeper.toml")))
    });
}

#[test]
fn agent_files() {
    ringkeeper_fuzz::text("agent.toml", &[AGENT], |text| {
        complaints(AgentConfig::parse(text, Path::new("agent.toml")))
    });
}

#[test]
fn scenario_files() {
    ringkeeper_fuzz::text("scenario files", &[FULL_SCENARIO], |text| {
        complaints(Scenario::parse(text, Path::new("scenario.toml")))
    });
}

/// One value alone, in the place of each value of a file: durations, sizes, URLs, moments, commands, cron.
#[test]
fn single_values() {
    let values = [
        "90s",
        "1h 30m",
        "64MiB",
        "0.5 GiB",
        "https://10.0.0.1:8778/jolokia",
        "2026-11-26T12:00:00Z",
        "@every 2w",
        "0 3 * * 1",
    ];
    let lines: Vec<&str> = FULL.lines().filter(|line| line.contains(" = ")).collect();
    ringkeeper_fuzz::text("values in ringkeeper.toml", &values, |value| {
        for line in lines.iter().step_by(7) {
            let (name, _) = line.split_once(" = ").unwrap_or_default();
            let text = FULL.replace(line, &format!("{name} = {value:?}"));
            // Only the last complaint is measured: each has the value in it.
            complaints(Config::parse(&text, Path::new("ringkeeper.toml"))).or_else(|reason| match reason
                .is_empty()
            {
                true => Err(reason),
                false => Ok(()),
            })?;
        }
        Ok(())
    });
}
