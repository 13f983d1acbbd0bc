//! Where the host listens on the network.

use ringkeeper_access::{Access, FIRST_FILE};
use ringkeeper_api::Role;
use ringkeeper_config::{Approvers, Config, ListenConfig};
use ringkeeper_server::{Certificate, Network, Terms};

use crate::exit::Exit;
use crate::failure::Failure;

/// Listens where the configuration says, where it says so, and makes sure that the host's own user has a token for it.
pub(super) async fn listen(config: &Config, access: &Access) -> Result<Option<Network>, Failure> {
    let Some(listen) = &config.host.listen else {
        return Ok(None);
    };
    let file = config.host.data_directory.join(FIRST_FILE);
    access
        .keep_first(&file)
        .await
        .map_err(|error| failed(Exit::Failed, &error))?;
    let certificate = certificate(listen)?;
    let terms = Terms {
        allowed_hosts: listen.allowed_hosts.clone(),
        approvers: match listen.approvers {
            Approvers::Operator => Role::Operator,
            Approvers::Admin => Role::Admin,
        },
    };
    let network = Network::bind(listen.at, certificate, terms).await;
    let network = network.map_err(|error| failed(Exit::Failed, &error))?;
    let scheme = if listen.tls.is_some() { "https" } else { "http" };
    tracing::info!(at = format!("{scheme}://{}", listen.at), token = %file.display(), "the host listens on the network");
    Ok(Some(network))
}

/// What the host shows there; none where it speaks without TLS.
pub(super) fn certificate(listen: &ListenConfig) -> Result<Option<Certificate>, Failure> {
    let read = listen
        .tls
        .as_ref()
        .map(|tls| Certificate::read(&tls.certificate_file, &tls.key_file));
    read.transpose().map_err(|error| {
        let cure = "see `tls_certificate` and `tls_key` in [host] of the configuration";
        Failure::new(Exit::Usage, error.to_string(), cure)
    })
}

/// What is wrong and what to do stand in one sentence, parted by a semicolon.
fn failed(exit: Exit, error: &dyn std::fmt::Display) -> Failure {
    let text = error.to_string();
    match text.split_once("; ") {
        Some((message, remedy)) => Failure::new(exit, message, remedy),
        None => Failure::plain(exit, text),
    }
}
