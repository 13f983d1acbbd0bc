//! A tool, as the catalogue tells of it.

use ringkeeper_plan::Impact;
use serde::Serialize;

use crate::{Line, Parameter};

/// A command of nodetool, or one of the sstable tools.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tool {
    /// Its name. That of a subcommand has a dash in it: `repair_admin-list`.
    pub name: &'static str,
    /// What runs it.
    pub program: Program,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// The first release line that has it.
    pub since: Line,
    /// What it does to the cluster at most.
    pub impact: Impact,
    /// Whether it may be run here.
    pub rule: Rule,
    /// What it works on.
    pub ground: Ground,
    /// Words that make it only say what it would do; none where it cannot.
    pub dry_run: &'static [&'static str],
    /// Words that it always gets.
    pub fixed: &'static [&'static str],
    /// What it can break; empty where it breaks nothing.
    pub risk: &'static str,
    /// Tools that show what it would meet, to be run before.
    pub look: &'static [&'static str],
    /// Whether the managed service that people come from offers it.
    pub managed: Managed,
}

/// What runs a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// nodetool, which asks the running node.
    Nodetool,
    /// The class of a program of its own, which reads files.
    SsTable(&'static str),
}

/// Whether a tool may be run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// As it is asked for.
    Freely,
    /// It shows what it would do, unless it is said to be meant for real.
    ForReal,
    /// Not at all: this operation does it, with the guard asked and everything written down.
    Instead(&'static str),
    /// Not at all, for this reason.
    Never(&'static str),
}

/// What a tool works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The running node.
    Node,
    /// A copy of the SSTables by hard links, whether the node runs or not.
    Copy,
    /// The SSTables themselves, so that the node must be stopped.
    StoppedNode,
}

/// What the managed service does with a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Managed {
    /// It lets it be run.
    Offered,
    /// It does not.
    Withheld,
}

impl Tool {
    /// A command of nodetool that only looks and that the managed service offers.
    pub(crate) const fn nodetool(name: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            program: Program::Nodetool,
            summary,
            parameters: &[],
            since: Line::V4_0,
            impact: Impact::Observe,
            rule: Rule::Freely,
            ground: Ground::Node,
            dry_run: &[],
            fixed: &[],
            risk: "",
            look: &[],
            managed: Managed::Offered,
        }
    }

    /// A tool that only reads SSTables and that the managed service offers.
    pub(crate) const fn sstable(name: &'static str, class: &'static str, summary: &'static str) -> Self {
        Self {
            program: Program::SsTable(class),
            ground: Ground::Copy,
            ..Self::nodetool(name, summary)
        }
    }

    /// It takes these.
    pub(crate) const fn takes(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }

    /// It is there from this line on.
    pub(crate) const fn since(self, since: Line) -> Self {
        Self { since, ..self }
    }

    /// The managed service does not offer it.
    pub(crate) const fn withheld(self) -> Self {
        Self {
            managed: Managed::Withheld,
            ..self
        }
    }

    /// It alters settings or load in a way that can be taken back.
    pub(crate) const fn changes(self, risk: &'static str) -> Self {
        Self {
            impact: Impact::Change,
            risk,
            ..self
        }
    }

    /// It alters what cannot be brought back, or loads the node for long.
    pub(crate) const fn destroys(self, risk: &'static str) -> Self {
        Self {
            rule: Rule::ForReal,
            ..self.changes(risk)
        }
    }

    /// It takes the node or a service of it away.
    pub(crate) const fn disrupts(self, risk: &'static str) -> Self {
        Self {
            impact: Impact::Disrupt,
            rule: Rule::ForReal,
            risk,
            ..self
        }
    }

    /// An operation of ours does it.
    pub(crate) const fn instead(self, operation: &'static str) -> Self {
        Self {
            rule: Rule::Instead(operation),
            ..self
        }
    }

    /// It is not run here.
    pub(crate) const fn never(self, reason: &'static str) -> Self {
        Self {
            rule: Rule::Never(reason),
            ..self
        }
    }

    /// It works on the files of a stopped node.
    pub(crate) const fn stopped(self, risk: &'static str) -> Self {
        Self {
            ground: Ground::StoppedNode,
            ..self.destroys(risk)
        }
    }

    /// With these words it only says what it would do.
    pub(crate) const fn dry(self, dry_run: &'static [&'static str]) -> Self {
        Self { dry_run, ..self }
    }

    /// It always gets these words.
    pub(crate) const fn fixed(self, fixed: &'static [&'static str]) -> Self {
        Self { fixed, ..self }
    }

    /// These show what it would meet.
    pub(crate) const fn look(self, look: &'static [&'static str]) -> Self {
        Self { look, ..self }
    }

    /// The words of nodetool that stand for it.
    #[must_use]
    pub fn verb(&self) -> Vec<&'static str> {
        match self.program {
            Program::Nodetool => self.name.splitn(2, '-').collect(),
            Program::SsTable(_) => Vec::new(),
        }
    }

    /// Its parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}
