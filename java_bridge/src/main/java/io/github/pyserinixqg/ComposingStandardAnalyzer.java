package io.github.pyserinixqg;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardTokenizer;

/**
 * For languages that Lucene has no analyzer for: words by Unicode's rules (UAX #29), in lower case, of composed characters.
 *
 * <p>Composed (NFC), because Yoruba, Igbo or Vietnamese come both ways from keyboards and generators, and a tone mark of its own would
 * keep a word from its equal.
 */
public final class ComposingStandardAnalyzer extends Analyzer {
  @Override
  protected TokenStreamComponents createComponents(String field) {
    StandardTokenizer words = new StandardTokenizer();
    return new TokenStreamComponents(words, new LowerCaseFilter(words));
  }

  @Override
  protected TokenStream normalize(String field, TokenStream words) {
    return new LowerCaseFilter(words);
  }

  @Override
  protected Reader initReader(String field, Reader reader) {
    StringWriter text = new StringWriter();
    try (reader) {
      reader.transferTo(text);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    return new StringReader(Normalizer.normalize(text.toString(), Normalizer.Form.NFC));
  }
}
