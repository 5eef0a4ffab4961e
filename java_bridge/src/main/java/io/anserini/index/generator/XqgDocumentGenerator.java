package io.anserini.index.generator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.anserini.collection.SourceDocument;
import io.anserini.index.Constants;
import io.anserini.index.IndexCollection;
import io.github.pyserinixqg.FieldAnalyzers;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.IndexableFieldType;

/**
 * Anserini's own document, with generated queries as one field a language: {@code {"id": …, "contents": …, "queries": {"ar": ["…"]}}}
 * gets {@code contents} and {@code xqg_ar}, each analysed by its own analyzer.
 *
 * <p>Which that is stands in {@code xqg.json}, in the folder that the index is written to.
 */
public class XqgDocumentGenerator<T extends SourceDocument> extends DefaultLuceneDocumentGenerator<T> {
  /** What a language's field is called, before its code. */
  public static final String PREFIX = "xqg_";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final FieldAnalyzers analyzers;

  /** Anserini looks for exactly this constructor. */
  public XqgDocumentGenerator(IndexCollection.Args args) {
    super(args);
    analyzers = FieldAnalyzers.ofIndex(Path.of(args.index));
  }

  @Override
  public Document createDocument(T source) throws GeneratorException {
    Document document = super.createDocument(source);
    IndexableField contents = document.getField(Constants.CONTENTS);
    document.removeFields(Constants.CONTENTS);
    document.add(analyzed(Constants.CONTENTS, contents.stringValue(), contents.fieldType()));
    for (Map.Entry<String, JsonNode> language : queriesOf(source).properties()) {
      for (JsonNode query : language.getValue()) {
        document.add(analyzed(PREFIX + language.getKey(), query.asText(), contents.fieldType()));
      }
    }
    return document;
  }

  /** From the raw JSON: Anserini's {@code fields()} holds nothing but an empty text for an object. */
  private JsonNode queriesOf(T source) throws GeneratorException {
    try {
      return JSON.readTree(source.raw()).path("queries");
    } catch (JsonProcessingException error) {
      throw (GeneratorException) new InvalidDocumentException().initCause(error);
    }
  }

  private Field analyzed(String name, String text, IndexableFieldType type) {
    Analyzer own = analyzers.of(name).orElseThrow(() -> new IllegalArgumentException("the index's xqg.json names no field " + name));
    return new AnalyzedField(name, text, type, own);
  }

  /** A text whose words come from its own analyzer and not from the index's one. */
  private static final class AnalyzedField extends Field {
    private final Analyzer own;

    AnalyzedField(String name, String text, IndexableFieldType type, Analyzer own) {
      super(name, text, type);
      this.own = own;
    }

    /** Asked for one text after another: a field may have many, and an analyzer has one stream a thread. */
    @Override
    public TokenStream tokenStream(Analyzer indexes, TokenStream reuse) {
      return own.tokenStream(name(), stringValue());
    }
  }
}
