use std::collections::BTreeSet;

use ringkeeper_seams::VirtualClock;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Shows a certificate that ends on the first of this year, and asks nobody for one.
async fn server(year: i32) -> (SocketAddr, impl Future<Output = ()>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["cassandra".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let serves = async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = acceptor.accept(stream).await;
        }
    };
    (at, serves)
}

async fn beside<T>(serves: impl Future<Output = ()>, what: impl Future<Output = T>) -> T {
    use futures::future::{Either, select};
    match select(std::pin::pin!(serves), std::pin::pin!(what)).await {
        Either::Right((done, _)) => done,
        Either::Left(_) => unreachable!("it serves on"),
    }
}

fn seen(at: SocketAddr, encrypted: bool) -> Seen {
    Seen {
        listens_at: BTreeSet::from([at]),
        configuration: Some(format!(
            "native_transport_port: {}\nclient_encryption_options:\n  enabled: {encrypted}\n",
            at.port()
        )),
        ..Seen::default()
    }
}

const PROCESS: ProcessKey = ProcessKey { pid: 7, started: 7 };
/// 2030-01-01.
const NEW_YEAR: Timestamp = Timestamp::from_millis(1_893_456_000_000);

fn certificates(at: Timestamp) -> Certificates {
    Certificates::new([127, 0, 0, 1].into(), Arc::new(VirtualClock::starting_at(at)))
}

fn days(certificates: &Certificates) -> Vec<f64> {
    let samples = certificates.samples();
    samples
        .iter()
        .map(|sample| sample.value / DAY.as_secs_f64())
        .collect()
}

#[tokio::test]
async fn a_certificate_is_dated_by_what_the_port_shows() {
    let (at, serves) = server(2030).await;
    let before = certificates(Timestamp::from_millis(NEW_YEAR.as_millis() - 864_000_000));
    let after = certificates(NEW_YEAR.after(DAY));
    beside(serves, async {
        before.ask(PROCESS, &seen(at, true)).await;
        after.ask(PROCESS, &seen(at, true)).await;
    })
    .await;
    assert_eq!(before.samples()[0].part, Some(at.port().to_string()));
    let (left, over) = (days(&before), days(&after));
    assert!((left[0] - 10.0).abs() < 0.001, "{left:?}");
    assert!((over[0] + 1.0).abs() < 0.001, "{over:?}");
}

#[tokio::test]
async fn a_port_that_is_not_encrypted_by_the_configuration_is_left_alone() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let at = listener.local_addr().unwrap();
    let own = certificates(NEW_YEAR);
    own.ask(PROCESS, &seen(at, false)).await;
    let nothing_known = Seen {
        configuration: None,
        ..seen(at, true)
    };
    own.ask(PROCESS, &nothing_known).await;
    let came = listener.accept();
    assert!(came.is_err(), "nobody connects: {came:?}");
    assert_eq!(own.samples(), []);
}

#[tokio::test]
async fn a_port_is_asked_once_in_a_while_and_anew_of_another_process() {
    let (at, serves) = server(2030).await;
    let own = certificates(NEW_YEAR);
    beside(serves, own.ask(PROCESS, &seen(at, true))).await;
    assert_eq!(own.samples().len(), 1);
    // Nobody serves there any more.
    own.ask(PROCESS, &seen(at, true)).await;
    assert_eq!(own.samples().len(), 1, "it is not asked again so soon");
    let next = ProcessKey { pid: 8, started: 8 };
    own.ask(next, &seen(at, true)).await;
    assert_eq!(own.samples(), []);
}
