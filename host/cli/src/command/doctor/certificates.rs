//! Certificates that the host itself lives by.

use std::path::Path;

use ringkeeper_conductor::CertificateEnds;
use ringkeeper_config::Config;
use ringkeeper_plan::Severity;
use ringkeeper_seams::{Seams, Timestamp};
use ringkeeper_trust::HostTrust;

use super::Check;
use crate::certificates;
use crate::client::Client;
use crate::command::serve::TRUST_FOLDER;

const ABOUT: &str = "certificates";

/// Whether one of them ends soon. Those of agents the host knows, if it answers at `socket`.
pub(super) async fn check(config: &Config, socket: &Path, seams: &Seams) -> Vec<Check> {
    let mut ends = CertificateEnds {
        network: config.host.listen.as_ref().and_then(certificates::of_network),
        ..CertificateEnds::default()
    };
    let folder = config.host.data_directory.join(TRUST_FOLDER);
    if config.host.agents.is_some() && folder.exists() {
        let trust = HostTrust::open(&folder, std::sync::Arc::clone(&seams.clock));
        ends.authorities = trust.ok().and_then(|trust| trust.authorities_end());
        if let Ok(client) = Client::new(socket)
            && let Ok(agents) = client.agents().await
        {
            ends.agents = certificates::of_agents(&agents);
        }
    }
    judge(&ends, seams.clock.now())
}

fn judge(ends: &CertificateEnds, now: Timestamp) -> Vec<Check> {
    let found = ends.findings(now, |_| true);
    let checks: Vec<Check> = found
        .into_iter()
        .map(|finding| {
            let remedy = finding.suggestion.unwrap_or_default();
            let message = finding.title.trim_end_matches('.').to_owned();
            match finding.severity {
                Severity::Severe => Check::problem(ABOUT, message, remedy),
                _ => Check::warning(ABOUT, message, remedy),
            }
        })
        .collect();
    let all = ends
        .network
        .iter()
        .chain(&ends.authorities)
        .chain(ends.agents.values());
    match (checks.is_empty(), all.min()) {
        (true, Some(first)) => vec![Check::ok(
            ABOUT,
            format!("the first of the host's own ends {first}"),
        )],
        _ => checks,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::command::doctor::Verdict;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn judged(days: u32) -> Vec<(Verdict, String)> {
        let ends = CertificateEnds {
            network: Some(NOW.after(Duration::from_secs(86_400) * days)),
            ..CertificateEnds::default()
        };
        let checks = judge(&ends, NOW).into_iter();
        checks.map(|check| (check.verdict, check.message)).collect()
    }

    #[test]
    fn a_certificate_is_told_a_month_before_and_is_a_problem_in_the_last_week() {
        let [(verdict, message)] = &judged(40)[..] else {
            panic!("{:?}", judged(40));
        };
        assert_eq!(
            (*verdict, message.as_str()),
            (
                Verdict::Ok,
                "the first of the host's own ends 2027-02-24T08:00:00.000Z"
            )
        );
        let soon = |days, verdict| {
            let message = format!("The certificate that the host shows on the network ends in {days} d");
            assert_eq!(judged(days), [(verdict, message)]);
        };
        soon(29, Verdict::Warning);
        soon(6, Verdict::Problem);
        assert_eq!(judge(&CertificateEnds::default(), NOW), []);
    }
}
