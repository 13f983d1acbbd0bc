//! What keeps a real cluster safe from work on it.

mod verdicts;

/// Two data centres of unlike size, and keyspaces with odd numbers of replicas in them.
#[test]
fn a_verdict_about_availability_is_what_requests_then_meet() {
    let _turn = crate::turn::take();
    verdicts::a_verdict_about_availability_is_what_requests_then_meet();
}
