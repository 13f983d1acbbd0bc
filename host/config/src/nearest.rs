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
    let length = lower.chars().count();
    let near = |candidate: &'a str| {
        let letters = candidate.chars().count();
        let most = (letters / 3).max(1);
        // Each letter more or less is a slip of its own; the distance itself takes long.
        if letters.abs_diff(length) > most {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase().replace('-', "_"));
        Some((distance, candidate)).filter(|_| distance <= most)
    };
    let (_, candidate) = candidates.into_iter().filter_map(near).min()?;
    Some(candidate)
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
