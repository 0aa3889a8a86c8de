//! Dense retrieval from Qdrant, then reranking by MaxSim.
//!
//! Against a server: `QDRANT_URL=http://localhost:6334 cargo run --example qdrant_integration --features qdrant`.
//! Without `QDRANT_URL`, against a small one inside this process that speaks the same protocol.

#[path = "../tests/qdrant_server/mod.rs"]
mod qdrant_server;

use std::error::Error;

use qdrant_server::QdrantServer;
use rank_rerank::colbert::rank;
use rank_retrieve::Metric;
use rank_retrieve::qdrant::QdrantRetriever;

const COLLECTION: &str = "rank_retrieve_example";
const DIM: usize = 128;
const DOCUMENTS: [(&str, &str); 6] = [
    ("concatenate", "join a sequence of arrays along an existing axis"),
    ("stack", "join a sequence of arrays along a new axis, stacking them"),
    ("vstack", "stack arrays in sequence vertically, row wise"),
    ("split", "split an array into multiple sub-arrays as views"),
    ("sort", "return a sorted copy of an array"),
    ("solve", "solve a linear matrix equation or system of linear scalar equations"),
];

/// A stand-in for a model: a word is the bag of its character trigrams, each hashed to a signed component.
fn embed_word(word: &str) -> Vec<f32> {
    let mut vector = vec![0.0_f32; DIM];
    for trigram in format!("^{word}$").as_bytes().windows(3) {
        let hash = trigram
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        vector[(hash >> 8) as usize % DIM] += if hash & 1 == 0 { 1.0 } else { -1.0 };
    }
    normalized(vector)
}

fn embed_tokens(text: &str) -> Vec<Vec<f32>> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).map(embed_word).collect()
}

fn embed(text: &str) -> Vec<f32> {
    let mut sum = vec![0.0; DIM];
    for token in embed_tokens(text) {
        for (total, component) in sum.iter_mut().zip(token) {
            *total += component;
        }
    }
    normalized(sum)
}

fn normalized(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|component| component * component).sum::<f32>().sqrt();
    for component in &mut vector {
        *component /= length.max(f32::MIN_POSITIVE);
    }
    vector
}

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (url, _server) = if let Ok(url) = std::env::var("QDRANT_URL") {
        (url, None)
    } else {
        let server = QdrantServer::start().await?;
        (server.url().to_owned(), Some(server))
    };
    println!("Qdrant at {url}");
    let qdrant = QdrantRetriever::from_url(&url, COLLECTION)?;

    // 1. A collection, and the documents in it.
    qdrant.client().delete_collection(COLLECTION).await?;
    qdrant.create_collection(DIM, Metric::Cosine).await?;
    let ids: Vec<String> = DOCUMENTS.iter().map(|(id, _)| (*id).to_owned()).collect();
    let vectors: Vec<Vec<f32>> = DOCUMENTS.iter().map(|(_, text)| embed(text)).collect();
    qdrant.upsert(&ids, &vectors).await?;

    // 2. Dense retrieval.
    let query = "stacking arrays along a new axis";
    let query_embedding = embed(query);
    let dense_results = qdrant.search(&query_embedding, 4).await?;
    show("dense retrieval", query, &dense_results);

    // 3. Reranking by the tokens of what was found.
    let query_tokens = embed_tokens(query);
    let candidates: Vec<(String, Vec<Vec<f32>>)> = dense_results
        .into_iter()
        .filter_map(|(id, _)| {
            let (_, text) = DOCUMENTS.iter().find(|(name, _)| *name == id)?;
            Some((id, embed_tokens(text)))
        })
        .collect();
    let reranked = rank(&query_tokens, &candidates)?;
    show("reranked by MaxSim", query, &reranked);

    qdrant.client().delete_collection(COLLECTION).await?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn show(stage: &str, query: &str, list: &[(String, f32)]) {
    println!("\n{stage}: {query:?}");
    for (position, (id, score)) in list.iter().enumerate() {
        println!("{:>3}. {id:<12} {score:.4}", position + 1);
    }
}
