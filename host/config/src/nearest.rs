//! Which known word was meant.

/// Longest word that may be a slip of the fingers, in bytes.
const LONGEST: usize = 200;

/// The candidate nearest to `word`, if one is near enough to be a slip of the fingers: at most a third of its letters
/// away.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody's finger slips that often, and the distance of long words takes long.
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase().replace('-', "_");
    let distance =
        |candidate: &str| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase().replace('-', "_"));
    let (distance, candidate) = candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .min()?;
    (distance <= (candidate.chars().count() / 3).max(1)).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let known = ["name", "contact_points", "check_every"];
        for (word, meant) in [
            ("contact_point", Some("contact_points")),
            ("contact-points", Some("contact_points")),
            ("contcat_points", Some("contact_points")),
            ("Name", Some("name")),
            ("nmae", Some("name")),
            ("colour", None),
            ("", None),
            (&"name".repeat(51), None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }
}
