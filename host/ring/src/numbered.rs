//! Who holds what, in numbers: for those who count over the whole ring, often.

/// Up to so many nodes are looked for one after the other.
const FEW: usize = 4;

/// The full replicas of every placement as positions in a list of nodes, one after the other in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered<N> {
    /// Every node that holds something, ascending.
    nodes: Vec<N>,
    /// The replicas of all placements.
    replicas: Vec<u32>,
    /// Where each placement's replicas end.
    ends: Vec<usize>,
}

impl<N: Copy + Ord> Numbered<N> {
    /// Numbers the nodes of these lists.
    pub(crate) fn new<'p>(placements: impl Iterator<Item = &'p [N]> + Clone) -> Self
    where
        N: 'p,
    {
        // Almost always every node comes first somewhere, and the lists are in order of their firsts.
        let mut nodes: Vec<N> = placements
            .clone()
            .filter_map(|replicas| replicas.first().copied())
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        Self::by(nodes, placements.clone()).unwrap_or_else(|| {
            let mut nodes: Vec<N> = placements.clone().flatten().copied().collect();
            nodes.sort_unstable();
            nodes.dedup();
            Self::by(nodes, placements).unwrap_or(Self {
                nodes: Vec::new(),
                replicas: Vec::new(),
                ends: Vec::new(),
            })
        })
    }

    /// Numbers by this list; none where a node is not in it.
    fn by<'p>(nodes: Vec<N>, placements: impl Iterator<Item = &'p [N]>) -> Option<Self>
    where
        N: 'p,
    {
        let (mut numbers, mut ends) = (Vec::new(), Vec::new());
        for replicas in placements {
            for replica in replicas {
                let number = nodes.binary_search(replica).ok()?;
                numbers.push(u32::try_from(number).ok()?);
            }
            ends.push(numbers.len());
        }
        Some(Self {
            nodes,
            replicas: numbers,
            ends,
        })
    }

    pub(crate) fn nodes(&self) -> &[N] {
        &self.nodes
    }

    /// The replicas of one placement; nobody where there is no such.
    pub(crate) fn replicas_of(&self, placement: usize) -> &[u32] {
        let start = placement
            .checked_sub(1)
            .map_or(Some(&0), |before| self.ends.get(before));
        let bounds = start.zip(self.ends.get(placement));
        bounds
            .and_then(|(start, end)| self.replicas.get(*start..*end))
            .unwrap_or_default()
    }

    /// The placements that have a replica on one of these nodes, ascending.
    pub(crate) fn placements_on(&self, nodes: impl IntoIterator<Item = N>) -> Vec<usize> {
        let positions = nodes
            .into_iter()
            .filter_map(|node| self.nodes.binary_search(&node).ok());
        let numbers: Vec<u32> = positions
            .filter_map(|number| u32::try_from(number).ok())
            .collect();
        if numbers.len() <= FEW {
            let mut placements: Vec<usize> = numbers.iter().flat_map(|number| self.with(*number)).collect();
            placements.sort_unstable();
            placements.dedup();
            return placements;
        }
        let mut is_wanted = vec![false; self.nodes.len()];
        for number in numbers {
            if let Some(wanted) = is_wanted.get_mut(number as usize) {
                *wanted = true;
            }
        }
        let is_wanted = |number: &u32| is_wanted.get(*number as usize) == Some(&true);
        let placements = 0..self.ends.len();
        placements
            .filter(|placement| self.replicas_of(*placement).iter().any(is_wanted))
            .collect()
    }

    /// The placements that have a replica on this one node. Nearly all blocks of numbers do not have it, and a look at a
    /// whole block at once is quick.
    fn with(&self, number: u32) -> impl Iterator<Item = usize> {
        const BLOCK: usize = 64;
        let blocks = self.replicas.chunks(BLOCK).enumerate();
        let has_it = move |block: &[u32]| block.iter().fold(false, |has, other| has | (*other == number));
        blocks
            .filter(move |(_, block)| has_it(block))
            .flat_map(move |(at, block)| {
                let hits = block
                    .iter()
                    .enumerate()
                    .filter(move |(_, other)| **other == number);
                hits.map(move |(within, _)| at * BLOCK + within)
            })
            .map(|at| self.ends.partition_point(|end| *end <= at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_for_the_nodes_of_each_placement() {
        for lists in [
            vec![vec![3, 9, 4], vec![4, 3], vec![9]],
            // 7 is nowhere first; one placement is on no node.
            vec![vec![], vec![2, 7], vec![5, 7, 2]],
        ] {
            let numbered = Numbered::new(lists.iter().map(Vec::as_slice));
            let nodes = numbered.nodes();
            assert!(nodes.is_sorted());
            let read: Vec<Vec<i32>> = (0..lists.len())
                .map(|placement| numbered.replicas_of(placement).iter())
                .map(|numbers| numbers.map(|number| nodes[*number as usize]).collect())
                .collect();
            assert_eq!(read, lists);
            assert!(numbered.replicas_of(lists.len()).is_empty());
        }
    }

    #[test]
    fn finds_the_placements_of_few_nodes_and_of_many() {
        // Enough for several blocks, every list of another length.
        let lists: Vec<Vec<u64>> = (0..200)
            .map(|row: u64| (0..row % 5).map(|at| (row * 7 + at * 13) % 60).collect())
            .collect();
        let numbered = Numbered::new(lists.iter().map(Vec::as_slice));
        for wanted in [vec![], vec![3], vec![3, 59, 999], (0..30).collect::<Vec<u64>>()] {
            let has = |list: &[u64]| list.iter().any(|node| wanted.contains(node));
            let expected: Vec<usize> = (0..lists.len()).filter(|at| has(&lists[*at])).collect();
            assert_eq!(numbered.placements_on(wanted.clone()), expected, "{wanted:?}");
        }
    }
}
