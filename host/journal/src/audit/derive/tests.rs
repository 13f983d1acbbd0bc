use ringkeeper_seams::Timestamp;

use super::*;
use crate::{Intent, Undo, samples};

/// The records of these events of one run.
fn records(events: impl IntoIterator<Item = Event>) -> Vec<AuditRecord> {
    let mut context = RunContext::default();
    let numbered = (1..).map(Version).zip(events);
    numbered
        .filter_map(|(version, event)| {
            let at = Timestamp::from_millis(i64::try_from(version.0).unwrap());
            record(&mut context, "shop", version, &Recorded { at, event })
        })
        .collect()
}

fn of_run(events: impl IntoIterator<Item = RunEvent>) -> Vec<AuditRecord> {
    let events = events.into_iter().map(|what| samples::run("shop-7", what));
    records(events)
}

fn asked_and_approved() -> [RunEvent; 2] {
    let hash = "abcd".to_owned();
    [
        RunEvent::ApprovalAsked {
            hash: hash.clone(),
            reason: "the policy asks for it".to_owned(),
            until: Timestamp::from_millis(9),
        },
        RunEvent::Approved {
            hash,
            by: "alice (uid 1000)".to_owned(),
        },
    ]
}

#[test]
fn a_call_and_its_answer_say_who_what_where_and_by_whose_word() {
    let opened = samples::opened_run("shop-7", 1);
    let step = samples::step_events("shop-7", 1);
    let records = of_run([opened].into_iter().chain(asked_and_approved()).chain(step));
    let kinds: Vec<_> = records.iter().map(|record| record.what).collect();
    let expected = [
        AuditKind::RunOpened,
        AuditKind::ApprovalAsked,
        AuditKind::Approved,
        AuditKind::Intended,
        AuditKind::Ended,
    ];
    assert_eq!(kinds, expected);
    for call in &records[3..] {
        assert_eq!(call.run, Some(RunId("shop-7".to_owned())));
        assert_eq!(call.step.as_deref(), Some("shop-1"));
        assert_eq!(call.attempt, Some(1));
        assert_eq!(
            call.call.as_deref(),
            Some("repair of shop (orders, customers), 5 ranges")
        );
        assert!(call.call_digest.as_deref().unwrap().starts_with("8277e091"));
        assert_eq!(call.node.as_deref(), Some("127.0.0.1:7000"));
        assert_eq!(call.nodes.len(), 3);
        assert_eq!(call.approved_by.as_deref(), Some("alice (uid 1000)"));
        let plugin = call.plugin.as_ref().unwrap();
        assert_eq!((plugin.name.as_str(), plugin.grants.len()), ("repair", 64));
        assert_eq!(plugin.digest, "b1946ac92492d2347c6235b4d2611184");
        // The run's own record says which version that is.
        assert_eq!(plugin.version, None);
    }
    let of_run = records[0].plugin.as_ref().unwrap();
    assert_eq!(
        (of_run.digest.as_str(), of_run.version.as_deref()),
        ("b1946ac92492d2347c6235b4d2611184", Some("0.1.0"))
    );
    assert_eq!(records[4].detail, "done: Repair command finished");
}

#[test]
fn without_a_persons_word_it_is_the_policys_and_only_while_nobody_is_asked() {
    let opened = samples::opened_run("shop-7", 1);
    let step = || samples::step_events("shop-7", 1);
    let records = of_run([opened].into_iter().chain(step()));
    assert_eq!(records[1].approved_by.as_deref(), Some("policy"));
    let [asked, _] = asked_and_approved();
    let records = of_run(
        [samples::opened_run("shop-7", 1), asked]
            .into_iter()
            .chain(step()),
    );
    assert_eq!(records[2].approved_by, None);
}

#[test]
fn what_brings_a_node_back_is_still_told_of_the_call_that_took_it_away() {
    let effect = EffectId("shop-7/1".to_owned());
    let intents = samples::one_of_each()
        .into_iter()
        .filter_map(|event| match event {
            Event::Run {
                what: RunEvent::Intended(intent),
                ..
            } => Some(intent),
            _ => None,
        });
    let stop: Intent = *intents.into_iter().find(|intent| intent.undo.is_some()).unwrap();
    assert!(matches!(stop.undo, Some(Undo::Serve { .. })));
    let events = [
        RunEvent::Intended(Box::new(stop)),
        RunEvent::Ended {
            effect: effect.clone(),
            result: EffectResult::Failed {
                message: "no answer".to_owned(),
            },
        },
        RunEvent::Undone {
            effect: effect.clone(),
            how: "it serves again".to_owned(),
        },
    ];
    let records = of_run(events);
    let calls: Vec<_> = records.iter().map(|record| record.call.as_deref()).collect();
    assert_eq!(calls, [Some("stop"); 3]);
    assert_eq!(records[2].detail, "it serves again");
}

#[test]
fn tokens_are_named_and_neither_their_secrets_nor_what_tells_them_are() {
    let all = records(samples::one_of_each());
    let token = all
        .iter()
        .find(|record| record.what == AuditKind::AgentToken)
        .unwrap();
    assert_eq!(token.node.as_deref(), Some("10.0.0.7"));
    assert!(token.detail.contains("00ff") && !token.detail.contains("BBBB"));
}

#[test]
fn findings_and_flapping_nodes_are_no_matter_of_the_audit() {
    let events = [
        samples::opened("a"),
        samples::changed("a"),
        samples::cleared("a"),
        samples::node_changed(1, "down"),
    ];
    assert_eq!(records(events), []);
}

#[test]
fn what_is_written_is_read_as_it_was() {
    for record in records(samples::one_of_each()) {
        let text = serde_json::to_string(&record).unwrap();
        assert!(
            text.contains(&format!("\"what\":\"{}\"", record.what.word())),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<AuditRecord>(&text).unwrap(), record);
    }
}

#[test]
fn who_paused_or_froze_is_told_and_not_who_opened_the_run() {
    let events = samples::one_of_each();
    let by = |kind| {
        let all = records(events.clone());
        let found = all.into_iter().find(|record| record.what == kind);
        found.unwrap().asked_by
    };
    let anna = Some("anna (uid 1000)".to_owned());
    assert_eq!(by(AuditKind::RunState), anna);
    assert_eq!(by(AuditKind::Frozen), None, "nobody is known");
}

#[test]
fn who_signed_the_plugin_is_told_also_of_a_component_that_takes_its_place() {
    let signed = |event| match event {
        RunEvent::Opened(mut opened) => {
            opened.signer = Some("release (0123456789ABCDEF)".to_owned());
            RunEvent::Opened(opened)
        }
        other => other,
    };
    let RunEvent::Opened(opened) = samples::opened_run("shop-7", 1) else {
        unreachable!("a run is opened");
    };
    let replanned = |digest: &str, version: Option<&str>, signer: Option<&str>| RunEvent::Replanned {
        reason: "the ring changed".to_owned(),
        digest: digest.to_owned(),
        version: version.map(str::to_owned),
        signer: signer.map(str::to_owned),
        plan: Box::new(opened.plan.clone()),
    };
    let (release, other) = (
        Some("release (0123456789ABCDEF)"),
        Some("other (FEDCBA9876543210)"),
    );
    let events = [
        signed(samples::opened_run("shop-7", 1)),
        // As it was written before it said who signed.
        replanned(&opened.digest, None, None),
        replanned("another", Some("0.2.0"), other),
        replanned("unsigned", None, None),
    ];
    let records = of_run(events);
    let told = records.iter().map(|record| {
        let plugin = record.plugin.as_ref().unwrap();
        (plugin.version.as_deref(), plugin.signer.as_deref())
    });
    let first = Some("0.1.0");
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (first, release),
            (first, release),
            (Some("0.2.0"), other),
            (None, None)
        ]
    );
}
