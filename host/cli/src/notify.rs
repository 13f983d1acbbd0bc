//! Who outside is told, by the configuration.

use std::sync::Arc;

use ringkeeper_conductor::Conductor;
use ringkeeper_config::{Config, MailEncryption, NotifyConfig, NotifyWay, SecretSource};
use ringkeeper_journal::{Journal, JournalError};
use ringkeeper_notices::{
    Email, EmailSettings, Encryption, Notifier, Pace, Post, Report, Target, Wanted, Webhook,
};
use ringkeeper_seams::{Seams, TaskGroup};

use crate::exit::Exit;
use crate::failure::Failure;

/// Everybody who is to be told. Nothing is sent yet.
pub(crate) fn targets(config: &Config) -> Result<Vec<Target>, Failure> {
    config.notify.iter().map(target).collect()
}

/// One of them.
pub(crate) fn target(config: &NotifyConfig) -> Result<Target, Failure> {
    Ok(Target {
        name: config.name.clone(),
        wanted: Wanted {
            severities: config.severities.clone(),
            approvals: config.approvals,
        },
        post: post(config)?,
    })
}

/// Notes where each begins to be told of each cluster, before anybody looks at one.
pub(crate) async fn begin(config: &Config, journal: &dyn Journal) -> Result<(), JournalError> {
    for cluster in &config.clusters {
        for target in &config.notify {
            ringkeeper_notices::begin(journal, &target.name, &cluster.name).await?;
        }
    }
    Ok(())
}

/// Starts telling them, each of each cluster.
pub(crate) fn start(
    targets: &[Target],
    conductor: &Arc<Conductor>,
    journal: &Arc<dyn Journal>,
    seams: &Seams,
    tasks: &mut TaskGroup,
) -> Result<(), Failure> {
    for cluster in conductor.clusters() {
        let versions = conductor
            .versions(Some(&cluster.name))
            .map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
        for target in targets {
            let told = Arc::clone(conductor);
            let report = move |cluster: &str, target: &str, trouble| {
                told.note_undelivered(cluster, target, trouble);
            };
            let notifier = Notifier {
                target: target.clone(),
                cluster: cluster.name.clone(),
                journal: Arc::clone(journal),
                clock: Arc::clone(&seams.clock),
                versions: versions.clone(),
                pace: Pace::default(),
                report: Report(Arc::new(report)),
            };
            tasks.spawn(notifier.run());
        }
    }
    Ok(())
}

fn post(config: &NotifyConfig) -> Result<Arc<dyn Post>, Failure> {
    let name = &config.name;
    let wrong =
        |error: &dyn std::fmt::Display| Failure::plain(Exit::Usage, format!("notify.{name}: {error}"));
    let secret = |source: &SecretSource| source.read().map_err(|error| wrong(&error));
    let ca_file = config.ca_file.clone();
    match &config.way {
        NotifyWay::Webhook { url, secret: source } => {
            let webhook = Webhook::new(url, secret(source)?.expose(), ca_file.as_deref());
            Ok(Arc::new(webhook.map_err(|error| wrong(&error))?))
        }
        NotifyWay::Email {
            server: (server, port),
            encryption,
            credentials,
            from,
            to,
        } => {
            let login = credentials.as_ref().map(|credentials| {
                let password = secret(&credentials.password)?.expose().to_owned();
                Ok::<_, Failure>((credentials.username.clone(), password))
            });
            let email = Email::new(&EmailSettings {
                server: server.clone(),
                port: *port,
                encryption: match encryption {
                    MailEncryption::StartTls => Encryption::StartTls,
                    MailEncryption::Tls => Encryption::Tls,
                    MailEncryption::None => Encryption::None,
                },
                ca_file,
                login: login.transpose()?,
                from: from.clone(),
                to: to.clone(),
            });
            Ok(Arc::new(email.map_err(|error| wrong(&error))?))
        }
    }
}
