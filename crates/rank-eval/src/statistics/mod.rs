//! Whether a difference between runs is more than luck, and how large it is.

mod anova;
mod blocks;
mod bootstrap;
mod cliffs_delta;
mod correction;
mod distributions;
mod effect_size;
mod normal;
mod power;
mod random;
mod randomization;
mod randomized_tukey;
mod samples;
mod sign_test;
mod studentized_range;
mod t_test;
mod tukey;
mod wilcoxon;

pub use anova::{TwoWayAnova, two_way_anova};
pub use bootstrap::{BootstrapMethod, BootstrapOptions, bootstrap_interval, bootstrap_interval_watched};
pub use correction::{Correction, adjusted_p_values};
pub use effect_size::{EffectSizes, Estimate, effect_sizes};
pub use power::{t_test_power, topic_set_size};
pub use randomization::{RandomizationTest, randomization_test, randomization_test_watched};
pub use randomized_tukey::{
    RandomizedTukeyHsd, RandomizedTukeyPair, randomized_tukey_hsd, randomized_tukey_hsd_watched,
};
pub(crate) use samples::finite;
pub use sign_test::{SignTest, sign_test};
pub use t_test::{PairedTTest, paired_t_test};
pub use tukey::{TukeyHsd, TukeyPair, tukey_hsd};
pub use wilcoxon::{WilcoxonMethod, WilcoxonOptions, WilcoxonTest, Zeros, wilcoxon_test};

pub(crate) use samples::Differences;
