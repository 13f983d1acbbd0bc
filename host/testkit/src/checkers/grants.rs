//! Nothing is called outside of what was granted.

use std::collections::BTreeSet;

use ringkeeper_journal::{Call, Event, RunEvent};

use super::{Checker, Scene};
use crate::log::{Entry, HostChange, Line};

pub(super) const NAME: &str = "grants";

#[derive(Debug, Default)]
pub(super) struct Granted {
    without: BTreeSet<(String, String)>,
}

impl Checker for Granted {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        match &line.entry {
            Entry::Host(HostChange::Started { without }) => {
                self.without = without.iter().cloned().collect();
                None
            }
            Entry::Journal(_, recorded) => {
                let Event::Run {
                    run,
                    what: RunEvent::Intended(intent),
                } = &recorded.event
                else {
                    return None;
                };
                let plugin = scene.taken.plugins.get(run)?;
                let needed = match intent.call {
                    Call::Repair { .. } => "repair",
                    Call::Flush { .. } => "tables",
                    Call::Drain | Call::Stop | Call::Start => "lifecycle",
                    Call::Tool { .. } => "tools",
                };
                let config = scene
                    .scenario
                    .plugins
                    .iter()
                    .find(|config| config.name == *plugin);
                let has = config.is_some_and(|config| config.grants.iter().any(|grant| grant == needed))
                    && !self.without.contains(&(plugin.clone(), needed.to_owned()));
                (!has).then(|| {
                    format!(
                        "run {run} of plugin {plugin} calls what needs `{needed}`, which it was not granted"
                    )
                })
            }
            _ => None,
        }
    }
}
