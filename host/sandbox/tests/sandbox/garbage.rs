//! Whatever the bytes are, looking into them and loading them ends with an answer.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::sample::Index;
use ringkeeper_bundled::fixtures::{GREEDY, IDLE};
use ringkeeper_sandbox::{Grants, Interruption, Limits, Sandbox, SandboxSettings, inspect};
use ringkeeper_seams::{Seams, Timestamp};

use crate::support::EVERYTHING;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_no_plugin(bytes in vec(any::<u8>(), 0..2_000), magic in any::<bool>()) {
        let header: &[u8] = if magic { b"\0asm\x0d\0\x01\0" } else { b"" };
        let _ = inspect(&[header, &bytes].concat());
    }

    #[test]
    fn a_changed_component_is_inspected_without_a_panic(
        changes in vec((any::<Index>(), any::<u8>()), 1..8),
        cut in any::<Index>(),
        is_cut in any::<bool>(),
    ) {
        let _ = inspect(&changed(GREEDY, &changes, is_cut.then_some(cut)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_component_is_loaded_or_refused(changes in vec((any::<Index>(), any::<u8>()), 1..4)) {
        let bytes = changed(IDLE, &changes, None);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let loaded = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(load(bytes))));
        assert!(loaded.is_ok(), "the host panicked");
    }
}

async fn load(bytes: Vec<u8>) -> bool {
    let settings = SandboxSettings {
        interruption: Interruption::Fuel,
        ..SandboxSettings::default()
    };
    let sandbox = Sandbox::new(settings, Seams::simulation(1, Timestamp::default())).unwrap();
    let limits = Limits {
        cpu: Duration::from_millis(50),
        ..Limits::default()
    };
    sandbox
        .load("garbage", bytes, &Grants::parse(EVERYTHING).unwrap(), limits)
        .await
        .is_ok()
}

fn changed(component: &[u8], changes: &[(Index, u8)], cut: Option<Index>) -> Vec<u8> {
    let mut bytes = component.to_vec();
    for (place, value) in changes {
        let place = place.index(bytes.len());
        bytes[place] = *value;
    }
    if let Some(cut) = cut {
        bytes.truncate(cut.index(component.len()));
    }
    bytes
}
