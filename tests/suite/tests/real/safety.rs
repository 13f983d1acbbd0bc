//! What keeps a real cluster safe from work on it.

mod restart;
mod verdicts;

/// Two data centres of unlike size, and keyspaces with odd numbers of replicas in them.
#[test]
fn a_verdict_about_availability_is_what_requests_then_meet() {
    let _turn = crate::turn::take();
    verdicts::a_verdict_about_availability_is_what_requests_then_meet();
}

/// Rolling restarts that an application does not notice.
#[test]
fn a_ring_is_restarted_under_load_and_no_request_fails() {
    let _turn = crate::turn::take();
    restart::a_ring_is_restarted_under_load_and_no_request_fails();
}
