//! Sparse vectors as they come: rows of a matrix, and names with weights.

use crate::engine::Dictionary;
use crate::sparse_steps::Weights;
use crate::{Error, Result, StoredFields};

/// Dimensions are below.
pub(super) const DIMENSIONS: u32 = 1 << 24;

/// Sparse vectors in rows: the `i`-th has `values[offsets[i]..offsets[i + 1]]` at the dimensions of the same places.
///
/// The rows of SciPy's CSR matrices, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct SparseRows<'a> {
    /// Where each row begins, and the last ends.
    pub offsets: &'a [usize],
    /// Below 2^24, in each row ascending or not, each once.
    pub dimensions: &'a [i32],
    /// At least 0 and finite; 0 is as if it were not there.
    pub values: &'a [f32],
}

impl SparseRows<'_> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn check(&self) -> Result<()> {
        let refused = |argument, expected: String, got: String| Err(Error::InvalidTokens { argument, expected, got });
        let Self { offsets, dimensions, values } = *self;
        if dimensions.len() != values.len() {
            return refused("values", format!("as many as dimensions, {}", dimensions.len()), values.len().to_string());
        }
        if offsets.first() != Some(&0) || offsets.last() != Some(&values.len()) || !offsets.is_sorted() {
            let got = format!("{} from {:?} to {:?}", offsets.len(), offsets.first(), offsets.last());
            return refused("offsets", format!("ascending numbers from 0 to {}", values.len()), got);
        }
        if let Some(at) = dimensions.iter().position(|&dimension| !(0..DIMENSIONS as i32).contains(&dimension)) {
            let expected = format!("numbers of 0 to {DIMENSIONS}, exclusive");
            return refused("dimensions", expected, format!("{} at {at}", dimensions[at]));
        }
        if let Some(at) = values.iter().position(|value| !(value.is_finite() && *value >= 0.0)) {
            return refused("values", "finite numbers of at least 0".to_owned(), format!("{} at {at}", values[at]));
        }
        Ok(())
    }

    /// [`check`](Self::check), that they are as many as the ids, and that an index can keep the values.
    pub(crate) fn check_for(&self, ids: usize, weights: Weights) -> Result<()> {
        self.check()?;
        weights.check("values", self.values.iter().copied(), |place| format!("at {place}"))?;
        if ids == self.len() {
            return Ok(());
        }
        let expected = format!("as many as rows, {}", self.len());
        Err(Error::InvalidTokens { argument: "ids", expected, got: ids.to_string() })
    }

    /// The dimensions and values of a row that are not 0, ascending, each once.
    pub(crate) fn row(&self, row: usize) -> Result<Vec<(u32, f32)>> {
        let range = self.offsets[row]..self.offsets[row + 1];
        let pairs = self.dimensions[range.clone()].iter().map(|&d| d as u32).zip(self.values[range].iter().copied());
        once(pairs.filter(|pair| pair.1 > 0.0).collect(), |dimension| format!("{dimension} twice in row {row}"))
    }
}

pub(crate) fn once(mut pairs: Vec<(u32, f32)>, twice: impl Fn(u32) -> String) -> Result<Vec<(u32, f32)>> {
    if !pairs.is_sorted_by(|a, b| a.0 < b.0) {
        pairs.sort_unstable_by_key(|pair| pair.0);
        if let Some(pair) = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let expected = "each dimension once in a row".to_owned();
            return Err(Error::InvalidTokens { argument: "dimensions", expected, got: twice(pair[0].0) });
        }
    }
    Ok(pairs)
}

/// The dimensions of the first of these rows.
pub(crate) fn first_row(rows: SparseRows<'_>) -> Result<Vec<(u32, f32)>> {
    rows.check()?;
    if rows.is_empty() { Ok(Vec::new()) } else { rows.row(0) }
}

/// Refuses values to be stored that are not as many as ids.
pub(crate) fn check_stored(ids: usize, stored: &[StoredFields]) -> Result<()> {
    if ids == stored.len() {
        return Ok(());
    }
    let (expected, got) = (format!("as many as ids, {ids}"), stored.len().to_string());
    Err(Error::InvalidTokens { argument: "stored", expected, got })
}

/// Refuses dimensions of a kind that the index does not have.
pub(crate) fn check_kind(has_names: bool, are_names: bool) -> Result<()> {
    let word = |names: bool| if names { "names" } else { "numbers" };
    if has_names == are_names {
        return Ok(());
    }
    Err(Error::MixedDimensions { expected: word(has_names), got: word(are_names) })
}

/// The numbers of names with their weights above 0, ascending; names that are new get one, if there is no error.
pub(crate) fn numbered<S: AsRef<str>>(
    dictionary: &mut Dictionary,
    kept: Weights,
    weights: &[(S, f32)],
) -> Result<Vec<(u32, f32)>> {
    check_named(weights)?;
    kept.check("weights", weights.iter().map(|pair| pair.1), |at| format!("for {:?}", weights[at].0.as_ref()))?;
    let before = dictionary.len();
    let pairs = weights.iter().filter(|pair| pair.1 > 0.0);
    let pairs = pairs.map(|(name, weight)| (dictionary.intern(name.as_ref()), *weight)).collect();
    let found = once(pairs, |_| "one twice".to_owned());
    if found.is_err() && before == 0 {
        // An index without documents takes dimensions of either kind.
        *dictionary = Dictionary::default();
    }
    found
}

pub(crate) fn check_named<S>(weights: &[(S, f32)]) -> Result<()> {
    match weights.iter().find(|pair| !(pair.1.is_finite() && pair.1 >= 0.0)) {
        None => Ok(()),
        Some((_, weight)) => Err(Error::InvalidTokens {
            argument: "weights",
            expected: "finite numbers of at least 0".to_owned(),
            got: weight.to_string(),
        }),
    }
}
