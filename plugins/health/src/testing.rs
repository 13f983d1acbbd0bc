//! Small clusters for tests, healthy until told otherwise.

use ringkeeper_sdk::cluster::{DataCentreReplication, Keyspace, Node, Replication, SchemaVersion};
use ringkeeper_sdk::metrics::Point;
use ringkeeper_sdk::node_state::{Answer, PeerStatus, State, Transition};

use crate::machine::{FileSystem, Machine, Process};
use crate::numbers::Numbers;
use crate::world::{Member, Place, Placement, PlacementMap, View, World};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// The moment of every test.
pub(crate) const NOW: i64 = 1_700_000_000_000;

/// A cluster in the making.
pub(crate) struct Ring {
    pub(crate) world: World,
}

impl Ring {
    /// Data centres with so many nodes each, over three racks. Nodes are `10.0.<data centre>.<node>`, from 1.
    pub(crate) fn of(data_centres: &[(&str, usize)]) -> Self {
        let mut members = Vec::new();
        for (dc, (name, nodes)) in data_centres.iter().enumerate() {
            for node in 0..*nodes {
                members.push(member(
                    name,
                    &format!("r{}", node % 3 + 1),
                    &format!("10.0.{}.{}", dc + 1, node + 1),
                ));
            }
        }
        let all = members.iter().map(|member| member.node.id.clone()).collect();
        let schema_versions = vec![SchemaVersion {
            version: "one".into(),
            nodes: all,
        }];
        let mut ring = Self {
            world: World {
                now: NOW,
                members,
                keyspaces: Vec::new(),
                maps: Default::default(),
                schema_versions,
                schema_disagrees_since: None,
                numbers: Numbers::default(),
                machines: Default::default(),
            },
        };
        for place in 0..ring.world.members.len() {
            ring.seen_down_by(place, &[]);
        }
        ring
    }

    pub(crate) fn member(&mut self, place: Place) -> &mut Member {
        &mut self.world.members[place]
    }

    /// Down for every peer, and silent, for ten minutes.
    pub(crate) fn down(&mut self, place: Place) -> &mut Self {
        let peers: Vec<Place> = (0..self.world.members.len()).collect();
        self.seen_down_by(place, &peers);
        let state = &mut self.member(place).state;
        state.status = PeerStatus::Down;
        state.status_since = NOW - 10 * MINUTE;
        self.silent(place)
    }

    /// Up again since so many minutes, after five minutes down and some seconds of dispute before and after.
    pub(crate) fn back(&mut self, place: Place, minutes_ago: i64) -> &mut Self {
        let up = NOW - minutes_ago * MINUTE;
        let change = |at: i64, before: &str, after: &str| Transition {
            at,
            before: before.into(),
            after: after.into(),
        };
        let member = self.member(place);
        member.state.status_since = up;
        member.transitions = vec![
            change(up - 5 * MINUTE - 10_000, "up", "disputed"),
            change(up - 5 * MINUTE, "disputed", "down"),
            change(up - 10_000, "down", "disputed"),
            change(up, "disputed", "up"),
        ];
        self
    }

    /// Its management endpoint does not answer, for ten minutes.
    pub(crate) fn silent(&mut self, place: Place) -> &mut Self {
        let state = &mut self.member(place).state;
        state.answer = Answer::Silent("connection refused".into());
        state.answer_since = NOW - 10 * MINUTE;
        state.last_answered_at = Some(NOW - 10 * MINUTE);
        state.operation_mode = None;
        state.gossip_running = None;
        state.native_transport_running = None;
        self
    }

    /// Up for its peers but these.
    pub(crate) fn seen_down_by(&mut self, place: Place, observers: &[Place]) -> &mut Self {
        let peers = (0..self.world.members.len()).filter(|peer| *peer != place);
        let views = peers.map(|observer| View {
            observer,
            sees_up: Some(!observers.contains(&observer)),
        });
        self.member(place).views = views.collect();
        self.member(place).state.status = if observers.is_empty() {
            PeerStatus::Up
        } else {
            PeerStatus::Disputed
        };
        self
    }

    /// A keyspace that must keep `level`, with one range for every node: it, and the next nodes of the data centres
    /// in order of the ring.
    pub(crate) fn keyspace(
        &mut self,
        name: &str,
        replication: Replication,
        level: Option<&str>,
    ) -> &mut Self {
        let placements = self.placements(&replication);
        let id = self
            .world
            .maps
            .iter()
            .find(|(_, map)| map.placements == placements)
            .map(|(id, _)| *id);
        let id = id.unwrap_or(self.world.maps.len() as u64);
        let ranges = placements.len();
        self.world.maps.insert(id, PlacementMap { placements, ranges });
        self.world.keyspaces.push(Keyspace {
            name: name.into(),
            replication,
            is_system: name.starts_with("system"),
            consistency_level: level.map(Into::into),
            placement_map: Some(id),
        });
        self
    }

    fn placements(&self, replication: &Replication) -> Vec<Placement> {
        let nodes = self.world.members.len();
        let place_from = |start: Place| -> Vec<Place> {
            let walk = (0..nodes).map(|step| (start + step) % nodes);
            match replication {
                Replication::Simple(replicas) => walk.take(*replicas as usize).collect(),
                Replication::NetworkTopology(data_centres) => {
                    let of = |dc: &DataCentreReplication| -> Vec<Place> {
                        let local = |place: &Place| self.world.data_centre(*place) == Some(&dc.data_centre);
                        walk.clone().filter(local).take(dc.replicas as usize).collect()
                    };
                    data_centres.iter().flat_map(of).collect()
                }
                _ => walk.collect(),
            }
        };
        let share = 1.0 / nodes as f64;
        (0..nodes)
            .map(|start| Placement {
                replicas: place_from(start),
                ranges: 1,
                share,
            })
            .collect()
    }

    /// The machine below a node.
    pub(crate) fn machine(&mut self, place: Place) -> &mut Machine {
        self.world.machines.entry(place).or_default()
    }

    /// A file system that holds data, with so many bytes free of 1,000, a point a minute up to now.
    pub(crate) fn data_disk(&mut self, place: Place, free: &[f64]) -> &mut FileSystem {
        let disk = self
            .machine(place)
            .file_systems
            .entry("/data".to_owned())
            .or_default();
        (disk.total, disk.free, disk.holds_data) = (1_000.0, minutely(free), true);
        disk
    }

    /// Its process ended five minutes ago, and its management endpoint does not answer.
    pub(crate) fn dead(&mut self, place: Place) -> &mut Process {
        self.silent(place);
        self.machine(place).process.insert(Process {
            said_at: NOW,
            is_running: false,
            since: Some(NOW - 5 * MINUTE),
            starts_last_hour: 0,
            stopped_on_purpose: None,
            killed_for_memory: false,
        })
    }

    /// One node's metric, a point a minute up to now.
    pub(crate) fn metric(&mut self, name: &'static str, place: Place, values: &[f64]) -> &mut Self {
        self.world.numbers.put(name, place, minutely(values));
        self
    }
}

/// A point a minute, the last one now.
pub(crate) fn minutely(values: &[f64]) -> Vec<Point> {
    let first = NOW - (values.len() as i64 - 1) * MINUTE;
    values
        .iter()
        .enumerate()
        .map(|(i, value)| Point {
            at: first + i as i64 * MINUTE,
            value: *value,
        })
        .collect()
}

/// `NetworkTopologyStrategy` with so many replicas a data centre.
pub(crate) fn network(data_centres: &[(&str, u32)]) -> Replication {
    let replicas = data_centres.iter().map(|(name, replicas)| DataCentreReplication {
        data_centre: (*name).into(),
        replicas: *replicas,
        transient: 0,
    });
    Replication::NetworkTopology(replicas.collect())
}

fn member(data_centre: &str, rack: &str, address: &str) -> Member {
    let long_ago = NOW - 100 * HOUR;
    Member {
        node: Node {
            id: format!("id-{address}"),
            address: format!("{address}:7000"),
            data_centre: data_centre.into(),
            rack: rack.into(),
            release_version: Some("5.0.5".into()),
            token_count: 16,
        },
        name: address.into(),
        state: State {
            node: format!("id-{address}"),
            status: PeerStatus::Up,
            status_since: long_ago,
            membership: "Normal".into(),
            membership_since: long_ago,
            answer: Answer::Answered,
            answer_since: long_ago,
            last_answered_at: Some(NOW),
            process_started_at: Some(long_ago),
            operation_mode: Some("NORMAL".into()),
            gossip_running: Some(true),
            native_transport_running: Some(true),
        },
        views: Vec::new(),
        transitions: Vec::new(),
    }
}
