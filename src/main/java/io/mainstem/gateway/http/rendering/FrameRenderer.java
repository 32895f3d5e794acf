package io.mainstem.gateway.http.rendering;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.DraftView;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.MessageView;
import io.mainstem.message.MessageId;
import io.mainstem.message.UserId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * An entry of the log as the stream and long-polling tell it. A frame always gives the same bytes,
 * whoever asks, whenever (but for erased content).
 */
public final class FrameRenderer {
  private FrameRenderer() {}

  /** Whether a client is told of this entry. */
  public static boolean isShown(Frame frame) {
    for (var change : frame.changes()) {
      if (isShown(change)) {
        return true;
      }
    }
    return false;
  }

  /** Bookkeeping of delivery shows nothing, and annotations are for mail programs. */
  private static boolean isShown(Change change) {
    return !(change instanceof Change.Bookkeeping)
        && !(change instanceof Change.AnnotationsChanged);
  }

  /** Whether the owner gets a message with this frame that somebody else wrote. */
  public static boolean delivers(Frame frame) {
    for (var change : frame.changes()) {
      if (change instanceof Change.MessageChanged changed
          && changed.arrived()
          && !changed.message().sent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Messages of which a part must be fetched before the frame can be rendered; almost always none.
   */
  public static List<MessageView> withLongText(Frame frame) {
    List<MessageView> out = List.of();
    for (var change : frame.changes()) {
      var message =
          switch (change) {
            case Change.MessageChanged changed -> changed.message();
            case Change.ThreadChanged changed -> changed.thread().last();
            case Change.MessageGone gone -> null;
            case Change.StatusChanged status -> null;
            case Change.FlagsChanged flags -> null;
            case Change.ReadChanged read -> null;
            case Change.CountsChanged counts -> null;
            case Change.FoldersChanged folders -> null;
            case Change.SettingsChanged settings -> null;
            case Change.DraftChanged draft -> null;
            case Change.Bookkeeping bookkeeping -> null;
            case Change.AnnotationsChanged annotations -> null;
          };
      if (message != null && message.message() != null && message.message().longText() != null) {
        out = out.isEmpty() ? new ArrayList<>() : out;
        out.add(message);
      }
    }
    return out;
  }

  public static String render(
      UserId owner, Frame frame, Bodies bodies, Function<DraftView, List<String>> attachmentIds) {
    return Render.json(
        out -> {
          Render.seq(out, frame.cursor());
          var view = new ViewWriter(out, owner, frame.cursor().generation(), bodies);
          out.writeArrayFieldStart("changes");
          for (var change : frame.changes()) {
            if (isShown(change)) {
              out.writeStartObject();
              change(out, view, change, attachmentIds);
              out.writeEndObject();
            }
          }
          out.writeEndArray();
        });
  }

  private static void change(
      JsonGenerator out,
      ViewWriter view,
      Change change,
      Function<DraftView, List<String>> attachmentIds)
      throws IOException {
    switch (change) {
      case Change.MessageChanged c -> {
        out.writeStringField("type", "message");
        if (c.arrived()) {
          out.writeBooleanField("arrived", true);
        }
        out.writeFieldName("message");
        view.message(c.message(), false);
      }
      case Change.MessageGone c -> {
        out.writeStringField("type", "removed");
        out.writeStringField("messageId", c.id().value());
        out.writeStringField("threadId", c.thread().value());
        out.writeStringField("folderId", c.folder().value());
        if (c.everywhere()) {
          out.writeBooleanField("everywhere", true);
        }
      }
      case Change.StatusChanged c -> {
        out.writeStringField("type", "status");
        out.writeStringField("threadId", c.thread().value());
        out.writeStringField("upTo", c.upTo().value());
        out.writeStringField("status", ViewWriter.word(c.status()));
        out.writeFieldName("by");
        view.person(c.by());
      }
      case Change.FlagsChanged c -> {
        out.writeStringField("type", "flags");
        out.writeStringField("threadId", c.thread().value());
        view.strings("messageIds", c.messages().stream().map(MessageId::value).toList());
        view.strings("added", new TreeSet<>(c.added()));
        view.strings("removed", new TreeSet<>(c.removed()));
      }
      case Change.ReadChanged c -> {
        out.writeStringField("type", "read");
        out.writeStringField("threadId", c.thread().value());
        out.writeStringField("upTo", Cursors.write(view.generation(), c.upTo()));
        out.writeNumberField("unread", c.unread());
      }
      case Change.ThreadChanged c -> {
        out.writeStringField("type", "thread");
        out.writeFieldName("thread");
        view.thread(c.thread());
      }
      case Change.CountsChanged c -> {
        out.writeStringField("type", "counts");
        view.counts(c.counts());
      }
      case Change.FoldersChanged c -> {
        out.writeStringField("type", "folder");
        out.writeFieldName("folder");
        view.folder(c.folder());
        if (c.deleted()) {
          out.writeBooleanField("deleted", true);
        }
      }
      case Change.SettingsChanged c -> {
        out.writeStringField("type", "settings");
        out.writeFieldName("settings");
        view.settings(c.settings());
      }
      case Change.DraftChanged c -> {
        out.writeStringField("type", "draft");
        out.writeStringField("id", c.id().value());
        if (c.draft() != null) {
          out.writeFieldName("draft");
          view.draft(c.draft(), attachmentIds.apply(c.draft()));
        }
      }
      case Change.Bookkeeping c -> throw new IllegalArgumentException("bookkeeping is not told");
      case Change.AnnotationsChanged c ->
          throw new IllegalArgumentException("annotations are not told");
    }
  }
}
