//! Candidates from an HNSW graph over one vector per document, reranked by `MaxSim` over a vector per token.
//!
//! `cargo run -p rank-retrieve --features usearch --example usearch_integration`

use std::collections::HashMap;

use rank_rerank::simd::maxsim_vecs;
use rank_retrieve::{DenseIndex, Metric};

const DIM: usize = 64;

struct Document {
    id: u32,
    text: String,
    tokens: Vec<Vec<f32>>,
}

/// A vector per word, from the word's letter triples: a stand-in for a model, in which related forms are near.
fn encode(text: &str) -> Vec<Vec<f32>> {
    let words = text.split_whitespace();
    words
        .map(|word| {
            let mut vector = vec![0.0; DIM];
            for triple in format!("^{word}$").as_bytes().windows(3) {
                let hash = triple.iter().fold(5381_usize, |hash, &byte| hash * 33 + usize::from(byte));
                vector[hash % DIM] += 1.0;
            }
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
            vector.iter().map(|value| value / length).collect()
        })
        .collect()
}

/// One vector for all: the mean.
fn pool(tokens: &[Vec<f32>]) -> Vec<f32> {
    (0..DIM).map(|i| tokens.iter().map(|token| token[i]).sum::<f32>() / tokens.len() as f32).collect()
}

#[expect(clippy::print_stdout, reason = "an example shows what it found")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut documents = Vec::new();
    for animal in ["fox", "hen", "cow", "owl", "dog", "cat", "elephant", "sparrow"] {
        for act in ["jumps over", "sleeps behind", "looks at", "walks around"] {
            for place in ["the old barn", "the red tractor", "the garden fence", "the frozen lake"] {
                let text = format!("the {animal} {act} {place}");
                let id = u32::try_from(documents.len())?;
                documents.push(Document { id, tokens: encode(&text), text });
            }
        }
    }

    // 1. Build an HNSW index with usearch.
    let mut index = DenseIndex::new(DIM, Metric::Cosine)?;
    for document in &documents {
        index.add(document.id, &pool(&document.tokens))?;
    }

    // 2. Approximate nearest neighbors of the query.
    let query = "an elephant walking on a frozen lake";
    let query_tokens = encode(query);
    let by_id: HashMap<u32, &Document> = documents.iter().map(|document| (document.id, document)).collect();
    let candidates: Vec<&Document> = index.search(&pool(&query_tokens), 10)?.iter().map(|(id, _)| by_id[id]).collect();

    // 3. Rerank.
    let scores: Vec<f32> = candidates.iter().map(|candidate| maxsim_vecs(&query_tokens, &candidate.tokens)).collect();
    let mut reranked: Vec<(&Document, f32)> = candidates.into_iter().zip(scores).collect();
    reranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.id.cmp(&b.0.id)));

    println!("{query}");
    for (document, score) in reranked.iter().take(5) {
        println!("  {score:.3}  {}", document.text);
    }
    assert_eq!(reranked[0].0.text, "the elephant walks around the frozen lake");
    Ok(())
}
