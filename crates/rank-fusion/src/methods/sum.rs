//! Sums of a document's values, times a factor that knows in how many lists the document is.

use crate::methods::Input;
use crate::scratch::Work;

/// What the sum of a document's values is multiplied by.
#[derive(Clone, Copy)]
pub(crate) enum Factor {
    /// Nothing.
    One,
    /// A function of the number of lists that hold the document.
    OfCount(fn(f64) -> f64),
    /// The same with a parameter.
    OfCountAnd(fn(f64, f64) -> f64, f64),
    /// 1 / the weight of the lists that say something of the document.
    Mean,
    /// The weight of the lists that hold the document; the values themselves are not weighted.
    WeightOfHolders,
}

pub(crate) fn totals(input: &Input<'_>, factor: Factor, work: &mut Work, totals: &mut [f64]) {
    let lists = &input.lists;
    for list in input.in_order() {
        let weight = weight(input, factor, list);
        if input.fills[list].is_nan() {
            for (&document, &value) in lists.numbers(list).iter().zip(input.values(list)) {
                totals[document as usize] += weight * value;
            }
        } else {
            column(input, list, work);
            for (total, &value) in totals.iter_mut().zip(&work.columns) {
                *total += weight * value;
            }
        }
    }
    let whole = whole(input, factor, work);
    for (document, total) in totals.iter_mut().enumerate() {
        *total = scaled(*total, document, input, factor, whole, work);
    }
}

pub(crate) fn contributions(input: &Input<'_>, factor: Factor, work: &mut Work, out: &mut [f64]) {
    let lists = &input.lists;
    let documents = lists.documents();
    let whole = whole(input, factor, work);
    for list in 0..lists.len() {
        let weight = weight(input, factor, list);
        column(input, list, work);
        let said = std::mem::take(&mut work.columns);
        for (document, &value) in said.iter().enumerate() {
            if !value.is_nan() {
                out[list * documents + document] = scaled(weight * value, document, input, factor, whole, work);
            }
        }
        work.columns = said;
    }
}

fn weight(input: &Input<'_>, factor: Factor, list: usize) -> f64 {
    // Also here a weight of 0 takes the list out.
    let plain = matches!(factor, Factor::WeightOfHolders) && input.weights[list] > 0.0;
    if plain { 1.0 } else { input.weights[list] }
}

/// What a list says of every document, NaN where it says nothing.
fn column(input: &Input<'_>, list: usize, work: &mut Work) {
    work.columns.clear();
    work.columns.resize(input.lists.documents(), input.fills[list]);
    for (&document, &value) in input.lists.numbers(list).iter().zip(input.values(list)) {
        work.columns[document as usize] = value;
    }
}

/// Counts what the factor and the policy need; returns the weight of all lists.
fn whole(input: &Input<'_>, factor: Factor, work: &mut Work) -> f64 {
    let lists = &input.lists;
    if matches!(factor, Factor::OfCount(_) | Factor::OfCountAnd(..)) {
        work.counts.clear();
        work.counts.resize(lists.documents(), 0);
        // A weight of 0 takes the list out.
        for list in (0..lists.len()).filter(|&list| input.weights[list] > 0.0) {
            for &document in lists.numbers(list) {
                work.counts[document as usize] += 1;
            }
        }
    }
    if input.skip || matches!(factor, Factor::Mean | Factor::WeightOfHolders) {
        work.present.clear();
        work.present.resize(lists.documents(), 0.0);
        for list in input.in_order() {
            let weight = input.weights[list];
            if input.fills[list].is_nan() || matches!(factor, Factor::WeightOfHolders) {
                for &document in lists.numbers(list) {
                    work.present[document as usize] += weight;
                }
            } else {
                for present in &mut work.present {
                    *present += weight;
                }
            }
        }
    }
    input.in_order().map(|list| input.weights[list]).sum()
}

fn scaled(sum: f64, document: usize, input: &Input<'_>, factor: Factor, whole: f64, work: &Work) -> f64 {
    // A document of lists without weight has a sum of 0 already.
    let present = |otherwise: f64| match work.present[document] {
        0.0 => otherwise,
        present => present,
    };
    let value = match factor {
        Factor::One => sum,
        Factor::OfCount(of) => of(f64::from(work.counts[document])) * sum,
        Factor::OfCountAnd(of, parameter) => of(f64::from(work.counts[document]), parameter) * sum,
        Factor::Mean => return sum / present(1.0),
        Factor::WeightOfHolders => work.present[document] * sum,
    };
    if input.skip { value * whole / present(whole) } else { value }
}
