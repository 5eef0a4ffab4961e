package io.anserini.index.generator;

import io.anserini.collection.SourceDocument;
import io.anserini.index.Constants;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/**
 * Dense vectors whose similarity is chosen ({@code -generator XqgVectorDocumentGenerator}).
 *
 * <p>Anserini's own generator always says DOT_PRODUCT, which Lucene allows for vectors of length one only: a product below -1 scores 0, like all
 * others there, and the order among them is lost. The system property {@code xqg.similarity} names another of Lucene's similarities;
 * MAXIMUM_INNER_PRODUCT, right for vectors of any length, is what holds without it.
 */
public final class XqgVectorDocumentGenerator<T extends SourceDocument> implements LuceneDocumentGenerator<T> {
  /** Names one of Lucene's similarities. */
  public static final String SIMILARITY = "xqg.similarity";

  private final VectorSimilarityFunction similarity =
      VectorSimilarityFunction.valueOf(System.getProperty(SIMILARITY, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT.name()));

  @Override
  public Document createDocument(T source) throws InvalidDocumentException {
    float[] vector = source.vector();
    if (vector == null || vector.length == 0) {
      throw new InvalidDocumentException();
    }
    Document document = new Document();
    document.add(new StringField(Constants.ID, source.id(), Field.Store.YES));
    // Anserini's searchers break ties by it.
    document.add(new BinaryDocValuesField(Constants.ID, new BytesRef(source.id())));
    document.add(new KnnFloatVectorField(Constants.VECTOR, vector, similarity));
    return document;
  }
}
