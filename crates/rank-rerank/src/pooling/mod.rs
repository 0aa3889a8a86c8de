//! Fewer tokens for each document: tokens that are alike become one, their mean.

mod distances;
mod greedy;
mod pool;
mod tree;
mod ward;

pub use pool::{
    PoolConfig, Pooled, Pooling, pool, pool_tokens, pool_tokens_adaptive, pool_tokens_greedy, pool_tokens_sequential,
    pool_tokens_with_protected,
};
