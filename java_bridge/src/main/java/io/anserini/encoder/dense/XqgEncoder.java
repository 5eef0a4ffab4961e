package io.anserini.encoder.dense;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Embeds queries with an encoder folder that pyserini-xqg exported: what {@code -encoder Xqg} means to Anserini.
 *
 * <p>The system property {@value #PROPERTY} names the folder, else the environment variable {@value #VARIABLE}. It is the folder that
 * Python reads; pooling and normalisation are inside its graph.
 */
public class XqgEncoder extends DenseEncoder {
  public static final String PROPERTY = "xqg.encoder";
  public static final String VARIABLE = "PYSERINI_XQG_ENCODER";

  /** A graph of one Identity node: what the superclass opens in place of the model. */
  private static final byte[] STAND_IN =
      Base64.getDecoder().decode("CAgSADo3ChAKAXgSAXkiCElkZW50aXR5EgFnWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQEQ==");

  private static final int SHOWN_CHARACTERS = 60;

  private final Parts parts;
  private Path standIn; // set while the superclass is constructed: an initialiser here would undo that

  /** What an encoder folder is loaded into. */
  private record Parts(XqgEncoderFolder folder, HuggingFaceTokenizer tokenizer, OrtSession model) {
    static Parts load() throws IOException {
      try {
        XqgEncoderFolder folder = XqgEncoderFolder.chosen(PROPERTY, VARIABLE);
        HuggingFaceTokenizer tokenizer = loadTokenizer(folder);
        try {
          return new Parts(folder, tokenizer, loadModel(folder));
        } catch (IOException | RuntimeException e) {
          tokenizer.close();
          throw e;
        }
      } catch (IOException | RuntimeException | LinkageError e) {
        tell(e);
        throw e;
      }
    }

    private static HuggingFaceTokenizer loadTokenizer(XqgEncoderFolder folder) throws IOException {
      String length = Integer.toString(folder.maxLength());
      Map<String, String> options =
          Map.of("addSpecialTokens", "true", "padding", "false", "truncation", "true", "maxLength", length, "modelMaxLength", length);
      try {
        return HuggingFaceTokenizer.newInstance(folder.tokenizer(), options);
      } catch (IOException | RuntimeException e) {
        throw unreadable(folder.tokenizer(), e);
      }
    }

    private static OrtSession loadModel(XqgEncoderFolder folder) throws IOException {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      XqgLeftovers.remove();
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        return environment.createSession(folder.model().toString(), options);
      } catch (OrtException e) {
        throw unreadable(folder.model(), e);
      }
    }

    private static IOException unreadable(Path file, Exception cause) {
      String reason = String.valueOf(cause.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; ");
      return new IOException(file + " cannot be read (" + reason + "); export the encoder again", cause);
    }

    void close() throws OrtException {
      tokenizer.close();
      model.close();
    }
  }

  public XqgEncoder() throws IOException, OrtException, URISyntaxException {
    this(Parts.load());
  }

  private XqgEncoder(Parts parts) throws IOException, OrtException, URISyntaxException {
    super("", "", "", "", null);
    Files.delete(standIn);
    this.parts = parts;
  }

  /** Tell on stderr: Anserini catches whatever an encoder throws, and drops the cause. */
  private static void tell(Throwable error) {
    System.err.println("XqgEncoder: " + (error.getMessage() == null ? error : error.getMessage()));
  }

  /** The superclass reads a vocabulary for a tokenizer of its own that is not used here; no file is an empty one to it. */
  @Override
  public Path getVocabPath() {
    return Path.of("no-vocabulary-for-XqgEncoder");
  }

  /**
   * The superclass opens the model inside its constructor, where no subclass can catch, and tell, what is wrong with it; so it gets a
   * stand-in that opens always.
   */
  @Override
  public Path getModelPath() throws IOException {
    try {
      standIn = Files.createTempFile("xqg-stand-in-", ".onnx");
      Files.write(standIn, STAND_IN);
      return standIn;
    } catch (IOException e) {
      IOException failure = new IOException("no temporary file can be written (" + e + ")", e);
      tell(failure);
      throw failure;
    }
  }

  /**
   * Embed a query.
   *
   * @return as many numbers as the encoder has dimensions
   * @throws OrtException the model fails, or gives something else than finite numbers
   */
  @Override
  public float[] encode(String query) throws OrtException {
    Encoding tokens = parts.tokenizer().encode(parts.folder().prefix() + strip(query));
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (String name : parts.model().getInputNames()) {
        inputs.put(name, tensor(name, tokens));
      }
      try (OrtSession.Result outputs = parts.model().run(inputs)) {
        float[] embedding = ((float[][]) outputs.get(0).getValue())[0];
        check(embedding, query);
        return embedding;
      }
    } catch (OrtException | RuntimeException e) {
      tell(e);
      throw e;
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(String name, Encoding tokens) throws OrtException {
    long[] values =
        switch (name) {
          case "input_ids" -> tokens.getIds();
          case "attention_mask" -> tokens.getAttentionMask();
          case "token_type_ids" -> tokens.getTypeIds();
          default -> throw new OrtException(parts.folder().model() + " asks for " + name + ", which no encoder of pyserini-xqg does");
        };
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), new long[] {1, values.length});
  }

  private void check(float[] embedding, String query) throws OrtException {
    XqgEncoderFolder folder = parts.folder();
    if (embedding.length != folder.dimension()) {
      throw new OrtException(folder.model() + " gave " + embedding.length + " dimensions, its encoder.json says " + folder.dimension()
          + "; export it again");
    }
    for (float value : embedding) {
      if (!Float.isFinite(value)) {
        throw new OrtException(folder.model() + " gave NaN or Inf for the query \""
            + query.substring(0, Math.min(query.length(), SHOWN_CHARACTERS)) + "\"; the checkpoint itself is broken");
      }
    }
  }

  /** As Python's {@code str.strip()}, which takes more for white space than Java's. */
  private static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (start < end && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  @Override
  public void close() {
    try {
      parts.close();
    } catch (OrtException e) {
      tell(e);
    }
    super.close();
  }
}
