package io.mainstem.cell.wire;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.SerializationContext;
import org.infinispan.protostream.annotations.Proto;

/**
 * Bytes of envelopes and of batches of them. Envelopes are encoded where they are made, by whatever
 * thread; a batch is what protobuf makes of a repeated field: one behind the other, each after its
 * tag and length.
 */
final class Batches {
  private static final byte TAG = 1 << 3 | 2;
  private static final int MOST_OVERHEAD_BYTES = 6;

  private static final SerializationContext CONTEXT = context();

  private Batches() {}

  /** All that was sent in one turn of the event loop. */
  @Proto
  record Batch(List<Envelope> envelopes) {}

  static byte[] bytes(Envelope envelope) {
    try {
      return ProtobufUtil.toByteArray(CONTEXT, envelope);
    } catch (IOException e) {
      throw new IllegalStateException("an envelope cannot be encoded", e);
    }
  }

  static int sizeInBatch(byte[] envelope) {
    return envelope.length + MOST_OVERHEAD_BYTES;
  }

  static void append(Buffer batch, byte[] envelope) {
    batch.appendByte(TAG);
    int rest = envelope.length;
    while (rest >>> 7 != 0) {
      batch.appendByte((byte) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    batch.appendByte((byte) rest);
    batch.appendBytes(envelope);
  }

  /** Throws {@link IllegalArgumentException} for what is no batch. */
  static List<Envelope> read(Buffer batch) {
    try {
      return ProtobufUtil.fromByteArray(CONTEXT, batch.getBytes(), Batch.class).envelopes();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a batch of envelopes", e);
    }
  }

  private static SerializationContext context() {
    var context = ProtobufUtil.newSerializationContext();
    var schema = new PeerSchemaImpl();
    schema.registerSchema(context);
    schema.registerMarshallers(context);
    return context;
  }
}
