package io.mainstem.cell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.infinispan.protostream.FileDescriptorSource;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.SerializationContext;
import org.infinispan.protostream.descriptors.Descriptor;
import org.infinispan.protostream.descriptors.FieldDescriptor;

/**
 * What nodes of a feature level read: the schemas as they were released with it. A field that is
 * not in them would be lost on such a node.
 */
final class ReleasedSchema {
  /** Fields that hold a message as bytes. */
  private static final Map<String, String> INSIDE =
      Map.of(
          "io.mainstem.peer.Envelope.Request.command", "io.mainstem.wire.OneCommand",
          "io.mainstem.peer.Envelope.Request.query", "io.mainstem.wire.OneQuery",
          "io.mainstem.peer.Envelope.Response.reply", "io.mainstem.wire.OneReply",
          "io.mainstem.peer.Envelope.Response.answer", "io.mainstem.wire.Answer",
          "io.mainstem.peer.Envelope.Response.refusal", "io.mainstem.wire.Refusal",
          "io.mainstem.peer.Envelope.Nudge.frame", "io.mainstem.wire.FrameBody",
          "io.mainstem.peer.Envelope.Whisper.signal", "io.mainstem.wire.OneSignal");

  private final SerializationContext context = ProtobufUtil.newSerializationContext();

  ReleasedSchema(int level) {
    try {
      var source = new FileDescriptorSource();
      for (String file : List.of("mailbox.proto", "wire.proto", "peer.proto")) {
        source.addProtoFile(
            file,
            ReleasedSchema.class.getResourceAsStream(
                "/io/mainstem/released/level" + level + "/" + file));
      }
      context.registerProtoFiles(source);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The fields of these bytes that this release does not know, as paths. */
  List<String> unknown(String message, byte[] bytes) {
    var found = new ArrayList<String>();
    walk(context.getMessageDescriptor(message), ByteBuffer.wrap(bytes), message, found);
    return found;
  }

  private void walk(Descriptor type, ByteBuffer bytes, String path, List<String> found) {
    while (bytes.hasRemaining()) {
      long tag = varint(bytes);
      int number = (int) (tag >>> 3);
      FieldDescriptor field = type.findFieldByNumber(number);
      String here = path + "." + (field == null ? number : field.getName());
      if (field == null) {
        found.add(here);
      }
      switch ((int) tag & 7) {
        case 0 -> varint(bytes);
        case 1 -> bytes.position(bytes.position() + 8);
        case 5 -> bytes.position(bytes.position() + 4);
        case 2 -> {
          int length = (int) varint(bytes);
          ByteBuffer content = bytes.slice(bytes.position(), length);
          bytes.position(bytes.position() + length);
          Descriptor inside = field == null ? null : inside(type, field);
          if (inside != null) {
            walk(inside, content, here, found);
          }
        }
        default -> throw new IllegalArgumentException("no protobuf at " + here);
      }
    }
  }

  private Descriptor inside(Descriptor type, FieldDescriptor field) {
    Descriptor message = field.getMessageType();
    String kept = INSIDE.get(type.getFullName() + "." + field.getName());
    return kept == null ? message : context.getMessageDescriptor(kept);
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
