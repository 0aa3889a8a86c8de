//! Context precision: average precision of the relevant documents that the list has, for what is given to a language model.
//!
//! ```text
//! ContextPrecision@k = sum over i = 1 .. k of rel(i) x P(i) / relevant documents among the first k
//! ```
//!
//! 0 if there is none. What was not retrieved does not count, so that one relevant document at rank 1 makes 1: it says
//! whether what is there is at the top, and is no measure of what is missing. `torchmetrics` calls it average precision,
//! `cwl-eval` `TrAP`; [`AP`](super::average_precision) divides by all relevant documents. Context recall, by the ids of documents, is `SetR`,
//! see [`set`](super::set), and answers to that name; precision without ranks is `SetP`. Verdicts of a language model are
//! grades of 0 and 1.
//!
//! Source: Es, James, Espinosa-Anke, Schockaert: RAGAS, automated evaluation of retrieval augmented generation (EACL 2024).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
//! let grades = [("a", 1), ("c", 3), ("d", 1)];
//! let measure: Measure = "ContextPrecision@3".parse()?;
//! assert!((measure.value_of(&list, &grades)? - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
//! let measure: Measure = "ContextRecall".parse()?;
//! assert!((measure.value_of(&list, &grades)? - 2.0 / 3.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use super::average_precision::goes_on;
use crate::measure::{Cutoff, Family};

pub(super) const FAMILY: Family = Family {
    name: "ContextPrecision",
    aliases: &["context_precision", "TrAP"],
    cutoff: Cutoff::Optional,
    about: "mean over the relevant documents among the first k of the precision at each",
    value: |topic, measure| {
        let hits = topic.hits(measure.k()).zip(1..);
        let (sum, count) =
            hits.fold((0.0, 0), |(sum, _), (position, hits)| (sum + f64::from(hits) / (position + 1) as f64, hits));
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    },
    browsing: Some(|path, _| goes_on(path)),
    ..Family::BASE
};
