//! What can be asked of the host: one table.

mod agents;
mod audit;
mod clusters;
mod events;
mod guard;
mod plugins;
mod runs;
mod schedules;
mod tokens;
mod upkeep;
mod windows;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::Method;
use axum::routing::{get, post};
use axum::{Json, Router};
use ringkeeper_api::{
    AccessTokenAnswer, AccessTokenRequest, AccessTokenRow, AgentRow, ApproveRequest, ApproveVersionRequest,
    AuditExported, AuditQuestion, AuditRow, AuditSegmentRow, AuditSegmentText, AuditVerdict, BackupAnswer,
    BackupRequest, CancelRequest, ClusterStatus, ClusterSummary, CoverageRow, EventRow, FreezeRequest,
    FreezeStatus, GuardAnswer, GuardQuestion, InstallAnswer, InstallRequest, LeaseRow, NodeDetail,
    OpenFinding, PlanAnswer, PlanRequest, PluginSummary, RejectRequest, RevokeRequest, Role, RunDetail,
    RunRequest, RunSummary, ScheduleChange, ScheduleRow, TokenAnswer, TokenRequest, ToolOutput,
    ToolOutputQuestion, WindowRow,
};
use ringkeeper_cluster::{LogQuestion, LogTail, NodeStorage};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::problem::Failed;
use crate::route::{Answer as Answers, Limits, Route, shape};
use crate::state::Host;
use crate::{health, metrics, openapi};

type Answer<T> = Result<Json<T>, Failed>;

/// What anybody may ask, even without a token.
const FOR_ANYBODY: &str = "/healthz";

/// Every line there is. What is about one thing stands together.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Route> {
    use Role::{Admin, Operator};
    vec![
        Route::new::<Vec<ClusterSummary>>("get", "/api/v1/clusters", "every cluster in a line", get(clusters::clusters)),
        Route::new::<ClusterStatus>("get", "/api/v1/clusters/{cluster}", "a cluster in full", get(clusters::cluster)),
        Route::new::<NodeDetail>("get", "/api/v1/clusters/{cluster}/nodes/{node}", "a node in full", get(clusters::node)),
        Route::new::<LogTail>("get", "/api/v1/clusters/{cluster}/nodes/{node}/log", "the end of a node's log", get(clusters::log))
            .asks::<LogQuestion>(),
        Route::new::<NodeStorage>("get", "/api/v1/clusters/{cluster}/nodes/{node}/storage", "room for a node's data, and its snapshots", get(clusters::storage)),
        Route::new::<Vec<CoverageRow>>("get", "/api/v1/clusters/{cluster}/repairs", "how far each table is repaired", get(clusters::repairs))
            .asks::<clusters::OfKeyspace>(),
        Route::new::<Vec<OpenFinding>>("get", "/api/v1/findings", "open findings, worst first", get(clusters::findings)).asks::<Of>(),
        Route::new::<Vec<PluginSummary>>("get", "/api/v1/plugins", "plugins with their operations and limits", get(clusters::plugins)),

        Route::new::<InstallAnswer>("post", "/api/v1/plugins", "installs a version of a plugin", post(plugins::install))
            .role(Admin).takes::<InstallRequest>().within(plugins::limits()),
        Route::new::<InstallAnswer>("post", "/api/v1/plugins/{plugin}/approve", "puts a version in force that waits", post(plugins::approve))
            .role(Admin).takes::<ApproveVersionRequest>(),
        Route::new::<PluginSummary>("post", "/api/v1/plugins/{plugin}/rollback", "puts the version before in force again", post(plugins::rollback))
            .role(Admin),
        Route::new::<PluginSummary>("post", "/api/v1/plugins/{plugin}/resume", "has a version called again that was parked", post(plugins::resume))
            .role(Admin),

        Route::new::<PlanAnswer>("post", "/api/v1/plans", "a dry run", post(runs::plan)).role(Operator).takes::<PlanRequest>(),
        Route::new::<RunSummary>("post", "/api/v1/runs", "opens a run", post(runs::open))
            .role(Operator).takes::<RunRequest>().accepts::<RunSummary>(),
        Route::new::<Vec<RunSummary>>("get", "/api/v1/runs", "runs, newest first", get(runs::list)).asks::<Of>(),
        Route::new::<RunDetail>("get", "/api/v1/runs/{id}", "a run in full", get(runs::show)),
        Route::new::<PlanAnswer>("get", "/api/v1/runs/{id}/plan", "what an open run has before it", get(runs::plan_of)),
        Route::new::<ToolOutput>("get", "/api/v1/runs/{id}/output", "a piece of what the tool of a run printed", get(runs::output))
            .asks::<ToolOutputQuestion>(),
        Route::new::<RunSummary>("post", "/api/v1/runs/{id}/approve", "approves what a run waits with", post(runs::approve))
            .role(Operator).takes::<ApproveRequest>(),
        Route::new::<RunSummary>("post", "/api/v1/runs/{id}/reject", "rejects it", post(runs::reject))
            .role(Operator).takes::<RejectRequest>(),
        Route::new::<RunSummary>("post", "/api/v1/runs/{id}/pause", "begins no further piece of a run", post(runs::pause)).role(Operator),
        Route::new::<RunSummary>("post", "/api/v1/runs/{id}/resume", "goes on with it", post(runs::resume)).role(Operator),
        Route::new::<RunSummary>("post", "/api/v1/runs/{id}/cancel", "ends a run", post(runs::cancel))
            .role(Operator).takes::<CancelRequest>(),

        Route::new::<Vec<ScheduleRow>>("get", "/api/v1/schedules", "when operations run by themselves", get(schedules::list)).asks::<Of>(),
        Route::new::<ScheduleRow>("put", "/api/v1/schedules", "changes a schedule", axum::routing::put(schedules::change))
            .role(Operator).takes::<ScheduleChange>(),
        Route::new::<Vec<WindowRow>>("get", "/api/v1/windows", "windows and freezes", get(windows::list)).asks::<Of>(),
        Route::new::<Vec<LeaseRow>>("get", "/api/v1/leases", "who holds which node", get(upkeep::leases)).asks::<Of>(),
        Route::new::<GuardAnswer>("post", "/api/v1/guard/explain", "whether work on some nodes could begin now", post(guard::explain))
            .role(Operator).takes::<GuardQuestion>(),
        Route::new::<FreezeStatus>("get", "/api/v1/freeze", "whether changing calls are held back", get(upkeep::freeze_status)).asks::<Of>(),
        Route::new::<FreezeStatus>("post", "/api/v1/freeze", "holds them back, or lifts that", post(upkeep::set_freeze))
            .role(Operator).takes::<FreezeRequest>(),
        Route::new::<EventRow>("get", "/api/v1/events", "what happens, as it happens", get(events::follow))
            .asks::<events::Question>().answers(Answers::Events(shape::<EventRow>())),

        Route::new::<Vec<AgentRow>>("get", "/api/v1/agents", "every agent that the host knows or knew", get(agents::list)),
        Route::new::<TokenAnswer>("post", "/api/v1/agents/tokens", "makes a token for an agent", post(agents::token))
            .role(Admin).takes::<TokenRequest>(),
        Route::new::<AgentRow>("get", "/api/v1/agents/{node}", "the agent of a node", get(agents::show)),
        Route::new::<AgentRow>("post", "/api/v1/agents/{node}/revoke", "knows an agent no more", post(agents::revoke))
            .role(Admin).takes::<RevokeRequest>(),
        Route::new::<Vec<AccessTokenRow>>("get", "/api/v1/tokens", "every token for the network, without its secret", get(tokens::list)),
        Route::new::<AccessTokenAnswer>("post", "/api/v1/tokens", "makes a token for the network", post(tokens::create))
            .role(Admin).takes::<AccessTokenRequest>(),
        Route::new::<AccessTokenRow>("post", "/api/v1/tokens/{name}/revoke", "lets nobody in with it any more", post(tokens::revoke))
            .role(Admin).takes::<RevokeRequest>(),
        Route::new::<Vec<AuditRow>>("get", "/api/v1/audit", "the newest records of the audit log", get(audit::list)).asks::<AuditQuestion>(),
        Route::new::<AuditVerdict>("get", "/api/v1/audit/verify", "whether every record fits the one before it", get(audit::verify))
            .asks::<audit::Noted>(),
        Route::new::<Vec<AuditSegmentRow>>("get", "/api/v1/audit/segments", "its sealed segments", get(audit::segments)),
        Route::new::<AuditSegmentText>("get", "/api/v1/audit/segments/{segment}", "a sealed segment as lines of JSON", get(audit::segment)),
        Route::new::<Vec<AuditSegmentRow>>("post", "/api/v1/audit/seal", "seals what was not sealed yet", post(audit::seal)).role(Admin),
        Route::new::<AuditSegmentRow>("post", "/api/v1/audit/segments/{segment}/exported", "notes that a segment is kept elsewhere", post(audit::exported))
            .role(Admin).takes::<AuditExported>(),
        Route::new::<BackupAnswer>("post", "/api/v1/journal/backup", "copies the journal", post(upkeep::back_up))
            .role(Admin).takes::<BackupRequest>(),

        Route::new::<serde_json::Value>("get", "/api/v1/openapi.json", "this document", get(openapi::document)),
        Route::new::<()>("get", "/metrics", "metrics, for Prometheus", get(metrics::metrics)).answers(Answers::Text(metrics::OPEN_METRICS)),
        Route::new::<()>("get", "/readyz", "whether the host has looked at every cluster", get(health::ready))
            .answers(Answers::Text(health::PLAIN)),
        Route::new::<()>("get", FOR_ANYBODY, "whether the process answers", get(health::lives))
            .for_anybody().answers(Answers::Text(health::PLAIN)),
    ]
}

pub(crate) fn routes() -> Router<Host> {
    table()
        .into_iter()
        .fold(Router::new(), |router, route| route.add_to(router))
}

/// How much may be sent along with a request to a path, as the table has it; what is not in it takes what is usual.
pub(crate) fn limits(method: &Method, path: &str) -> Limits {
    static BY_LINE: LazyLock<BTreeMap<(String, &str), Limits>> = LazyLock::new(|| {
        let line = |route: Route| ((route.method.to_uppercase(), route.path), route.limits);
        table().into_iter().map(line).collect()
    });
    let line = BY_LINE.get(&(method.to_string(), path));
    line.copied().unwrap_or_default()
}

/// Whether anybody may ask this, even without a token.
pub(crate) fn is_for_anybody(path: &str) -> bool {
    path == FOR_ANYBODY
}

/// Questions that may name a cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Of {
    /// The cluster; all of them, or the only one, where it is left out.
    cluster: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of `docs/access.md`, between its marks.
    fn roles() -> String {
        let mut text = "| request | takes |\n|---|---|\n".to_owned();
        for route in table() {
            let role = route.role.map_or("nothing, not even a token", Role::name);
            text += &format!("| `{} {}` | {role} |\n", route.method.to_uppercase(), route.path);
        }
        text
    }

    #[test]
    fn the_page_for_people_tells_the_role_of_every_request() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/access.md");
        let shipped = std::fs::read_to_string(page).unwrap();
        let (before, rest) = shipped.split_once("<!-- roles -->\n").unwrap();
        let (_, after) = rest.split_once("<!-- /roles -->").unwrap();
        let generated = format!("{before}<!-- roles -->\n{}<!-- /roles -->{after}", roles());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(page, &generated).unwrap();
            return;
        }
        assert!(
            shipped == generated,
            "docs/access.md is stale; run UPDATE_DOCS=1 cargo test -p ringkeeper-server api"
        );
    }

    #[test]
    fn the_line_says_how_much_may_be_sent_along() {
        let of = |method, path| limits(&method, path);
        assert_eq!(of(Method::POST, "/api/v1/plugins"), plugins::limits());
        assert!(plugins::limits().bytes > 16 << 20);
        for (method, path) in [
            (Method::GET, "/api/v1/plugins"),
            (Method::POST, "/api/v1/plugins/{plugin}/approve"),
            (Method::POST, "/api/v1/runs"),
            (Method::POST, "/nowhere"),
        ] {
            assert_eq!(of(method, path), Limits::default(), "{path}");
        }
    }

    #[test]
    fn what_anybody_may_ask_is_one_path_and_looking_never_takes_more_than_a_viewer() {
        for route in table() {
            assert_eq!(route.role.is_none(), is_for_anybody(route.path), "{}", route.path);
            let looks = route.method == "get";
            let by_viewers = route.role.is_none_or(|role| role == Role::Viewer);
            assert_eq!(looks, by_viewers, "{} {}", route.method, route.path);
        }
    }
}
