package io.mainstem.gateway.http.protocol;

import io.mainstem.message.Rejected;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client is told when it does not get what it asked for (RFC 9457).
 *
 * @param detail in words, for this case; never holds what a message says
 * @param field the part of the request that is wrong
 * @param id of the line in our log, when the fault is ours
 * @param retryAfterSeconds 0 says nothing (RFC 9110 §10.2.3)
 */
public record Problem(
    ProblemType type,
    @Nullable String detail,
    @Nullable String field,
    @Nullable String id,
    long retryAfterSeconds) {
  private static final Logger log = LoggerFactory.getLogger(Problem.class);

  public static Problem of(ProblemType type) {
    return new Problem(type, null, null, null, 0);
  }

  public static Problem of(ProblemType type, @Nullable String detail) {
    return new Problem(type, detail, null, null, 0);
  }

  public static Problem of(ProblemType type, @Nullable String detail, @Nullable String field) {
    return new Problem(type, detail, field, null, 0);
  }

  public Problem retryAfter(long seconds) {
    return new Problem(type, detail, field, id, seconds);
  }

  /**
   * The three kinds of errors: the client's fault, its syntax, and ours, which is logged once under
   * an id.
   */
  public static Problem of(Throwable cause) {
    return switch (cause) {
      case Refused refused -> refused.problem();
      case Malformed malformed ->
          of(ProblemType.INVALID, malformed.getMessage(), malformed.field());
      case Rejected rejected -> {
        var type = ProblemType.of(rejected.rule());
        var problem = of(type, rejected.getMessage());
        yield type.status() == 503 || type == ProblemType.RATE_LIMITED
            ? problem.retryAfter(1)
            : problem;
      }
      default -> {
        var id = UUID.randomUUID().toString();
        log.error("request failed, id {}: {}", id, whereFrom(cause));
        log.debug("request failed, id {}", id, cause);
        yield new Problem(ProblemType.INTERNAL, "Tell the operator the id.", null, id, 0);
      }
    };
  }

  /** Kinds and places without their messages, which may quote what a user wrote. */
  private static String whereFrom(Throwable cause) {
    var out = new StringBuilder();
    var depth = 0;
    for (Throwable t = cause; t != null && depth < 5; t = t.getCause(), depth++) {
      out.append(depth == 0 ? "" : " < ").append(t.getClass().getName());
      var trace = t.getStackTrace();
      for (int i = 0; i < Math.min(6, trace.length); i++) {
        out.append(i == 0 ? " at " : ", ")
            .append(trace[i].getClassName())
            .append('.')
            .append(trace[i].getMethodName());
        out.append(':').append(trace[i].getLineNumber());
      }
    }
    return out.toString();
  }
}
