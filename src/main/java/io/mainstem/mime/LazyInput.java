package io.mainstem.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens what it reads at the first read, so that a mail of many attachments holds one of them open
 * at a time.
 */
final class LazyInput extends InputStream {
  private final Supplier<InputStream> source;
  private @Nullable InputStream open;

  LazyInput(Supplier<InputStream> source) {
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    return input().read();
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    return input().read(into, from, length);
  }

  @Override
  public void close() throws IOException {
    if (open != null) {
      open.close();
    }
  }

  private InputStream input() {
    if (open == null) {
      open = source.get();
    }
    return open;
  }
}
