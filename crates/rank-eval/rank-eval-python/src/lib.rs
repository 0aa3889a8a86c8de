//! The extension module of the `rank_eval` package: checks, releases the GIL, calls, converts.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "the documentation is for Python")]

mod abstention;
mod accumulator;
mod agreement;
mod arrays;
mod arrow;
mod browsing;
mod cli;
mod columns;
mod compare;
mod coverage;
mod dicts;
mod errors;
mod evaluation;
mod ids;
mod instructions;
mod judges;
mod lists;
mod measures;
mod options;
mod pandas;
mod recommendation;
mod reproduction;
mod results;
mod samples;
mod selection;
mod statistics;
mod tables;
mod ties;
mod work;

use pyo3::prelude::*;

/// Evaluation of rankings.
#[pymodule]
mod _rank_eval {
    #[pymodule_export]
    use crate::abstention::{abstention_nauc, confidence};
    #[pymodule_export]
    use crate::accumulator::Accumulator;
    #[pymodule_export]
    use crate::agreement::{
        RankBiasedOverlap, kendall_tau, kendall_tau_of_lists, overlap, rank_biased_overlap, spearman_rho, tau_ap,
    };
    #[pymodule_export]
    use crate::arrays::evaluate_arrays;
    #[pymodule_export]
    use crate::browsing::{Browsing, BrowsingBounds, browse, browse_run};
    #[pymodule_export]
    use crate::cli::run_command;
    #[pymodule_export]
    use crate::compare::{ComparedPair, Comparison, compare, report};
    #[pymodule_export]
    use crate::coverage::{Coverage, coverage};
    #[pymodule_export]
    use crate::evaluation::{Evaluation, evaluate};
    #[pymodule_export]
    use crate::instructions::{mean_of_worst, p_mrr};
    #[pymodule_export]
    use crate::judges::{GroupedQrels, Preferences, ZScores, evaluate_groups, evaluate_preferences};
    #[pymodule_export]
    use crate::lists::{
        average_precision_at_k, ndcg_at_k, precision_at_k, precision_recall_curve, recall_at_k, reciprocal_rank_at_k,
        success_at_k,
    };
    #[pymodule_export]
    use crate::measures::{Measure, SubtopicQrels, evaluate_subtopics};
    #[pymodule_export]
    use crate::recommendation::{
        PropensityScored, catalog_coverage, gini_index, novelty, propensity_scored, serendipity,
    };
    #[pymodule_export]
    use crate::reproduction::{delta_relative_improvement, effect_ratio, root_mean_square_error};
    #[pymodule_export]
    use crate::results::{
        EffectSizes, Estimate, PairedTTest, RandomizationTest, RandomizedTukeyHsd, RandomizedTukeyPair, SignTest,
        TukeyHsd, TukeyPair, TwoWayAnova, WilcoxonTest,
    };
    #[pymodule_export]
    use crate::statistics::{
        adjusted_p_values, bootstrap_interval, effect_sizes, paired_t_test, randomization_test, randomized_tukey_hsd,
        sign_test, t_test_power, topic_set_size, tukey_hsd, two_way_anova, wilcoxon_test,
    };
    #[pymodule_export]
    use crate::tables::{Qrels, Run};
    #[pymodule_export]
    use crate::ties::{Tie, ties};
}
