#![doc = include_str!("../README.md")]

mod abstention;
mod accumulator;
mod agreement;
mod arrays;
mod browsing;
pub mod cli;
mod compare;
mod coverage;
mod curve;
mod error;
mod evaluate;
mod formats;
mod groups;
mod instructions;
mod judgments;
mod lookup;
mod measure;
pub mod measures;
mod options;
mod order;
mod parallel;
mod preferences;
mod qrels;
mod recommendation;
mod report;
mod reproduction;
mod run;
mod statistics;
mod subtopics;
mod table;
mod ties;
mod topic;
mod watch;
mod z_scores;

pub use abstention::{ABSTENTION_RATES, Confidence, abstention_nauc, confidence};
pub use accumulator::Accumulator;
pub use agreement::{
    RankBiasedOverlap, Tau, kendall_tau, kendall_tau_of_lists, overlap, rank_biased_overlap, spearman_rho, tau_ap,
};
pub use arrays::{Arrays, Grades, evaluate_arrays};
pub use browsing::{Browsing, BrowsingBounds, browse, browse_run, browse_run_watched};
pub use compare::{CompareOptions, ComparedPair, Comparison, TableOptions, Test, compare, compare_watched};
pub use coverage::{Coverage, coverage, coverage_watched};
pub use curve::precision_recall_curve;
pub use error::{Error, Result};
pub use evaluate::{Evaluation, evaluate, evaluate_watched, evaluate_with};
pub use groups::{GroupedQrels, evaluate_groups};
pub use instructions::{mean_of_worst, p_mrr};
pub use judgments::{Grade, Judgments};
pub use measure::{Dialect, Measure};
pub use measures::{
    average_precision_at_k, ndcg_at_k, precision_at_k, recall_at_k, reciprocal_rank_at_k, success_at_k,
};
pub use options::{MissingQueries, Options, Order, TrecEval};
pub use preferences::{PreferenceFormat, Preferences, evaluate_preferences};
pub use qrels::{Qrels, QrelsBuilder};
pub use recommendation::{
    Propensity, PropensityScored, catalog_coverage, gini_index, novelty, propensity_scored, serendipity,
};
pub use report::{ReportOptions, report, report_watched};
pub use reproduction::{Improvement, delta_relative_improvement, effect_ratio, root_mean_square_error};
pub use run::{Duplicates, Run, RunBuilder};
pub use statistics::{
    BootstrapMethod, BootstrapOptions, Correction, EffectSizes, Estimate, PairedTTest, RandomizationTest,
    RandomizedTukeyHsd, RandomizedTukeyPair, SignTest, TukeyHsd, TukeyPair, TwoWayAnova, WilcoxonMethod,
    WilcoxonOptions, WilcoxonTest, Zeros, adjusted_p_values, bootstrap_interval, bootstrap_interval_watched,
    effect_sizes, paired_t_test, randomization_test, randomization_test_watched, randomized_tukey_hsd,
    randomized_tukey_hsd_watched, sign_test, t_test_power, topic_set_size, tukey_hsd, two_way_anova, wilcoxon_test,
};
pub use subtopics::{SubtopicQrels, evaluate_subtopics};
pub use table::{Column, Columns, Offsets, Scores};
pub use ties::{Tie, ties, ties_watched};
pub use topic::Score;
pub use watch::Watch;
pub use z_scores::ZScores;
