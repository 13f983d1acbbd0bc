use super::*;

fn installed(digest: &str, more: &[&str]) -> PluginEvent {
    PluginEvent::Installed {
        digest: digest.to_owned(),
        version: "0.2.0".to_owned(),
        signer: None,
        by: "anna".to_owned(),
        more: more.iter().map(|text| (*text).to_owned()).collect(),
    }
}

fn approved(digest: &str) -> PluginEvent {
    PluginEvent::Approved {
        digest: digest.to_owned(),
        by: "anna".to_owned(),
    }
}

fn rolled_back(digest: &str) -> PluginEvent {
    PluginEvent::RolledBack {
        digest: digest.to_owned(),
        by: None,
    }
}

fn parked(digest: Option<&str>) -> PluginEvent {
    PluginEvent::Parked {
        digest: digest.map(str::to_owned),
        reason: "crashed".to_owned(),
    }
}

fn resumed(digest: Option<&str>) -> PluginEvent {
    PluginEvent::Resumed {
        digest: digest.map(str::to_owned),
        by: "anna".to_owned(),
    }
}

/// The versions after these events.
fn after(events: impl IntoIterator<Item = PluginEvent>) -> Versions {
    let mut versions = Versions::default();
    for event in events {
        versions.apply(Timestamp::default(), event);
    }
    versions
}

fn in_force(versions: &Versions) -> Option<&str> {
    versions.in_force().map(String::as_str)
}

#[test]
fn what_asks_for_no_more_is_in_force_at_once_and_what_does_waits_for_a_word() {
    let versions = after([installed("a", &[]), installed("b", &["it asks for `lifecycle`"])]);
    assert_eq!(in_force(&versions), Some("a"));
    assert_eq!(versions.waiting.as_deref(), Some("b"));
    let versions = after([
        installed("a", &[]),
        installed("b", &["it asks for `lifecycle`"]),
        approved("b"),
    ]);
    assert_eq!((in_force(&versions), &versions.waiting), (Some("b"), &None));
}

#[test]
fn one_rolls_back_step_by_step_to_the_configuration_and_no_further() {
    let mut events = vec![installed("a", &[]), installed("b", &[])];
    assert_eq!(after(events.clone()).before(), Some(Some(&"a".to_owned())));
    events.push(rolled_back("b"));
    let versions = after(events.clone());
    assert_eq!((in_force(&versions), versions.before()), (Some("a"), Some(None)));
    events.push(rolled_back("a"));
    let versions = after(events);
    assert_eq!((in_force(&versions), versions.before()), (None, None));
}

#[test]
fn what_was_parked_stays_told_until_somebody_sees_to_it() {
    let events = vec![installed("a", &[]), parked(Some("a")), rolled_back("a")];
    let versions = after(events.clone());
    assert_eq!((in_force(&versions), versions.parked.len()), (None, 1));
    assert_eq!(versions.parked_in_force(), None);
    for cure in [installed("b", &[]), resumed(Some("a"))] {
        let versions = after(events.iter().cloned().chain([cure]));
        assert!(versions.parked.is_empty());
        assert!(versions.in_force().is_some());
    }
}

#[test]
fn the_configurations_own_version_is_parked_where_there_is_no_other() {
    let versions = after([parked(None)]);
    assert_eq!(versions.parked_in_force().map(String::as_str), Some("crashed"));
    assert!(after([parked(None), resumed(None)]).parked.is_empty());
}

#[test]
fn a_version_is_named_by_a_beginning_that_no_other_has() {
    let versions = after([installed("abc", &[]), installed("abd", &[])]);
    assert_eq!(
        versions.named("abc").map(|found| found.digest.as_str()),
        Some("abc")
    );
    assert_eq!(versions.named("ab"), None);
    assert_eq!(versions.named(""), None);
}

fn over(versions: &Versions) -> Vec<&str> {
    versions.over().into_iter().collect()
}

#[test]
fn what_nobody_can_put_in_force_any_more_is_over() {
    let newer = |from: char, to: char| (from..=to).map(|digest| installed(&digest.to_string(), &[]));
    assert!(over(&after(newer('a', 'e'))).is_empty());
    assert_eq!(over(&after(newer('a', 'h'))), ["a", "b", "c"]);
    // What is in force again was handed over again.
    let again = after(newer('a', 'h').chain([installed("a", &[])]));
    assert_eq!(over(&again), ["b", "c", "d"]);
    assert_eq!(in_force(&again), Some("a"));
    // What is parked may be called again, and what waits be approved.
    let parked = after(
        newer('a', 'a')
            .chain([parked(Some("a"))])
            .chain([installed("b", &["more"])]),
    );
    assert!(over(&parked).is_empty());
    let waits =
        after(newer('a', 'a').chain(('b'..='h').map(|digest| installed(&digest.to_string(), &["more"]))));
    assert_eq!((in_force(&waits), over(&waits)), (Some("a"), vec!["b", "c"]));
    // What was rolled back stays among the newest, and what it is rolled back to stays in any case.
    let back = after(newer('a', 'h').chain(('e'..='h').rev().map(|digest| rolled_back(&digest.to_string()))));
    assert_eq!((in_force(&back), over(&back)), (Some("d"), Vec::new()));
}
