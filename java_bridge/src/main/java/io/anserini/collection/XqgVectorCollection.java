package io.anserini.collection;

import io.github.pyserinixqg.VectorFeed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;

/**
 * A vector store, fused on its way into Lucene ({@code -collection XqgVectorCollection}).
 *
 * <p>Fusion is Python's: its matrices are memory-mapped there, and blocks of float32 rows come through a {@link VectorFeed} of this JVM. So there
 * is one implementation of the arithmetic, with everything it knows (views, first n queries, sums). It costs nothing that could be measured:
 * 100,000 passages of 384 halves with the sums of three languages went into a flat index on two threads, cold, at 35,900 documents a second;
 * at 35,100 where Java mapped and fused them itself, at 37,100 from a plain matrix that had nothing to be fused.
 *
 * <p>Anserini gives each thread whole files. Here each thread gets a path that stands for "whatever block comes next", so that any number of
 * them share one matrix evenly.
 */
public final class XqgVectorCollection extends DocumentCollection<XqgVectorCollection.Document> {
  /** For Anserini's own use of the class without an input. */
  public XqgVectorCollection() {}

  /** The collection of the feed that is open for {@code path}. */
  public XqgVectorCollection(Path path) {
    this.path = path;
  }

  @Override
  public List<Path> getSegmentPaths() {
    return IntStream.range(0, VectorFeed.of(path).readers()).mapToObj(reader -> path.resolve("reader-" + reader)).toList();
  }

  @Override
  public FileSegment<Document> createFileSegment(Path reader) throws IOException {
    return new Segment(reader, VectorFeed.of(path));
  }

  @Override
  public FileSegment<Document> createFileSegment(BufferedReader reader) throws IOException {
    throw new IOException("XqgVectorCollection reads no text");
  }

  private static final class Segment extends FileSegment<Document> {
    private final VectorFeed feed;
    private VectorFeed.Block block;
    private int row;

    Segment(Path reader, VectorFeed feed) {
      super(reader);
      this.feed = feed;
    }

    @Override
    protected void readNext() throws IOException {
      if (block == null || row == block.names().length) {
        block = next();
        row = 0;
      }
      if (block == null) {
        atEOF = true;
        throw new NoSuchElementException("the last vector has been read");
      }
      bufferedRecord = new Document(block.names()[row], block.vector(row));
      row++;
    }

    private VectorFeed.Block next() throws IOException {
      try {
        return feed.take();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", interrupted);
      }
    }
  }

  /**
   * A passage or a view of one.
   *
   * @param id its docid
   * @param vector its fused vector
   */
  public record Document(String id, float[] vector) implements SourceDocument {
    @Override
    public String contents() {
      return "";
    }

    @Override
    public String raw() {
      return "";
    }

    @Override
    public boolean indexable() {
      return true;
    }
  }
}
