//! Names that are nearly another one.

/// Those of `known` that are at most a third of `name` away from it, whatever the case of letters, nearest first; all, if
/// none is.
pub(crate) fn nearest<'a>(name: &str, known: Vec<&'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let most = name.chars().count().div_ceil(3);
    // What differs by more letters in length is no nearer; a name may be as long as a file.
    let is_likely = |other: &&&str| other.chars().count().abs_diff(name.chars().count()) <= most;
    let mut near: Vec<(usize, &str)> =
        known.iter().filter(is_likely).map(|other| (distance(&name, &other.to_lowercase()), *other)).collect();
    near.retain(|&(distance, _)| distance <= most);
    near.sort_by_key(|&(distance, _)| distance);
    if near.is_empty() { known } else { near.into_iter().map(|(_, name)| name).collect() }
}

/// The fewest letters to insert, drop or replace, or neighbors to swap, on the way from one to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_are_off() {
        assert_eq!(["", "ab", "map", "ndgc"].map(|name| distance(name, "ndcg")), [4, 4, 4, 1]);
        let known = vec!["nDCG", "AP", "RR", "Rprec"];
        assert_eq!(nearest("ndgc", known.clone()), ["nDCG"]);
        assert_eq!(nearest("r-prec", known.clone()), ["Rprec"]);
        assert_eq!(nearest("nothing", known.clone()), known);
    }
}
