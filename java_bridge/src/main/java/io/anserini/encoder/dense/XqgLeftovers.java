package io.anserini.encoder.dense;

import java.lang.reflect.Field;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * What ONNX Runtime unpacks into the temporary folder, 15 MB a process: it is to go when the JVM ends in good order, and a JVM inside
 * Python never does.
 */
final class XqgLeftovers {
  private XqgLeftovers() {}

  /** Remove the libraries that are loaded by now. A system that keeps loaded files (Windows) is left as it is. */
  static void remove() {
    try {
      Field place = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("tempDirectory");
      place.setAccessible(true);
      if (place.get(null) instanceof Path folder) {
        FileUtils.deleteQuietly(folder.toFile());
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      return; // a release that keeps them elsewhere: nothing is lost but tidiness
    }
  }
}
