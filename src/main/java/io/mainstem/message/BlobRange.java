package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;

/** Bytes {@code offset} to {@code offset + sizeBytes - 1} of a blob. */
@Proto
public record BlobRange(BlobKey blob, long offset, long sizeBytes) {
  public BlobRange {
    if (offset < 0 || sizeBytes < 0) {
      throw new IllegalArgumentException("a range has no negative offset or size");
    }
  }
}
