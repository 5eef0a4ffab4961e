package io.github.pyserinixqg;

import io.anserini.search.HnswDenseSearcher;
import io.anserini.search.ScoredDoc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The hits of a batch of dense queries, packed for Python, to which each object that crosses over costs microseconds.
 *
 * <p>Views become passages here: of a passage's views the first, which is the best, counts.
 */
public final class DenseHits {
  private final List<String> docids = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final int[] counts;

  private DenseHits(int queries) {
    counts = new int[queries];
  }

  /**
   * Searches with Anserini's searcher.
   *
   * @param queries texts in UTF-8, or vectors as JSON where the searcher has no encoder, each ended by a zero byte
   * @param hits how many hits to ask of the index
   * @param delimiter between docid and view; empty where there are no views
   * @param passages how many passages to keep of each query
   * @throws IOException where a query fails; Anserini's batches leave such queries out without a word
   */
  public static DenseHits search(HnswDenseSearcher<String> searcher, byte[] queries, int hits, int threads, String delimiter, int passages)
      throws IOException {
    String text = new String(queries, StandardCharsets.UTF_8);
    List<String> texts = text.isEmpty() ? List.of() : Arrays.asList(text.substring(0, text.length() - 1).split("\0", -1));
    List<String> names = IntStream.range(0, texts.size()).mapToObj(Integer::toString).toList();
    Map<String, ScoredDoc[]> found = searcher.batch_search(texts, names, hits, threads);
    DenseHits packed = new DenseHits(texts.size());
    for (int query = 0; query < packed.counts.length; query++) {
      ScoredDoc[] own = found.get(names.get(query));
      // Once more on its own, where what goes wrong comes to light.
      packed.add(query, own != null ? own : searcher.search(texts.get(query), hits), delimiter, passages);
    }
    return packed;
  }

  private void add(int query, ScoredDoc[] hits, String delimiter, int passages) {
    Set<String> seen = new HashSet<>();
    for (ScoredDoc hit : hits) {
      int end = delimiter.isEmpty() ? -1 : hit.docid.indexOf(delimiter);
      String docid = end < 0 ? hit.docid : hit.docid.substring(0, end);
      if (seen.size() < passages && seen.add(docid)) {
        docids.add(docid);
        scores.add(hit.score);
        counts[query]++;
      }
    }
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
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * counts.length).order(ByteOrder.nativeOrder());
    Arrays.stream(counts).forEach(buffer::putInt);
    return buffer.array();
  }
}
