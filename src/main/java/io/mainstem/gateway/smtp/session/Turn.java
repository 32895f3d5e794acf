package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a command led to.
 *
 * @param reply null when it comes only after more bytes of the client (the chunk of BDAT)
 */
public record Turn(Session session, @Nullable SmtpReply reply, Then then) {

  /** How the client's next bytes are read. */
  public sealed interface Then {
    /** As a command. */
    record Command() implements Then {}

    /** As the text of a mail, up to its end (RFC 5321 §4.1.1.4). */
    record Text() implements Then {}

    /**
     * As this many octets of a mail, after which the answer is given (RFC 3030 §2).
     *
     * @param refusal when not null the octets are read and forgotten, and this is the answer
     */
    record Chunk(long sizeBytes, boolean last, @Nullable SmtpReply refusal) implements Then {}

    /** As the answer to a challenge (RFC 4954 §4). */
    record Response(AuthExchange exchange) implements Then {}

    /** As a TLS handshake; what came before it in the clear is dropped (RFC 3207 §5). */
    record Handshake() implements Then {}

    /** Not at all: the connection closes after the reply. */
    record Close() implements Then {}
  }

  private static final Then COMMAND = new Then.Command();

  public static Turn reply(Session session, SmtpReply reply) {
    return new Turn(session, reply, COMMAND);
  }

  public static Turn close(Session session, SmtpReply reply) {
    return new Turn(session, reply, new Then.Close());
  }

  /** This turn as an answer that is there already. */
  public Future<Turn> now() {
    return Future.succeededFuture(this);
  }
}
