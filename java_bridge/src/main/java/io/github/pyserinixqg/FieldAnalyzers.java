package io.github.pyserinixqg;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.anserini.analysis.AnalyzerMap;
import io.anserini.analysis.DefaultEnglishAnalyzer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.analysis.Analyzer;

/**
 * The analyzer of each field of a BM25 index, as the index's own {@code xqg.json} says: {@code "fields": {"xqg_ar": "ar", ...}}.
 *
 * <p>Nothing is decided here; the table of languages is the Python side's. A name is {@code en} for Anserini's English default, a code
 * of Anserini's own table, or the class name of any other analyzer.
 */
public final class FieldAnalyzers {
  private static final String MANIFEST = "xqg.json";
  private static final String ENGLISH = "en";
  /** Analyzers may be used by many threads, and some load dictionaries, so there is one of each. */
  private static final Map<String, Analyzer> BY_NAME = new ConcurrentHashMap<>();

  private final Map<String, Analyzer> byField;

  private FieldAnalyzers(Map<String, Analyzer> byField) {
    this.byField = Map.copyOf(byField);
  }

  /**
   * Reads what an index says about its fields.
   *
   * @param index the index folder; while an index is being made its {@code xqg.json} is there before anything else
   * @throws UncheckedIOException if the file cannot be read
   * @throws IllegalArgumentException if it names no fields, or an analyzer that is not here
   */
  public static FieldAnalyzers ofIndex(Path index) {
    Path manifest = index.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      throw new IllegalArgumentException(manifest + " is not there; `pyserini-xqg index-sparse` makes indexes that have it");
    }
    JsonNode fields;
    try {
      fields = new ObjectMapper().readTree(manifest.toFile()).path("fields");
    } catch (IOException error) {
      throw new UncheckedIOException(manifest + " cannot be read", error);
    }
    if (fields.isEmpty()) {
      throw new IllegalArgumentException(manifest + " names no fields; it is not that of a BM25 index");
    }
    Map<String, Analyzer> byField = new HashMap<>();
    fields.properties().forEach(entry -> byField.put(entry.getKey(), byName(entry.getValue().asText())));
    return new FieldAnalyzers(byField);
  }

  /**
   * The analyzer of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Analyzer byName(String name) {
    return BY_NAME.computeIfAbsent(name, FieldAnalyzers::make);
  }

  private static Analyzer make(String name) {
    if (name.equals(ENGLISH)) {
      return DefaultEnglishAnalyzer.newDefaultInstance();
    }
    if (AnalyzerMap.analyzerMap.containsKey(name)) {
      return AnalyzerMap.getLanguageSpecificAnalyzer(name);
    }
    try {
      return Class.forName(name).asSubclass(Analyzer.class).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | ClassCastException error) {
      throw new IllegalArgumentException("there is no analyzer " + name + " in this Anserini", error);
    }
  }

  /** The analyzer of a field; empty for a field that is not the index's. */
  public Optional<Analyzer> of(String field) {
    return Optional.ofNullable(byField.get(field));
  }

  /** The names of the fields. */
  public Set<String> fields() {
    return byField.keySet();
  }
}
