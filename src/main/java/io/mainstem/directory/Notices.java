package io.mainstem.directory;

import io.mainstem.message.UserId;
import java.util.function.Consumer;

/**
 * What this node changes, told to the other nodes of the directory, so that they forget their old
 * answers at once. A notice may be lost: then an answer is old until it has been remembered for too
 * long. Thread-safe.
 */
public final class Notices {
  private volatile Consumer<String> others = notice -> {};
  private Listener listener = new Listener() {};

  /** What is to be done about a change that another node made. */
  interface Listener {
    default void onAccount(UserId user) {}

    default void onAddress(String key) {}

    default void onSessionEnded(UserId user, String hash, String sessionId) {}

    default void onCell() {}
  }

  Notices() {}

  void begin(Listener directory) {
    listener = directory;
  }

  /** From now on others are told: the text is to be given to {@link #hear} at each other node. */
  public void tellOthers(Consumer<String> tell) {
    others = tell;
  }

  /** Another node has said this. What is not understood is passed over. */
  public void hear(String notice) {
    try {
      understand(notice);
    } catch (IllegalArgumentException e) {
      // No id: of a later version, perhaps, where the next look helps.
    }
  }

  private void understand(String notice) {
    String[] words = notice.split(" ", 4);
    switch (words[0]) {
      case "account" -> {
        if (words.length == 2) {
          listener.onAccount(new UserId(words[1]));
        }
      }
      case "address" -> listener.onAddress(notice.substring("address ".length()));
      case "session" -> {
        if (words.length == 4) {
          listener.onSessionEnded(new UserId(words[1]), words[2], words[3]);
        }
      }
      case "cell" -> listener.onCell();
      default -> {}
    }
  }

  void cellChanged(String name) {
    others.accept("cell " + name);
  }

  void accountChanged(UserId user) {
    others.accept("account " + user.value());
  }

  void addressChanged(String key) {
    others.accept("address " + key);
  }

  void sessionEnded(UserId user, String hash, String sessionId) {
    others.accept("session " + user.value() + " " + hash + " " + sessionId);
  }
}
