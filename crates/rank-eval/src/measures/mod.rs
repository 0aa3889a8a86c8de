//! Every measure, a module each: its formula, its source, the conventions where tools differ, and an example.
//!
//! A measure is named by a [`Measure`](crate::Measure); functions over one ranked list exist for the six most used.

pub mod accuracy;
pub mod alpha_dcg;
pub mod average_precision;
pub mod bpm;
pub mod bpref;
pub mod capped_recall;
pub mod compatibility;
pub mod context_precision;
pub mod counts;
pub mod dcg;
pub mod err;
pub mod err_ia;
pub mod f_measure;
pub mod fallout;
pub mod gain;
pub mod geometric;
pub mod hole;
pub mod ift;
pub mod inferred_ap;
pub mod insq;
pub mod inst;
pub mod intent_aware;
pub mod interpolated_precision;
pub mod judged;
pub mod n_err;
pub mod ndcg;
pub mod ndcg_p;
pub mod ndcg_points;
pub mod npv;
pub mod nrbp;
pub mod precision;
pub mod preferences;
pub mod r_precision;
pub mod rbp;
pub mod recall;
pub mod reciprocal_rank;
pub mod set;
pub mod subtopic_recall;
pub mod success;
pub mod tbg;
pub mod u_measure;
pub mod utility;
pub mod yaap;

pub use average_precision::average_precision_at_k;
pub use ndcg::ndcg_at_k;
pub use precision::precision_at_k;
pub use recall::recall_at_k;
pub use reciprocal_rank::reciprocal_rank_at_k;
pub use success::success_at_k;

use crate::measure::Family;

/// Every measure that has a name.
pub(crate) static MEASURES: &[Family] = &[
    ndcg::FAMILY,
    precision::FAMILY,
    recall::FAMILY,
    success::FAMILY,
    reciprocal_rank::FAMILY,
    average_precision::FAMILY,
    capped_recall::FAMILY,
    f_measure::FAMILY,
    r_precision::FAMILY,
    r_precision::MULTIPLE_FAMILY,
    interpolated_precision::FAMILY,
    interpolated_precision::AVERAGE_FAMILY,
    bpref::FAMILY,
    inferred_ap::FAMILY,
    geometric::FAMILY,
    geometric::BPREF_FAMILY,
    yaap::FAMILY,
    ndcg_p::FAMILY,
    dcg::FAMILY,
    dcg::IDEAL_FAMILY,
    dcg::SCALED_FAMILY,
    err::FAMILY,
    rbp::FAMILY,
    rbp::RESIDUAL_FAMILY,
    inst::FAMILY,
    insq::FAMILY,
    bpm::FAMILY,
    bpm::DYNAMIC_FAMILY,
    n_err::FAMILY_8,
    n_err::FAMILY_9,
    n_err::FAMILY_10,
    n_err::FAMILY_11,
    ift::FAMILY,
    npv::FAMILY,
    tbg::FAMILY,
    u_measure::FAMILY,
    compatibility::FAMILY,
    judged::FAMILY,
    judged::UNJUDGED_FAMILY,
    hole::FAMILY,
    accuracy::FAMILY,
    accuracy::PAIRS_FAMILY,
    context_precision::FAMILY,
    fallout::FAMILY,
    set::FAMILY,
    set::RECALL_FAMILY,
    set::AVERAGE_PRECISION_FAMILY,
    f_measure::SET_FAMILY,
    utility::FAMILY,
    counts::FAMILY,
    counts::RANKED_FAMILY,
    counts::RELEVANT_FAMILY,
    counts::HITS_FAMILY,
    counts::NONRELEVANT_FAMILY,
    gain::FAMILY,
    gain::BINARY_FAMILY,
    ndcg_points::FAMILY,
    ndcg_points::LEVELS_FAMILY,
    alpha_dcg::NORMALIZED_FAMILY,
    alpha_dcg::FAMILY,
    err_ia::FAMILY,
    err_ia::NORMALIZED_FAMILY,
    nrbp::FAMILY,
    nrbp::NORMALIZED_FAMILY,
    intent_aware::FAMILY,
    intent_aware::PRECISION_FAMILY,
    subtopic_recall::FAMILY,
    preferences::POSSIBLE,
    preferences::FULFILLED,
    preferences::FULFILLED_RANKED,
    preferences::SIMPLE,
    preferences::PAIRS,
    preferences::GROUPS,
    preferences::BALANCED,
    preferences::SIMPLE_RANKED,
    preferences::PAIRS_RANKED,
    preferences::GROUPS_RANKED,
    preferences::BALANCED_RANKED,
    preferences::SIMPLE_IMPLIED,
    preferences::PAIRS_IMPLIED,
    preferences::GROUPS_IMPLIED,
];
