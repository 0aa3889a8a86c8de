//! `QdrantRetriever` against a server: that of `QDRANT_URL`, or one inside this process.
#![cfg(feature = "qdrant")]

mod qdrant_server;

use std::io::{Read, Write};
use std::net::TcpListener;

use qdrant_server::QdrantServer;
use rank_retrieve::Metric;
use rank_retrieve::qdrant::qdrant_client::qdrant::{
    CreateCollectionBuilder, Distance, PointStruct, UpsertPointsBuilder, VectorParamsBuilder,
};
use rank_retrieve::qdrant::qdrant_client::{Payload, Qdrant};
use rank_retrieve::qdrant::{Document, Error, HybridQuery, QdrantRetriever, Vectors};

/// A retriever for a collection that does not exist, and the server, if it is ours to keep running.
async fn retriever(collection: &str) -> (QdrantRetriever, Option<QdrantServer>) {
    let (url, server) = if let Ok(url) = std::env::var("QDRANT_URL") {
        (url, None)
    } else {
        let server = QdrantServer::start().await.unwrap();
        (server.url().to_owned(), Some(server))
    };
    let collection = format!("rank_retrieve_test_{collection}");
    let qdrant = QdrantRetriever::from_url(&url, &collection).unwrap();
    qdrant.client().delete_collection(collection).await.unwrap();
    (qdrant, server)
}

fn strings(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn expected(list: &[(&str, f32)]) -> Vec<(String, f32)> {
    list.iter().map(|(id, score)| ((*id).to_owned(), *score)).collect()
}

fn close(got: &[(String, f32)], expected: &[(&str, f32)]) {
    assert_eq!(got.len(), expected.len(), "{got:?}");
    for ((id, score), (expected_id, expected_score)) in got.iter().zip(expected) {
        assert!(id == expected_id && (score - expected_score).abs() < 1e-6, "{got:?} is not {expected:?}");
    }
}

#[tokio::test]
async fn dense_search_ranks_by_the_cosine() {
    let (qdrant, _server) = retriever("dense").await;
    qdrant.create_collection(2, Metric::Cosine).await.unwrap();
    let vectors = [vec![2.0, 0.0], vec![3.0, 4.0], vec![0.0, 1.0], vec![-1.0, 0.0]];
    qdrant.upsert(&strings(&["east", "north-east", "north", "west"]), &vectors).await.unwrap();

    let all = qdrant.search(&[5.0, 0.0], 100).await.unwrap();
    close(&all, &[("east", 1.0), ("north-east", 0.6), ("north", 0.0), ("west", -1.0)]);
    close(&qdrant.search(&[5.0, 0.0], 2).await.unwrap(), &[("east", 1.0), ("north-east", 0.6)]);
    assert_eq!(qdrant.search(&[5.0, 0.0], 0).await.unwrap(), []);
}

#[tokio::test]
async fn equal_scores_are_ordered_by_id_whatever_the_order_of_writing() {
    let (qdrant, _server) = retriever("ties").await;
    qdrant.create_collection(1, Metric::Dot).await.unwrap();
    let ids = strings(&["d10", "d9", "a", "c", "b"]);
    qdrant.upsert(&ids, &[vec![1.0], vec![1.0], vec![2.0], vec![1.0], vec![2.0]]).await.unwrap();

    let list = qdrant.search(&[1.0], 10).await.unwrap();
    assert_eq!(list, expected(&[("a", 2.0), ("b", 2.0), ("c", 1.0), ("d10", 1.0), ("d9", 1.0)]));
}

#[tokio::test]
async fn writing_an_id_again_replaces_the_document() {
    let (qdrant, _server) = retriever("again").await;
    qdrant.create_collection(1, Metric::Dot).await.unwrap();
    qdrant.upsert(&strings(&["a", "b"]), &[vec![1.0], vec![2.0]]).await.unwrap();
    qdrant.upsert(&strings(&["a"]), &[vec![3.0]]).await.unwrap();
    assert_eq!(qdrant.search(&[1.0], 10).await.unwrap(), expected(&[("a", 3.0), ("b", 2.0)]));
}

#[tokio::test]
async fn more_documents_than_one_request_holds() {
    let (qdrant, _server) = retriever("many").await;
    let qdrant = qdrant.with_ids::<u64>();
    qdrant.create_collection(1, Metric::Dot).await.unwrap();
    let ids: Vec<u64> = (0..600).collect();
    let vectors: Vec<Vec<f32>> = ids.iter().map(|id| vec![*id as f32]).collect();
    qdrant.upsert(&ids, &vectors).await.unwrap();

    let list = qdrant.search(&[1.0], 1000).await.unwrap();
    let best_first: Vec<(u64, f32)> = (0..600).rev().map(|id| (id, id as f32)).collect();
    assert_eq!(list, best_first);
}

#[tokio::test]
async fn integer_ids_of_the_whole_range() {
    let (qdrant, _server) = retriever("integers").await;
    let qdrant = qdrant.with_ids::<u64>();
    qdrant.create_collection(1, Metric::Dot).await.unwrap();
    qdrant.upsert(&[7, u64::MAX, 0], &[vec![1.0], vec![2.0], vec![1.0]]).await.unwrap();

    assert_eq!(qdrant.search(&[1.0], 10).await.unwrap(), [(u64::MAX, 2.0), (0, 1.0), (7, 1.0)]);
    // As strings, the same documents have the names of their numbers.
    let named = qdrant.with_ids::<String>().search(&[1.0], 1).await.unwrap();
    assert_eq!(named, expected(&[("18446744073709551615", 2.0)]));
}

#[tokio::test]
async fn string_ids_are_not_integers() {
    let (qdrant, _server) = retriever("strings").await;
    qdrant.create_collection(1, Metric::Dot).await.unwrap();
    qdrant.upsert(&strings(&["7"]), &[vec![1.0]]).await.unwrap();
    let error = qdrant.with_ids::<u64>().search(&[1.0], 10).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "points[0]: expected an id of type u64, got \"7\"; choose the id type that was written"
    );
}

#[tokio::test]
async fn sparse_search_sums_products_of_common_indices() {
    let (qdrant, _server) = retriever("sparse").await;
    qdrant.create_collection_with(&Vectors::new().sparse()).await.unwrap();
    let document = |id: &str| Document::new(id.to_owned());
    let documents = [
        document("both").sparse([7, 3], [0.5, 2.0]),
        document("one").sparse([3], [1.5]),
        document("none").sparse([9], [4.0]),
    ];
    qdrant.upsert_documents(&documents).await.unwrap();

    let list = qdrant.search_sparse(&[3, 7], &[1.0, 2.0], 10).await.unwrap();
    assert_eq!(list, expected(&[("both", 3.0), ("one", 1.5)]));
}

#[tokio::test]
async fn multivector_search_is_maxsim() {
    let (qdrant, _server) = retriever("tokens").await;
    qdrant.create_collection_with(&Vectors::new().tokens(2)).await.unwrap();
    let document = |id: &str, tokens: &[[f32; 2]]| {
        Document::new(id.to_owned()).tokens(tokens.iter().map(|token| token.to_vec()).collect())
    };
    qdrant.upsert_documents(&[document("x", &[[1.0, 0.0]]), document("xy", &[[2.0, 0.0], [0.0, 3.0]])]).await.unwrap();

    let list = qdrant.search_multivector(&[vec![1.0, 0.0], vec![0.0, 1.0]], 10).await.unwrap();
    assert_eq!(list, expected(&[("xy", 5.0), ("x", 1.0)]));
}

#[tokio::test]
async fn hybrid_search_is_the_papers_fusion() {
    let (qdrant, _server) = retriever("hybrid").await;
    qdrant.create_collection_with(&Vectors::new().dense(1, Metric::Dot).sparse().tokens(1)).await.unwrap();
    let document = |id: &str, dense: f32, sparse: f32, token: f32| {
        Document::new(id.to_owned()).dense([dense]).sparse([0], [sparse]).tokens(vec![vec![token]])
    };
    let documents = [document("a", 3.0, 1.0, 2.0), document("b", 2.0, 3.0, 1.0), document("c", 1.0, 2.0, 3.0)];
    qdrant.upsert_documents(&documents).await.unwrap();

    let tokens = [vec![1.0]];
    let query = HybridQuery::new().dense(&[1.0]).sparse(&[0], &[1.0]);
    // Dense: a b c. Sparse: b c a. Tokens: c a b.
    let gift = |rank: f32| 1.0 / (60.0 + rank);
    let list = qdrant.search_hybrid(&query, 10).await.unwrap();
    close(&list, &[("b", gift(1.0) + gift(2.0)), ("a", gift(1.0) + gift(3.0)), ("c", gift(2.0) + gift(3.0))]);
    // Rank constant 0: a gift is 1 / rank.
    let list = qdrant.search_hybrid(&query.rrf_k(0), 1).await.unwrap();
    close(&list, &[("b", 1.5)]);
    let all_equal = 1.0 + 1.0 / 2.0 + 1.0 / 3.0;
    let list = qdrant.search_hybrid(&query.tokens(&tokens).rrf_k(0), 10).await.unwrap();
    close(&list, &[("a", all_equal), ("b", all_equal), ("c", all_equal)]);
    // Lists of one: a is first by the dense vector, b by the sparse one.
    let list = qdrant.search_hybrid(&query.rrf_k(0).prefetch(1), 10).await.unwrap();
    close(&list, &[("a", 1.0), ("b", 1.0)]);
}

#[tokio::test]
async fn collections_of_other_making() {
    let (qdrant, _server) = retriever("foreign").await;
    let client = qdrant.client();
    let params = VectorParamsBuilder::new(1, Distance::Dot);
    client.create_collection(CreateCollectionBuilder::new(qdrant.collection()).vectors_config(params)).await.unwrap();
    let payload = |name: &str| Payload::from([("doc", name.into()), ("year", 1975.into())]);
    let points = vec![
        PointStruct::new(1, vec![1.0], payload("first")),
        PointStruct::new("936da01f-9abd-4d9d-80c7-02af85c822a8", vec![2.0], payload("second")),
    ];
    client.upsert_points(UpsertPointsBuilder::new(qdrant.collection(), points).wait(true)).await.unwrap();

    let qdrant = qdrant.using("");
    let list = qdrant.search(&[1.0], 10).await.unwrap();
    assert_eq!(list, expected(&[("936da01f-9abd-4d9d-80c7-02af85c822a8", 2.0), ("1", 1.0)]));
    let list = qdrant.clone().with_id_key("doc").search(&[1.0], 10).await.unwrap();
    assert_eq!(list, expected(&[("second", 2.0), ("first", 1.0)]));
    let list = qdrant.clone().with_id_key("year").with_ids::<u64>().search(&[1.0], 1).await.unwrap();
    assert_eq!(list, [(1975, 2.0)]);
    let error = qdrant.with_id_key("year").search(&[1.0], 10).await.unwrap_err();
    assert_eq!(error, Error::DuplicateDocument { position: 1, first: 0 });
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_is() {
    // Nobody listens here, so a call that sent anything would say that.
    let qdrant = QdrantRetriever::from_url("http://127.0.0.1:1", "documents").unwrap();
    let is = |error: Error, message: &str| assert_eq!(error.to_string(), message);
    let ids = strings(&["a", "b"]);

    is(
        qdrant.search(&[1.0, f32::NAN], 10).await.unwrap_err(),
        "query_embedding[1]: expected a finite number, got NaN; repair or drop the vector",
    );
    is(
        qdrant.search(&[], 0).await.unwrap_err(),
        "query_embedding: expected at least one component, got none; pass one",
    );
    is(
        qdrant.search_sparse(&[1, 2], &[1.0], 10).await.unwrap_err(),
        "values: expected 2 values, one for each index, got 1; pass as many",
    );
    is(
        qdrant.search_sparse(&[2, 1, 2], &[1.0; 3], 10).await.unwrap_err(),
        "indices[2]: expected each index once, got 2 again; add the values of equal indices",
    );
    is(
        qdrant.search_multivector(&[], 10).await.unwrap_err(),
        "query_tokens: expected at least one vector, got none; pass one",
    );
    is(
        qdrant.search_multivector(&[vec![1.0, 2.0], vec![1.0]], 10).await.unwrap_err(),
        "query_tokens[1]: expected 2 components, got 1; pass as many",
    );
    is(
        qdrant.search_hybrid(&HybridQuery::new(), 10).await.unwrap_err(),
        "query: expected at least one vector, got none; pass one",
    );
    is(
        qdrant.search_hybrid(&HybridQuery::new().dense(&[f32::INFINITY]), 10).await.unwrap_err(),
        "query_embedding[0]: expected a finite number, got inf; repair or drop the vector",
    );
    is(
        qdrant.search_hybrid(&HybridQuery::new().dense(&[1.0]).prefetch(0), 10).await.unwrap_err(),
        "prefetch: expected at least one document, got none; pass one",
    );
    is(
        qdrant.create_collection_with(&Vectors::new()).await.unwrap_err(),
        "vectors: expected at least one kind of vector, got none; pass one",
    );
    is(
        qdrant.upsert(&ids, &[vec![1.0]]).await.unwrap_err(),
        "vectors: expected 2 vectors, one for each id, got 1; pass as many",
    );
    is(
        qdrant.upsert(&ids, &[vec![1.0], vec![1.0, 2.0]]).await.unwrap_err(),
        "vectors[1]: expected 1 components, got 2; pass as many",
    );
    is(
        qdrant.upsert(&ids, &[vec![1.0], vec![f32::NAN]]).await.unwrap_err(),
        "vectors[1][0]: expected a finite number, got NaN; repair or drop the vector",
    );
    is(
        qdrant.upsert(&strings(&["a", "b", "a"]), &[vec![1.0], vec![1.0], vec![1.0]]).await.unwrap_err(),
        "ids[2]: expected each document once, got that of position 0 again; drop one of the two",
    );
    let document = Document::new("a".to_owned());
    is(
        qdrant.upsert_documents(std::slice::from_ref(&document)).await.unwrap_err(),
        "documents[0]: expected at least one vector, got none; pass one",
    );
    is(
        qdrant.upsert_documents(&[document.clone().sparse([1], [f32::NAN])]).await.unwrap_err(),
        "documents[0].sparse.values[0]: expected a finite number, got NaN; repair or drop the vector",
    );
    is(
        qdrant.upsert_documents(&[document.clone().tokens(vec![vec![]])]).await.unwrap_err(),
        "documents[0].tokens[0]: expected at least one component, got none; pass one",
    );
    is(
        qdrant.upsert_documents(&[document.dense([1.0]).payload([("rank_id", "b".into())])]).await.unwrap_err(),
        "documents[0]: expected a payload without the key \"rank_id\", got one; rename the key",
    );
}

#[tokio::test]
async fn what_the_server_refuses_is_passed_on_with_its_words() {
    let (qdrant, _server) = retriever("refused").await;
    let error = qdrant.search(&[1.0], 10).await.unwrap_err();
    let Error::Refused { code, call, .. } = &error else { panic!("{error:?}") };
    assert_eq!((code.as_str(), *call), ("NotFound", "search"));
    assert!(error.to_string().contains("rank_retrieve_test_refused"), "{error}");

    qdrant.create_collection(2, Metric::Cosine).await.unwrap();
    let error = qdrant.create_collection(2, Metric::Cosine).await.unwrap_err();
    assert!(error.to_string().contains("already exists"), "{error}");

    let error = qdrant.search(&[1.0, 0.0, 0.0], 10).await.unwrap_err();
    let Error::Refused { code, reason, .. } = &error else { panic!("{error:?}") };
    assert_eq!(code, "InvalidArgument");
    assert!(reason.contains("expected dim: 2, got 3"), "{error}");
    let error = qdrant.upsert(&strings(&["a"]), &[vec![1.0]]).await.unwrap_err();
    assert!(error.to_string().contains("expected an answer to upsert, got InvalidArgument"), "{error}");
    assert!(error.to_string().contains("expected dim: 2, got 1"), "{error}");

    let error = qdrant.search_sparse(&[1], &[1.0], 10).await.unwrap_err();
    assert!(error.to_string().contains("sparse"), "{error}");
}

#[tokio::test]
async fn an_unreachable_server_is_named_with_its_ports() {
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    let qdrant = QdrantRetriever::from_url(&url, "documents").unwrap();
    let error = qdrant.search(&[1.0], 10).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { url: named, .. } if *named == url), "{error:?}");
    let message = error.to_string();
    assert!(message.starts_with(&format!("url: expected a Qdrant server at {url}, got no answer")), "{message}");
    assert!(message.contains("docker run") && message.contains("6334") && message.contains("6333"), "{message}");
    assert!(matches!(qdrant.create_collection(1, Metric::Dot).await, Err(Error::Unreachable { .. })));
    // For `?` in functions that return the crate's error.
    assert_eq!(rank_retrieve::Error::from(error).to_string(), message);
}

#[tokio::test]
async fn a_server_that_does_not_speak_grpc_is_named_with_its_ports() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 1024]);
            let _ = connection.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let error = QdrantRetriever::from_url(&url, "documents").unwrap().search(&[1.0], 10).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_went_away_is_unreachable() {
    let server = QdrantServer::start().await.unwrap();
    let qdrant = QdrantRetriever::from_url(server.url(), "documents").unwrap();
    qdrant.create_collection(1, Metric::Dot).await.unwrap();
    assert_eq!(qdrant.search(&[1.0], 10).await.unwrap(), []);
    drop(server);
    // The connection may live a moment longer than the listener.
    let mut answer = qdrant.search(&[1.0], 10).await;
    for _ in 0..100 {
        if answer.is_err() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        answer = qdrant.search(&[1.0], 10).await;
    }
    assert!(matches!(&answer, Err(Error::Unreachable { .. })), "{answer:?}");
}

#[test]
fn an_address_that_is_none() {
    let error = QdrantRetriever::from_url("no address", "documents").unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("url: expected an address such as http://localhost:6334, got \"no address\""),
        "{message}"
    );
}

#[test]
fn debug_shows_no_key() {
    let client =
        Qdrant::from_url("http://localhost:6334").api_key("secret").skip_compatibility_check().build().unwrap();
    let shown = format!("{:?}", QdrantRetriever::new(client, "documents"));
    assert!(shown.contains("documents") && !shown.contains("secret"), "{shown}");
}
