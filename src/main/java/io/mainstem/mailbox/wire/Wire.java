package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.message.Rejected;
import java.io.IOException;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.SerializationContext;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of what nodes ask of one another's mailboxes. Reading throws {@link
 * IllegalArgumentException} for what is none of it, or of a kind that this version does not know.
 */
public final class Wire {
  private static final SerializationContext CONTEXT = context();

  private Wire() {}

  public static byte[] command(Command<?> command) {
    return bytes(OneCommand.of(command));
  }

  public static Command<?> command(byte[] bytes) {
    return read(bytes, OneCommand.class).value();
  }

  public static byte[] query(Query<?> query) {
    return bytes(OneQuery.of(query));
  }

  public static Query<?> query(byte[] bytes) {
    return read(bytes, OneQuery.class).value();
  }

  public static byte[] reply(Reply reply) {
    return bytes(OneReply.of(reply));
  }

  public static Reply reply(byte[] bytes) {
    return read(bytes, OneReply.class).value();
  }

  /** What this query was answered. */
  public static byte[] answer(Query<?> query, Object answer) {
    return bytes(Answer.of(query, answer));
  }

  /** What a query was answered; of the type that the query fixes. */
  public static Object answer(byte[] bytes) {
    return read(bytes, Answer.class).value();
  }

  public static byte[] frame(Frame frame) {
    return bytes(FrameBody.of(frame));
  }

  public static Frame frame(byte[] bytes) {
    return read(bytes, FrameBody.class).frame();
  }

  public static byte[] signal(Signal signal) {
    return bytes(OneSignal.of(signal));
  }

  public static Signal signal(byte[] bytes) {
    return read(bytes, OneSignal.class).value();
  }

  public static byte[] refusal(Rejected rejected) {
    return bytes(Refusal.of(rejected));
  }

  public static Rejected refusal(byte[] bytes) {
    return read(bytes, Refusal.class).rejected();
  }

  static <T> @Nullable T as(Class<T> kind, Object value) {
    return kind.isInstance(value) ? kind.cast(value) : null;
  }

  @SafeVarargs
  static <T> T first(@Nullable T... kinds) {
    for (T kind : kinds) {
      if (kind != null) {
        return kind;
      }
    }
    throw new IllegalArgumentException("of a kind that this version does not know");
  }

  private static SerializationContext context() {
    var context = ProtobufUtil.newSerializationContext();
    var schema = new WireSchemaImpl();
    schema.registerSchema(context);
    schema.registerMarshallers(context);
    return context;
  }

  private static byte[] bytes(Object value) {
    try {
      return ProtobufUtil.toByteArray(CONTEXT, value);
    } catch (IOException e) {
      throw new IllegalStateException("cannot encode " + value.getClass().getSimpleName(), e);
    }
  }

  private static <T> T read(byte[] bytes, Class<T> kind) {
    try {
      return ProtobufUtil.fromByteArray(CONTEXT, bytes, 0, bytes.length, kind);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a " + kind.getSimpleName(), e);
    }
  }
}
