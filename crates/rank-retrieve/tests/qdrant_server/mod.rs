//! A Qdrant server inside the process: the client's own protocol, exact search over vectors in memory.
//!
//! It answers what `QdrantRetriever` asks; every other call, and every option that it does not know, is refused.

mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rank_retrieve::qdrant::qdrant_client::qdrant as api;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use self::store::Collection;

/// A running server; it stops when this is dropped.
pub(crate) struct QdrantServer {
    url: String,
    task: JoinHandle<()>,
}

impl QdrantServer {
    /// Starts a server on a free port of this machine.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let store = Arc::new(Store::default());
        let serving = Server::builder()
            .add_service(api::collections_server::CollectionsServer::from_arc(store.clone()))
            .add_service(api::points_server::PointsServer::from_arc(store))
            .serve_with_incoming(TcpListenerStream::new(listener));
        let task = tokio::spawn(async { serving.await.expect("the listener is bound") });
        Ok(Self { url, task })
    }

    /// The address to connect to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for QdrantServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Default)]
struct Store {
    collections: Mutex<HashMap<String, Collection>>,
}

impl Store {
    fn on<T>(&self, name: &str, work: impl FnOnce(&mut Collection) -> Result<T, Status>) -> Result<T, Status> {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        match collections.get_mut(name) {
            Some(collection) => work(collection),
            None => Err(Status::not_found(format!("Not found: Collection `{name}` doesn't exist!"))),
        }
    }

    fn create(&self, request: api::CreateCollection) -> Result<api::CollectionOperationResponse, Status> {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        let name = request.collection_name.clone();
        if collections.contains_key(&name) {
            return Err(Status::already_exists(format!("Wrong input: Collection `{name}` already exists!")));
        }
        collections.insert(name, Collection::new(request)?);
        Ok(api::CollectionOperationResponse { result: true, time: 0.0 })
    }

    #[expect(clippy::unnecessary_wraps, reason = "one shape for all calls")]
    fn delete(&self, request: &api::DeleteCollection) -> Result<api::CollectionOperationResponse, Status> {
        let mut collections = self.collections.lock().unwrap_or_else(PoisonError::into_inner);
        let result = collections.remove(&request.collection_name).is_some();
        Ok(api::CollectionOperationResponse { result, time: 0.0 })
    }

    fn upsert(&self, request: api::UpsertPoints) -> Result<api::PointsOperationResponse, Status> {
        self.on(&request.collection_name, |collection| collection.upsert(request.points))?;
        let status = api::UpdateStatus::Completed.into();
        Ok(api::PointsOperationResponse {
            result: Some(api::UpdateResult { operation_id: None, status }),
            time: 0.0,
            usage: None,
        })
    }

    fn query(&self, request: &api::QueryPoints) -> Result<api::QueryResponse, Status> {
        let result = self.on(&request.collection_name, |collection| collection.query(request))?;
        Ok(api::QueryResponse { result, time: 0.0, usage: None })
    }
}

/// Implements a service: what is answered by a method of `Store`, and the rest, which is not.
macro_rules! service {
    ($service:path {
        answered { $($answered:ident($request:ident) -> $response:ident by $answer:expr;)* }
        refused { $($refused:ident($refused_request:ident) -> $refused_response:ident;)* }
    }) => {
        #[tonic::async_trait]
        impl $service for Store {
            $(async fn $answered(&self, request: Request<api::$request>) -> Result<Response<api::$response>, Status> {
                ($answer)(self, request.into_inner()).map(Response::new)
            })*
            $(async fn $refused(
                &self,
                _: Request<api::$refused_request>,
            ) -> Result<Response<api::$refused_response>, Status> {
                Err(Status::unimplemented(concat!(stringify!($refused), ": not part of the in-process server")))
            })*
        }
    };
}

service! { api::collections_server::Collections {
    answered {
        create(CreateCollection) -> CollectionOperationResponse by Store::create;
        delete(DeleteCollection) -> CollectionOperationResponse by |store: &Store, request| store.delete(&request);
    }
    refused {
        get(GetCollectionInfoRequest) -> GetCollectionInfoResponse;
        list(ListCollectionsRequest) -> ListCollectionsResponse;
        update(UpdateCollection) -> CollectionOperationResponse;
        update_aliases(ChangeAliases) -> CollectionOperationResponse;
        list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
        list_aliases(ListAliasesRequest) -> ListAliasesResponse;
        collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
        collection_exists(CollectionExistsRequest) -> CollectionExistsResponse;
        update_collection_cluster_setup(UpdateCollectionClusterSetupRequest) -> UpdateCollectionClusterSetupResponse;
        create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
        delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
        list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
    }
}}

service! { api::points_server::Points {
    answered {
        upsert(UpsertPoints) -> PointsOperationResponse by Store::upsert;
        query(QueryPoints) -> QueryResponse by |store: &Store, request| store.query(&request);
    }
    refused {
        delete(DeletePoints) -> PointsOperationResponse;
        get(GetPoints) -> GetResponse;
        update_vectors(UpdatePointVectors) -> PointsOperationResponse;
        delete_vectors(DeletePointVectors) -> PointsOperationResponse;
        set_payload(SetPayloadPoints) -> PointsOperationResponse;
        overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
        delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
        clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
        create_field_index(CreateFieldIndexCollection) -> PointsOperationResponse;
        delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
        create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
        delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
        search(SearchPoints) -> SearchResponse;
        search_batch(SearchBatchPoints) -> SearchBatchResponse;
        search_groups(SearchPointGroups) -> SearchGroupsResponse;
        scroll(ScrollPoints) -> ScrollResponse;
        recommend(RecommendPoints) -> RecommendResponse;
        recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
        recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
        discover(DiscoverPoints) -> DiscoverResponse;
        discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
        count(CountPoints) -> CountResponse;
        update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
        query_batch(QueryBatchPoints) -> QueryBatchResponse;
        query_groups(QueryPointGroups) -> QueryGroupsResponse;
        facet(FacetCounts) -> FacetResponse;
        search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
        search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
    }
}}
