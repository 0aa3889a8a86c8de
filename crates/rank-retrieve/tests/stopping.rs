//! Long work that is stopped leaves what was there.

use rank_retrieve::{Bm25Index, Error, Scoring, SparseIndex, SparseRows};

/// Goes on so many times.
fn times(mut left: usize) -> impl FnMut(usize) -> bool {
    move |_| {
        left = left.saturating_sub(1);
        left > 0
    }
}

/// Three windows, of which the first two have documents that are gone.
fn filled() -> Bm25Index<i64> {
    let mut index = Bm25Index::new();
    let vocabulary: Vec<String> = (0..50).map(|word| format!("w{word}")).collect();
    let ids: Vec<i64> = (0..40_000).collect();
    let tokens: Vec<i32> = (0..160_000).map(|at| at * 7919 % 50).collect();
    let offsets: Vec<usize> = (0..=40_000).map(|at| at * 4).collect();
    index.add_tokens(&ids, &tokens, &offsets, &vocabulary).unwrap();
    for id in (0..20_000).step_by(9) {
        index.remove(&id).unwrap();
    }
    index
}

fn best(index: &Bm25Index<i64>) -> Vec<(i64, f32)> {
    index.retrieve(&["w1", "w7", "w30"], 500, Scoring::default()).unwrap()
}

#[test]
fn a_merge_that_is_stopped_changes_nothing() {
    let mut index = filled();
    let (expected, numbered) = (best(&index), index.numbered());
    for steps in 1..4 {
        assert!(matches!(index.merge_while(times(steps)), Err(Error::Stopped)));
        assert_eq!((best(&index), index.numbered()), (expected.clone(), numbered));
    }
    let mut heard = 0;
    let go_on = |documents| {
        heard += documents;
        true
    };
    index.merge_while(go_on).unwrap();
    assert_eq!((heard, index.numbered()), (numbered, index.len()));
    assert_eq!(best(&index), expected);
    // What has no gaps stays where it is.
    index.remove(&39_999).unwrap();
    index.merge().unwrap();
    assert_eq!(index.numbered(), index.len());
    assert_eq!(index.ids().len(), index.len());
}

#[test]
fn impacts_that_are_stopped_are_made_by_queries() {
    let index = filled();
    assert!(matches!(
        index.prepare_while(Scoring::default(), |documents| documents == 0),
        Err(Error::Stopped) | Ok(())
    ));
    let expected = best(&index);
    let mut heard = 0;
    let other = Scoring::default().k1(0.5);
    let go_on = |documents| {
        heard += documents;
        true
    };
    index.prepare_while(other, go_on).unwrap();
    assert_eq!(heard, index.numbered());
    assert_eq!(best(&index), expected);
}

#[test]
fn a_save_that_is_stopped_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, commits) = (folder.path().join("file"), folder.path().join("commits"));
    let mut index = Bm25Index::<i64>::new();
    index.add_text(1, "a red fox").unwrap();
    index.save(&file, Scoring::default()).unwrap();
    index.commit(&commits, Scoring::default()).unwrap();
    let (old, manifest) = (std::fs::read(&file).unwrap(), std::fs::read(commits.join("manifest")).unwrap());
    let index = filled();
    let mut steps = 0;
    for _ in 0..40 {
        steps += 1;
        if index.save_while(&file, Scoring::default(), times(steps)).is_ok() {
            break;
        }
        assert_eq!(std::fs::read(&file).unwrap(), old);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
    assert!((5..40).contains(&steps), "{steps}");
    assert_eq!(best(&Bm25Index::load(&file).unwrap()), best(&index));
    for steps in 1..4 {
        let stopped = index.commit_while(&commits, Scoring::default(), times(steps));
        assert!(matches!(stopped, Err(Error::Stopped)));
        assert_eq!(std::fs::read(commits.join("manifest")).unwrap(), manifest);
        assert_eq!(Bm25Index::<i64>::load(&commits).unwrap().len(), 1);
    }
    index.commit(&commits, Scoring::default()).unwrap();
    assert_eq!(best(&Bm25Index::load(&commits).unwrap()), best(&index));
}

#[test]
fn documents_before_a_stop_stay() {
    let ids: Vec<i64> = (0..5_000).collect();
    let offsets: Vec<usize> = (0..=5_000).collect();
    let (dimensions, values) = (vec![3; 5_000], vec![1.0; 5_000]);
    let rows = SparseRows { offsets: &offsets, dimensions: &dimensions, values: &values };
    let mut index = SparseIndex::new();
    assert!(matches!(index.add_while(&ids, rows, times(2)), Err(Error::Stopped)));
    assert_eq!(index.len(), 2_048);
    let twice = vec![2.0; 5_000];
    let rows = SparseRows { offsets: &offsets, dimensions: &dimensions, values: &twice };
    assert!(matches!(index.update_while(&ids, rows, times(1)), Err(Error::Stopped)));
    assert_eq!(index.len(), 2_048);
    assert_eq!(index.vector(&1_023).unwrap(), Some(vec![(3, 2.0)]));
    assert_eq!(index.vector(&1_024).unwrap(), Some(vec![(3, 1.0)]));
    let mut heard = 0;
    let go_on = |documents| {
        heard += documents;
        true
    };
    assert_eq!(index.update_while(&ids, rows, go_on).unwrap(), 2_048);
    assert_eq!((heard, index.len()), (5_000, 5_000));
    assert!(matches!(index.merge_while(times(1)), Err(Error::Stopped)));
    assert_eq!(index.len(), 5_000);

    let mut counted = Bm25Index::new();
    let tokens = vec![0; 5_000];
    assert!(matches!(counted.add_tokens_while(&ids, &tokens, &offsets, &["fox"], times(3)), Err(Error::Stopped)));
    assert_eq!(counted.len(), 3 * 1_024);
}
