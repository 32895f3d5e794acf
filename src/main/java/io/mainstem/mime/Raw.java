package io.mainstem.mime;

import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** The raw bytes of a mail, from which any range can be read. Blocking. */
public interface Raw {
  /** The blob that the message's parts name. */
  BlobKey key();

  InputStream open(long offset, long sizeBytes);

  /** How many bytes of it are in memory; -1 when it is read from elsewhere. */
  default int inMemoryBytes() {
    return -1;
  }

  /** A mail that is in memory already. */
  static Raw of(BlobKey key, byte[] bytes) {
    return new Raw() {
      @Override
      public BlobKey key() {
        return key;
      }

      @Override
      public InputStream open(long offset, long sizeBytes) {
        int from = (int) Math.min(offset, bytes.length);
        return new ByteArrayInputStream(
            bytes, from, (int) Math.min(sizeBytes, bytes.length - from));
      }

      @Override
      public int inMemoryBytes() {
        return bytes.length;
      }
    };
  }

  /** A mail in a blob store. */
  static Raw of(BlobKey key, io.mainstem.blob.BlobStore store) {
    return new Raw() {
      @Override
      public BlobKey key() {
        return key;
      }

      @Override
      public InputStream open(long offset, long sizeBytes) {
        return store.open(new BlobRange(key, offset, sizeBytes));
      }
    };
  }
}
