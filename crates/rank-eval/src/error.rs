//! What can be wrong with a ranking, a judgment, a file, a measure's name or a pair of samples.

use std::path::PathBuf;

/// Why an evaluation was refused. Positions count from 0, lines from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A score of the ranked list is not a number.
    #[error("reranked[{position}]: expected a score, got NaN; drop the document or repair its score")]
    NanScore {
        /// Where in the list.
        position: usize,
    },
    /// The order of the ranked list contradicts its scores.
    #[error(
        "reranked[{position}]: expected scores in descending order, got {score} after {previous}; \
         sort the list by score, best first"
    )]
    NotSorted {
        /// Where in the list.
        position: usize,
        /// The score that is too high for its place.
        score: f64,
        /// The score before it.
        previous: f64,
    },
    /// A document is in the ranked list twice, and would be counted twice.
    #[error(
        "reranked[{position}]: expected each document once, got the one of position {first} again; drop one of the two"
    )]
    DuplicateDocument {
        /// Where the document is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// A document is judged twice.
    #[error(
        "ground_truth[{position}]: expected each document once, got the one of position {first} again; \
         drop one of the two"
    )]
    DuplicateJudgment {
        /// Where the document is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// A measure at depth 0 is not defined.
    #[error("k: expected at least 1, got 0; 10 is the usual choice")]
    InvalidK,
    /// A score of a run is not a number.
    #[error("run['{query}']['{document}']: expected a score, got NaN; drop the document or repair its score")]
    NanInRun {
        /// Of which query.
        query: String,
        /// Of which document.
        document: String,
    },
    /// A document is there twice for one query.
    #[error("{table}['{query}']['{document}']: expected each document once, got it again; drop one of the two")]
    DuplicateInTable {
        /// `run` or `qrels`.
        table: &'static str,
        /// Of which query.
        query: String,
        /// Which document.
        document: String,
    },
    /// The ids of a query's documents are longer than can be counted.
    #[error(
        "query {query:?}: expected document ids of at most 4 GiB in all, got more; split the query or shorten the ids"
    )]
    QueryTooLong {
        /// Which query.
        query: String,
    },
    /// Columns that are not rows.
    #[error("{argument}: expected {expected} values, one for each row, got {got}; pass columns of equal length")]
    UnequalColumns {
        /// Which column.
        argument: &'static str,
        /// The number of scores or grades, or of offsets.
        expected: usize,
        /// The length of the column.
        got: usize,
    },
    /// An offset of a column does not delimit a text, or a range of rows.
    #[error(
        "{argument}[{position}]: expected offsets that ascend from 0, within the text and between its characters, got \
         others; pass the offsets that belong to the text"
    )]
    InvalidOffset {
        /// Which column.
        argument: &'static str,
        /// The row.
        position: usize,
    },
    /// An array that is not of the shape of the others.
    #[error("{argument}: expected {queries} x {docs} values, got {got}; pass an entry for each document of each query")]
    InvalidShape {
        /// Which array.
        argument: &'static str,
        /// The number of rows.
        queries: usize,
        /// The number of columns.
        docs: usize,
        /// The length of the array.
        got: usize,
    },
    /// A score of an array is not a number.
    #[error("scores[{query}][{document}]: expected a score, got NaN; mask the entry or repair its score")]
    NanInArray {
        /// The row.
        query: usize,
        /// The column.
        document: usize,
    },
    /// A grade of an array is not a whole number.
    #[error("relevance[{query}][{document}]: expected a whole number as grade, got {grade}; round it or scale it up")]
    GradeNotWhole {
        /// The row.
        query: usize,
        /// The column.
        document: usize,
        /// The grade.
        grade: f64,
    },
    /// Accumulators that cannot be merged.
    #[error(
        "other: expected the measures {expected} with the same options, got {got} or other options; make both \
         accumulators alike"
    )]
    DifferentMeasures {
        /// The measures of the one.
        expected: String,
        /// The measures of the other.
        got: String,
    },
    /// JSON has no infinite numbers.
    #[error("run['{query}']['{document}']: expected a finite score to write as JSON, got {value}; write the TREC form")]
    NotFiniteInJson {
        /// Of which query.
        query: String,
        /// Of which document.
        document: String,
        /// The score.
        value: f64,
    },
    /// A file cannot be read or written.
    #[error("{}: expected a file to {action}, got the error \"{source}\"; check the path", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `write`.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A compressed file ends too early, or is damaged.
    #[error("{}: expected whole {format} data, got the error \"{source}\"; copy or download the file again", path.display())]
    DamagedFile {
        /// The file.
        path: PathBuf,
        /// `gzip` or `zstd`.
        format: &'static str,
        /// What the decoder said.
        source: std::io::Error,
    },
    /// A file is of a known format that is not read.
    #[error("{}: expected lines of text, plain, gzip or zstd, got {got}; {advice}", path.display())]
    NoTextFile {
        /// The file.
        path: PathBuf,
        /// Its format.
        got: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A line of a file is not what its format asks for.
    #[error("{}:{line}: expected {expected}, got {got}; {advice}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the format asks for.
        expected: &'static str,
        /// What is there.
        got: String,
        /// What to do.
        advice: &'static str,
    },
    /// A name that a file of white-space separated columns cannot hold.
    #[error("{argument}: expected a word without white space, got {value:?}; rename it")]
    NotAWord {
        /// Which name.
        argument: &'static str,
        /// Its value.
        value: String,
    },
    /// A query id that makes its line a comment.
    #[error("query id: expected a word that does not begin with #, got {value:?}; rename it")]
    ReadsAsComment {
        /// Its value.
        value: String,
    },
    /// A query id that would make a file of lines one of another format, if it were the first.
    #[error(
        "query id: expected a word that does not begin as JSON, or as a file that is no text, got {value:?}; rename it, or \
         write lines of JSON"
    )]
    ReadsAsOtherFormat {
        /// Its value.
        value: String,
    },
    /// A name of no measure.
    #[error("measure: expected one of {known}, got {name:?}; write for example nDCG@10")]
    UnknownMeasure {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A measure's cut-off is missing, or is not a positive number.
    #[error("measure: expected a positive whole number as cut-off, got {name:?}; write for example {example}")]
    InvalidCutoff {
        /// What was asked for.
        name: String,
        /// The same measure with a cut-off.
        example: String,
    },
    /// A measure's parameter is unknown, or is not what the measure takes.
    #[error("measure: expected {expected}, got {name:?}; write for example {example}")]
    InvalidParameter {
        /// What was asked for.
        name: String,
        /// What the measure takes.
        expected: String,
        /// The same measure as it may be written.
        example: String,
    },
    /// A measure has no closed form of its mean over the orders of ties.
    #[error(
        "order: expected a measure whose expected value is known, got {measure}; take the order best, worst or docid_desc"
    )]
    NoExpectedValue {
        /// The measure.
        measure: String,
    },
    /// The mean over the orders of ties is that of whole rankings.
    #[error("depth: expected none with the order expected, got {depth}; take measures with a cut-off")]
    ExpectedAtDepth {
        /// What was asked for.
        depth: usize,
    },
    /// A measure that models no user was asked for what its user does.
    #[error("measure: expected one of a user who goes down the list, such as INST or RBP, got {measure}; evaluate it")]
    NoUser {
        /// The measure.
        measure: String,
    },
    /// A gain outside its range.
    #[error("gains[{position}]: expected a number from 0 to 1, got {value}; divide gains by the highest one")]
    InvalidGain {
        /// Where.
        position: usize,
        /// Its value.
        value: f64,
    },
    /// A cost that is none.
    #[error(
        "costs[{position}]: expected a finite number above 0, got {value}; give each document what it costs to read"
    )]
    InvalidCost {
        /// Where.
        position: usize,
        /// Its value.
        value: f64,
    },
    /// A ranked document whose cost is not known.
    #[error(
        "costs: expected a cost for each ranked document, got none for {document:?}; add it, or give no costs at all"
    )]
    NoCost {
        /// Which document.
        document: String,
    },
    /// No value where a mean is asked for.
    #[error("{argument}: expected at least 1 value, got none; evaluate some queries first")]
    NoValues {
        /// Which argument.
        argument: &'static str,
    },
    /// Rates of abstention that make no curve.
    #[error("rates: expected two numbers or more from 0 and below 1, ascending, got others; 0, 0.1, ... 0.9 are usual")]
    InvalidRates,
    /// A query that one of two runs lacks.
    #[error(
        "{argument}: expected a ranking for query {query:?}, got none; leave the query out, or rank it in both runs"
    )]
    QueryNotRanked {
        /// Which run.
        argument: &'static str,
        /// Which query.
        query: String,
    },
    /// More items are shown than a catalog has.
    #[error(
        "catalog: expected the number of all items, at least the {shown} that are shown, got {catalog}; count them all"
    )]
    CatalogTooSmall {
        /// Its size as given.
        catalog: usize,
        /// The number of different items in the lists.
        shown: usize,
    },
    /// The popularity of an item is not known, or is none.
    #[error(
        "popularity: expected a number of users from 1 to {users} for item {item:?}, got none; count the users that know it"
    )]
    NoPopularity {
        /// Which item.
        item: String,
        /// The number of all users.
        users: u64,
    },
    /// Numbers that make no propensity.
    #[error(
        "propensity: expected 3 instances or more and finite a and b of at least 0, got {instances}, {a} and {b}; a = 0.55 \
             and b = 1.5 are usual"
    )]
    InvalidPropensity {
        /// The number of labeled instances.
        instances: u64,
        /// The exponent.
        a: f64,
        /// The offset.
        b: f64,
    },
    /// A grade is higher than a measure's scale has it.
    #[error(
        "qrels: expected grades of at most {most} for {measure}, got {got}; write the highest grade of the scale as max_rel"
    )]
    GradeAboveScale {
        /// The measure.
        measure: String,
        /// The highest grade of its scale.
        most: i64,
        /// The highest grade there is.
        got: i64,
    },
    /// A measure of diversity over judgments without subtopics.
    #[error(
        "measure: expected one of plain judgments, got {measure}, which needs subtopics; evaluate it over SubtopicQrels"
    )]
    NeedsSubtopics {
        /// The measure.
        measure: String,
    },
    /// A measure over plain judgments, asked of judgments of subtopics.
    #[error("measure: expected one over subtopics, such as alpha_nDCG@10, got {measure}; evaluate it over Qrels")]
    NotOfSubtopics {
        /// The measure.
        measure: String,
    },
    /// An order of equal scores by the grades of documents, which judgments of subtopics have not.
    #[error(
        "order: expected an order by id or stable, got one by grades, which a document has for each subtopic alone; name another"
    )]
    NoOrderOfSubtopics,
    /// A measure over preferences, asked of plain judgments.
    #[error(
        "measure: expected one of plain judgments, got {measure}, which needs preferences; evaluate it over Preferences"
    )]
    NeedsPreferences {
        /// The measure.
        measure: String,
    },
    /// A measure over other judgments, asked of preferences.
    #[error("measure: expected one over preferences, such as prefs_simp, got {measure}; evaluate it over Qrels")]
    NotOfPreferences {
        /// The measure.
        measure: String,
    },
    /// The level of a document in a list of preferences is none.
    #[error("rows[{position}]: expected a finite level of at least 0, got {value}; 0 is not relevant")]
    InvalidLevel {
        /// Which row.
        position: usize,
        /// The level.
        value: f64,
    },
    /// A group of judges contradicts itself.
    #[error(
        "query {query:?}, group {group:?}: expected preferences that agree, got a document both better and not better than \
         another, at level 0 and above it, or twice in a list; give them to two groups"
    )]
    ContradictoryPreferences {
        /// Of which query.
        query: String,
        /// Of which group.
        group: String,
    },
    /// A document is judged twice for a subtopic.
    #[error(
        "qrels['{query}']['{subtopic}']['{document}']: expected each document once, got it again; drop one of the two"
    )]
    DuplicateSubtopic {
        /// Of which query.
        query: String,
        /// Of which subtopic.
        subtopic: String,
        /// Which document.
        document: String,
    },
    /// An id is in a ranking twice.
    #[error(
        "{argument}[{position}]: expected each id once, got the one of position {first} again; drop one of the two"
    )]
    DuplicateId {
        /// Which ranking.
        argument: &'static str,
        /// Where the id is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// Two values of a sample are equal, and what is computed of it is not defined for ties.
    #[error(
        "{argument}[{position}]: expected values of which no two are equal, got the one of position {first} again; \
         break the tie, or take kendall_tau"
    )]
    TiedValues {
        /// Which sample.
        argument: &'static str,
        /// Where the value is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// There is no query whose values could be averaged.
    #[error("run: {}", none_in_common(*run, *qrels))]
    NoCommonQuery {
        /// Number of queries in the run.
        run: usize,
        /// Number of queries in the qrels.
        qrels: usize,
    },
    /// The same, of one of several runs.
    #[error("runs[{name:?}]: {}", none_in_common(*run, *qrels))]
    NoCommonQueryOf {
        /// Which run.
        name: String,
        /// Number of queries in the run.
        run: usize,
        /// Number of queries in the qrels.
        qrels: usize,
    },
    /// Each run has queries that are judged, and no query is in all of them.
    #[error("runs: expected at least one judged query that no run lacks, got none; let missing queries count 0")]
    NoQueryOfAllRuns,
    /// Two samples that are not pairs.
    #[error("b: expected {expected} values, one for each of a, got {got}; pair the values by query")]
    UnpairedSamples {
        /// Length of `a`.
        expected: usize,
        /// Length of `b`.
        got: usize,
    },
    /// Too few pairs for a test.
    #[error("a: expected {least} or more values, got {got}; evaluate more queries")]
    TooFewSamples {
        /// The least number that the test is defined for.
        least: usize,
        /// Length of the samples.
        got: usize,
    },
    /// A value of a sample is NaN or infinite.
    #[error("{argument}[{position}]: expected a finite value, got {value}; drop the query from both samples")]
    NotFinite {
        /// `a` or `b`.
        argument: &'static str,
        /// Where in it.
        position: usize,
        /// The value.
        value: f64,
    },
    /// A randomization test without randomization.
    #[error("permutations: expected at least 1, got 0; 10000 is the usual choice")]
    NoPermutations,
    /// A bootstrap without resamples.
    #[error("resamples: expected at least 1, got 0; 10000 is the usual choice")]
    NoResamples,
    /// A probability, such as a confidence level, outside its range.
    #[error("{argument}: expected a number between 0 and 1, got {value}; {usual} is the usual choice")]
    NotAProbability {
        /// Which.
        argument: &'static str,
        /// Its value.
        value: f64,
        /// What is usual.
        usual: f64,
    },
    /// A p-value outside its range.
    #[error("p_values[{position}]: expected a number from 0 to 1, got {value}; pass p-values of tests")]
    NotAPValue {
        /// Where.
        position: usize,
        /// Its value.
        value: f64,
    },
    /// A tolerance that cannot be one.
    #[error("tolerance: expected a finite number of at least 0, got {value}; 1e-9 is the usual choice")]
    InvalidTolerance {
        /// Its value.
        value: f64,
    },
    /// An effect size that no number of topics can find.
    #[error("effect_size: expected a finite number that is not 0 or next to it, got {value}; 0.5 is a medium effect")]
    InvalidEffectSize {
        /// Its value.
        value: f64,
    },
    /// Too many pairs to count all arrangements of their ranks.
    #[error("a: expected at most {most} values that differ from b for an exact p-value, got {got}; approximate it")]
    TooManyForExact {
        /// How many can be counted.
        most: usize,
        /// How many there are.
        got: usize,
    },
    /// A comparison of fewer than two runs.
    #[error("runs: expected 2 or more, got {got}; add what they are compared with")]
    TooFewRuns {
        /// How many there are.
        got: usize,
    },
    /// Samples of several runs of different lengths.
    #[error(
        "samples[{run}]: expected {expected} values, one for each of samples[0], got {got}; evaluate all runs on the same \
         queries"
    )]
    UnequalSamples {
        /// Which sample.
        run: usize,
        /// Length of the first sample.
        expected: usize,
        /// Length of this one.
        got: usize,
    },
    /// A value of several samples is NaN, infinite or beyond all reason.
    #[error(
        "samples[{run}][{query}]: expected a finite value below 1e100, got {value}; drop the query from all samples"
    )]
    UnusableSample {
        /// Which sample.
        run: usize,
        /// Where in it.
        query: usize,
        /// The value.
        value: f64,
    },
    /// Two runs of one name.
    #[error("runs: expected each name once, got {name:?} again; rename one of the two")]
    DuplicateRun {
        /// The name.
        name: String,
    },
    /// A comparison in no measure.
    #[error("measures: expected at least one measure, got none; nDCG@10 is the usual choice")]
    NoMeasure,
    /// A baseline that is none of the runs.
    #[error("baseline: expected one of {known}, got {name:?}; name one of the runs")]
    UnknownBaseline {
        /// What was asked for.
        name: String,
        /// The runs.
        known: String,
    },
    /// A measure has no finite value for a query.
    #[error(
        "measures: expected a value of {measure} for each query, got {value} for query {query:?} of run {run:?}; leave out \
         the measure or the query"
    )]
    NoValue {
        /// The measure.
        measure: String,
        /// The run.
        run: String,
        /// The query.
        query: String,
        /// What is there instead.
        value: f64,
    },
    /// A correction of what is corrected.
    #[error(
        "correction: expected none with {test}, whose p-values are corrected already, got {correction:?}; leave it out"
    )]
    CorrectedAlready {
        /// The test.
        test: &'static str,
        /// The correction.
        correction: &'static str,
    },
    /// Long work was stopped by who watched it.
    #[error("watch: expected to be let finish, got asked to stop; call again for the result")]
    Interrupted,
}

fn none_in_common(run: usize, qrels: usize) -> String {
    let (got, advice) = match (run, qrels) {
        (_, 0) => ("qrels without queries".to_owned(), "check what they were read from"),
        (0, _) => ("a run without queries".to_owned(), "check what it was read from"),
        (1, _) => (format!("1 query, which is not among the {qrels} judged"), "check that both use the same query ids"),
        _ => (
            format!("{run} queries, of which none is among the {qrels} judged"),
            "check that both use the same query ids",
        ),
    };
    format!("expected at least one query that the qrels judge, got {got}; {advice}")
}

/// The result of an evaluation.
pub type Result<T> = std::result::Result<T, Error>;
