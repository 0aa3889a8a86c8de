//! What search engines and frameworks compute under the names "RRF" and "hybrid", by name.

use crate::fusion::Fusion;
use crate::method::Method;
use crate::normalization::{Constant, Normalization};
use crate::{Error, Result};

/// A name, what it computes (positions r from 0, ranks from 1, m lists), and the fusion.
type Preset = (&'static str, &'static str, fn() -> Fusion);

const PRESETS: &[Preset] = &[
    ("azure", "Σ w / (60 + rank)", || rrf(60.0)),
    ("chroma", "-Σ w / (60 + r), least first", || Fusion { scale: -1.0, ascending: true, ..rrf(59.0) }),
    ("cosmosdb", "Σ |w| / (60 + rank), a list of w below 0 turned around", || Fusion { reverses: true, ..rrf(60.0) }),
    ("elastic", "Σ w / (60 + rank) over the first 10 of each list", || rrf(60.0).depth(10)),
    ("elastic_linear", "Σ w s", || sum(Normalization::Identity)),
    ("elastic_linear_l2", "Σ w s / √Σs²", || sum(Normalization::L2)),
    ("elastic_linear_minmax", "Σ w minmax(s), equal scores as they are", || {
        sum(Normalization::MinMax).constant(Constant::Raw)
    }),
    ("haystack", "61 Σ w / (61 + r), Σ w = 1", || Fusion { shares: true, scale: 61.0, ..rrf(60.0) }),
    ("haystack_concatenate", "the greatest s", || Fusion::new(Method::CombMax).normalization(Normalization::Identity)),
    ("haystack_dbsf", "the greatest 3σ(s), equal scores as they are", || {
        three_sigma(Method::CombMax, false).constant(Constant::Raw)
    }),
    ("haystack_merge", "Σ w s, Σ w = 1", || Fusion { shares: true, ..sum(Normalization::Identity) }),
    ("lancedb", "Σ 1 / (60 + rank)", || rrf(60.0)),
    ("langchain", "Σ w / (60 + rank), w = 1 / m", || rrf(60.0).mean_weights()),
    ("llamaindex", "Σ 1 / (60 + r)", || rrf(59.0)),
    ("llamaindex_dist_based_score", "Σ w 3σ(s), Σ w = 1; equal scores 1 above 0, else 0", || Fusion {
        shares: true,
        ..three_sigma(Method::CombSum, false).constant(Constant::Sign)
    }),
    ("llamaindex_relative_score", "Σ w minmax(s), Σ w = 1; equal scores 1 above 0, else 0", || Fusion {
        shares: true,
        ..sum(Normalization::MinMax).constant(Constant::Sign)
    }),
    ("llamaindex_simple", "the greatest s", || Fusion::new(Method::CombMax).normalization(Normalization::Identity)),
    ("milvus", "Σ 1 / (60 + rank)", || rrf(60.0)),
    ("milvus_weighted", "Σ w (1/2 + arctan(s) / π)", || sum(Normalization::Arctan)),
    ("mongodb", "Σ w / (60 + rank)", || rrf(60.0)),
    ("mongodb_score", "Σ w s / m", || Fusion { averaged: true, ..sum(Normalization::Identity) }),
    ("mongodb_score_minmax", "Σ w minmax(s) / m", || Fusion { averaged: true, ..sum(Normalization::MinMax) }),
    ("mongodb_score_sigmoid", "Σ w / (1 + e^-s) / m", || Fusion { averaged: true, ..sum(Normalization::Sigmoid) }),
    ("opensearch", "Σ w / (60 + rank)", || rrf(60.0)),
    ("opensearch_arithmetic_mean", "Σ w minmax(s) / Σ w, minimum 0.001", || Fusion {
        shares: true,
        ..sum(opensearch())
    }),
    ("opensearch_geometric_mean", "Π minmax(s)^(w / Σ w) over the lists that hold it, minimum 0.001", || {
        Fusion::new(Method::GeometricMean).normalization(opensearch())
    }),
    ("opensearch_harmonic_mean", "Σ w / Σ (w / minmax(s)) over the lists that hold it, minimum 0.001", || {
        Fusion::new(Method::HarmonicMean).normalization(opensearch())
    }),
    ("opensearch_l2", "Σ w (s / √Σs²) / Σ w", || Fusion { shares: true, ..sum(Normalization::L2) }),
    (
        "opensearch_z_score",
        "Σ w z(s) / Σ w with the deviation of the sample, minimum 0.001, a score that is the mean: the list's maximum",
        || Fusion { shares: true, ..sum(Normalization::ZScoreOpenSearch) },
    ),
    ("qdrant", "Σ 1 / (2 + (r + 1) / w - 1)", || Fusion::new(Method::ReciprocalWeightedRank { k: 2.0 })),
    ("qdrant_dbsf", "Σ 3σ(s) with the deviation of the sample; equal scores 0.5", || {
        three_sigma(Method::CombSum, true)
    }),
    ("rankops", "Σ w / (60 + r)", || rrf(59.0)),
    ("rankops_borda", "Σ w (L - r) for lists of length L", || Fusion::new(Method::BordaOfList)),
    ("rankops_dbsf", "Σ w z(s), cut off at -3 and 3", || sum(Normalization::ClippedZScore { low: -3.0, high: 3.0 })),
    ("rankops_isr", "Σ w / √(1 + r)", || Fusion::new(Method::InverseRootRank { k: 0.0 })),
    ("vespa", "Σ w / (60 + rank)", || rrf(60.0)),
    ("weaviate", "0.25 minmax(keywords) + 0.75 minmax(vectors)", || {
        sum(Normalization::MinMax).weights(vec![0.25, 0.75])
    }),
    ("weaviate_ranked", "0.25 / (60 + r) of keywords + 0.75 / (60 + r) of vectors", || {
        rrf(59.0).weights(vec![0.25, 0.75])
    }),
];

fn rrf(k: f64) -> Fusion {
    Fusion::new(Method::ReciprocalRank { k })
}

fn sum(normalization: Normalization) -> Fusion {
    Fusion::new(Method::CombSum).normalization(normalization)
}

fn opensearch() -> Normalization {
    Normalization::MinMaxOpenSearch(Vec::new())
}

fn three_sigma(method: Method, sample: bool) -> Fusion {
    Fusion::new(method).normalization(Normalization::ThreeSigma { sample })
}

impl Fusion {
    /// What a search engine or framework computes, by its name: `elastic`, `qdrant_dbsf`, … ([`Fusion::presets`] lists
    /// them with their formulas). Anything can be set on top, weights above all.
    ///
    /// Sums are made in `f64`; Qdrant, Weaviate, OpenSearch and Elasticsearch make theirs in `f32`, so their scores agree
    /// to that precision. Ties go by id, where the systems use the order of arrival or leave it open. Documents are told
    /// apart by id, which LangChain and LlamaIndex do by content.
    ///
    /// ```
    /// use rank_fusion::Fusion;
    ///
    /// let a = vec![("x", 3.0), ("y", 2.0)];
    /// let b = vec![("y", 9.0)];
    /// // Qdrant: 1 / (2 + 1 - 1) for the best, 1 / (2 + 2 - 1) for the second.
    /// let fused = Fusion::preset("qdrant")?.fuse(&[a, b])?;
    /// assert_eq!(fused, [("y", 1.0 / 3.0 + 0.5), ("x", 0.5)]);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`].
    pub fn preset(name: &str) -> Result<Self> {
        PRESETS.iter().find(|preset| preset.0 == name).map(|preset| preset.2()).ok_or_else(|| Error::UnknownName {
            argument: "compat",
            got: name.to_owned(),
            known: PRESETS.iter().map(|preset| preset.0).collect::<Vec<_>>().join(", "),
        })
    }

    /// The names of the presets with their formulas: `r` is a position from 0, `rank` one from 1, m the number of lists.
    pub fn presets() -> impl Iterator<Item = (&'static str, &'static str)> {
        PRESETS.iter().map(|preset| (preset.0, preset.1))
    }

    /// A fusion by the name of its method, also of those that are a method with a certain normalization: `dbsf`,
    /// `standardized`, `relative_score`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], [`Error::InvalidK`], [`Error::InvalidParameter`].
    pub fn named(name: &str) -> Result<Self> {
        let call = crate::names::Call::parse(name);
        match call.as_ref().map(|call| (call.name, call.numbers.as_slice())) {
            Some(("dbsf", [])) => Ok(three_sigma(Method::CombSum, false)),
            Some(("standardized", [])) => Ok(sum(Normalization::ClippedZScore { low: -3.0, high: 3.0 })),
            Some(("standardized", [low, high])) => {
                let normalization = Normalization::ClippedZScore { low: *low, high: *high };
                normalization.check(None)?;
                Ok(sum(normalization))
            }
            Some(("relative_score", [])) => Self::relative_score(0.75),
            Some(("relative_score", [alpha])) => Self::relative_score(*alpha),
            Some(("additive_multi_task", [])) => Ok(sum(Normalization::MinMax)),
            _ => name.parse().map(Self::new).map_err(|error| match error {
                Error::UnknownName { argument, got, known } => {
                    let known =
                        format!("{known}, dbsf, standardized(-3, 3), relative_score(0.75), additive_multi_task");
                    Error::UnknownName { argument, got, known }
                }
                other => other,
            }),
        }
    }
}
