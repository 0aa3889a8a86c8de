//! Several measures from one name: nicknames, lists of cut-offs, and names that stand for all their cut-offs.

use super::{Cutoff, Measure};
use crate::Result;
use crate::measures::MEASURES;

/// What `trec_eval` prints if nothing is asked for.
const OFFICIAL: &[&str] = &[
    "num_q",
    "num_ret",
    "num_rel",
    "num_rel_ret",
    "map",
    "gm_map",
    "Rprec",
    "bpref",
    "recip_rank",
    "iprec_at_recall",
    "P",
];

const ALL_TREC: &[&str] = &[
    "recall",
    "infAP",
    "gm_bpref",
    "Rprec_mult",
    "utility",
    "11pt_avg",
    "binG",
    "G",
    "ndcg",
    "ndcg_rel",
    "Rndcg",
    "ndcg_cut",
    "map_cut",
    "relative_P",
    "success",
    "set_P",
    "set_relative_P",
    "set_recall",
    "set_map",
    "set_F",
    "num_nonrel_judged_ret",
];

const SET: &[&str] = &[
    "num_q",
    "num_ret",
    "num_rel",
    "num_rel_ret",
    "utility",
    "set_P",
    "set_relative_P",
    "set_recall",
    "set_map",
    "set_F",
];

const PREFERENCES: &[&str] = &[
    "prefs_num_prefs_poss",
    "prefs_num_prefs_ful",
    "prefs_num_prefs_ful_ret",
    "prefs_simp",
    "prefs_pair",
    "prefs_avgjg",
];

const OTHER_PREFERENCES: &[&str] = &[
    "prefs_avgjg_Rnonrel",
    "prefs_simp_ret",
    "prefs_pair_ret",
    "prefs_avgjg_ret",
    "prefs_avgjg_Rnonrel_ret",
    "prefs_simp_imp",
    "prefs_pair_imp",
    "prefs_avgjg_imp",
];

impl Measure {
    /// The measures that a text names, separated by white space, in the order in which `trec_eval` prints them.
    ///
    /// Beside single measures it may have the nicknames `official`, `set`, `all_trec`, `prefs` and `all_prefs` of `trec_eval`,
    /// its names with several cut-offs, `P.5,10`, and its names that without a cut-off stand for a list of them, `P`, `recall`, `ndcg_cut`,
    /// `map_cut`, `relative_P`, `success`, `iprec_at_recall`, `Rprec_mult`. What is no number, `runid` and `relstring`, is not
    /// a measure here.
    ///
    /// # Errors
    ///
    /// As for a single measure: [`Error::UnknownMeasure`](crate::Error::UnknownMeasure),
    /// [`Error::InvalidCutoff`](crate::Error::InvalidCutoff), [`Error::InvalidParameter`](crate::Error::InvalidParameter).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::Measure;
    ///
    /// let measures = Measure::parse_many("success ndcg_cut.5,10 AP(rel=2)")?;
    /// let names: Vec<String> = measures.iter().map(Measure::to_string).collect();
    /// assert_eq!(names, ["Success@1", "Success@5", "Success@10", "nDCG@5", "nDCG@10", "AP(rel=2)"]);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn parse_many(text: &str) -> Result<Vec<Self>> {
        let mut measures = Vec::new();
        for name in text.split_whitespace() {
            expand(name, &mut measures)?;
        }
        Ok(measures)
    }
}

fn expand(name: &str, measures: &mut Vec<Measure>) -> Result<()> {
    let nicknames: &[&[&str]] = match name {
        "official" => &[OFFICIAL],
        "all_trec" => &[OFFICIAL, ALL_TREC],
        "set" => &[SET],
        "prefs" => &[PREFERENCES],
        "all_prefs" => &[PREFERENCES, OTHER_PREFERENCES],
        _ => &[],
    };
    for name in nicknames.iter().copied().flatten() {
        expand(name, measures)?;
    }
    if !nicknames.is_empty() {
        return Ok(());
    }
    let mut families = MEASURES.iter().filter(|family| !family.trec_cut.is_empty());
    let found = families.find_map(|family| {
        let rest = name.get(..family.trec_cut.len()).filter(|head| head.eq_ignore_ascii_case(family.trec_cut));
        let rest = rest.map(|head| &name[head.len()..])?;
        (rest.is_empty() || (rest.starts_with(['.', '_']) && rest.contains(','))).then_some((family, rest))
    });
    match found {
        Some((family, "")) => {
            for &number in family.trec_defaults {
                let mut measure = Measure::new(family);
                if family.cutoff == Cutoff::Number {
                    measure.numbers[0] = Some(number);
                } else {
                    measure.cutoff = Some(number as usize);
                }
                measures.push(measure);
            }
        }
        Some((family, list)) => {
            for number in list[1..].split(',') {
                measures.push(format!("{}.{number}", family.trec_cut).parse()?);
            }
        }
        None => measures.push(name.parse()?),
    }
    Ok(())
}
