//! What the guard would say, for people: asked about nodes without any plugin, and about the steps of a plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use ringkeeper_api::{AskedNode, BlockedStep, GuardAnswer, GuardQuestion, PlanAnswer};
use ringkeeper_cluster::{NodeId, NodeView, Snapshot};
use ringkeeper_guard::{Approval, Consent, Proposal, WorkKind};
use ringkeeper_plan::{Impact, Plan, Step};

use super::approval::{asked_for, refused};
use super::guarding::Facts;
use super::rows;
use super::run::StepState;
use super::touched::kinds;
use crate::ask::RunError;
use crate::conductor::Watched;
use crate::{Conductor, present};

/// Steps of a plan that the guard is asked about. A plan may have thousands, and most wait for others anyway.
const MOST_STEPS: usize = 20;
/// Nodes that may be asked about at once, by name.
const MOST_NAMES: usize = 1_000;

impl Conductor {
    /// What the guard says, in full. A disruption is judged by a look made for it, as before a real one.
    pub(crate) async fn explained(&self, question: &GuardQuestion) -> Result<GuardAnswer, RunError> {
        let cluster = self.cluster_named(question.cluster.as_deref())?;
        if question.nodes.len() + question.racks.len() > MOST_NAMES {
            return Err(RunError::Invalid {
                message: format!("at most {MOST_NAMES} nodes and racks can be asked about at once"),
            });
        }
        let not_looked =
            || RunError::Unavailable(format!("the host has not looked at `{}` yet", cluster.name));
        let snapshot = cluster.snapshot().ok_or_else(not_looked)?;
        // Before the look, so that a misspelt name is told at once.
        meant(&snapshot, cluster, question)?;
        let snapshot = match question.impact {
            Impact::Disrupt => cluster.look().await.ok_or_else(not_looked)?,
            Impact::Observe | Impact::Change => snapshot,
        };
        let nodes = meant(&snapshot, cluster, question)?;
        let work = question.work.unwrap_or(match question.impact {
            Impact::Observe => WorkKind::Observe,
            Impact::Change => WorkKind::Other,
            Impact::Disrupt => WorkKind::Disrupt,
        });
        let proposal = Proposal {
            holder: None,
            work: BTreeSet::from([work]),
            impact: question.impact,
            nodes,
            deadline: None,
            approval: Approval::Automatic,
        };
        let facts = self.facts(cluster, &snapshot);
        let verdict = facts.ask(&proposal, &cluster.policy);
        Ok(GuardAnswer {
            cluster: cluster.name.clone(),
            nodes: asked_nodes(&snapshot, &proposal, &facts),
            impact: question.impact,
            work,
            admitted: verdict.is_admitted(),
            blocks: verdict.blocks.into_iter().map(Into::into).collect(),
            observed_at: snapshot.observed_at,
            note: note(cluster, &proposal, self),
        })
    }

    /// What the guard has against the first steps of a plan that wait for no other.
    pub(crate) async fn blocked_steps(
        &self,
        cluster: &Watched,
        operation: &str,
        steps: &[Step],
    ) -> Vec<BlockedStep> {
        let first = steps.iter().filter(|step| step.after.is_empty());
        let first: Vec<&Step> = first.take(MOST_STEPS).collect();
        let snapshot = if first.iter().any(|step| step.impact == Impact::Disrupt) {
            cluster.look().await
        } else {
            cluster.snapshot()
        };
        let Some(snapshot) = snapshot.filter(|_| !first.is_empty()) else {
            return Vec::new();
        };
        let facts = self.facts(cluster, &snapshot);
        let asked = first.into_iter().map(|step| {
            let proposal = Proposal {
                holder: None,
                work: kinds(&step.functions, step.impact),
                impact: step.impact,
                nodes: step.nodes.iter().copied().collect(),
                deadline: None,
                // Whoever is shown the plan can approve it; what is denied nobody can.
                approval: match refused(&cluster.policy, operation, std::slice::from_ref(step)) {
                    Some(reason) => Approval::Denied { reason },
                    None => Approval::Automatic,
                },
            };
            BlockedStep {
                step: step.id.clone(),
                blocks: facts
                    .ask_before_start(&proposal, &cluster.policy)
                    .into_iter()
                    .map(Into::into)
                    .collect(),
            }
        });
        asked.filter(|step| !step.blocks.is_empty()).collect()
    }

    /// What an open run has before it: the plan that a person is to judge.
    pub(crate) async fn plan_before(&self, id: &str) -> Result<PlanAnswer, RunError> {
        let (cluster, id) = self.run_named(id)?;
        let run = cluster.stream.book().run(&id).cloned();
        let run = run.ok_or_else(|| RunError::NoRun { id: id.0.clone() })?;
        if run.state.is_end() {
            return Err(RunError::Refused {
                message: format!("run {id} has ended: nothing is before it"),
                cure: format!("see what came of it with `ringkeeper runs show {id}`"),
            });
        }
        let pending = run
            .steps
            .iter()
            .filter(|record| matches!(record.state, StepState::Pending { .. }));
        let steps: Vec<Step> = pending.map(|record| record.step.clone()).collect();
        let operation = &run.opened.operation;
        let (consent, reason) = Self::consent(&cluster, operation, &steps);
        let asked = run.approvals.last_asked();
        Ok(PlanAnswer {
            cluster: cluster.name.clone(),
            plugin: run.opened.plugin.clone(),
            operation: operation.clone(),
            run: Some(id.0),
            hash: asked.map_or(&run.opened.plan.hash, |asked| &asked.hash).clone(),
            blocked: self.blocked_steps(&cluster, operation, &steps).await,
            consent: consent.name().to_owned(),
            consent_reason: asked.map_or(reason, |asked| asked.reason.clone()),
            valid_until: asked.map(|asked| asked.until),
            stakes: rows::stakes(steps.iter()),
            exposed: cluster
                .snapshot()
                .map(|snapshot| rows::exposed(&steps, &snapshot))
                .unwrap_or_default(),
            plan: Plan {
                title: run.opened.plan.title,
                findings: run.opened.plan.findings,
                steps,
                goals: run.opened.plan.goals,
            },
            limits: Vec::new(),
            log: Vec::new(),
        })
    }

    /// Whose word these steps need, and why.
    pub(crate) fn consent(cluster: &Watched, operation: &str, steps: &[Step]) -> (Consent, String) {
        if let Some(reason) = refused(&cluster.policy, operation, steps) {
            return (Consent::Deny, reason);
        }
        match asked_for(&cluster.policy, operation, steps) {
            Some(reason) => (Consent::Ask, reason),
            None => (Consent::Auto, String::new()),
        }
    }

    fn facts(&self, cluster: &Watched, snapshot: &Arc<Snapshot>) -> Facts {
        Facts::gather(
            &cluster.stream.book(),
            snapshot,
            &cluster.said(),
            self.seams().clock.now(),
            cluster.sweep_every,
        )
    }
}

/// The nodes that are meant.
fn meant(
    snapshot: &Snapshot,
    cluster: &Watched,
    question: &GuardQuestion,
) -> Result<BTreeSet<NodeId>, RunError> {
    let mut nodes = BTreeSet::new();
    for name in &question.nodes {
        let view = present::node_named(snapshot, name).ok_or_else(|| RunError::NotFound {
            message: present::no_such_node(snapshot, &cluster.name, name),
        })?;
        nodes.insert(view.id);
    }
    for name in &question.racks {
        let before = nodes.len();
        let members = snapshot.nodes.values().filter(|view| rack_of(view) == *name);
        nodes.extend(members.map(|view| view.id));
        if nodes.len() == before && !snapshot.nodes.values().any(|view| rack_of(view) == *name) {
            let racks: BTreeSet<String> = snapshot.nodes.values().map(rack_of).collect();
            let racks: Vec<String> = racks.into_iter().collect();
            return Err(RunError::NotFound {
                message: format!(
                    "no node of `{}` is in the rack `{name}`; there are: {}",
                    cluster.name,
                    racks.join(", ")
                ),
            });
        }
    }
    if nodes.is_empty() {
        return Err(RunError::Invalid {
            message: "no node was named".to_owned(),
        });
    }
    Ok(nodes)
}

fn rack_of(view: &NodeView) -> String {
    format!("{}/{}", view.data_centre, view.rack)
}

fn asked_nodes(snapshot: &Snapshot, proposal: &Proposal, facts: &Facts) -> Vec<AskedNode> {
    let standings = facts.standings(proposal);
    let views = proposal.nodes.iter().filter_map(|node| snapshot.nodes.get(node));
    let mut rows: Vec<AskedNode> = views
        .map(|view| AskedNode {
            id: view.id,
            address: view.endpoint,
            data_center: view.data_centre.clone(),
            rack: view.rack.clone(),
            standing: standings
                .of(view.id)
                .absence()
                .map_or_else(|| "serves".to_owned(), ToString::to_string),
        })
        .collect();
    rows.sort_by(|one, other| {
        let place = |row: &AskedNode| (row.data_center.clone(), row.rack.clone(), row.address);
        place(one).cmp(&place(other))
    });
    rows
}

fn note(cluster: &Watched, proposal: &Proposal, conductor: &Conductor) -> String {
    let mut note = String::from(
        "Nothing was changed. A run must have its plugin's grants besides, and the guard is asked again before each call.",
    );
    if proposal.nodes.len() > 1 {
        note.insert_str(
            0,
            "The nodes were judged as if all of them were worked on at once. ",
        );
    }
    let now = conductor.seams().clock.now();
    if let Some(until) = cluster.held_until().filter(|until| *until > now) {
        note += &format!(" The journal was lost, so no step is started before {until}.");
    }
    note
}
