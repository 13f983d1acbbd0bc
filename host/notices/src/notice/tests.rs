use ringkeeper_journal::RunId;
use ringkeeper_plan::{Owner, Subject};

use super::*;

fn wanted() -> Wanted {
    Wanted {
        severities: BTreeSet::from([Severity::Severe]),
        approvals: true,
    }
}

pub(crate) fn finding(key: &str, severity: Severity) -> Box<Finding> {
    Box::new(Finding {
        key: key.to_owned(),
        severity,
        subject: Subject::Cluster,
        owner: Owner::Platform,
        title: format!("{key} is wrong."),
        evidence: Vec::new(),
        suggestion: None,
        suggested_operation: None,
    })
}

pub(crate) fn opened(key: &str, severity: Severity) -> Event {
    Event::FindingOpened {
        operation: "health.check".to_owned(),
        finding: finding(key, severity),
    }
}

fn changed(key: &str, severity: Severity) -> Event {
    Event::FindingChanged {
        operation: "health.check".to_owned(),
        finding: finding(key, severity),
    }
}

pub(crate) fn cleared(key: &str) -> Event {
    Event::FindingCleared {
        operation: "health.check".to_owned(),
        key: key.to_owned(),
    }
}

pub(crate) fn asked(run: &str) -> Event {
    Event::Run {
        run: RunId(run.to_owned()),
        what: RunEvent::ApprovalAsked {
            hash: "abcd".to_owned(),
            reason: "the policy asks for it".to_owned(),
            until: Timestamp::from_millis(9),
        },
    }
}

fn told(wanted: &Wanted, events: impl IntoIterator<Item = Event>) -> Vec<(u64, NoticeKind)> {
    let mut notices = Notices::default();
    let told = (1..).map(Version).zip(events).filter_map(|(version, event)| {
        let at = Timestamp::from_millis(1);
        notices.note(wanted, version, &Recorded { at, event })
    });
    told.map(|notice| (notice.event.0, notice.what)).collect()
}

#[test]
fn what_is_severe_is_told_when_it_begins_and_when_it_ends() {
    let events = [
        opened("a", Severity::Severe),
        opened("b", Severity::Warning),
        // About something else, and as bad as before.
        changed("a", Severity::Severe),
        changed("b", Severity::Severe),
        changed("a", Severity::Warning),
        cleared("a"),
        cleared("b"),
    ];
    let expected = [
        (1, NoticeKind::FindingOpened),
        (4, NoticeKind::FindingOpened),
        (5, NoticeKind::FindingCleared),
        (7, NoticeKind::FindingCleared),
    ];
    assert_eq!(told(&wanted(), events), expected);
}

#[test]
fn who_waits_for_a_word_is_told_unless_nobody_wants_to_know() {
    let [event, again] = [asked("shop-1"), asked("shop-1")];
    assert_eq!(told(&wanted(), [event]), [(1, NoticeKind::ApprovalAsked)]);
    let nobody = Wanted {
        approvals: false,
        ..wanted()
    };
    assert_eq!(told(&nobody, [again]), []);
}
