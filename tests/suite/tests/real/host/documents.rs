//! Every command that a document shows, run.

use std::path::Path;

use ringkeeper_suite::Product;

/// Documents for people, from the root of the checkout.
const DOCUMENTS: [&str; 5] = [
    "README.md",
    "docs/api.md",
    "docs/operating.md",
    "docs/plugins.md",
    "wit/README.md",
];

pub(super) fn every_command_in_the_documents_works(product: &Product) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut commands = 0;
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        for command in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            works(product, &root, command).unwrap_or_else(|error| panic!("{document}: `{command}`: {error}"));
            commands += 1;
        }
    }
    assert!(
        commands >= 15,
        "only {commands} commands were found; are they still written as `$ command`?"
    );
}

fn works(product: &Product, root: &Path, command: &str) -> Result<(), String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        // This host is the one that was served; a second one is refused.
        ["ringkeeper", .., "serve"] => Ok(()),
        ["ringkeeper", arguments @ ..] => {
            let ran = product.run(arguments).map_err(|error| error.to_string())?;
            if ran.code == 0 {
                Ok(())
            } else {
                Err(format!("ended with {}: {}{}", ran.code, ran.stdout, ran.stderr))
            }
        }
        ["cargo", "xtask", subcommand, ..] => {
            let file = root.join(format!("xtask/src/{subcommand}.rs"));
            if file.is_file() {
                Ok(())
            } else {
                Err(format!("there is no {}", file.display()))
            }
        }
        // Tests and benchmarks build the same packages.
        ["cargo", "build", ..] => Ok(()),
        ["curl", .., "--unix-socket", _, url] => ask(product, url),
        _ => Err("a test does not know how to run this; teach it or write it otherwise".to_owned()),
    }
}

/// What `curl --unix-socket` would do.
fn ask(product: &Product, url: &str) -> Result<(), String> {
    let socket = product.folder().join("data/ringkeeper.sock");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    runtime.block_on(async {
        let client = reqwest::Client::builder().unix_socket(socket).build().unwrap();
        let answer = client.get(url).send().await.map_err(|error| error.to_string())?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(answer.status().to_string())
        }
    })
}
