use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn in_days(days: u64) -> Timestamp {
    NOW.after(DAY * u32::try_from(days).unwrap())
}

fn node(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

fn told(ends: &CertificateEnds) -> Vec<(String, Severity, String)> {
    let findings = ends.findings(NOW, |_| true).into_iter();
    findings
        .map(|finding| (finding.key, finding.severity, finding.title))
        .collect()
}

fn network(ends: Timestamp) -> Vec<(String, Severity, String)> {
    told(&CertificateEnds {
        network: Some(ends),
        ..CertificateEnds::default()
    })
}

#[test]
fn what_people_renew_is_told_a_month_before_it_ends_and_severe_in_the_last_week() {
    assert_eq!(told(&CertificateEnds::default()), []);
    assert_eq!(network(in_days(30)), []);
    let title = |rest: &str| format!("The certificate that the host shows on the network {rest}.");
    let key = || "host-certificate/network".to_owned();
    for (ends, severity, rest) in [
        (in_days(29), Severity::Warning, "ends in 29 d"),
        (in_days(7), Severity::Warning, "ends in 7 d"),
        (in_days(6), Severity::Severe, "ends in 6 d"),
        (NOW.after(DAY / 2), Severity::Severe, "ends within a day"),
        (NOW, Severity::Severe, "has ended"),
        (NOW.before(DAY), Severity::Severe, "has ended"),
    ] {
        assert_eq!(network(ends), [(key(), severity, title(rest))]);
    }
    let authorities = told(&CertificateEnds {
        authorities: Some(in_days(20)),
        ..CertificateEnds::default()
    });
    assert_eq!(authorities[0].0, "host-certificate/authorities");
}

/// With 20 d left an agent renews: until 15 d nothing is wrong.
#[test]
fn an_agent_that_did_not_renew_is_told_with_all_that_did_not() {
    let ends = CertificateEnds {
        agents: [(1, 20), (2, 15), (3, 14), (4, 3)]
            .map(|(last, days)| (node(last), in_days(days)))
            .into(),
        ..CertificateEnds::default()
    };
    let title = "The certificate of the agent of 10.0.0.4 ends in 3 d, and that of one more agent was not renewed either.";
    assert_eq!(
        told(&ends),
        [("agent-certificate".to_owned(), Severity::Severe, title.to_owned())]
    );
    let findings = ends.findings(NOW, |asked| asked == node(3));
    assert_eq!(findings[0].severity, Severity::Warning);
    assert_eq!(
        findings[0].title,
        "The certificate of the agent of 10.0.0.3 ends in 14 d."
    );
    assert_eq!(findings[0].evidence.len(), 1);
    assert_eq!(findings[0].evidence[0].name, "that of 10.0.0.3 ends");
}

#[test]
fn a_thousand_agents_make_a_short_finding() {
    let agents = (0..1_000_u32).map(|at| (IpAddr::from((10 << 24 | at).to_be_bytes()), in_days(1)));
    let ends = CertificateEnds {
        agents: agents.collect(),
        ..CertificateEnds::default()
    };
    let finding = ends.findings(NOW, |_| true).remove(0);
    assert!(finding.title.contains("999 more agents"), "{}", finding.title);
    assert_eq!(finding.evidence.len(), MOST_NAMED);
}
