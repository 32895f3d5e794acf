package io.mainstem.gateway.http.stream;

import io.mainstem.mailbox.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one user on this node, and the texts of the frames that they were told last:
 * devices of one user get one frame object, so it is rendered once. Guarded by its own monitor,
 * because streams of one user live on several event loops.
 */
final class UserStreams {
  private static final int REMEMBERED = 8;

  private final List<StreamSession> open = new ArrayList<>(1);
  private @Nullable Frame @Nullable [] frames;
  private @Nullable String @Nullable [] texts;
  private int next;

  synchronized boolean add(StreamSession stream, int max) {
    return open.size() < max && open.add(stream);
  }

  /** Says whether it was the last. */
  synchronized boolean remove(StreamSession stream) {
    open.remove(stream);
    return open.isEmpty();
  }

  synchronized List<StreamSession> all() {
    return List.copyOf(open);
  }

  /**
   * Null when it is to be rendered. By identity: after an erasure the same entry is another frame.
   */
  synchronized @Nullable String textOf(Frame frame) {
    if (frames != null && texts != null) {
      for (int i = 0; i < REMEMBERED; i++) {
        if (frames[i] == frame) {
          return texts[i];
        }
      }
    }
    return null;
  }

  /** Nothing is remembered for a single stream, which never asks twice. */
  synchronized void remember(Frame frame, String text) {
    if (open.size() < 2) {
      frames = null;
      texts = null;
      return;
    }
    if (frames == null || texts == null) {
      frames = new Frame[REMEMBERED];
      texts = new String[REMEMBERED];
    }
    frames[next] = frame;
    texts[next] = text;
    next = (next + 1) % REMEMBERED;
  }
}
