//! Methods that look at all values of a document at once.

use crate::methods::Input;
use crate::scratch::Work;

/// A value that list `list` says of a document, and the list's weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) list: usize,
    pub(crate) value: f64,
    pub(crate) weight: f64,
}

/// The score of each document from what the lists say of it.
pub(crate) fn totals(input: &Input<'_>, work: &mut Work, totals: &mut [f64], of: fn(&mut [Said]) -> f64) {
    each(input, work, |document, said| totals[document] = of(said));
}

/// What each list adds: `shares` replaces the values by their shares in the score.
pub(crate) fn contributions(input: &Input<'_>, work: &mut Work, out: &mut [f64], shares: fn(&mut [Said])) {
    let documents = input.lists.documents();
    each(input, work, |document, said| {
        shares(said);
        for said in said.iter() {
            out[said.list * documents + document] = said.value;
        }
    });
}

/// Calls back for each document with what the lists say of it, in the order in which lists are added up. Lists without weight say
/// nothing.
fn each(input: &Input<'_>, work: &mut Work, mut call: impl FnMut(usize, &mut [Said])) {
    columns(input, work);
    let documents = input.lists.documents();
    let mut said = std::mem::take(&mut work.said);
    for document in 0..documents {
        said.clear();
        for list in input.in_order() {
            let weight = input.weights[list];
            let value = work.columns[list * documents + document];
            if weight > 0.0 && !value.is_nan() {
                said.push(Said { list, value, weight });
            }
        }
        call(document, &mut said);
    }
    work.said = said;
}

/// What each list says of each document, list after list; NaN where it says nothing.
pub(crate) fn columns(input: &Input<'_>, work: &mut Work) {
    let lists = &input.lists;
    let documents = lists.documents();
    work.columns.clear();
    for list in 0..lists.len() {
        work.columns.resize((list + 1) * documents, input.fills[list]);
        let column = &mut work.columns[list * documents..];
        for (&document, &value) in lists.numbers(list).iter().zip(input.values(list)) {
            column[document as usize] = value;
        }
    }
}

/// Gives the whole score to the lists whose weighted value it is, equally, and nothing to the others.
pub(crate) fn share_among_equals(said: &mut [Said], score: f64) {
    let holders = said.iter().filter(|said| said.weight * said.value == score).count() as f64;
    for said in said {
        said.value = if said.weight * said.value == score { score / holders } else { 0.0 };
    }
}

/// Divides a score in proportion to the weighted values.
pub(crate) fn share_by_value(said: &mut [Said], score: f64) {
    let sum: f64 = said.iter().map(|said| said.weight * said.value).sum();
    for said in said {
        said.value = if score == 0.0 { 0.0 } else { score * said.weight * said.value / sum };
    }
}

/// The lower and the upper middle of the values by weight, as places in `said`, which is sorted; the same place if
/// there is one middle. For equal weights this is the usual median.
pub(crate) fn middles(said: &mut [Said]) -> Option<(usize, usize)> {
    if said.is_empty() {
        return None;
    }
    said.sort_by(|a, b| a.value.total_cmp(&b.value));
    let half = said.iter().map(|said| said.weight).sum::<f64>() / 2.0;
    let last = said.len() - 1;
    let mut below = 0.0;
    for (place, said) in said[..last].iter().enumerate() {
        below += said.weight;
        // Weights such as 0.1 do not add up to the bit.
        if (below - half).abs() <= 1e-12 * half {
            return Some((place, place + 1));
        }
        if below > half {
            return Some((place, place));
        }
    }
    Some((last, last))
}

/// The middle of the values; 0 if there are none.
pub(crate) fn median(said: &mut [Said]) -> f64 {
    middles(said).map_or(0.0, |(lower, upper)| f64::midpoint(said[lower].value, said[upper].value))
}

/// Gives each middle list its half of the median, times a sign.
pub(crate) fn share_median(said: &mut [Said], sign: f64) {
    if let Some((lower, upper)) = middles(said) {
        for (place, said) in said.iter_mut().enumerate() {
            let halves = f64::from(u8::from(place == lower)) + f64::from(u8::from(place == upper));
            said.value *= sign * halves / 2.0;
        }
    }
}
