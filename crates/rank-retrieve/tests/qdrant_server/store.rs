//! Collections in memory: Qdrant's scores, its fusion and its messages, by loops over all points.

use std::collections::{HashMap, HashSet};

use rank_retrieve::qdrant::qdrant_client::qdrant::{
    CreateCollection, DenseVector, Distance, MultiDenseVector, PointStruct, PrefetchQuery, Query, QueryPoints, Rrf,
    ScoredPoint, SparseVector, VectorInput, VectorParams, query, vector, vector_input, vectors, vectors_config,
    with_payload_selector::SelectorOptions,
};
use tonic::Status;

pub(super) struct Collection {
    vectors: HashMap<String, VectorParams>,
    sparse: HashSet<String>,
    points: Vec<PointStruct>,
}

/// A point, by its place, and its score.
type Hit = (usize, f32);

impl Collection {
    pub(super) fn new(request: CreateCollection) -> Result<Self, Status> {
        let vectors = match request.vectors_config.and_then(|config| config.config) {
            Some(vectors_config::Config::ParamsMap(named)) => named.map,
            Some(vectors_config::Config::Params(unnamed)) => [(String::new(), unnamed)].into(),
            None => HashMap::new(),
        };
        if let Some(other) =
            vectors.values().map(VectorParams::distance).find(|d| !matches!(d, Distance::Cosine | Distance::Dot))
        {
            return Err(Status::unimplemented(format!("distance {other:?}")));
        }
        let sparse = request.sparse_vectors_config.unwrap_or_default().map.into_keys().collect();
        Ok(Self { vectors, sparse, points: Vec::new() })
    }

    pub(super) fn upsert(&mut self, points: Vec<PointStruct>) -> Result<(), Status> {
        for point in &points {
            for (name, vector) in named(point) {
                match vector {
                    vector::Vector::Dense(vector) => self.fits(name, false, vector.data.len())?,
                    vector::Vector::MultiDense(vectors) => {
                        vectors.vectors.iter().try_for_each(|vector| self.fits(name, true, vector.data.len()))?;
                    }
                    vector::Vector::Sparse(_) if self.sparse.contains(name) => {}
                    _ => return Err(unknown(name)),
                }
            }
        }
        for point in points {
            match self.points.iter_mut().find(|old| old.id == point.id) {
                Some(old) => *old = point,
                None => self.points.push(point),
            }
        }
        Ok(())
    }

    pub(super) fn query(&self, request: &QueryPoints) -> Result<Vec<ScoredPoint>, Status> {
        let QueryPoints { filter: None, params: None, score_threshold: None, offset: None, .. } = request else {
            return Err(Status::unimplemented("filters, parameters, thresholds and offsets"));
        };
        let hits = self.hits(
            request.query.as_ref(),
            request.using.as_deref(),
            &request.prefetch,
            request.limit.unwrap_or(10) as usize,
        )?;
        let keep = |key: &String| match request.with_payload.as_ref().and_then(|p| p.selector_options.as_ref()) {
            Some(SelectorOptions::Include(include)) => include.fields.contains(key),
            Some(SelectorOptions::Exclude(exclude)) => !exclude.fields.contains(key),
            Some(SelectorOptions::Enable(all)) => *all,
            None => false,
        };
        let scored = hits.into_iter().map(|(place, score)| {
            let PointStruct { id, payload, .. } = self.points[place].clone();
            let payload = payload.into_iter().filter(|(key, _)| keep(key)).collect();
            ScoredPoint { id, payload, score, ..Default::default() }
        });
        Ok(scored.collect())
    }

    fn hits(
        &self,
        query: Option<&Query>,
        using: Option<&str>,
        prefetch: &[PrefetchQuery],
        limit: usize,
    ) -> Result<Vec<Hit>, Status> {
        if limit == 0 {
            return Err(Status::invalid_argument("Validation error: limit must be 1 or larger"));
        }
        let mut hits = match query.and_then(|query| query.variant.as_ref()) {
            Some(query::Variant::Nearest(input)) if prefetch.is_empty() => {
                self.nearest(input, using.unwrap_or_default())?
            }
            Some(query::Variant::Rrf(rrf)) => self.fuse(rrf, prefetch)?,
            _ => return Err(Status::unimplemented("queries other than nearest and RRF")),
        };
        // The server promises nothing about ties: the last written comes first here.
        hits.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        hits.truncate(limit);
        Ok(hits)
    }

    fn fuse(&self, rrf: &Rrf, prefetch: &[PrefetchQuery]) -> Result<Vec<Hit>, Status> {
        let k = f64::from(rrf.k.unwrap_or(2));
        let mut totals: HashMap<usize, f64> = HashMap::new();
        for list in prefetch {
            let limit = list.limit.unwrap_or(10) as usize;
            let hits = self.hits(list.query.as_ref(), list.using.as_deref(), &list.prefetch, limit)?;
            for (rank_from_zero, (place, _)) in hits.into_iter().enumerate() {
                *totals.entry(place).or_default() += 1.0 / (k + rank_from_zero as f64);
            }
        }
        Ok(totals.into_iter().map(|(place, total)| (place, total as f32)).collect())
    }

    fn nearest(&self, input: &VectorInput, name: &str) -> Result<Vec<Hit>, Status> {
        let distance = self.vectors.get(name).map(VectorParams::distance);
        match input.variant.as_ref() {
            Some(vector_input::Variant::Dense(query)) => {
                self.fits(name, false, query.data.len())?;
                Ok(self.score(name, |vector| match vector {
                    vector::Vector::Dense(vector) => Some(similarity(distance, &query.data, &vector.data)),
                    _ => None,
                }))
            }
            Some(vector_input::Variant::MultiDense(query)) => {
                query.vectors.iter().try_for_each(|vector| self.fits(name, true, vector.data.len()))?;
                Ok(self.score(name, |vector| match vector {
                    vector::Vector::MultiDense(document) => Some(max_sim(distance, query, document)),
                    _ => None,
                }))
            }
            Some(vector_input::Variant::Sparse(query)) if self.sparse.contains(name) => {
                Ok(self.score(name, |vector| match vector {
                    vector::Vector::Sparse(document) => overlap(query, document),
                    _ => None,
                }))
            }
            _ => Err(unknown(name)),
        }
    }

    fn score(&self, name: &str, score: impl Fn(&vector::Vector) -> Option<f32>) -> Vec<Hit> {
        let scored = self.points.iter().enumerate().filter_map(|(place, point)| {
            let vector = named(point).find(|(other, _)| *other == name)?.1;
            Some((place, score(vector)?))
        });
        scored.collect()
    }

    fn fits(&self, name: &str, multivector: bool, got: usize) -> Result<(), Status> {
        let params = self.vectors.get(name).ok_or_else(|| unknown(name))?;
        if params.multivector_config.is_some() != multivector {
            return Err(Status::invalid_argument("Wrong input: Conversion between multi and regular vectors failed"));
        }
        if params.size != got as u64 {
            let message = format!("Wrong input: Vector dimension error: expected dim: {}, got {got}", params.size);
            return Err(Status::invalid_argument(message));
        }
        Ok(())
    }
}

fn unknown(name: &str) -> Status {
    Status::invalid_argument(format!("Wrong input: Not existing vector name error: {name}"))
}

fn named(point: &PointStruct) -> impl Iterator<Item = (&str, &vector::Vector)> {
    let options = point.vectors.as_ref().and_then(|vectors| vectors.vectors_options.as_ref());
    let vectors: Vec<_> = match options {
        Some(vectors::VectorsOptions::Vectors(named)) => {
            named.vectors.iter().map(|(name, vector)| (name.as_str(), vector)).collect()
        }
        Some(vectors::VectorsOptions::Vector(unnamed)) => vec![("", unnamed)],
        None => Vec::new(),
    };
    vectors.into_iter().filter_map(|(name, vector)| Some((name, vector.vector.as_ref()?)))
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
}

fn similarity(distance: Option<Distance>, a: &[f32], b: &[f32]) -> f32 {
    let product = dot(a, b);
    let score = match distance {
        Some(Distance::Cosine) => {
            let lengths = (dot(a, a) * dot(b, b)).sqrt();
            if lengths > 0.0 { product / lengths } else { 0.0 }
        }
        _ => product,
    };
    score as f32
}

fn max_sim(distance: Option<Distance>, query: &MultiDenseVector, document: &MultiDenseVector) -> f32 {
    let best = |token: &DenseVector| {
        let scores = document.vectors.iter().map(|other| similarity(distance, &token.data, &other.data));
        scores.fold(f32::NEG_INFINITY, f32::max)
    };
    query.vectors.iter().map(best).sum()
}

/// The inner product, if there is a common index.
fn overlap(query: &SparseVector, document: &SparseVector) -> Option<f32> {
    let weights: HashMap<u32, f32> = document.indices.iter().copied().zip(document.values.iter().copied()).collect();
    let products: Vec<f64> = query
        .indices
        .iter()
        .zip(&query.values)
        .filter_map(|(index, value)| Some(f64::from(*value) * f64::from(*weights.get(index)?)))
        .collect();
    (!products.is_empty()).then(|| products.iter().sum::<f64>() as f32)
}
