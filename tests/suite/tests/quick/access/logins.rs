//! The same, where everybody lets the host in: nodes, a webhook, a mail server.

use ringkeeper_lab::wait_until;
use ringkeeper_suite::{DEADLINE, Product};

use super::doors::{self, Door};
use super::free_port;
use super::secrets::{ask_everything, everything, secret_file};
use crate::notifications::Pager;

const CQL_PASSWORD: &str = "Planted-Cql-Secret-4714";
const JOLOKIA_PASSWORD: &str = "Planted-Jolokia-Secret-4715";
/// `ringkeeper:` and the password, as a header has it.
const JOLOKIA_LOGIN: &str = "Basic cmluZ2tlZXBlcjpQbGFudGVkLUpvbG9raWEtU2VjcmV0LTQ3MTU=";
const WEBHOOK_SECRET: &str = "Planted-Webhook-Secret-4716";
const WEBHOOK_PATH: &str = "Planted-Webhook-Path-4717";
const MAIL_PASSWORD: &str = "Planted-Mail-Secret-4718";

/// Waits until somebody was let in.
fn let_in(what: &str, door: &Door) {
    wait_until(what, DEADLINE, || Ok((!door.shown().is_empty()).then_some(()))).unwrap();
}

fn configuration(at: u16, jolokia: &Door, cassandra: &Door, mail: &Door, pager: &Pager) -> String {
    format!(
        "listen = \"127.0.0.1:{at}\"\n[host.log]\nlevel = \"trace\"\n[[cluster]]\nname = \"lab\"\n\
         contact_points = [\"127.0.0.1\"]\n\
         [cluster.cql]\nport = {}\nusername = \"ringkeeper\"\npassword_file = \"cql.password\"\n\
         [cluster.jolokia]\nurl = \"http://{{address}}:{}/jolokia\"\nusername = \"ringkeeper\"\npassword_file = \"jolokia.password\"\n\
         [cluster.sweep]\nmembership = \"1s\"\nnode_limit = \"500ms\"\n\
         [[notify]]\nname = \"pager\"\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{}/{WEBHOOK_PATH}\"\n\
         secret_file = \"pager.password\"\n\
         [[notify]]\nname = \"oncall\"\nkind = \"email\"\nserver = \"localhost:{}\"\nencryption = \"tls\"\n\
         ca_file = \"mail.pem\"\nusername = \"ringkeeper\"\npassword_file = \"mail.password\"\n\
         from = \"ringkeeper@example.com\"\nto = [\"oncall@example.com\"]\n",
        cassandra.port, jolokia.port, pager.at, mail.port
    )
}

#[test]
fn no_secret_of_a_login_that_succeeds_is_in_any_log_file_or_answer() {
    let at = free_port();
    let product = Product::new("").unwrap();
    let (jolokia, cassandra) = (doors::jolokia(JOLOKIA_LOGIN), doors::cassandra(CQL_PASSWORD));
    let ((mail, authority), pager) = (doors::mail(), Pager::start(true));
    for (name, secret) in [
        ("cql", CQL_PASSWORD),
        ("jolokia", JOLOKIA_PASSWORD),
        ("pager", WEBHOOK_SECRET),
        ("mail", MAIL_PASSWORD),
    ] {
        secret_file(&product, &format!("{name}.password"), secret);
    }
    std::fs::write(product.folder().join("mail.pem"), authority).unwrap();
    product
        .configure(&configuration(at, &jolokia, &cassandra, &mail, &pager))
        .unwrap();
    let mut places = Vec::new();
    let served = product.serve().unwrap();
    let viewer = product
        .values(&["token", "create", "screen", "--role", "viewer"])
        .unwrap()
        .remove(0);
    let viewer = viewer["token"].as_str().unwrap().to_owned();
    let first = std::fs::read_to_string(product.folder().join("data/admin.token")).unwrap();
    for arguments in [
        &["serve", "--check"][..],
        &["doctor"],
        &["notify", "test", "pager"],
        &["notify", "test", "oncall"],
        &["status"],
        &["findings", "--format", "json"],
    ] {
        let ran = product.run(arguments).unwrap();
        if arguments[0] == "notify" {
            assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        }
        places.push((arguments.join(" "), (ran.stdout + &ran.stderr).into_bytes()));
    }
    let_in("a login at Jolokia", &jolokia);
    let_in("a login by CQL", &cassandra);
    // The first is the command's, and one the host's own: that no node says anything is severe.
    for _ in 0..2 {
        pager.next();
    }
    wait_until("two mails", DEADLINE, || {
        Ok((mail.shown().len() > 1).then_some(()))
    })
    .unwrap();
    let host = format!("http://127.0.0.1:{at}");
    let answers = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    answers.block_on(ask_everything(&host, first.trim(), &viewer, &mut places));
    served.stop().unwrap();

    everything(product.folder(), &mut places);
    // The file itself says where a webhook is posted to.
    places.retain(|(name, _)| name != "ringkeeper.toml");
    let mut secrets: Vec<(&str, String)> = [
        ("the CQL password", CQL_PASSWORD),
        ("the Jolokia password", JOLOKIA_PASSWORD),
        ("the webhook's secret", WEBHOOK_SECRET),
        ("the webhook's URL", WEBHOOK_PATH),
        ("the mail password", MAIL_PASSWORD),
        ("the host's token", first.trim().split('.').nth(2).unwrap()),
        ("a viewer's token", viewer.split('.').nth(2).unwrap()),
    ]
    .map(|(what, secret)| (what, secret.to_owned()))
    .into();
    // As they go over the wire, too.
    let wire = [("the login at Jolokia", &jolokia), ("the login of mail", &mail)];
    secrets.extend(wire.map(|(what, door)| (what, door.shown().remove(0))));
    for (what, secret) in &secrets {
        assert!(secret.len() >= 20, "{what}: {secret}");
        for (place, bytes) in &places {
            // Whoever checks the configuration is shown what it says, which never is a password.
            if *what == "the webhook's URL" && place == "serve --check" {
                continue;
            }
            let is_there = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!is_there, "{what} is in {place}");
        }
    }
    let log = places.iter().find(|(name, _)| name == "host.log").unwrap();
    assert!(
        String::from_utf8_lossy(&log.1).contains("TRACE"),
        "it says what it can"
    );
}
