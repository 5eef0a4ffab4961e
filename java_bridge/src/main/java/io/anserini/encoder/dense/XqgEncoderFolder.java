package io.anserini.encoder.dense;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * An encoder folder that pyserini-xqg exported, as far as queries need it.
 *
 * @param dimension length of an embedding
 * @param maxLength longest query in tokens, special tokens counted; longer ones are cut
 * @param prefix put before every query
 */
record XqgEncoderFolder(Path folder, int dimension, int maxLength, String prefix) {
  private static final int FORMAT = 1;
  private static final String CONFIG = "encoder.json";
  private static final String MODEL = "model.onnx";
  private static final String TOKENIZER = "tokenizer.json";

  /** The folder that the system property names, else the environment variable. */
  static XqgEncoderFolder chosen(String property, String variable) throws IOException {
    String stated = System.getProperty(property);
    String source = property;
    if (stated == null || stated.isBlank()) {
      stated = System.getenv(variable);
      source = variable;
    }
    if (stated == null || stated.isBlank()) {
      throw new IOException("no encoder was chosen: set the environment variable " + variable + " or the system property " + property
          + " to a folder that `pyserini-xqg export` made");
    }
    try {
      return read(Path.of(stated));
    } catch (InvalidPathException e) {
      throw new IOException(source + " is " + stated + ", which cannot be a folder (" + e.getReason() + ")", e);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + " (" + source + " names it)", e);
    }
  }

  private static XqgEncoderFolder read(Path folder) throws IOException {
    for (String name : new String[] {CONFIG, MODEL, TOKENIZER}) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw new IOException(folder + " is not an encoder folder: it has no " + name
            + "; make one with `pyserini-xqg export --model … --output " + folder + "`");
      }
    }
    Path file = folder.resolve(CONFIG);
    JsonNode config;
    try {
      config = new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is damaged (" + e.getOriginalMessage() + "); export the encoder again", e);
    }
    if (number(config, "format", file) != FORMAT) {
      throw new IOException(file + " is of a format that this version does not know; export the encoder again, or upgrade pyserini-xqg");
    }
    JsonNode prefix = config.path("query_prefix");
    if (!prefix.isTextual()) {
      throw lacks("query_prefix", file);
    }
    return new XqgEncoderFolder(folder, number(config, "dimension", file), number(config, "query_max_length", file), prefix.textValue());
  }

  private static int number(JsonNode config, String key, Path file) throws IOException {
    JsonNode value = config.path(key);
    if (!value.isInt() || value.intValue() < 1) {
      throw lacks(key, file);
    }
    return value.intValue();
  }

  private static IOException lacks(String key, Path file) {
    return new IOException(file + " is damaged (it has no proper " + key + "); export the encoder again");
  }

  Path model() {
    return folder.resolve(MODEL);
  }

  Path tokenizer() {
    return folder.resolve(TOKENIZER);
  }
}
