//! BM25 with the default analyzer on real collections: `RANK_DATA_DIR` holds folders in the layout of BEIR.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rank_retrieve::{Bm25Index, Bm25Params};
use serde_json::Value;

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The mean over the judged queries, with the grade as gain.
fn ndcg_at_10(folder: &Path) -> f64 {
    let mut bm25 = Bm25Index::new();
    for document in lines(&folder.join("corpus.jsonl")) {
        let field = |name| document[name].as_str().unwrap();
        bm25.add_text(field("_id").to_owned(), &format!("{} {}", field("title"), field("text"))).unwrap();
    }
    let mut judged: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for line in fs::read_to_string(folder.join("qrels.txt")).unwrap().lines() {
        let row: Vec<&str> = line.split_whitespace().collect();
        judged.entry(row[0].to_owned()).or_default().insert(row[2].to_owned(), row[3].parse().unwrap());
    }
    let discounted = |gains: &[f64]| -> f64 {
        gains.iter().take(10).zip(2_u32..).map(|(gain, rank)| gain / f64::from(rank).log2()).sum()
    };
    let mut total = 0.0;
    let mut queries = 0;
    for query in lines(&folder.join("queries.jsonl")) {
        let Some(grades) = judged.get(query["_id"].as_str().unwrap()) else { continue };
        let hits = bm25.search(query["text"].as_str().unwrap(), 10, Bm25Params::default()).unwrap();
        let gains: Vec<f64> = hits.iter().map(|(id, _)| grades.get(id).copied().unwrap_or(0.0)).collect();
        let mut ideal: Vec<f64> = grades.values().copied().collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        total += discounted(&gains) / discounted(&ideal);
        queries += 1;
    }
    assert_eq!(queries, judged.len());
    total / f64::from(u32::try_from(queries).unwrap())
}

#[test]
#[expect(clippy::print_stderr, reason = "says that it was skipped, or what it measured")]
fn the_defaults_reach_what_the_literature_reports() {
    let Some(data) = std::env::var_os("RANK_DATA_DIR") else {
        eprintln!("skipped: RANK_DATA_DIR is not set");
        return;
    };
    for (name, least) in [("cranfield", 0.385), ("scifact", 0.69), ("cisi", 0.4)] {
        let value = ndcg_at_10(&Path::new(&data).join(name));
        eprintln!("{name}: nDCG@10 {value:.4}");
        assert!(value >= least, "{name}: nDCG@10 {value:.4}, expected at least {least}");
    }
}
