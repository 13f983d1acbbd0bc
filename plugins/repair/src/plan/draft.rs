//! Steps before they have names: which tables on which ranges, and how long.

use ringkeeper_ring::TokenRange;

use crate::cut::cut;
use crate::parameters::{Parallelism, Parameters};
use crate::plan::group::{Group, Grouped};
use crate::plan::load::{Density, Load, Total};
use crate::settings::Settings;
use crate::world::{Chosen, Place, Table, World};

/// What a table costs in every command however little it has: a session of about so many seconds, as measured with
/// forty small tables.
const TABLE_SECONDS: f64 = 0.1;
/// Nodes of one step that is made of steps of different nodes.
const MOST_NODES: usize = 10;

/// Pieces of one batch on one group: a month of ten minutes each, and no estimate is worth more.
const MOST_PIECES: u32 = 4_096;

/// The coarsest level.
pub(crate) const LAST_LEVEL: u32 = 12;

/// A step to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    /// Every node it touches, ascending.
    pub(crate) nodes: Vec<Place>,
    /// What it repairs.
    pub(crate) pieces: Vec<Piece>,
    /// How long it takes.
    pub(crate) seconds: f64,
    /// Bytes read on all nodes.
    pub(crate) bytes: f64,
    /// Into how many steps its batch was cut; 1 where several batches are together.
    pub(crate) parts: u32,
}

/// Some tables of a keyspace on some ranges of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    /// The keyspace's place in [`World::chosen`].
    pub(crate) chosen: usize,
    /// Which of its tables.
    pub(crate) batch: Batch,
    /// The ranges.
    pub(crate) ranges: Vec<TokenRange>,
    /// In how many commands, one after another.
    pub(crate) commands: u32,
}

/// Tables of a keyspace, by their places in [`Chosen::tables`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Batch {
    /// All but these, ascending.
    Except(Vec<usize>),
    /// This one.
    Only(usize),
}

/// Tables that go together on a group, with what they weigh there.
struct Loaded {
    batch: Batch,
    tables: usize,
    load: Load,
}

/// Into how much a batch on a group is split.
#[derive(Clone, Copy)]
struct Split {
    /// All of it.
    seconds: f64,
    steps: u32,
    /// Of each step.
    commands: u32,
}

/// What drafts are made of.
pub(crate) struct Drafting<'a> {
    world: &'a World,
    maps: &'a [Grouped],
    settings: &'a Settings,
    parallelism: Parallelism,
    densities: Vec<Density>,
    /// Bytes that every body has for what was asked for.
    options: usize,
    /// Of each keyspace, on each group of its map.
    totals: Vec<Vec<Total>>,
}

impl<'a> Drafting<'a> {
    pub(crate) fn new(
        world: &'a World,
        maps: &'a [Grouped],
        parameters: &Parameters,
        settings: &'a Settings,
    ) -> Self {
        let empty = Grouped::default();
        let map = |chosen: &Chosen| maps.get(chosen.map).unwrap_or(&empty);
        let chosen = || world.chosen.iter();
        let densities: Vec<Density> = chosen().map(|it| Density::new(it, map(it))).collect();
        let totals = |(it, density): (&Chosen, &Density)| {
            let groups = map(it).groups.iter();
            groups
                .map(|group| density.total(group, it.tables.len()))
                .collect()
        };
        Self {
            totals: chosen().zip(&densities).map(totals).collect(),
            world,
            maps,
            settings,
            parallelism: parameters.parallelism,
            densities,
            options: options(parameters),
        }
    }

    /// Seconds a command may take.
    fn longest_command(&self) -> f64 {
        f64::from(self.settings.longest_piece_minutes.max(1)) * 60.0
    }

    /// Seconds a step may take: as long as a command, on every level after the second twice as long, and on the last
    /// as long as it takes.
    pub(crate) fn longest_step(&self, level: u32) -> f64 {
        if level >= LAST_LEVEL {
            return f64::INFINITY;
        }
        self.longest_command() * 2_f64.powf(f64::from(level.saturating_sub(1)))
    }

    /// All drafts, in order of their ranges; none where there would be more than `most`. On level 0 every draft is one
    /// command on one group. Beyond, neighbours are put together, and ever larger tables are called small.
    pub(crate) fn drafts(&self, level: u32, most: usize) -> Option<Vec<Draft>> {
        let small = match level {
            LAST_LEVEL.. => f64::INFINITY,
            level => self.settings.small_table_bytes as f64 * 4_f64.powf(f64::from(level)),
        };
        let mut drafts: Vec<Draft> = Vec::new();
        for (number, map) in self.maps.iter().enumerate() {
            for (at, group) in map.groups.iter().enumerate() {
                for (place, chosen) in self.world.chosen.iter().enumerate() {
                    if chosen.map != number {
                        continue;
                    }
                    for batch in self.batches(at, group, place, small) {
                        let split = self.split(group, batch.load, level);
                        if drafts.len() + split.steps as usize > most {
                            return None;
                        }
                        for draft in self.of_batch(group, place, batch, split) {
                            self.put(draft, &mut drafts, level);
                        }
                    }
                }
            }
        }
        Some(drafts)
    }

    /// Puts a draft into the last one where that may be, else behind it.
    fn put(&self, draft: Draft, drafts: &mut Vec<Draft>, level: u32) {
        if level > 0
            && let Some(last) = drafts.last_mut()
            && last.seconds + draft.seconds <= self.longest_step(level)
            && let Some(nodes) = together(&last.nodes, &draft.nodes)
        {
            last.nodes = nodes;
            last.pieces.extend(draft.pieces);
            last.seconds += draft.seconds;
            last.bytes += draft.bytes;
            last.parts = 1;
        } else {
            drafts.push(draft);
        }
    }

    /// One keyspace on one group: what is large table by table, and the rest together.
    fn batches(&self, at: usize, group: &Group, place: usize, small: f64) -> Vec<Loaded> {
        let total = self.totals.get(place).and_then(|totals| totals.get(at));
        let (Some(total), Some(chosen), Some(density)) =
            (total, self.world.chosen.get(place), self.densities.get(place))
        else {
            return Vec::new();
        };
        if total.largest <= small {
            return vec![Loaded {
                batch: Batch::Except(Vec::new()),
                tables: chosen.tables.len(),
                load: total.load,
            }];
        }
        let mut rest = Load::default();
        let mut batches = Vec::new();
        let mut large = Vec::new();
        for (table, load) in density.loads(group, chosen.tables.len()).enumerate() {
            if load.most > small {
                large.push(table);
                batches.push(Loaded {
                    batch: Batch::Only(table),
                    tables: 1,
                    load,
                });
            } else {
                rest.add(load);
            }
        }
        let tables = chosen.tables.len() - large.len();
        if tables > 0 {
            batches.push(Loaded {
                batch: Batch::Except(large),
                tables,
                load: rest,
            });
        }
        batches
    }

    /// Into how much a batch is split. The numbers are powers of two, so that sizes that move a little do not move every
    /// piece.
    fn split(&self, group: &Group, load: Load, level: u32) -> Split {
        let seconds = self.reading_seconds(group, load);
        let ranges = group.ranges.len() as f64 / f64::from(self.settings.most_ranges.max(1));
        let commands = power_of_two((seconds / self.longest_command()).max(ranges));
        let steps = power_of_two(seconds / self.longest_step(level)).min(commands);
        Split {
            seconds,
            steps,
            commands: commands / steps,
        }
    }

    /// One batch on one group, in as many steps as it takes.
    fn of_batch(
        &self,
        group: &Group,
        chosen: usize,
        loaded: Loaded,
        split: Split,
    ) -> impl Iterator<Item = Draft> {
        let Split {
            seconds,
            steps,
            commands,
        } = split;
        let overhead = TABLE_SECONDS * loaded.tables as f64 * f64::from(commands);
        let nodes = group.nodes.clone();
        let draft = move |ranges| Draft {
            nodes: nodes.clone(),
            pieces: vec![Piece {
                chosen,
                batch: loaded.batch.clone(),
                ranges,
                commands,
            }],
            seconds: seconds / f64::from(steps) + overhead,
            bytes: loaded.load.all / f64::from(steps),
            parts: steps,
        };
        cut(&group.ranges, steps).into_iter().map(draft)
    }

    /// How long the replicas of a group read: side by side, or one after another.
    fn reading_seconds(&self, group: &Group, load: Load) -> f64 {
        let in_turn = match self.parallelism {
            Parallelism::Parallel => 1,
            Parallelism::Sequential => group.nodes.len(),
            Parallelism::DataCentreAware => self.most_in_one_data_centre(group),
        };
        load.most * in_turn as f64 / self.settings.bytes_per_second.max(1) as f64
    }

    fn most_in_one_data_centre(&self, group: &Group) -> usize {
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for node in group
            .nodes
            .iter()
            .filter_map(|place| self.world.nodes.get(*place))
        {
            *counts.entry(&node.data_centre).or_default() += 1;
        }
        counts.into_values().max().unwrap_or(1)
    }

    /// Bytes of the step as the host counts them: its texts, and what holds them together. Rather too many than too few.
    pub(crate) fn bytes(&self, draft: &Draft) -> usize {
        const STEP: usize = 470;
        const NODE: usize = 60;
        const PIECE: usize = 108;
        const RANGE: usize = 44;
        const NAME: usize = 4;
        let length = |table: &Table| NAME + table.name.len();
        let piece = |piece: &Piece| {
            let Some(chosen) = self.world.chosen.get(piece.chosen) else {
                return 0;
            };
            let names: usize = match &piece.batch {
                Batch::Only(table) => chosen.tables.get(*table).map_or(0, length),
                Batch::Except(_) if chosen.by_name => chosen.tables.iter().map(length).sum(),
                Batch::Except(except) => {
                    let tables = except.iter().filter_map(|table| chosen.tables.get(*table));
                    tables.map(length).sum()
                }
            };
            PIECE + chosen.keyspace.len() + piece.ranges.len() * RANGE + names
        };
        STEP + draft.nodes.len() * NODE + draft.pieces.iter().map(piece).sum::<usize>() + self.options
    }
}

/// Bytes of the parameters that stand in every body.
fn options(parameters: &Parameters) -> usize {
    const OPTION: usize = 24;
    let lists = [&parameters.data_centres, &parameters.include, &parameters.exclude];
    lists.into_iter().flatten().map(|text| OPTION + text.len()).sum()
}

/// The nodes of both; none where these are too many for one step.
fn together(one: &[Place], other: &[Place]) -> Option<Vec<Place>> {
    if one == other {
        return Some(one.to_vec());
    }
    let mut nodes = [one, other].concat();
    nodes.sort_unstable();
    nodes.dedup();
    (nodes.len() <= MOST_NODES).then_some(nodes)
}

/// The least power of two that is not less, and [`MOST_PIECES`] at most.
fn power_of_two(number: f64) -> u32 {
    // A number that is none becomes 1.
    (number.ceil().clamp(1.0, f64::from(MOST_PIECES)) as u32).next_power_of_two()
}
