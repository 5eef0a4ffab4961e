package io.anserini.search.query;

import io.github.pyserinixqg.FieldAnalyzers;
import java.nio.file.Path;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;

/**
 * Anserini's bag of words, in which each field of a BM25 index of ours is analysed as it was when it was indexed, whatever the searcher's
 * own analyzer; other fields are left to that one.
 */
public class XqgQueryGenerator extends BagOfWordsQueryGenerator {
  /** The system property that names the index where nobody can give it to the constructor, as on Anserini's command line. */
  public static final String INDEX = "xqg.index";

  private static final int TERMS_OF_A_FIELD = 1024;

  private final FieldAnalyzers analyzers;

  /** For the index that the system property {@value #INDEX} names. */
  public XqgQueryGenerator() {
    this(required());
  }

  /**
   * For this index.
   *
   * @param index the index folder, which holds {@code xqg.json}
   */
  public XqgQueryGenerator(String index) {
    analyzers = FieldAnalyzers.ofIndex(Path.of(index));
    // Lucene allows so many terms in all, which a long query on a dozen fields exceeds.
    IndexSearcher.setMaxClauseCount(Math.max(IndexSearcher.getMaxClauseCount(), TERMS_OF_A_FIELD * analyzers.fields().size()));
  }

  private static String required() {
    String index = System.getProperty(INDEX);
    if (index == null) {
      throw new IllegalStateException("XqgQueryGenerator must know its index: set the system property " + INDEX + " to the index folder");
    }
    return index;
  }

  @Override
  public Query buildQuery(String field, Analyzer searchers, String text) {
    return super.buildQuery(field, analyzers.of(field).orElse(searchers), text);
  }
}
