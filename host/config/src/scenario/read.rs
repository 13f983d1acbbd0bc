//! Reads a scenario file.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value as Json};
use toml::de::DeTable;

use super::{
    AskedRun, DataCentreConfig, FaultConfig, GoalConfig, LoadConfig, NodePlace, Scenario, SimulatedKeyspace,
    When, check, keys,
};
use crate::cluster::read_named;
use crate::file::{read_document, read_file};
use crate::reading::{Reading, Table};
use crate::{ConfigError, Fault, FreezeConfig, PluginConfig, PolicyConfig, ScheduleConfig, WindowConfig};

/// What the simulated cluster is called.
const CLUSTER: &str = "simulated";

impl Scenario {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or anything in it is wrong; then everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&read_file(path)?, path)
    }

    /// Checks `text` as if it stood in `file`.
    ///
    /// # Errors
    /// When anything in it is wrong; then everything that is wrong.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        read_document(text, file, &keys::ROOT, |document, reading| {
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            Self::read(document, reading, stem.unwrap_or_default())
        })
    }

    fn read(document: &DeTable<'_>, reading: &mut Reading<'_>, stem: String) -> Option<Self> {
        let root = Table::root(&keys::ROOT, document, reading);
        let name = root.optional(reading, &keys::NAME);
        let about = root.optional(reading, &keys::ABOUT);
        let begin = root.value(reading, &keys::BEGIN);
        let horizon = root.value(reading, &keys::HORIZON);
        let healing = root.value(reading, &keys::HEALING);
        let tokens = root.value(reading, &keys::TOKENS);
        let version = root.value(reading, &keys::VERSION);
        let data_centres = read_named(&root, reading, keys::data_centre(), data_centre);
        let keyspaces = read_named(&root, reading, keys::keyspace(), keyspace);
        let load = load(&root, reading);
        let runs = every(&root.tables(reading, keys::run()), reading, run);
        let faults = every(&root.tables(reading, keys::fault()), reading, fault);
        let goals = every(&root.tables(reading, keys::goal()), reading, goal);
        let policy = PolicyConfig::read(&root, reading);
        let plugins = PluginConfig::read_all(&root, reading);
        let schedules = ScheduleConfig::read_all(&root, reading);
        let known = [CLUSTER.to_owned()];
        let windows = WindowConfig::read_all(&root, reading, Some(&known));
        let freezes = FreezeConfig::read_all(&root, reading, Some(&known));
        let mut runs: Vec<AskedRun> = runs?;
        runs.sort_by_key(|run| run.at);
        let scenario = Self {
            name: name?.unwrap_or(stem),
            about: about?.unwrap_or_default(),
            begin: begin?,
            horizon: horizon?,
            healing: healing?,
            tokens: u16::try_from(tokens?).unwrap_or(u16::MAX),
            version: version?,
            data_centres: data_centres?,
            keyspaces: keyspaces?,
            load: load?,
            runs,
            faults: faults?,
            goals: goals?,
            policy: policy?,
            plugins: plugins?,
            schedules: schedules?,
            windows: windows?,
            freezes: freezes?,
        };
        check::all(&scenario, &root, reading);
        Some(scenario)
    }
}

fn every<'t, T>(
    tables: &[Table<'t>],
    reading: &mut Reading<'_>,
    mut read: impl FnMut(&Table<'t>, &mut Reading<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let all: Vec<_> = tables.iter().map(|table| read(table, reading)).collect();
    all.into_iter().collect()
}

fn data_centre(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<DataCentreConfig> {
    let name = table.value(reading, &keys::CENTRE_NAME);
    let racks = table.value(reading, &keys::RACKS);
    let nodes = table.value(reading, &keys::NODES_PER_RACK);
    Some(DataCentreConfig {
        name: name?,
        racks: racks?,
        nodes_per_rack: u16::try_from(nodes?).unwrap_or(u16::MAX),
    })
}

fn keyspace(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<SimulatedKeyspace> {
    let name = table.value(reading, &keys::KEYSPACE_NAME);
    let replicas = table.value(reading, &keys::REPLICAS);
    let tables = table.value(reading, &keys::TABLES);
    let gc_grace = table.value(reading, &keys::GC_GRACE);
    let counted = replicas.as_ref().and_then(counts);
    if replicas.is_some() && counted.is_none() {
        let fault = Fault::Impossible {
            message: "replicas are whole numbers from 1 to 50, one a data centre".to_owned(),
            remedy: "write replicas = { dc1 = 3 }".to_owned(),
        };
        table.wrong(reading, "replicas", fault);
    }
    Some(SimulatedKeyspace {
        name: name?,
        replicas: counted?,
        tables: tables?,
        gc_grace: gc_grace?,
    })
}

fn counts(table: &Json) -> Option<BTreeMap<String, u8>> {
    let table = table.as_object().filter(|table| !table.is_empty())?;
    let count = |value: &Json| value.as_u64().filter(|count| (1..=50).contains(count));
    table
        .iter()
        .map(|(centre, value)| Some((centre.clone(), u8::try_from(count(value)?).ok()?)))
        .collect()
}

fn load(root: &Table<'_>, reading: &mut Reading<'_>) -> Option<LoadConfig> {
    let table = root.table(reading, &keys::LOAD);
    let writes_per_second = table.value(reading, &keys::WRITES);
    let row_bytes = table.value(reading, &keys::ROW_BYTES);
    let table_bytes = table.value(reading, &keys::TABLE_BYTES);
    let hints = table.value(reading, &keys::HINTS);
    Some(LoadConfig {
        writes_per_second: writes_per_second?,
        row_bytes: row_bytes?,
        table_bytes: table_bytes?,
        hints: hints?,
    })
}

fn run(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<AskedRun> {
    let at = table.value(reading, &keys::RUN_AT);
    let operation = table.value(reading, &keys::OPERATION);
    let parameters = table.value(reading, &keys::PARAMETERS);
    Some(AskedRun {
        at: at?,
        operation: operation?,
        parameters: match parameters? {
            Json::Object(fields) => fields,
            _ => Map::new(),
        },
    })
}

fn fault(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<FaultConfig> {
    let kind = table.value(reading, &keys::KIND);
    let node = table.optional(reading, &keys::NODE);
    let at = table.optional(reading, &keys::AT);
    let on = table.optional(reading, &keys::ON);
    let nth = table.optional(reading, &keys::NTH);
    let per_day = table.optional(reading, &keys::PER_DAY);
    let lasts = table.optional(reading, &keys::FOR);
    let by = table.optional(reading, &keys::BY);
    let plugin = table.optional(reading, &keys::PLUGIN);
    let grant = table.optional(reading, &keys::GRANT);
    let line = line(table, reading);
    let when = match (at?, on?, per_day?) {
        (Some(at), None, None) => Some(When::At(at)),
        (None, Some(event), None) => Some(When::On {
            event,
            nth: nth?.unwrap_or(1),
        }),
        (None, None, Some(rate)) => Some(When::PerDay(rate)),
        _ => {
            let fault = Fault::Impossible {
                message: "a fault strikes at one time, on one event, or so often a day".to_owned(),
                remedy: "give exactly one of `at`, `on` and `per_day`".to_owned(),
            };
            table.wrong(reading, "kind", fault);
            None
        }
    };
    Some(FaultConfig {
        kind: kind?,
        node: node?.as_deref().and_then(place),
        when: when?,
        lasts: lasts?,
        by: by?,
        plugin: plugin?,
        grant: grant?,
        line,
    })
}

fn goal(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<GoalConfig> {
    let kind = table.value(reading, &keys::GOAL_KIND);
    let operation = table.optional(reading, &keys::GOAL_OPERATION);
    let count = table.value(reading, &keys::COUNT);
    let finding = table.optional(reading, &keys::FINDING);
    let line = line(table, reading);
    Some(GoalConfig {
        kind: kind?,
        operation: operation?,
        count: count?,
        finding: finding?,
        line,
    })
}

fn line(table: &Table<'_>, reading: &Reading<'_>) -> usize {
    table.place(reading).position.map_or(0, |(line, _)| line)
}

/// A node's place, as it is written.
pub(super) fn place(text: &str) -> Option<NodePlace> {
    let mut parts = text.split('/');
    let (data_centre, rack, number) = (parts.next()?, parts.next()?, parts.next()?);
    let number = number.parse().ok().filter(|number| *number > 0)?;
    let is_whole = parts.next().is_none() && !data_centre.is_empty() && !rack.is_empty();
    is_whole.then(|| NodePlace {
        data_centre: data_centre.to_owned(),
        rack: rack.to_owned(),
        number,
    })
}
