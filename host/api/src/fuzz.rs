//! Changed bodies of requests, as a hostile client or agent may send them.

use serde::de::DeserializeOwned;

use crate as api;

/// A body that is read, or refused with the place where it is wrong.
fn read<T: DeserializeOwned>(body: &str) -> Result<(), String> {
    let reason = serde_json::from_str::<T>(body)
        .map(drop)
        .map_err(|error| error.to_string());
    if let Err(reason) = &reason {
        assert!(reason.contains(" at line "), "{reason}");
    }
    reason
}

#[test]
fn bodies_of_people() {
    let samples = [
        r#"{"operation":"repair.full","cluster":"shop","parameters":{"keyspaces":["orders"],"depth":{"a":[1,2.5,null]}},"approve":"6f1c","deadline":"2026-11-26T12:00:00Z","security":true}"#,
        r#"{"cluster":"shop","nodes":["10.0.0.1"],"racks":["rack1"],"impact":"disrupt","work":"repair"}"#,
        r#"{"hash":"6f1c","reason":"not now"}"#,
        r#"{"schedule":"0 3 * * 1","enabled":false}"#,
    ];
    ringkeeper_fuzz::text("bodies of people", &samples, |body| {
        let _ = read::<api::PlanRequest>(body);
        let _ = read::<api::GuardQuestion>(body);
        let _ = read::<api::CancelRequest>(body);
        let _ = read::<api::ApproveRequest>(body);
        let _ = read::<api::RejectRequest>(body);
        let _ = read::<api::FreezeRequest>(body);
        let _ = read::<api::ScheduleChange>(body);
        let _ = read::<api::BackupRequest>(body);
        read::<api::RunRequest>(body)
    });
}

#[test]
fn bodies_of_hosts_and_agents() {
    let samples = [
        r#"{"token":"rk1.6f1c.secret.host","request":"-----BEGIN CERTIFICATE REQUEST-----","name":"node-1"}"#,
        r#"{"order":{"id":"shop-1/2","number":7},"part":"stop","process":{"pid":12,"started_at":1772366400000}}"#,
        r#"{"id":"shop-1/2","tool":"nodetool","words":["status","-r"],"limit_seconds":60}"#,
        r#"{"metrics":[{"metric":"disk.free_bytes","of":"/","value":1e9}],"updates":[],"certificates":null}"#,
    ];
    ringkeeper_fuzz::text("bodies of hosts and agents", &samples, |body| {
        let _ = read::<api::EnrolRequest>(body);
        let _ = read::<api::RenewRequest>(body);
        let _ = read::<api::HelloRequest>(body);
        let _ = read::<api::HelloAnswer>(body);
        let _ = read::<api::ProcessRequest>(body);
        let _ = read::<api::ProcessStateRequest>(body);
        let _ = read::<api::MachineRequest>(body);
        let _ = read::<api::MachineAnswer>(body);
        let _ = read::<api::ToolStateRequest>(body);
        let _ = read::<api::ToolPrintedRequest>(body);
        read::<api::ToolRequest>(body)
    });
}
