//! The parts of `docs/guide.md` on vector databases, and its whole pipeline.
#![allow(
    clippy::items_after_statements,
    clippy::default_trait_access,
    reason = "the guide's code stands as it is there"
)]

use std::collections::HashMap;
use std::error::Error;

use rank_rerank::TokenMatrix;
use rank_rerank::colbert::Document;
use rank_retrieve::qdrant::QdrantRetriever;
use rank_retrieve::{Analyzer, DenseIndex, Metric};

#[path = "../../../crates/rank-retrieve/tests/qdrant_server/mod.rs"]
mod qdrant_server;

type Outcome = Result<(), Box<dyn Error>>;

const DIM: usize = 128;
const TEXTS: [(&str, &str); 5] = [
    ("stack", "join a sequence of arrays along a new axis"),
    ("concatenate", "join a sequence of arrays along an existing axis"),
    ("split", "split an array into several arrays"),
    ("sort", "sorted copy of an array"),
    ("solve", "solve a linear system"),
];
const QUERY: &str = "join arrays along a new axis";

/// One fixed direction a word: enough of an encoder to tell words apart.
fn word_vector(word: &str) -> Vec<f32> {
    let mut state = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut vector: Vec<f32> = (0..DIM)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if state >> 63 == 0 { 1.0 } else { -1.0 }
        })
        .collect();
    let norm = (DIM as f32).sqrt();
    for component in &mut vector {
        *component /= norm;
    }
    vector
}

fn tokens(text: &str) -> Vec<Vec<f32>> {
    Analyzer::default().analyze(text).expect("no function of ours").iter().map(|word| word_vector(word)).collect()
}

fn embedding(text: &str) -> Vec<f32> {
    let tokens = tokens(text);
    (0..DIM).map(|axis| tokens.iter().map(|token| token[axis]).sum()).collect()
}

async fn filled(server: &qdrant_server::QdrantServer) -> Result<QdrantRetriever, Box<dyn Error>> {
    let qdrant = QdrantRetriever::from_url(server.url(), "documents")?;
    qdrant.create_collection(DIM, Metric::Cosine).await?;
    let ids: Vec<String> = TEXTS.iter().map(|(id, _)| (*id).to_owned()).collect();
    let vectors: Vec<Vec<f32>> = TEXTS.iter().map(|(_, text)| embedding(text)).collect();
    qdrant.upsert(&ids, &vectors).await?;
    Ok(qdrant)
}

#[tokio::test]
async fn qdrant_then_rerank() -> Outcome {
    let server = qdrant_server::QdrantServer::start().await?;
    drop(filled(&server).await?);
    let (url, collection) = (server.url().to_owned(), "documents".to_owned());
    let (query_embedding, query_tokens) = (embedding(QUERY), tokens(QUERY));

    // 1. Dense retrieval from Qdrant
    let qdrant = QdrantRetriever::from_url(&url, &collection)?;
    let dense_results = qdrant.search(&query_embedding, 10).await?;

    let texts: HashMap<&str, &str> = TEXTS.into();
    let candidates: Vec<(String, Vec<Vec<f32>>)> =
        dense_results.into_iter().map(|(id, _)| (id.clone(), tokens(texts[id.as_str()]))).collect();

    // 2. Rerank with rank-rerank
    use rank_rerank::colbert::rank;
    let reranked = rank(&query_tokens, &candidates)?;

    // 3. Return final results
    assert_eq!(reranked.len(), TEXTS.len());
    assert_eq!(reranked[0].0, "stack");
    Ok(())
}

#[test]
fn usearch_then_maxsim() -> Outcome {
    struct Candidate {
        tokens: Vec<Vec<f32>>,
    }
    let (query_vector, query_tokens) = (embedding(QUERY), tokens(QUERY));
    let texts: HashMap<&str, &str> = TEXTS.into();

    // 1. Build HNSW index with usearch
    let mut index = DenseIndex::new(128, Metric::Cosine)?;
    // ... add vectors to index
    for (id, text) in TEXTS {
        index.add(id.to_owned(), &embedding(text))?;
    }

    // 2. Approximate nearest neighbor search
    let found = index.search(&query_vector, 10)?;
    // ... fetch the candidates' tokens
    let candidates: Vec<Candidate> =
        found.iter().map(|(id, _)| Candidate { tokens: tokens(texts[id.as_str()]) }).collect();

    // 3. Rerank with rank-rerank
    use rank_rerank::simd::maxsim_vecs;
    #[rustfmt::skip]
    let scores: Vec<f32> = candidates.iter()
        .map(|candidate| maxsim_vecs(&query_tokens, &candidate.tokens))
        .collect();

    assert_eq!(found[0].0, "stack");
    assert_eq!(scores.len(), TEXTS.len());
    assert!(scores.iter().all(|score| *score <= scores[0]), "{scores:?}");
    Ok(())
}

/// Qdrant knows ids; the documents of this program carry their tokens.
struct Joined {
    retriever: QdrantRetriever,
    documents: HashMap<String, Document<String>>,
}

impl Joined {
    async fn search(
        &self,
        query_embedding: &[f32],
        k: usize,
    ) -> rank_retrieve::qdrant::Result<Vec<(Document<String>, f32)>> {
        let found = self.retriever.search(query_embedding, k).await?;
        Ok(found.into_iter().map(|(id, score)| (self.documents[&id].clone(), score)).collect())
    }
}

#[tokio::test]
async fn end_to_end() -> Outcome {
    use rank_eval::ndcg_at_k;
    use rank_fusion::reciprocal_rank_fusion;
    use rank_rerank::colbert::rank;
    use rank_retrieve::Bm25Index;

    let server = qdrant_server::QdrantServer::start().await?;
    let mut documents = HashMap::new();
    for (id, text) in TEXTS {
        documents.insert(id.to_owned(), Document::new(id.to_owned(), TokenMatrix::from_tokens(&tokens(text))?));
    }
    let qdrant = Joined { retriever: filled(&server).await?, documents };
    let query_terms = Analyzer::default().analyze(QUERY)?;
    let (query_embedding, query_tokens) = (embedding(QUERY), tokens(QUERY));
    let ground_truth = HashMap::from([("stack".to_owned(), 2_u32), ("concatenate".to_owned(), 1)]);

    // 1. First-stage retrieval (sparse)
    let mut bm25 = Bm25Index::new();
    // ... add documents
    for (id, text) in TEXTS {
        bm25.add_text(qdrant.documents[id].clone(), text)?;
    }
    let sparse_results = bm25.retrieve(&query_terms, 100, Default::default())?;

    // 2. First-stage retrieval (dense) - from vector DB
    let dense_results = qdrant.search(&query_embedding, 100).await?;

    // 3. Rank fusion
    #[rustfmt::skip]
    let fused_results = reciprocal_rank_fusion(&[
        sparse_results,
        dense_results,
    ], 60)?;

    // 4. Rerank top-K with MaxSim
    let top_k = fused_results.iter().take(20);
    let reranked = rank(&query_tokens, &top_k)?;

    // 5. Evaluate
    let ndcg = ndcg_at_k(&reranked, &ground_truth, 10)?;

    assert_eq!(reranked.iter().map(|(id, _)| id.as_str()).take(2).collect::<Vec<_>>(), ["stack", "concatenate"]);
    assert_eq!(ndcg, 1.0);
    Ok(())
}
