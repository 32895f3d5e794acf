package io.mainstem.gateway.smtp.protocol;

/**
 * Reads the octets of one BDAT chunk (RFC 3030 §2): so many, whatever they are. Confined to one
 * connection.
 */
public final class ChunkReader {
  private long left;

  public ChunkReader(long sizeBytes) {
    this.left = sizeBytes;
  }

  /** Reads what is there of the chunk; true once it is complete. */
  public boolean read(ByteInput in, DataReader.Sink sink) {
    int n = (int) Math.min(left, in.remaining());
    if (n > 0) {
      sink.write(in.bytes, in.position, n);
      in.position += n;
      left -= n;
    }
    return left == 0;
  }
}
