use crate::settings::Partitioner;

/// One data centre among all of the cluster, in their order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) centre: usize,
    pub(crate) centres: usize,
}

/// Tokens for every node of one data centre, in node order, computed before the cluster starts.
///
/// The whole ring is cut into `nodes * per_node` equal ranges. Each round of `nodes` neighbouring ranges is
/// dealt to all nodes in an order of its own: every node owns exactly its share of the data centre, and yet has
/// many different neighbours, as with vnodes that were allocated at random. Data centres are moved against each
/// other, so that no token is taken twice.
pub(crate) fn tokens(
    partitioner: Partitioner,
    share: Share,
    nodes: usize,
    per_node: u32,
) -> Vec<Vec<String>> {
    let slots = nodes as u128 * u128::from(per_node);
    let mut dealt = vec![Vec::new(); nodes];
    let mut dealer = Dealer(0x9E37_79B9_7F4A_7C15);
    for round in 0..u128::from(per_node) {
        for (seat, node) in dealer.order(nodes).into_iter().enumerate() {
            let slot = round * nodes as u128 + seat as u128;
            if let Some(own) = dealt.get_mut(node) {
                own.push(token(partitioner, share, slot, slots));
            }
        }
    }
    dealt
}

/// A point inside the slot: the middle for a single data centre, thirds and so on for more. So neither end of the
/// ring is hit, where the two partitioners differ in what is a token.
fn token(partitioner: Partitioner, share: Share, slot: u128, slots: u128) -> String {
    let inside = |slot_width: u128| slot_width * (share.centre as u128 + 1) / (share.centres as u128 + 1);
    let place = |ring: u128| ring / slots * slot + inside(ring / slots);
    match partitioner {
        Partitioner::Murmur3 => {
            let shifted = i128::from(i64::MIN) + i128::try_from(place(1 << 64)).unwrap_or_default();
            shifted.to_string()
        }
        Partitioner::Random => place(1 << 127).to_string(),
    }
}

/// A fixed sequence of shuffles: the same lab has the same ring every time.
struct Dealer(u64);

impl Dealer {
    fn order(&mut self, nodes: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..nodes).collect();
        for last in (1..nodes).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    /// Xorshift; good enough to mix a handful of nodes.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Share, tokens};
    use crate::settings::Partitioner;

    const ALONE: Share = Share {
        centre: 0,
        centres: 1,
    };

    fn ring(share: Share, nodes: usize) -> Vec<(i64, usize)> {
        let dealt = tokens(Partitioner::Murmur3, share, nodes, 16);
        let mut ring: Vec<(i64, usize)> = dealt
            .iter()
            .enumerate()
            .flat_map(|(node, own)| own.iter().map(move |token| (token.parse().unwrap(), node)))
            .collect();
        ring.sort_unstable();
        ring
    }

    #[test]
    fn gives_every_node_its_number_of_tokens() {
        assert!(
            tokens(Partitioner::Murmur3, ALONE, 6, 16)
                .iter()
                .all(|own| own.len() == 16)
        );
    }

    #[test]
    fn gives_no_token_twice_over_all_data_centres() {
        let all: BTreeSet<i64> = (0..3)
            .flat_map(|centre| ring(Share { centre, centres: 3 }, 4))
            .map(|(token, _)| token)
            .collect();
        assert_eq!(all.len(), 3 * 4 * 16);
    }

    #[test]
    fn gives_every_node_several_neighbours() {
        let ring = ring(ALONE, 6);
        for node in 0..6 {
            let after: BTreeSet<usize> = ring
                .windows(2)
                .filter(|pair| pair[0].1 == node)
                .map(|pair| pair[1].1)
                .collect();
            assert!(after.len() >= 3, "node {node} is followed only by {after:?}");
        }
    }

    #[test]
    fn keeps_the_tokens_of_the_random_partitioner_in_its_ring() {
        for token in tokens(Partitioner::Random, ALONE, 3, 4).iter().flatten() {
            assert!(token.parse::<u128>().unwrap() < 1 << 127);
        }
    }

    #[test]
    fn works_for_a_single_node_with_a_single_token() {
        assert_eq!(tokens(Partitioner::Murmur3, ALONE, 1, 1), [["0"]]);
    }
}
