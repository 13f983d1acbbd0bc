//! Who holds what, in numbers: for those who count over the whole ring, often.

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

    pub(crate) fn replicas(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(start, end)| self.replicas.get(*start..*end).unwrap_or_default())
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
            let read: Vec<Vec<i32>> = numbered
                .replicas()
                .map(|numbers| numbers.iter().map(|number| nodes[*number as usize]).collect())
                .collect();
            assert_eq!(read, lists);
        }
    }
}
