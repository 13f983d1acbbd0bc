//! Encrypted agents: whose certificates are believed, and which is shown.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use ringkeeper_cluster::{Cluster as _, MembershipReport, NodeError, NodeErrorKind};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;

use super::agent::{Agent, http};
use super::{seams, settings};
use crate::{CassandraCluster, TlsSettings};

/// An authority with everything it signed, in files.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self {
            issuer,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn ca_file(&self) -> PathBuf {
        self.file("ca.pem", &self.issuer.pem())
    }

    /// Certificate and key for this host, in PEM.
    fn sign(&self, host: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([host.to_owned()])
            .unwrap()
            .signed_by(&key, &self.issuer)
            .unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }

    /// An agent with a certificate for `host` that lets in whom this authority signed, or everyone.
    async fn agent(&self, host: &str, asks_for_certificates: bool) -> Agent {
        Agent::encrypted(
            self.server(host, asks_for_certificates),
            http("200 OK", MEMBERSHIP),
        )
        .await
    }

    /// The TLS side of such an agent.
    pub(crate) fn server(&self, host: &str, asks_for_certificates: bool) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if asks_for_certificates {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()), provider)
                .build()
                .unwrap();
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let (certificate, key) = self.sign(host);
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        builder
            .with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
            .unwrap()
    }

    pub(crate) fn believed(&self) -> TlsSettings {
        TlsSettings {
            ca_file: Some(self.ca_file()),
            ..TlsSettings::default()
        }
    }
}

const MEMBERSHIP: &str = r#"[
    {"status":200,"value":{"ReleaseVersion":"5.0.5","PartitionerName":"org.apache.cassandra.dht.Murmur3Partitioner"}},
    {"status":200,"value":{"Name":"1@node","StartTime":1}},
    {"status":200,"value":{"LocalHostId":"1cb233c8-62b4-489f-8318-ade1ff38d2be","ClusterName":"c","SchemaVersion":"s",
        "OperationMode":"NORMAL","GossipRunning":true,"NativeTransportRunning":true,"LiveNodesWithPort":["[::1]:7000"],
        "UnreachableNodesWithPort":[],"JoiningNodesWithPort":[],"LeavingNodesWithPort":[],"MovingNodesWithPort":[]}},
    {"status":404,"error":"no such MBean"},
    {"status":200,"value":[]},
    {"status":200,"value":[]},
    {"status":200,"value":[]},
    {"status":200,"value":[]},
    {"status":200,"value":[]},
    {"status":200,"value":[]},
    {"status":404,"error":"no such MBean"}]"#;

async fn membership(agent: &Agent, tls: TlsSettings) -> Result<MembershipReport, NodeError> {
    let mut settings = settings(agent);
    settings.jolokia.url = settings.jolokia.url.replace("http:", "https:");
    settings.jolokia.tls = tls;
    let cluster = CassandraCluster::new(settings, seams()).unwrap();
    cluster.membership("127.0.0.1:7000".parse().unwrap()).await
}

#[tokio::test]
async fn a_certificate_of_the_right_authority_and_host_is_believed() {
    let authority = Authority::new("ours");
    let agent = authority.agent("127.0.0.1", false).await;
    let report = membership(&agent, authority.believed()).await.unwrap();
    assert_eq!(
        (report.release_version.as_str(), report.load_bytes),
        ("5.0.5", None)
    );
}

#[tokio::test]
async fn another_hosts_certificate_is_believed_only_where_names_are_not_checked() {
    let authority = Authority::new("ours");
    let agent = authority.agent("10.9.9.9", false).await;
    let error = membership(&agent, authority.believed()).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unreachable);
    assert!(
        error
            .message
            .starts_with("no connection: invalid peer certificate: "),
        "{error}"
    );
    membership(
        &agent,
        TlsSettings {
            verify_host_name: false,
            ..authority.believed()
        },
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn another_authority_is_never_believed() {
    let agent = Authority::new("theirs").agent("127.0.0.1", false).await;
    let ours = Authority::new("ours");
    for verify_host_name in [true, false] {
        let error = membership(
            &agent,
            TlsSettings {
                verify_host_name,
                ..ours.believed()
            },
        )
        .await
        .unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::Unreachable);
        assert_eq!(
            error.message,
            "no connection: invalid peer certificate: UnknownIssuer"
        );
    }
}

#[tokio::test]
async fn a_certificate_is_shown_to_an_agent_that_asks_for_one() {
    let authority = Authority::new("ours");
    let agent = authority.agent("127.0.0.1", true).await;
    let error = membership(&agent, authority.believed()).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unreachable, "{error}");
    let (certificate, key) = authority.sign("ringkeeper");
    let tls = TlsSettings {
        certificate_file: Some(authority.file("host.pem", &certificate)),
        key_file: Some(authority.file("host.key", &key)),
        ..authority.believed()
    };
    membership(&agent, tls).await.unwrap();
}

#[tokio::test]
async fn plain_http_to_an_encrypted_agent_says_what_is_wrong() {
    let authority = Authority::new("ours");
    let agent = authority.agent("127.0.0.1", false).await;
    let cluster = CassandraCluster::new(settings(&agent), seams()).unwrap();
    let error = cluster
        .membership("127.0.0.1:7000".parse().unwrap())
        .await
        .unwrap_err();
    assert!(error.message.ends_with("http or https?"), "{error}");
}
