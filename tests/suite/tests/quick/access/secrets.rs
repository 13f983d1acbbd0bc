//! Secrets are planted, the host is used as it is meant to be and otherwise, and then they are looked for everywhere.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ringkeeper_suite::Product;

use super::{free_port, said};
use crate::document;

const CQL_PASSWORD: &str = "Planted-Cql-Secret-4711";
const JOLOKIA_PASSWORD: &str = "Planted-Jolokia-Secret-4712";

/// A cluster of nobody, which is asked with both passwords again and again.
const CLUSTER: &str = "\n[host.log]\nlevel = \"trace\"\n[[cluster]]\nname = \"lab\"\ncontact_points = [\"127.0.0.250\"]\n\
     [cluster.cql]\nusername = \"ringkeeper\"\npassword_file = \"cql.password\"\n\
     [cluster.jolokia]\nusername = \"ringkeeper\"\npassword_file = \"jolokia.password\"\n\
     [cluster.sweep]\nmembership = \"1s\"\nnode_limit = \"500ms\"\n";

pub(super) fn secret_file(product: &Product, name: &str, text: &str) {
    let path = product.folder().join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// Everything in a folder and below, but what is a secret's own place.
pub(super) fn everything(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            everything(&path, into);
        } else if path.is_file() && !name.ends_with(".token") && !name.ends_with(".password") {
            into.push((name, std::fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn no_secret_is_in_any_log_file_or_answer() {
    let (at, agents) = (free_port(), free_port());
    let product = Product::new("").unwrap();
    secret_file(&product, "cql.password", CQL_PASSWORD);
    secret_file(&product, "jolokia.password", JOLOKIA_PASSWORD);
    let listen = format!("listen = \"127.0.0.1:{at}\"\nagents = \"127.0.0.1:{agents}\"\n");
    product.configure(&format!("{listen}{CLUSTER}")).unwrap();
    let mut places = Vec::new();
    let checked = product.run(&["serve", "--check"]).unwrap();
    places.push((
        "serve --check".to_owned(),
        (checked.stdout + &checked.stderr).into_bytes(),
    ));
    let served = product.serve().unwrap();

    let token_of = |arguments: &[&str]| {
        let made = product.values(arguments).unwrap().remove(0);
        made["token"].as_str().unwrap().to_owned()
    };
    let viewer = token_of(&["token", "create", "screen", "--role", "viewer"]);
    let gone = token_of(&["token", "create", "gone", "--role", "admin"]);
    product.values(&["token", "revoke", "gone"]).unwrap();
    let agent = token_of(&["agents", "token", "127.0.0.1"]);
    let used = token_of(&["agents", "token", "127.0.0.2"]);
    let first = std::fs::read_to_string(product.folder().join("data/admin.token")).unwrap();
    let enrolled = [
        "agent",
        "enroll",
        "--host",
        &format!("https://127.0.0.1:{agents}"),
        "--token",
        &used,
    ];
    let enrolled = product
        .run(&[&enrolled[..], &["--state", "agent"]].concat())
        .unwrap();
    assert_eq!(enrolled.code, 0, "{}", enrolled.stderr);

    secret_file(&product, "screen.token", &viewer);
    secret_file(&product, "gone.token", &gone);
    let host = format!("http://127.0.0.1:{at}");
    let ask = |file: &str, words: &[&str]| {
        product
            .run(&[words, &["--host", &host, "--token-file", file]].concat())
            .unwrap()
    };
    let refused = ask("gone.token", &["status"]);
    said(&refused, 3, "the token was revoked");
    for (name, ran) in [
        ("revoked", refused),
        ("status", ask("screen.token", &["status"])),
        (
            "tokens",
            ask("screen.token", &["token", "list", "--format", "json"]),
        ),
        (
            "agents",
            ask("screen.token", &["agents", "list", "--format", "json"]),
        ),
        (
            "forbidden",
            ask("screen.token", &["freeze", "now", "--reason", "x"]),
        ),
        ("findings", ask("screen.token", &["findings", "--format", "json"])),
        ("doctor", product.run(&["doctor"]).unwrap()),
    ] {
        places.push((name.to_owned(), (ran.stdout + &ran.stderr).into_bytes()));
    }
    let answers = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    answers.block_on(ask_everything(&host, first.trim(), &viewer, &mut places));
    product
        .run(&[
            "journal",
            "backup",
            product.folder().join("copy.sqlite").to_str().unwrap(),
        ])
        .unwrap();
    served.stop().unwrap();

    everything(product.folder(), &mut places);
    let names: Vec<_> = places.iter().map(|(name, _)| name.as_str()).collect();
    for place in [
        "host.log",
        "journal.sqlite",
        "copy.sqlite",
        "GET /metrics",
        "tokens",
    ] {
        assert!(names.contains(&place), "{names:?}");
    }
    let of_token = |token: &str| token.trim().split('.').nth(2).unwrap().to_owned();
    let secrets = [
        ("the CQL password", CQL_PASSWORD.to_owned()),
        ("the Jolokia password", JOLOKIA_PASSWORD.to_owned()),
        ("a viewer's token", of_token(&viewer)),
        ("a revoked token", of_token(&gone)),
        ("the host's token", of_token(&first)),
        ("an agent's token", of_token(&agent)),
        ("a used agent's token", of_token(&used)),
    ];
    for (what, secret) in &secrets {
        assert!(secret.len() >= 20, "{what}");
        for (place, bytes) in &places {
            let is_there = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!is_there, "{what} is in {place}");
        }
    }
    // What is looked for would be found.
    let kept = std::fs::read(product.folder().join("data/admin.token")).unwrap();
    let [.., (_, own), _, _] = &secrets;
    assert!(kept.windows(own.len()).any(|window| window == own.as_bytes()));
}

/// Every answer there is, to an admin, to a viewer, and to a body and a header that make no sense.
pub(super) async fn ask_everything(
    host: &str,
    admin: &str,
    viewer: &str,
    places: &mut Vec<(String, Vec<u8>)>,
) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut ask = async |name: String, request: reqwest::RequestBuilder| {
        let answer = request.send().await.unwrap();
        let mut said = format!("{:?}\n", answer.headers()).into_bytes();
        said.extend(answer.bytes().await.unwrap());
        places.push((name, said));
    };
    for document::Operation { method, path, .. } in document::operations() {
        if path == "/api/v1/events" {
            continue;
        }
        let asked = path
            .replace("{cluster}", "lab")
            .replace("{node}", "127.0.0.1")
            .replace("{name}", "gone");
        let url = format!("{host}{asked}");
        for token in [admin, viewer] {
            let request = client.request(method.parse().unwrap(), &url).bearer_auth(token);
            let request = match method.as_str() {
                "GET" => request,
                _ => request
                    .header("content-type", "application/json")
                    .body(format!("{{\"{token}\":1}}")),
            };
            let name = format!("{method} {path}");
            // What is sent in a place where nothing is taken may be said back to who sent it.
            match method.as_str() {
                "GET" => ask(name, request).await,
                _ => drop(request.send().await.unwrap()),
            }
        }
    }
    let misplaced = client
        .get(format!("{host}/api/v1/clusters"))
        .header("authorization", admin);
    ask("a token without its scheme".to_owned(), misplaced).await;
    let half = client
        .get(format!("{host}/api/v1/clusters"))
        .bearer_auth(format!("{admin}x"));
    ask("a token with a letter too much".to_owned(), half).await;
}
