//! What a person sees of a rolling restart: nodes, and how far the run is.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use ringkeeper_api::{RunDetail, RunSummary};
use serde_json::Value;

use crate::Product;

impl Product {
    /// Opens a rolling restart; answers its run.
    ///
    /// # Errors
    /// When it is not opened.
    pub fn restart(&self) -> Result<String> {
        self.restart_with(&["-p", "soak_seconds=5"])
    }

    /// Opens a restart of one node, by its address; answers its run.
    ///
    /// # Errors
    /// When it is not opened.
    pub fn restart_of(&self, node: &str) -> Result<String> {
        let nodes = format!("nodes=[{node:?}]");
        self.restart_with(&["-p", &nodes, "-p", "soak_seconds=2"])
    }

    fn restart_with(&self, parameters: &[&str]) -> Result<String> {
        let told = self.values(&[&["run", "patching.restart"], parameters].concat())?;
        ensure!(!told.is_empty(), "no run was told");
        let run: RunSummary = serde_json::from_value(told[0].clone())?;
        Ok(run.id)
    }

    /// A run in full.
    ///
    /// # Errors
    /// When there is none.
    pub fn shown(&self, run: &str) -> Result<RunDetail> {
        let told = self.values(&["runs", "show", run])?;
        ensure!(!told.is_empty(), "no run {run}");
        Ok(serde_json::from_value(told[0].clone())?)
    }

    /// Whether a job of this call goes on.
    ///
    /// # Errors
    /// When the run has ended.
    pub fn has_job(&self, run: &str, call: &str) -> Result<bool> {
        let run = self.shown(run)?;
        ensure!(
            run.run.ended_at.is_none(),
            "the run ended before a {call}: {run:#?}"
        );
        let mut jobs = run.step_rows.iter().flat_map(|step| &step.jobs);
        Ok(jobs.any(|job| job.state == "Running" && job.call.starts_with(call)))
    }

    /// How many nodes are up and answer.
    ///
    /// # Errors
    /// When the host does not say.
    pub fn nodes_that_are_well(&self) -> Result<usize> {
        let nodes = self.values(&["nodes"])?;
        let well = |node: &&Value| node["status"] == "up" && node["answers"] == true;
        Ok(nodes.iter().filter(well).count())
    }

    /// When the process of each node started, by its own word.
    ///
    /// # Errors
    /// When the host does not say.
    pub fn processes(&self) -> Result<BTreeMap<String, Value>> {
        let nodes = self.values(&["nodes"])?.into_iter();
        Ok(nodes
            .map(|node| (node["address"].to_string(), node["process_started_at"].clone()))
            .collect())
    }
}
