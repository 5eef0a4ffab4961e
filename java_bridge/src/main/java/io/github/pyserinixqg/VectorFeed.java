package io.github.pyserinixqg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A bounded queue of blocks of vectors, from Python, which fuses them out of a vector store, to Anserini's indexing threads.
 *
 * <p>One feed belongs to one input folder, since all that Anserini tells a collection is its folder.
 */
public final class VectorFeed implements AutoCloseable {
  private static final Map<Path, VectorFeed> OPEN = new ConcurrentHashMap<>();
  private static final int BLOCKS_AHEAD_OF_EACH_READER = 2;
  private static final long MILLISECONDS_BETWEEN_LOOKS = 50;

  private final Path folder;
  private final int dimension;
  private final int readers;
  private final BlockingQueue<Block> blocks;
  private volatile boolean ended;

  /**
   * Some documents.
   *
   * @param names their docids
   * @param vectors their vectors, one after another
   */
  public record Block(String[] names, FloatBuffer vectors) {
    /** The vector of document {@code row}, in an array of its own: Lucene keeps it. */
    public float[] vector(int row) {
      float[] vector = new float[vectors.limit() / names.length];
      vectors.get(row * vector.length, vector);
      return vector;
    }
  }

  private VectorFeed(Path folder, int dimension, int readers) {
    this.folder = folder;
    this.dimension = dimension;
    this.readers = readers;
    this.blocks = new ArrayBlockingQueue<>(BLOCKS_AHEAD_OF_EACH_READER * readers);
  }

  /**
   * Opens the feed of a folder.
   *
   * @param dimension length of each vector
   * @param readers how many threads will read
   * @throws IllegalStateException if there is one already
   */
  public static VectorFeed open(String folder, int dimension, int readers) {
    VectorFeed feed = new VectorFeed(Path.of(folder), dimension, readers);
    if (OPEN.putIfAbsent(feed.folder, feed) != null) {
      throw new IllegalStateException(folder + " is being indexed already");
    }
    return feed;
  }

  /**
   * The feed of a folder.
   *
   * @throws IllegalStateException if there is none
   */
  public static VectorFeed of(Path folder) {
    VectorFeed feed = OPEN.get(folder);
    if (feed == null) {
      throw new IllegalStateException("nothing feeds " + folder + ": vectors are fused in Python, so start with `pyserini-xqg index`");
    }
    return feed;
  }

  /** How many threads will read. */
  public int readers() {
    return readers;
  }

  /**
   * Hands over documents, and waits while the readers are behind.
   *
   * @param names docids in UTF-8, one a line, none of them empty
   * @param vectors float32 in this machine's byte order, one vector after another
   * @return false where nobody reads any more
   * @throws InterruptedException if the waiting is interrupted
   */
  public boolean put(byte[] names, byte[] vectors) throws InterruptedException {
    Block block =
        new Block(new String(names, StandardCharsets.UTF_8).split("\n"), ByteBuffer.wrap(vectors).order(ByteOrder.nativeOrder()).asFloatBuffer());
    if (block.vectors.limit() != block.names.length * dimension) {
      throw new IllegalArgumentException(block.names.length + " names with " + block.vectors.limit() + " numbers, not " + dimension + " each");
    }
    while (!ended) {
      if (blocks.offer(block, MILLISECONDS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  /** The next documents, null after the last ones. */
  public Block take() throws InterruptedException {
    while (true) {
      // In this order: what was put before the end must not be missed.
      boolean last = ended;
      Block block = blocks.poll(last ? 0 : MILLISECONDS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
      if (block != null || last) {
        return block;
      }
    }
  }

  /** No more will be put: what is there is still read. */
  public void end() {
    ended = true;
  }

  /** Forgets the feed; whoever still reads gets no more. */
  @Override
  public void close() {
    ended = true;
    blocks.clear();
    OPEN.remove(folder, this);
  }
}
