use std::os::unix::fs::PermissionsExt as _;

use ringkeeper_journal::MemoryJournal;

use super::*;
use crate::{FileError, LIFETIME};

const DAY: Duration = Duration::from_secs(86_400);
const BY: &str = "root (uid 0)";

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

    async fn host(&self) -> Access {
        Access::open(Arc::clone(&self.journal), self.seams.clone())
            .await
            .unwrap()
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("admin.token")
    }

    /// What lies in the file.
    fn token(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }
}

async fn create(access: &Access, name: &str, role: Role) -> String {
    access.create(name, role, LIFETIME, BY).await.unwrap().0.reveal()
}

#[tokio::test(start_paused = true)]
async fn a_token_lets_in_with_its_role_until_its_end_and_after_a_restart() {
    let ground = Ground::new();
    let token = create(&ground.host().await, "ci", Role::Operator).await;
    let access = ground.host().await;
    let admitted = access.admit(&token).unwrap();
    assert_eq!((admitted.name.as_str(), admitted.role), ("ci", Role::Operator));
    tokio::time::advance(LIFETIME - Duration::from_secs(1)).await;
    assert!(access.is_good(&admitted) && access.admit(&token).is_ok());
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(!access.is_good(&admitted));
    assert_eq!(access.admit(&token), Err(Rejected::Expired(access.now())));
    assert_eq!(access.all()[0].state, AccessTokenState::Expired);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_lets_nobody_in_at_once_and_after_a_restart() {
    let ground = Ground::new();
    let access = ground.host().await;
    let token = create(&access, "ci", Role::Viewer).await;
    let admitted = access.admit(&token).unwrap();
    let row = access.revoke("ci", "left\nus", "token ops").await.unwrap();
    assert_eq!(row.revoked.as_deref(), Some("by token ops: leftus"));
    let at = row.revoked_at.unwrap();
    for access in [access, ground.host().await] {
        assert!(!access.is_good(&admitted));
        assert_eq!(access.admit(&token), Err(Rejected::Revoked(at)));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_guesses_is_told_nothing() {
    let access = Ground::new().host().await;
    let token = create(&access, "ci", Role::Viewer).await;
    let id = token.split('.').nth(1).unwrap();
    let guess = format!("rka1.{id}.{}", "A".repeat(43));
    access.revoke("ci", "", BY).await.unwrap();
    for text in ["", "hello", &guess, &token[1..]] {
        assert_eq!(access.admit(text), Err(Rejected::Unknown), "{text}");
    }
    assert_eq!(access.all()[0].last_used_at, None);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_free_again_when_its_token_is_no_good_any_more() {
    let access = Ground::new().host().await;
    let first = create(&access, "ci", Role::Viewer).await;
    let taken = access.create("ci", Role::Admin, LIFETIME, BY).await;
    assert!(matches!(taken, Err(Refused::Taken(_))), "{taken:?}");
    access.revoke("ci", "", BY).await.unwrap();
    let second = create(&access, "ci", Role::Viewer).await;
    assert_ne!(first, second);
    assert_eq!(access.admit(&first), Err(Rejected::Unknown));
    assert!(access.admit(&second).is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_a_token_is_refused() {
    let access = Ground::new().host().await;
    for name in ["", "Ci", "a b", "-ci", "ci\n", "../ci", &"x".repeat(65)] {
        let refused = access.create(name, Role::Viewer, LIFETIME, BY).await;
        assert!(matches!(refused, Err(Refused::Name(_))), "{name}: {refused:?}");
    }
    for lifetime in [Duration::ZERO, 367 * DAY] {
        let refused = access.create("ci", Role::Viewer, lifetime, BY).await;
        assert!(matches!(refused, Err(Refused::Lifetime(_))), "{refused:?}");
    }
    let refused = access.revoke("nobody", "", BY).await;
    assert!(matches!(refused, Err(Refused::NoToken(_))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn use_is_written_once_a_day() {
    let ground = Ground::new();
    let access = ground.host().await;
    let token = create(&access, "ci", Role::Viewer).await;
    access.admit(&token).unwrap();
    let first = access.now();
    for _ in 0..3 {
        access.note_use("ci").await.unwrap();
    }
    tokio::time::advance(DAY / 2).await;
    access.admit(&token).unwrap();
    assert!(!access.is_use_news("ci"));
    assert_eq!(access.all()[0].last_used_at, Some(access.now()));
    assert_eq!(ground.host().await.all()[0].last_used_at, Some(first));
    tokio::time::advance(DAY / 2).await;
    access.note_use("ci").await.unwrap();
    let events = ground.journal.read(ACCESS, Version(0), 500).await.unwrap();
    assert_eq!(events.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_journal_holds_no_secret() {
    let ground = Ground::new();
    let token = create(&ground.host().await, "ci", Role::Viewer).await;
    let events = ground.journal.read(ACCESS, Version(0), 500).await.unwrap();
    let text = serde_json::to_string(&events).unwrap();
    assert!(
        text.contains("token-made") && !text.contains(token.split('.').nth(2).unwrap()),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_hosts_own_token_stays_over_restarts_and_is_replaced_when_its_file_is_gone() {
    let ground = Ground::new();
    ground.host().await.keep_first(&ground.file()).await.unwrap();
    let mode = std::fs::metadata(ground.file()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let first = ground.token();
    let access = ground.host().await;
    access.keep_first(&ground.file()).await.unwrap();
    assert_eq!(ground.token(), first);
    assert_eq!(access.admit(&first).unwrap().role, Role::Admin);

    for spoil in [None, Some("nonsense")] {
        match spoil {
            None => std::fs::remove_file(ground.file()).unwrap(),
            Some(text) => std::fs::write(ground.file(), text).unwrap(),
        }
        let before = access.row(FIRST).unwrap().made_at;
        tokio::time::advance(DAY).await;
        access.keep_first(&ground.file()).await.unwrap();
        assert!(access.row(FIRST).unwrap().made_at > before);
        assert!(access.admit(&ground.token()).is_ok());
    }
    assert_eq!(access.admit(&first), Err(Rejected::Unknown));
}

#[tokio::test(start_paused = true)]
async fn the_hosts_own_token_is_not_made_again_once_it_was_revoked() {
    let ground = Ground::new();
    let access = ground.host().await;
    access.keep_first(&ground.file()).await.unwrap();
    access.revoke(FIRST, "", BY).await.unwrap();
    std::fs::remove_file(ground.file()).unwrap();
    ground.host().await.keep_first(&ground.file()).await.unwrap();
    assert!(!ground.file().exists());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_others_can_read_is_refused() {
    let ground = Ground::new();
    let access = ground.host().await;
    access.keep_first(&ground.file()).await.unwrap();
    std::fs::set_permissions(ground.file(), std::fs::Permissions::from_mode(0o640)).unwrap();
    let refused = access.keep_first(&ground.file()).await;
    assert!(
        matches!(refused, Err(OpenError::File(FileError::Open { mode: 0o640, .. }))),
        "{refused:?}"
    );
}
