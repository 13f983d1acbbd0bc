//! What streams must do.

use ringkeeper_cluster::NodeId;
use ringkeeper_plan::{Finding, Owner, Severity, Subject};
use ringkeeper_schedule::Schedule;
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use crate::{Event, Journal, JournalError, Recorded, Retention, RunEvent, RunId, RunState, Version};

pub(super) async fn check(journal: &dyn Journal) {
    a_stream_is_appended_and_read_in_order(journal).await;
    a_stale_writer_changes_nothing(journal).await;
    a_run_is_read_by_itself(journal).await;
    what_is_over_and_old_is_pruned_and_nothing_else(journal).await;
    a_stream_pruned_empty_keeps_its_version(journal).await;
    the_streams_of_two_clusters_are_pruned_apart(journal).await;
}

pub(super) fn at(at: i64, event: Event) -> Recorded {
    Recorded {
        at: Timestamp::from_millis(at),
        event,
    }
}

fn opened(key: &str, millis: i64) -> Recorded {
    let finding = Finding {
        key: key.to_owned(),
        severity: Severity::Warning,
        subject: Subject::Cluster,
        owner: Owner::Platform,
        title: "something".to_owned(),
        evidence: Vec::new(),
        suggestion: None,
        suggested_operation: None,
    };
    let event = Event::FindingOpened {
        operation: "health.check".to_owned(),
        finding: Box::new(finding),
    };
    at(millis, event)
}

fn cleared(key: &str, millis: i64) -> Recorded {
    let event = Event::FindingCleared {
        operation: "health.check".to_owned(),
        key: key.to_owned(),
    };
    at(millis, event)
}

pub(super) fn flapped(millis: i64) -> Recorded {
    let event = Event::NodeChanged {
        node: NodeId::new(Uuid::from_u128(1)),
        address: "10.0.0.1:7000".to_owned(),
        before: "up".to_owned(),
        after: "down".to_owned(),
    };
    at(millis, event)
}

fn run(id: &str, millis: i64, what: RunEvent) -> Recorded {
    let run = RunId(id.to_owned());
    at(millis, Event::Run { run, what })
}

pub(super) fn paused(id: &str, millis: i64) -> Recorded {
    let what = RunEvent::State {
        state: RunState::Paused,
        reason: "asked for".to_owned(),
        by: None,
    };
    run(id, millis, what)
}

pub(super) fn closed(id: &str, millis: i64) -> Recorded {
    let what = RunEvent::Closed {
        state: RunState::Succeeded,
        summary: "done".to_owned(),
        goals: Vec::new(),
    };
    run(id, millis, what)
}

fn scheduled(cron: &str, millis: i64) -> Recorded {
    let event = Event::ScheduleChanged {
        operation: "repair.run".to_owned(),
        schedule: Some(Schedule::at(cron)),
        by: None,
    };
    at(millis, event)
}

fn due(millis: i64) -> Recorded {
    let event = Event::ScheduleDue {
        operation: "repair.run".to_owned(),
        due: Timestamp::from_millis(millis),
        run: None,
        note: "it still ran".to_owned(),
    };
    at(millis, event)
}

pub(super) fn frozen(millis: i64) -> Recorded {
    let reason = "sale".to_owned();
    at(millis, Event::Frozen { reason, by: None })
}

fn before(events: i64, runs: i64) -> Retention {
    Retention {
        events_before: Timestamp::from_millis(events),
        runs_before: Timestamp::from_millis(runs),
    }
}

async fn versions(journal: &dyn Journal, cluster: &str) -> Vec<u64> {
    let read = journal.read(cluster, Version(0), 1000).await.expect("read");
    read.into_iter().map(|(version, _)| version.0).collect()
}

async fn a_stream_is_appended_and_read_in_order(journal: &dyn Journal) {
    let events = [opened("a", 1), opened("b", 2), opened("c", 3)];
    let version = journal
        .append("order", Version(0), &events)
        .await
        .expect("append");
    assert_eq!(version, Version(3));
    assert_eq!(
        journal
            .append("order", version, &[])
            .await
            .expect("append nothing"),
        Version(3)
    );
    let read = journal.read("order", Version(1), 1).await.expect("read");
    assert_eq!(read, [(Version(2), events[1].clone())]);
    assert_eq!(journal.read("another", Version(0), 10).await.expect("read"), []);
}

async fn a_stale_writer_changes_nothing(journal: &dyn Journal) {
    journal
        .append("stale", Version(0), &[opened("a", 1)])
        .await
        .expect("append");
    match journal
        .append("stale", Version(0), &[opened("b", 2), opened("c", 3)])
        .await
    {
        Err(JournalError::Conflict {
            expected: 0,
            actual: 1,
        }) => {}
        other => panic!("expected a conflict, got {other:?}"),
    }
    assert_eq!(
        journal.read("stale", Version(0), 10).await.expect("read").len(),
        1
    );
}

async fn a_run_is_read_by_itself(journal: &dyn Journal) {
    let events = [
        paused("r-1", 1),
        flapped(2),
        paused("r-11", 3),
        paused("r-1", 4),
        closed("r-1", 5),
    ];
    journal.append("runs", Version(0), &events).await.expect("append");
    let id = RunId("r-1".to_owned());
    let all = journal.read_run("runs", &id, Version(0), 9).await.expect("read");
    let expected = [
        (Version(1), &events[0]),
        (Version(4), &events[3]),
        (Version(5), &events[4]),
    ];
    assert_eq!(all, expected.map(|(version, event)| (version, event.clone())));
    let page = journal.read_run("runs", &id, Version(1), 1).await.expect("read");
    assert_eq!(page, [(Version(4), events[3].clone())]);
    assert_eq!(
        journal.read_run("else", &id, Version(0), 9).await.expect("read"),
        []
    );
}

async fn what_is_over_and_old_is_pruned_and_nothing_else(journal: &dyn Journal) {
    let events = [
        (opened("cleared", 1), false),
        (opened("open", 2), true),
        (cleared("cleared", 3), false),
        (flapped(4), false),
        (scheduled("0 1 * * *", 5), false),
        (scheduled("0 2 * * *", 6), true),
        (due(7), false),
        (due(8), true),
        (frozen(9), false),
        (at(10, Event::Unfrozen { by: None }), true),
        (paused("old", 11), false),
        (paused("open", 12), true),
        (closed("old", 13), false),
        // Opened again after it was cleared.
        (opened("cleared", 14), true),
        (closed("young", 15), true),
        (flapped(20), true),
        (cleared("another", 20), true),
    ];
    let all: Vec<Recorded> = events.iter().map(|(recorded, _)| recorded.clone()).collect();
    let last = journal.append("prune", Version(0), &all).await.expect("append");
    let kept: Vec<(Version, Recorded)> = (1..)
        .map(Version)
        .zip(&events)
        .filter(|(_, (_, stays))| *stays)
        .map(|(version, (recorded, _))| (version, recorded.clone()))
        .collect();
    let retention = before(20, 15);
    let removed = journal.prune("prune", &retention).await.expect("prune");
    assert_eq!(removed, (all.len() - kept.len()) as u64);
    assert_eq!(journal.read("prune", Version(0), 100).await.expect("read"), kept);
    assert_eq!(journal.last("prune").await.expect("last"), last);
    assert_eq!(journal.prune("prune", &retention).await.expect("prune again"), 0);
    // A page is as long as it was asked to be, whatever is missing before it.
    let page = journal.read("prune", Version(2), 2).await.expect("read");
    assert_eq!(Some(page.as_slice()), kept.get(1..3));
}

async fn a_stream_pruned_empty_keeps_its_version(journal: &dyn Journal) {
    let events = [flapped(1), flapped(2)];
    journal
        .append("empty", Version(0), &events)
        .await
        .expect("append");
    assert_eq!(journal.prune("empty", &before(9, 9)).await.expect("prune"), 2);
    assert_eq!(versions(journal, "empty").await, Vec::<u64>::new());
    match journal.append("empty", Version(0), &[flapped(3)]).await {
        Err(JournalError::Conflict {
            expected: 0,
            actual: 2,
        }) => {}
        other => panic!("expected a conflict, got {other:?}"),
    }
    let next = journal
        .append("empty", Version(2), &[flapped(3)])
        .await
        .expect("append");
    assert_eq!(next, Version(3));
    assert_eq!(versions(journal, "empty").await, [3]);
}

async fn the_streams_of_two_clusters_are_pruned_apart(journal: &dyn Journal) {
    for cluster in ["one", "two"] {
        journal
            .append(cluster, Version(0), &[flapped(1)])
            .await
            .expect("append");
    }
    assert_eq!(journal.prune("one", &before(9, 9)).await.expect("prune"), 1);
    assert_eq!(versions(journal, "two").await, [1]);
    assert_eq!(journal.prune("three", &before(9, 9)).await.expect("prune"), 0);
    assert_eq!(journal.last("three").await.expect("last"), Version(0));
}
