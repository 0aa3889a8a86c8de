//! Columns of sparse vectors.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, OffsetSizeTrait};
use arrow_schema::DataType;
use pyo3::PyResult;

use super::{ArrowTable, IdColumn, IdRef, ScoreColumn, Unread};

/// A sparse vector in a table.
#[derive(Debug, Clone, PartialEq)]
pub enum VectorRef<'a> {
    /// A text that repeats each piece by its weight.
    Pieces(&'a str),
    /// Names of dimensions and their weights.
    Names(Vec<(&'a str, f64)>),
    /// Numbers of dimensions and their weights.
    Numbers(Vec<(i64, f64)>),
}

/// A chunk of sparse vectors.
#[derive(Debug, Clone)]
pub struct VectorColumn(Vectors);

#[derive(Debug, Clone)]
enum Vectors {
    Pieces(IdColumn),
    Pairs {
        /// Where the dimensions of each row begin, and the last end; and likewise the weights.
        dimensions_at: Vec<usize>,
        weights_at: Vec<usize>,
        dimensions: IdColumn,
        weights: ScoreColumn,
    },
}

const EXPECTED: &str = "a column of maps from dimension to weight, of lists of structs of the two, of structs of the \
                        lists indices and values, or of texts of pieces";

/// Where lists begin and the last ends, and what is in them.
fn list(array: &ArrayRef) -> Result<(Vec<usize>, ArrayRef), Unread> {
    fn of<O: OffsetSizeTrait>(array: &ArrayRef) -> (Vec<usize>, ArrayRef) {
        let list = array.as_list::<O>();
        (list.offsets().iter().map(|offset| offset.as_usize()).collect(), list.values().clone())
    }
    match array.data_type() {
        DataType::List(_) => Ok(of::<i32>(array)),
        DataType::LargeList(_) => Ok(of::<i64>(array)),
        _ => Err(Unread::Type),
    }
}

/// Refuses nulls in what rows begin at.
fn without_nulls(array: &ArrayRef, at: &[usize]) -> Result<(), Unread> {
    let all = at.first().copied().unwrap_or(0)..at.last().copied().unwrap_or(0);
    let Some(place) = array.logical_nulls().and_then(|nulls| all.into_iter().find(|&place| nulls.is_null(place)))
    else {
        return Ok(());
    };
    let row = at.partition_point(|&start| start <= place) - 1;
    Err(Unread::Value { row, expected: "a vector without nulls", got: "a null".to_owned() })
}

impl VectorColumn {
    fn new(array: &ArrayRef) -> Result<Self, Unread> {
        let (dimensions_at, weights_at, dimensions, weights) = match array.data_type() {
            DataType::Map(..) => {
                let map = array.as_map();
                let at: Vec<usize> = map.offsets().iter().map(|&offset| offset as usize).collect();
                (at.clone(), at, map.keys().clone(), map.values().clone())
            }
            DataType::List(_) | DataType::LargeList(_) => {
                let (at, pairs) = list(array)?;
                without_nulls(&pairs, &at)?;
                let pairs = pairs.as_struct_opt().filter(|pairs| pairs.num_columns() == 2).ok_or(Unread::Type)?;
                (at.clone(), at, pairs.column(0).clone(), pairs.column(1).clone())
            }
            DataType::Struct(_) => {
                let parts = array.as_struct();
                let part = |name| parts.column_by_name(name).ok_or(Unread::Type);
                let (indices, values) = (part("indices")?, part("values")?);
                let each: Vec<usize> = (0..=array.len()).collect();
                without_nulls(indices, &each)?;
                without_nulls(values, &each)?;
                let ((dimensions_at, dimensions), (weights_at, weights)) = (list(indices)?, list(values)?);
                let length = |at: &[usize], row: usize| at[row + 1] - at[row];
                let uneven = |&row: &usize| length(&dimensions_at, row) != length(&weights_at, row);
                if let Some(row) = (0..array.len()).find(uneven) {
                    let got = format!("{} and {}", length(&dimensions_at, row), length(&weights_at, row));
                    return Err(Unread::Value { row, expected: "as many values as indices", got });
                }
                (dimensions_at, weights_at, dimensions, weights)
            }
            _ => {
                return match IdColumn::new(array)? {
                    IdColumn::Int(_) => Err(Unread::Type),
                    IdColumn::Dictionary { values, .. } if matches!(*values, IdColumn::Int(_)) => Err(Unread::Type),
                    texts => Ok(Self(Vectors::Pieces(texts))),
                };
            }
        };
        without_nulls(&dimensions, &dimensions_at)?;
        without_nulls(&weights, &weights_at)?;
        let (dimensions, weights) = (IdColumn::new(&dimensions)?, ScoreColumn::new(&weights)?);
        Ok(Self(Vectors::Pairs { dimensions_at, weights_at, dimensions, weights }))
    }

    /// The vector of a row.
    pub fn get(&self, row: usize) -> VectorRef<'_> {
        let (dimensions_at, weights_at, dimensions, weights) = match &self.0 {
            Vectors::Pieces(texts) => {
                return VectorRef::Pieces(match texts.get(row) {
                    IdRef::Str(text) => text,
                    IdRef::Int(_) => "",
                });
            }
            Vectors::Pairs { dimensions_at, weights_at, dimensions, weights } => {
                (dimensions_at, weights_at, dimensions, weights)
            }
        };
        let places = (dimensions_at[row]..dimensions_at[row + 1]).zip(weights_at[row]..);
        let (mut names, mut numbers) = (Vec::new(), Vec::new());
        for (at, weight) in places {
            match dimensions.get(at) {
                IdRef::Str(name) => names.push((name, weights.get(weight))),
                IdRef::Int(number) => numbers.push((number, weights.get(weight))),
            }
        }
        // A vector without dimensions is of either kind, but a column has one.
        let are_numbers = match dimensions {
            IdColumn::Dictionary { values, .. } => matches!(**values, IdColumn::Int(_)),
            dimensions => matches!(dimensions, IdColumn::Int(_)),
        };
        if are_numbers { VectorRef::Numbers(numbers) } else { VectorRef::Names(names) }
    }
}

impl ArrowTable {
    /// The chunks of a column of sparse vectors: maps from dimension to weight, lists of structs of the two, structs of
    /// the lists `indices` and `values`, or texts of pieces.
    ///
    /// # Errors
    ///
    /// As [`ids`](Self::ids).
    pub fn vectors(&self, name: &str) -> PyResult<Vec<VectorColumn>> {
        self.column(name, EXPECTED, VectorColumn::new)
    }
}
