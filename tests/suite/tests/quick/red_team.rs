//! A plugin written to do harm, in a whole host on a cluster in memory: what it tries, and what each try meets.
//! `docs/security.md` has the transcript.

mod support;
mod transcript;
mod tries;

use transcript::Try;

#[tokio::test(start_paused = true)]
async fn a_plugin_written_to_do_harm_does_none() {
    let met = [
        tries::two_racks().await,
        tries::another_node().await,
        tries::stronger_than_promised().await,
        tries::unlisted_function().await,
        tries::repair_everything().await,
        tries::repair_at_once().await,
        tries::others_state().await,
        tries::exfiltrate().await,
        tries::added_nodes().await,
        tries::added_circle().await,
        tries::added_after_nothing().await,
        tries::forged_job().await,
        tries::forged_approval().await,
        tries::changed_body().await,
        tries::changed_component().await,
    ];
    transcript::compare(&met);
}

/// A try, and the words that it met.
fn met(tried: &'static str, words: impl Into<String>) -> Try {
    Try {
        tried,
        met: words.into(),
    }
}
