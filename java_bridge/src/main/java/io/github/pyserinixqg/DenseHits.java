package io.github.pyserinixqg;

import io.anserini.encoder.dense.DenseEncoder;
import io.anserini.index.Constants;
import io.anserini.search.HnswDenseSearcher;
import io.anserini.search.ScoredDoc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * The hits of a batch of dense queries by Anserini's searcher, packed for Python, to which each object that crosses over costs microseconds.
 *
 * <p>Anserini's own batches leave out queries that fail, without a word; here the first failure ends the batch and carries its cause. Views become
 * passages here: of a passage's views the first, which is the best, counts.
 */
public final class DenseHits {
  private final List<String> docids = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final List<Integer> counts = new ArrayList<>();

  private DenseHits() {}

  /**
   * What is wanted of each query.
   *
   * @param hits how many hits to ask of the index
   * @param delimiter between docid and view; empty where there are no views
   * @param passages how many passages to keep
   * @param rescoring the index, where its graph compares quantised vectors and hits are to be scored anew from the full ones; else null
   */
  public record Wanted(int hits, String delimiter, int passages, IndexReader rescoring) {}

  /**
   * Searches by texts.
   *
   * @param encoder the searcher's own
   * @param texts in UTF-8, each ended by a zero byte
   * @throws IOException where a query fails
   * @throws InterruptedException where the waiting is interrupted
   */
  public static DenseHits ofTexts(HnswDenseSearcher<String> searcher, DenseEncoder encoder, byte[] texts, int threads, Wanted wanted)
      throws IOException, InterruptedException {
    List<Callable<ScoredDoc[]>> searches = new ArrayList<>();
    for (String text : new String(texts, StandardCharsets.UTF_8).split("\0", -1)) {
      searches.add(() -> search(searcher, encoder.encode(text), wanted));
    }
    searches.remove(searches.size() - 1); // what follows the last zero byte
    return packed(searches, threads, wanted);
  }

  /**
   * Searches by vectors.
   *
   * @param vectors float32 in this machine's byte order, one vector after another
   * @param dimension length of each
   * @throws IOException where a query fails
   * @throws InterruptedException where the waiting is interrupted
   */
  public static DenseHits ofVectors(HnswDenseSearcher<String> searcher, byte[] vectors, int dimension, int threads, Wanted wanted)
      throws IOException, InterruptedException {
    FloatBuffer numbers = ByteBuffer.wrap(vectors).order(ByteOrder.nativeOrder()).asFloatBuffer();
    List<Callable<ScoredDoc[]>> searches = new ArrayList<>();
    while (numbers.hasRemaining()) {
      float[] vector = new float[dimension];
      numbers.get(vector);
      searches.add(() -> search(searcher, vector, wanted));
    }
    return packed(searches, threads, wanted);
  }

  private static ScoredDoc[] search(HnswDenseSearcher<String> searcher, float[] query, Wanted wanted) throws IOException {
    ScoredDoc[] hits = searcher.search(query, wanted.hits);
    if (wanted.rescoring != null) {
      for (ScoredDoc hit : hits) {
        hit.score = VectorSimilarityFunction.DOT_PRODUCT.compare(query, vector(wanted.rescoring, hit.lucene_docid));
      }
      Arrays.sort(hits, Comparator.<ScoredDoc>comparingDouble(hit -> -hit.score).thenComparing(hit -> hit.docid));
    }
    return hits;
  }

  /** The full vector of a document. */
  private static float[] vector(IndexReader reader, int document) throws IOException {
    LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
    FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Constants.VECTOR);
    KnnVectorValues.DocIndexIterator place = vectors.iterator();
    place.advance(document - leaf.docBase);
    return vectors.vectorValue(place.index());
  }

  private static DenseHits packed(List<Callable<ScoredDoc[]>> searches, int threads, Wanted wanted) throws IOException, InterruptedException {
    DenseHits packed = new DenseHits();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<ScoredDoc[]> found : pool.invokeAll(searches)) {
        packed.add(found.get(), wanted);
      }
    } catch (ExecutionException failed) {
      throw new IOException(failed.getCause().getMessage(), failed.getCause());
    } finally {
      pool.shutdownNow();
    }
    return packed;
  }

  private void add(ScoredDoc[] hits, Wanted wanted) {
    Set<String> seen = new HashSet<>();
    for (ScoredDoc hit : hits) {
      int end = wanted.delimiter.isEmpty() ? -1 : hit.docid.indexOf(wanted.delimiter);
      String docid = end < 0 ? hit.docid : hit.docid.substring(0, end);
      if (seen.size() < wanted.passages && seen.add(docid)) {
        docids.add(docid);
        scores.add(hit.score);
      }
    }
    counts.add(seen.size());
  }

  /** Docids of all queries' hits, best first, in UTF-8, one a line. */
  public byte[] docids() {
    return String.join("\n", docids).getBytes(StandardCharsets.UTF_8);
  }

  /** Lucene's scores of all queries' hits: float32 in this machine's byte order. */
  public byte[] scores() {
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * scores.size()).order(ByteOrder.nativeOrder());
    scores.forEach(buffer::putFloat);
    return buffer.array();
  }

  /** How many hits each query has: int32 in this machine's byte order. */
  public byte[] counts() {
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * counts.size()).order(ByteOrder.nativeOrder());
    counts.forEach(buffer::putInt);
    return buffer.array();
  }
}
