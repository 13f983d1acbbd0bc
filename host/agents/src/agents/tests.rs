use ringkeeper_journal::{JournalError, MemoryJournal};
use ringkeeper_seams::Timestamp;
use ringkeeper_trust::NewKey;

use super::*;

const HOUR: Duration = Duration::from_secs(3_600);

fn node(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

struct Ground {
    folder: tempfile::TempDir,
    journal: Arc<dyn Journal>,
    seams: Seams,
}

impl Ground {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            journal: Arc::new(MemoryJournal::default()),
            seams: Seams::simulation(7, Timestamp::from_millis(1_770_000_000_000)),
        }
    }

    async fn host(&self) -> Agents {
        Agents::open(self.folder.path(), Arc::clone(&self.journal), self.seams.clone())
            .await
            .unwrap()
    }

    fn request(&self, token: &str) -> EnrolRequest {
        EnrolRequest {
            protocol: 1,
            token: token.to_owned(),
            certificate_request: NewKey::make().unwrap().request().unwrap(),
            machine: "db-1\nevil".to_owned(),
            version: "0.1.0".to_owned(),
            time: self.seams.clock.now(),
        }
    }

    fn renewal(&self) -> RenewRequest {
        RenewRequest {
            protocol: 1,
            certificate_request: NewKey::make().unwrap().request().unwrap(),
            version: "0.2.0".to_owned(),
            time: self.seams.clock.now(),
        }
    }
}

fn fingerprint(enrolment: &Enrolment) -> Fingerprint {
    ringkeeper_trust::fingerprint_of_pem(&enrolment.certificate).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_token_enrols_one_agent_once_and_is_known_after_a_restart() {
    let ground = Ground::new();
    let host = ground.host().await;
    let token = host.token(node(1), HOUR).await.unwrap().reveal();
    assert_eq!(host.agent(node(1)).unwrap().state, AgentState::Awaited);
    let enrolment = host.enrol(&ground.request(&token)).await.unwrap();
    assert_eq!(enrolment.node, node(1));
    let host = ground.host().await;
    let again = host.enrol(&ground.request(&token)).await.unwrap_err();
    assert!(matches!(again, Refused::UsedToken { .. }), "{again}");
    let agent = host.agent(node(1)).unwrap();
    assert_eq!(agent.state, AgentState::Enrolled);
    assert_eq!(agent.machine, "db-1evil");
    assert_eq!(agent.token_ends_at, None);
    assert!(host.is_known(node(1), fingerprint(&enrolment)));
    assert!(!host.is_known(node(2), fingerprint(&enrolment)));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_too_old_forged_or_of_another_host_is_refused() {
    let ground = Ground::new();
    let host = ground.host().await;
    let token = host.token(node(1), HOUR).await.unwrap().reveal();
    let other = Ground::new().host().await.token(node(1), HOUR).await.unwrap();
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[2] = other.reveal().split('.').nth(2).unwrap().chars().rev().collect();
    for forged in [
        "",
        "rk1.x",
        &parts.join("."),
        &other.reveal().replace(other.id(), "000000000000"),
    ] {
        let refused = host.enrol(&ground.request(forged)).await.unwrap_err();
        assert!(matches!(refused, Refused::UnknownToken), "{forged}: {refused}");
    }
    tokio::time::advance(HOUR).await;
    let refused = host.enrol(&ground.request(&token)).await.unwrap_err();
    assert!(matches!(refused, Refused::ExpiredToken { .. }), "{refused}");
    for (lifetime, good) in [
        (0, false),
        (59, false),
        (60, true),
        (604_800, true),
        (604_801, false),
    ] {
        let made = host.token(node(1), Duration::from_secs(lifetime)).await;
        assert_eq!(made.is_ok(), good, "{lifetime}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_that_use_one_token_at_once_are_told_apart() {
    let ground = Ground::new();
    // Two hosts that both read before either wrote, as two requests of one host may.
    let (one, other) = (ground.host().await, ground.host().await);
    let token = one.token(node(1), HOUR).await.unwrap().reveal();
    other.shared.read.read_on(&*ground.journal).await.unwrap();
    one.enrol(&ground.request(&token)).await.unwrap();
    let refused = other.enrol(&ground.request(&token)).await.unwrap_err();
    assert!(matches!(refused, Refused::UsedToken { .. }), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_renewed_certificate_leaves_the_one_before_good_until_it_ends() {
    let ground = Ground::new();
    let host = ground.host().await;
    let token = host.token(node(1), HOUR).await.unwrap().reveal();
    let first = fingerprint(&host.enrol(&ground.request(&token)).await.unwrap());
    let second = fingerprint(&host.renew(first, &ground.renewal()).await.unwrap());
    // The answer was lost: the agent asks again with what it has.
    let third = fingerprint(&host.renew(first, &ground.renewal()).await.unwrap());
    for known in [first, second, third] {
        assert_eq!(host.whose(known), Some(node(1)));
    }
    assert_eq!(host.agent(node(1)).unwrap().version, "0.2.0");
}

#[tokio::test(start_paused = true)]
async fn a_revoked_agent_is_a_stranger_until_it_is_enrolled_anew() {
    let ground = Ground::new();
    let host = ground.host().await;
    let token = host.token(node(1), HOUR).await.unwrap().reveal();
    let left = host.token(node(1), HOUR).await.unwrap().reveal();
    let first = fingerprint(&host.enrol(&ground.request(&token)).await.unwrap());
    assert_eq!(
        host.revoke(node(1), "sold").await.unwrap().state,
        AgentState::Revoked
    );
    let host = ground.host().await;
    assert!(!host.is_known(node(1), first));
    let refused = host.renew(first, &ground.renewal()).await.unwrap_err();
    assert!(matches!(refused, Refused::UnknownAgent), "{refused}");
    // Nor does a token help that was left over.
    let refused = host.enrol(&ground.request(&left)).await.unwrap_err();
    assert!(matches!(refused, Refused::UnknownToken), "{refused}");
    assert!(matches!(host.revoke(node(9), "").await, Err(Refused::NoAgent(_))));
    let token = host.token(node(1), HOUR).await.unwrap().reveal();
    let anew = fingerprint(&host.enrol(&ground.request(&token)).await.unwrap());
    assert!(host.is_known(node(1), anew) && !host.is_known(node(1), first));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_enrolled_anew_replaces_the_one_before() {
    let ground = Ground::new();
    let host = ground.host().await;
    let mut known = Vec::new();
    for _ in 0..2 {
        let token = host.token(node(1), HOUR).await.unwrap().reveal();
        known.push(fingerprint(&host.enrol(&ground.request(&token)).await.unwrap()));
    }
    assert!(!host.is_known(node(1), known[0]));
    assert!(host.is_known(node(1), known[1]));
}

#[tokio::test(start_paused = true)]
async fn tokens_are_never_the_same_nor_kept() {
    let ground = Ground::new();
    let host = ground.host().await;
    let mut seen = std::collections::BTreeSet::new();
    for last in 0..20 {
        let token = host.token(node(last), HOUR).await.unwrap();
        assert!(seen.insert(token.reveal()));
        let written = ground.journal.read(AGENTS, Version(0), 100).await;
        let written: Result<_, JournalError> = written;
        let text = format!("{:?}", written.unwrap());
        let whole = token.reveal();
        let secret = whole.split('.').nth(2).unwrap();
        assert!(text.contains(token.id()) && !text.contains(secret));
    }
}
