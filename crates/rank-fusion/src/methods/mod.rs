//! The methods, one file each, on numbered lists; here is only who computes what.

mod additive_multi_task;
mod borda;
mod borda_of_list;
mod comb_anz;
mod comb_gmnz;
mod comb_max;
mod comb_med;
mod comb_min;
mod comb_mnz;
mod comb_sum;
mod condorcet;
mod copeland;
mod dbsf;
mod geometric_mean;
mod harmonic_mean;
mod inverse_root_rank;
mod isr;
mod kemeny;
mod log_isr;
mod logn_isr;
mod median_rank;
mod mixed;
mod nearest_to_best;
mod pairs;
mod rbc;
mod relative_score;
mod rrf;
mod standardized;
mod sum;
mod values;
mod weighted_mnz;
mod weighted_sum;

pub use additive_multi_task::additive_multi_task;
pub use borda::borda;
pub use borda_of_list::borda_of_list;
pub use comb_anz::combanz;
pub use comb_gmnz::combgmnz;
pub use comb_max::combmax;
pub use comb_med::combmed;
pub use comb_min::combmin;
pub use comb_mnz::combmnz;
pub use comb_sum::combsum;
pub use condorcet::condorcet;
pub use copeland::copeland;
pub use dbsf::dbsf;
pub use geometric_mean::geometric_mean;
pub use harmonic_mean::harmonic_mean;
pub use inverse_root_rank::inverse_root_rank;
pub use isr::isr;
pub use kemeny::kemeny;
pub use log_isr::log_isr;
pub use logn_isr::logn_isr;
pub use median_rank::median_rank;
pub use mixed::mixed;
pub use nearest_to_best::nearest_to_best;
pub use rbc::rbc;
pub use relative_score::relative_score;
pub use rrf::reciprocal_rank_fusion;
pub use standardized::standardized;
pub(crate) use values::Said;
pub use weighted_mnz::weighted_mnz;
pub use weighted_sum::weighted_sum;

use crate::lists::Lists;
use crate::method::Method;
use crate::scratch::Work;

/// What a method computes with.
pub(crate) struct Input<'a> {
    pub(crate) lists: Lists<'a>,
    pub(crate) values: Values<'a>,
    /// Per list: the value of a document that it lacks, or NaN if it says nothing.
    pub(crate) fills: &'a [f64],
    pub(crate) weights: &'a [f64],
    /// The lists in the order in which they are added up: the same for any order in which they were given.
    pub(crate) order: &'a [u32],
    /// Whether sums are scaled up to the weight of all lists.
    pub(crate) skip: bool,
}

/// The values of the entries of the lists.
pub(crate) enum Values<'a> {
    /// One per position, the same for all lists.
    ByPosition(&'a [f64]),
    /// One per entry, list after list.
    ByEntry(&'a [f64]),
}

impl Input<'_> {
    /// The lists in the order in which they are added up.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        self.order.iter().map(|list| *list as usize)
    }

    /// The values of a list, best document first.
    pub(crate) fn values(&self, list: usize) -> &[f64] {
        match self.values {
            Values::ByPosition(terms) => &terms[..self.lists.length(list)],
            Values::ByEntry(values) => &values[self.lists.range(list)],
        }
    }
}

/// What the rank after `position` better ones is worth in list `list`, before weights.
pub(crate) fn rank_value(method: &Method, lists: &Lists<'_>, list: usize, weight: f64, position: usize) -> f64 {
    match method {
        Method::Trained(trained) => trained.value(list, position, lists.length(list)),
        Method::ReciprocalRank { k } => rrf::value(*k, position),
        Method::ReciprocalWeightedRank { k } => rrf::weighted_rank_value(*k, weight, position),
        Method::InverseRootRank { k } => inverse_root_rank::value(*k, position),
        Method::InverseSquareRank | Method::LogIsr | Method::LogNIsr { .. } => isr::value(position),
        Method::RankBiasedCentroid { phi } => rbc::value(*phi, position),
        Method::Borda => borda::value(lists.documents(), position),
        Method::BordaOfList => borda_of_list::value(lists.length(list), position),
        _ => (position + 1) as f64,
    }
}

/// What the published method says of a document that list `list` lacks, if it says something.
pub(crate) fn missing(method: &Method, lists: &Lists<'_>, list: usize) -> Option<f64> {
    match method {
        Method::Borda => Some(borda::missing(lists.documents(), lists.length(list))),
        Method::MedianRank => Some((lists.longest() + 1) as f64),
        Method::NearestToBest => Some(0.0),
        Method::Trained(trained) => trained.missing(),
        _ => None,
    }
}

/// The score of each document; `totals` is zero before.
pub(crate) fn totals(method: &Method, input: &Input<'_>, work: &mut Work, totals: &mut [f64]) {
    if let Some(factor) = sum_factor(method) {
        return sum::totals(input, factor, work, totals);
    }
    match method {
        Method::CombMax => values::totals(input, work, totals, comb_max::of),
        Method::CombMin => values::totals(input, work, totals, comb_min::of),
        Method::CombMed => values::totals(input, work, totals, comb_med::of),
        Method::MedianRank => values::totals(input, work, totals, median_rank::of),
        Method::GeometricMean => values::totals(input, work, totals, geometric_mean::of),
        Method::HarmonicMean => values::totals(input, work, totals, harmonic_mean::of),
        Method::NearestToBest => nearest_to_best::totals(input, work, totals),
        Method::Condorcet => condorcet::totals(input, work, totals),
        Method::Copeland => copeland::totals(input, work, totals),
        _ => kemeny::totals(input, work, totals),
    }
}

/// What each list adds to the score of each document: list after list; `out` is zero before.
pub(crate) fn contributions(method: &Method, input: &Input<'_>, work: &mut Work, out: &mut [f64]) {
    if let Some(factor) = sum_factor(method) {
        return sum::contributions(input, factor, work, out);
    }
    match method {
        Method::CombMax => values::contributions(input, work, out, comb_max::shares),
        Method::CombMin => values::contributions(input, work, out, comb_min::shares),
        Method::CombMed => values::contributions(input, work, out, comb_med::shares),
        Method::MedianRank => values::contributions(input, work, out, median_rank::shares),
        Method::GeometricMean => values::contributions(input, work, out, geometric_mean::shares),
        Method::HarmonicMean => values::contributions(input, work, out, harmonic_mean::shares),
        Method::NearestToBest => nearest_to_best::contributions(input, work, out),
        Method::Copeland => copeland::contributions(input, work, out),
        Method::Condorcet => {
            condorcet::order(input, work);
            pairs::places_by_list(input, work, out);
        }
        _ => {
            kemeny::order(input, work);
            pairs::places_by_list(input, work, out);
        }
    }
}

/// Whether a score is by its definition a sum over the lists.
pub(crate) fn is_sum(method: &Method) -> bool {
    matches!(sum_factor(method), Some(sum::Factor::One))
}

/// What the sum of a document's values is multiplied by, for methods that are such sums.
fn sum_factor(method: &Method) -> Option<sum::Factor> {
    use sum::Factor;
    Some(match method {
        Method::ReciprocalRank { .. }
        | Method::ReciprocalWeightedRank { .. }
        | Method::RankBiasedCentroid { .. }
        | Method::InverseRootRank { .. }
        | Method::Borda
        | Method::BordaOfList
        | Method::CombSum
        | Method::Trained(_) => Factor::One,
        Method::InverseSquareRank => Factor::OfCount(isr::factor),
        Method::LogIsr => Factor::OfCount(log_isr::factor),
        Method::LogNIsr { sigma } => Factor::OfCountAnd(logn_isr::factor, *sigma),
        Method::CombMnz => Factor::OfCount(comb_mnz::factor),
        Method::CombGmnz { gamma } => Factor::OfCountAnd(comb_gmnz::factor, *gamma),
        Method::Mixed => Factor::OfCount(mixed::factor),
        Method::CombAnz => Factor::Mean,
        Method::WeightedMnz => Factor::WeightOfHolders,
        _ => return None,
    })
}
