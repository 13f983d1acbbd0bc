//! Every command that a document shows, run.
//!
//! A command is a line that begins with `$ `, with the lines it goes on in; its words are parted as in a shell. What stands
//! for something of the reader's own is put in: `shop-812` is the run that was opened last, `10.0.0.1` a node.

use std::path::Path;

use ringkeeper_suite::Product;

/// Documents for people, from the root of the checkout.
const DOCUMENTS: [&str; 12] = [
    "README.md",
    "docs/access.md",
    "docs/approvals.md",
    "docs/api.md",
    "docs/audit.md",
    "docs/grants.md",
    "docs/notifications.md",
    "docs/operating.md",
    "docs/plugins.md",
    "docs/repair.md",
    "docs/safety.md",
    "wit/README.md",
];
/// The run of the documents.
const RUN: &str = "shop-812";
/// A node of the documents.
const NODE: &str = "10.0.0.1";
/// The head of the audit log of the documents.
const HEAD: &str = "8f3c0e0d2c6c1d0b5a2e4f7d9b1a3c5e7f90112233445566778899aabbccddee";
/// What a command ends with that the host refuses.
const REFUSED: i32 = 3;

pub(super) fn every_command_in_the_documents_works(product: &Product) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut commands = 0;
    for document in DOCUMENTS {
        // A line that ends with a backslash goes on in the next.
        let text = std::fs::read_to_string(root.join(document))
            .unwrap()
            .replace("\\\n", " ");
        for command in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            works(product, &root, command).unwrap_or_else(|error| panic!("{document}: `{command}`: {error}"));
            commands += 1;
        }
    }
    assert!(
        commands >= 40,
        "only {commands} commands were found; are they still written as `$ command`?"
    );
}

fn works(product: &Product, root: &Path, command: &str) -> Result<(), String> {
    let mut words = words(command);
    if command.contains(RUN) {
        let run = newest_run(product)?;
        words = words.iter().map(|word| word.replace(RUN, &run)).collect();
    }
    if command.contains(NODE) {
        let node = first_node(product)?;
        words = words.iter().map(|word| word.replace(NODE, &node)).collect();
    }
    if command.contains("--head") {
        let head = audit_head(product)?;
        words = words.iter().map(|word| word.replace(HEAD, &head)).collect();
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        // This host is the one that was served; a second one is refused.
        ["ringkeeper", .., "serve"] => Ok(()),
        ["ringkeeper", arguments @ ..] => {
            let ran = product.run(arguments).map_err(|error| error.to_string())?;
            // A run of the documents may have ended before it is to be held up.
            let holds_up = matches!(arguments, [.., "pause" | "resume" | "cancel", _]);
            // What the guard says of a node depends on the cluster; either answer is one.
            let is_verdict = arguments.contains(&"explain");
            // Nobody is asked about them.
            let is_word = arguments.contains(&"approve") || arguments.contains(&"reject");
            if ran.code == 0 || ((holds_up || is_verdict || is_word) && ran.code == REFUSED) {
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
        ["curl", arguments @ ..] => ask(product, arguments),
        _ => Err("a test does not know how to run this; teach it or write it otherwise".to_owned()),
    }
}

/// The words of a command; what stands in single quotes is one, as it is.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut begun) = (String::new(), false, false);
    for letter in command.chars() {
        match letter {
            '\'' => (quoted, begun) = (!quoted, true),
            ' ' if !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            letter => {
                word.push(letter);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

fn newest_run(product: &Product) -> Result<String, String> {
    let runs = product
        .values(&["runs", "list"])
        .map_err(|error| error.to_string())?;
    let newest = runs.first().and_then(|run| run["id"].as_str());
    newest
        .map(str::to_owned)
        .ok_or_else(|| "no run was opened before".to_owned())
}

fn audit_head(product: &Product) -> Result<String, String> {
    let verdict = product.values(&["audit", "verify"]);
    let verdict = verdict.map_err(|error| error.to_string())?;
    let head = verdict.first().and_then(|verdict| verdict["head"].as_str());
    head.map(str::to_owned)
        .ok_or_else(|| "the audit log has no head".to_owned())
}

fn first_node(product: &Product) -> Result<String, String> {
    let nodes = product.values(&["nodes"]).map_err(|error| error.to_string())?;
    let address = nodes.first().and_then(|node| node["address"].as_str());
    let address = address.ok_or("the cluster has no nodes")?;
    Ok(address
        .rsplit_once(':')
        .map_or(address, |(address, _)| address)
        .to_owned())
}

/// What `curl --unix-socket` would do. Of an answer that never ends only the beginning is waited for.
fn ask(product: &Product, arguments: &[&str]) -> Result<(), String> {
    let after = |option: &str| {
        let mut pairs = arguments.windows(2);
        pairs
            .find(|pair| pair.first() == Some(&option))
            .and_then(|pair| pair.get(1).copied())
    };
    after("--unix-socket").ok_or("it names no socket")?;
    let url = arguments.iter().find(|word| word.starts_with("http://"));
    let url = *url.ok_or("it names no URL")?;
    let socket = product.folder().join("data/ringkeeper.sock");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    runtime.block_on(async {
        let client = reqwest::Client::builder().unix_socket(socket).build().unwrap();
        let mut request = match after("--data") {
            Some(body) => client.post(url).body(body.to_owned()),
            None => client.get(url),
        };
        for pair in arguments.windows(2) {
            if let ["--header", header] = pair {
                let (name, value) = header.split_once(": ").ok_or("a header has no value")?;
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(answer.status().to_string())
        }
    })
}
