// Scores of Lucene's similarities, for test_lucene.py. Prints JSON: documents as {term: count}, queries, texts, and for
// each similarity the ten best of each query as [document, score].
//
// With Lucene 9.9.1, out of the wheel of Pyserini, and a JDK of version 17 or later:
//
//     pip download --no-deps pyserini==0.25.0 && unzip pyserini-0.25.0-py3-none-any.whl '*/anserini-0.25.0-fatjar.jar'
//     java -cp pyserini/resources/jars/anserini-0.25.0-fatjar.jar LuceneScores.java > lucene.json
//
// Lucene 8.7.0, which Debian has as liblucene8-java, gives the same scores.
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.ClassicSimilarity;
import org.apache.lucene.search.similarities.LMDirichletSimilarity;
import org.apache.lucene.search.similarities.LMJelinekMercerSimilarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;

public class LuceneScores {
    static final Random RANDOM = new Random(7);

    static String word() {
        return "w" + Math.min(59, (int) (-Math.log(1 - RANDOM.nextDouble()) / 0.08));
    }

    static List<String> words(int count) {
        List<String> words = new ArrayList<>();
        for (int at = 0; at < count; at++) words.add(word());
        return words;
    }

    static String list(List<?> items) {
        return "[" + String.join(", ", items.stream().map(Object::toString).toList()) + "]";
    }

    static List<String> quoted(List<String> items) {
        return items.stream().map(item -> '"' + item + '"').toList();
    }

    static List<List<String>> scores(Similarity similarity, Analyzer analyzer, List<String> texts, List<String> queries)
            throws Exception {
        ByteBuffersDirectory directory = new ByteBuffersDirectory();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer).setSimilarity(similarity))) {
            for (String text : texts) {
                Document document = new Document();
                document.add(new TextField("text", text, Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
        IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(directory));
        searcher.setSimilarity(similarity);
        List<List<String>> all = new ArrayList<>();
        for (String query : queries) {
            BooleanQuery.Builder builder = new BooleanQuery.Builder();
            try (var stream = analyzer.tokenStream("text", query)) {
                CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
                stream.reset();
                while (stream.incrementToken())
                    builder.add(new TermQuery(new Term("text", term.toString())), BooleanClause.Occur.SHOULD);
                stream.end();
            }
            List<String> hits = new ArrayList<>();
            for (ScoreDoc hit : searcher.search(builder.build(), 10).scoreDocs) hits.add("[" + hit.doc + ", " + hit.score + "]");
            all.add(hits);
        }
        return all;
    }

    static List<String> rows(List<List<String>> scores) {
        return scores.stream().map(LuceneScores::list).toList();
    }

    public static void main(String[] arguments) throws Exception {
        List<String> documents = new ArrayList<>(), counts = new ArrayList<>(), queries = new ArrayList<>();
        for (int number = 0; number < 60; number++) {
            // Lengths from 1 to some thousands: a byte holds those to 40 exactly, and fewer and fewer beyond.
            List<String> words = words(1 + (int) Math.exp(RANDOM.nextDouble() * 8));
            TreeMap<String, Integer> count = new TreeMap<>();
            for (String word : words) count.merge(word, 1, Integer::sum);
            List<String> pairs = new ArrayList<>();
            for (var entry : count.entrySet()) pairs.add('"' + entry.getKey() + "\": " + entry.getValue());
            documents.add(String.join(" ", words));
            counts.add("{" + String.join(", ", pairs) + "}");
        }
        // Queries in which words repeat, too.
        for (int number = 0; number < 12; number++) queries.add(String.join(" ", words(1 + RANDOM.nextInt(6))));
        List<String> texts = List.of(
            "A red fox, and the hens: who's afraid of version 3.14?",
            "Nobody can't read naïve cafés; 2,000 foxes do.",
            "The U.S. fox-hunt of 1999 (red, red, red) was no hunt at all.",
            "O'Neill's \u201cred hens\u201d ran_away from foo@example.org and the FOX.");
        List<String> asked = List.of("red fox", "hens who's", "the U.S. hunt of 3.14", "café cafés naïve 2,000", "ran_away red red");
        Map<String, Similarity> similarities = new LinkedHashMap<>();
        similarities.put("bm25", new BM25Similarity());
        similarities.put("bm25 0.9 0.4", new BM25Similarity(0.9f, 0.4f));
        similarities.put("bm25 2 1", new BM25Similarity(2f, 1f));
        similarities.put("bm25 0 0.5", new BM25Similarity(0f, 0.5f));
        similarities.put("tfidf", new ClassicSimilarity());
        similarities.put("dirichlet 1000", new LMDirichletSimilarity(1000f));
        similarities.put("dirichlet 50", new LMDirichletSimilarity(50f));
        similarities.put("jelinek-mercer 0.5", new LMJelinekMercerSimilarity(0.5f));
        similarities.put("jelinek-mercer 0.125", new LMJelinekMercerSimilarity(0.125f));
        StringBuilder out = new StringBuilder("{\n\"documents\": [\n" + String.join(",\n", counts) + "\n],\n");
        out.append("\"queries\": " + list(quoted(queries)) + ",\n\"scores\": {\n");
        List<String> blocks = new ArrayList<>();
        for (var entry : similarities.entrySet())
            blocks.add('"' + entry.getKey() + "\": [\n"
                + String.join(",\n", rows(scores(entry.getValue(), new WhitespaceAnalyzer(), documents, queries))) + "\n]");
        out.append(String.join(",\n", blocks) + "\n},\n\"texts\": [\n" + String.join(",\n", texts.stream()
            .map(text -> '"' + text + '"').toList()) + "\n],\n\"text queries\": " + list(quoted(asked)) + ",\n");
        List<List<String>> found = scores(new BM25Similarity(), new StandardAnalyzer(CharArraySet.EMPTY_SET), texts, asked);
        out.append("\"text scores\": [\n" + String.join(",\n", rows(found)) + "\n]\n}\n");
        System.out.write(out.toString().getBytes("UTF-8"));
        System.out.flush();
    }
}
