use ringkeeper_plan::Impact;

use crate::testing::{Ring, proposal, texts};
use crate::{Approval, Rule, WorkKind};

fn blocks(impact: Impact, approval: Approval) -> Vec<String> {
    let mut question = proposal(impact, WorkKind::Other, &[1]);
    question.approval = approval;
    texts(&Ring::of_three().ask(&question), Rule::Approval)
}

#[test]
fn a_plan_that_needs_a_persons_word_waits_for_it() {
    let hash = || "9f2c".to_owned();
    for impact in [Impact::Change, Impact::Disrupt] {
        assert_eq!(
            blocks(impact, Approval::Missing { hash: hash() }),
            ["plan 9f2c: approval is missing; lifted by a person: `ringkeeper runs approve r-8 9f2c`"]
        );
        assert!(blocks(impact, Approval::Given { hash: hash() }).is_empty());
        assert!(blocks(impact, Approval::Automatic).is_empty());
    }
    assert!(blocks(Impact::Observe, Approval::Missing { hash: hash() }).is_empty());
}

#[test]
fn what_the_operator_denies_is_not_done() {
    let reason = "repair may not call lifecycle.stop".to_owned();
    for impact in [Impact::Observe, Impact::Change, Impact::Disrupt] {
        assert_eq!(
            blocks(
                impact,
                Approval::Denied {
                    reason: reason.clone()
                }
            ),
            [
                "operator's configuration: does not allow it: repair may not call lifecycle.stop; lifted by another configuration, and a new plan"
            ]
        );
    }
}
