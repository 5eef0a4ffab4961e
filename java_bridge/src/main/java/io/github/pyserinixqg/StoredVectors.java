package io.github.pyserinixqg;

import io.anserini.index.Constants;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;

/**
 * The docids and full vectors of a dense index, flat or a graph, block after block, packed for Python.
 *
 * <p>Documents are numbered as Lucene numbers them, from 0; deleted ones keep their number.
 */
public final class StoredVectors implements AutoCloseable {
  private final DirectoryReader reader;
  private final Bits live;
  private final int dimension;

  private StoredVectors(DirectoryReader reader) throws IOException {
    this.reader = reader;
    this.live = MultiBits.getLiveDocs(reader);
    int found = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Constants.VECTOR);
      if (vectors != null) {
        found = vectors.dimension();
      }
    }
    this.dimension = found;
  }

  /**
   * Opens an index folder.
   *
   * @throws IOException where there is none, or it is damaged
   */
  public static StoredVectors open(String folder) throws IOException {
    return new StoredVectors(DirectoryReader.open(FSDirectory.open(Path.of(folder))));
  }

  /** How many numbers there are, those of deleted documents among them. */
  public int documents() {
    return reader.maxDoc();
  }

  /** The length of a vector, 0 where there is none. */
  public int dimension() {
    return dimension;
  }

  /**
   * Docids in UTF-8, each ended by a line end: an empty line for a deleted document.
   *
   * @param from the first document
   * @param to behind the last document
   * @throws IOException where a document has no docid
   */
  public byte[] docids(int from, int to) throws IOException {
    StoredFields fields = reader.storedFields();
    StringBuilder docids = new StringBuilder();
    for (int document = from; document < to; document++) {
      if (live == null || live.get(document)) {
        String docid = fields.document(document, Set.of(Constants.ID)).get(Constants.ID);
        if (docid == null) {
          throw new IOException("document " + document + " has no docid");
        }
        docids.append(docid);
      }
      docids.append('\n');
    }
    return docids.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Vectors: float32 in this machine's byte order, one after another.
   *
   * @param documents whose, in ascending order
   * @throws IOException where a document has none
   */
  public byte[] vectors(int[] documents) throws IOException {
    ByteBuffer packed = ByteBuffer.allocate(Float.BYTES * dimension * documents.length).order(ByteOrder.nativeOrder());
    LeafReaderContext leaf = null;
    FloatVectorValues vectors = null;
    KnnVectorValues.DocIndexIterator place = null;
    for (int document : documents) {
      LeafReaderContext holder = reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
      if (holder != leaf) {
        leaf = holder;
        vectors = leaf.reader().getFloatVectorValues(Constants.VECTOR);
        place = vectors == null ? null : vectors.iterator();
      }
      if (place == null || place.advance(document - leaf.docBase) != document - leaf.docBase) {
        throw new IOException("document " + document + " has no vector");
      }
      packed.asFloatBuffer().put(vectors.vectorValue(place.index()));
      packed.position(packed.position() + Float.BYTES * dimension);
    }
    return packed.array();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
