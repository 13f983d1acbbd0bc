//! What somebody may have meant.

/// At most a third of a name may be mistyped for it to be suggested.
const ALIKE: f64 = 0.66;

/// The known name that is most like this one, if any is.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let asked = plain(name);
    known
        .into_iter()
        .map(|known| {
            (
                strsim::normalized_damerau_levenshtein(&plain(known), &asked),
                known,
            )
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], "")
}
