//! What a plugin may not do, one folder a case in `tests/grants`: `grant.toml` is what the operator grants a plugin that asks
//! for everything it is told to in `ask.json`, and `expected.txt` is what comes of it, in the host's words.
//! `UPDATE_DOCS=1` writes the expected texts anew.

use std::path::{Path, PathBuf};

use ringkeeper_api::{PluginState, RunRequest};
use ringkeeper_bundled::fixtures::ASKER;
use ringkeeper_config::Config;
use ringkeeper_suite::{SimHost, SimPlugin};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grants");
    let entries = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The file of a host that has this plugin.
fn config(grant: &str, folder: &Path) -> Result<Config, String> {
    std::fs::write(folder.join("asker.wasm"), ASKER).unwrap();
    let text = format!(
        "[[cluster]]\nname = \"shop\"\ncontact_points = [\"10.0.0.1\"]\n[[plugin]]\nname = \"asker\"\nsource = \
         \"asker.wasm\"\n{grant}"
    );
    Config::parse(&text, &folder.join("ringkeeper.toml"))
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.display()), ""))
}

/// A host with the plugin as the file says.
async fn host(config: &Config) -> SimHost {
    let plugin = config
        .plugins
        .iter()
        .find(|plugin| plugin.name == "asker")
        .unwrap();
    let grants = plugin.grants.iter().map(|grant| &*grant.clone().leak()).collect();
    SimHost::working_with(SimPlugin {
        name: "asker",
        component: ASKER,
        grants,
        scope: plugin.scope.clone(),
        limits: ringkeeper_sandbox::Limits::default(),
    })
    .await
}

/// Everything that the host says when the plugin does as it is told.
async fn outcome(folder: &Path) -> String {
    let grant = std::fs::read_to_string(folder.join("grant.toml")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let config = match config(&grant, place.path()) {
        Ok(config) => config,
        Err(error) => return format!("not configured: {error}"),
    };
    let host = host(&config).await;
    host.pass(20).await;
    let plugins = host.conductor.plugin_summaries();
    let asker = plugins.iter().find(|plugin| plugin.name == "asker").unwrap();
    if let PluginState::Refused(reason) = &asker.state {
        return format!("not loaded: {reason}");
    }
    let mut ask = std::fs::read_to_string(folder.join("ask.json")).unwrap();
    for number in 1..=3 {
        ask = ask.replace(&format!("NODE{number}"), &host.node(number - 1).to_string());
    }
    let asked = RunRequest {
        operation: "asker.ask".to_owned(),
        cluster: None,
        parameters: serde_json::from_str(&ask).unwrap(),
        approve: None,
        deadline: None,
        security: false,
    };
    let run = match host.conductor.open_run(&asked).await {
        Ok(run) => run.id,
        Err(error) => return format!("not planned: {error}"),
    };
    host.pass(120).await;
    let detail = host.conductor.run(&run).unwrap();
    let mut said: Vec<String> = vec![format!("{}: {}", detail.run.state, detail.run.summary)];
    said.extend(detail.step_rows.into_iter().map(|row| row.message));
    host.pass(310).await;
    let findings = host.conductor.findings(None).unwrap();
    let told = findings.into_iter().map(|open| {
        format!(
            "finding: {} {}",
            open.finding.title, open.finding.evidence[0].value
        )
    });
    said.extend(told);
    said.join("\n")
}

#[tokio::test(start_paused = true)]
async fn a_plugin_does_what_it_was_granted_and_is_told_why_where_it_was_not() {
    let folders = folders();
    assert!(folders.len() > 10, "{folders:?}");
    for folder in folders {
        let found = outcome(&folder).await + "\n";
        let file = folder.join("expected.txt");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&file, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(found, expected, "{}", folder.display());
    }
}
