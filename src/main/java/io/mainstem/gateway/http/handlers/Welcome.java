package io.mainstem.gateway.http.handlers;

import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first steps that a demonstration offers to a newcomer. Any other server offers none. */
public interface Welcome {
  Welcome NONE =
      new Welcome() {
        @Override
        public @Nullable Steps steps(UserId user) {
          return null;
        }

        @Override
        public @Nullable String key(UserId asker, String neighbour) {
          return null;
        }

        @Override
        public Future<Void> mail(UserId user) {
          return Future.succeededFuture();
        }
      };

  /**
   * What is offered.
   *
   * @param neighbours names of people whose inbox may be opened beside one's own
   * @param importCommand how one's own mail is brought in
   */
  record Steps(List<String> neighbours, String importCommand) {
    public Steps {
      neighbours = List.copyOf(neighbours);
    }
  }

  /** Null for whom nothing is offered. */
  @Nullable Steps steps(UserId user);

  /** A key that opens this neighbour's inbox once; null when it may not be opened. */
  @Nullable String key(UserId asker, String neighbour);

  /** Sends the user a mail from outside, through the real SMTP port. */
  Future<Void> mail(UserId user);
}
