package io.mainstem.gateway.http.rendering;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SegmentedStringWriter;
import io.mainstem.directory.Session;
import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.gateway.http.protocol.Json;
import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.DraftView;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Position;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers as JSON texts. */
public final class Render {
  private Render() {}

  /** Writes into a JSON text. */
  @FunctionalInterface
  interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  static String json(Body body) {
    var text = new SegmentedStringWriter(Json.FACTORY._getBufferRecycler());
    try (var out = Json.FACTORY.createGenerator(text)) {
      out.writeStartObject();
      body.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      return text.getAndClear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String loggedIn(String token, Person user) {
    return json(
        out -> {
          out.writeStringField("token", token);
          user(out, user);
        });
  }

  public static String who(Person user) {
    return json(out -> user(out, user));
  }

  private static void user(JsonGenerator out, Person user) throws IOException {
    if (user.user() == null) {
      throw new IllegalArgumentException("only an account has a session");
    }
    out.writeFieldName("user");
    new ViewWriter(out, user.user(), 0, Bodies.NONE).person(user);
  }

  public static String sessions(List<Session> sessions, String current) {
    return json(
        out -> {
          out.writeArrayFieldStart("sessions");
          for (var session : sessions) {
            out.writeStartObject();
            out.writeStringField("id", session.id());
            out.writeStringField("createdAt", time(session.createdMillis()));
            out.writeStringField("seenAt", time(session.lastUsedMillis()));
            out.writeStringField("expiresAt", time(session.expiresMillis()));
            out.writeStringField("device", session.label());
            out.writeBooleanField("current", session.id().equals(current));
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  private static String time(long millis) {
    return ViewWriter.time(Instant.ofEpochMilli(millis));
  }

  public static String threads(UserId owner, Query.ThreadPage page) {
    return json(
        out -> {
          var view = new ViewWriter(out, owner, page.cursor().generation(), Bodies.NONE);
          out.writeArrayFieldStart("threads");
          for (var thread : page.threads()) {
            view.thread(thread);
          }
          out.writeEndArray();
          position(out, "next", page.next());
          seq(out, page.cursor());
        });
  }

  public static String thread(UserId owner, ThreadView thread, Cursor cursor) {
    return json(
        out -> {
          out.writeFieldName("thread");
          new ViewWriter(out, owner, cursor.generation(), Bodies.NONE).thread(thread);
          seq(out, cursor);
        });
  }

  public static String messages(UserId owner, Query.MessagePage page, Bodies bodies) {
    return json(
        out -> {
          var view = new ViewWriter(out, owner, page.cursor().generation(), bodies);
          out.writeArrayFieldStart("messages");
          for (var message : page.messages()) {
            view.message(message, true);
          }
          out.writeEndArray();
          position(out, "next", page.next());
          position(out, "prev", page.prev());
          seq(out, page.cursor());
        });
  }

  public static String message(UserId owner, MessageView message, Cursor cursor, Bodies bodies) {
    return json(
        out -> {
          out.writeFieldName("message");
          new ViewWriter(out, owner, cursor.generation(), bodies).message(message, true);
          seq(out, cursor);
        });
  }

  /**
   * @param attachmentIds the ids under which a client names the files of a draft
   */
  public static String drafts(
      UserId owner,
      List<DraftView> drafts,
      Cursor cursor,
      Function<DraftView, List<String>> attachmentIds) {
    return json(
        out -> {
          var view = new ViewWriter(out, owner, cursor.generation(), Bodies.NONE);
          out.writeArrayFieldStart("drafts");
          for (var draft : drafts) {
            view.draft(draft, attachmentIds.apply(draft));
          }
          out.writeEndArray();
          seq(out, cursor);
        });
  }

  public static String folders(UserId owner, List<FolderView> folders, Cursor cursor) {
    return json(
        out -> {
          var view = new ViewWriter(out, owner, cursor.generation(), Bodies.NONE);
          out.writeArrayFieldStart("folders");
          for (var folder : folders) {
            view.folder(folder);
          }
          out.writeEndArray();
          seq(out, cursor);
        });
  }

  public static String folderMade(Reply.FolderMade made) {
    return json(
        out -> {
          out.writeStringField("id", made.folder().value());
          seq(out, made.cursor());
        });
  }

  public static String settings(UserId owner, Query.SettingsAt settings) {
    return json(
        out -> {
          out.writeFieldName("settings");
          new ViewWriter(out, owner, settings.cursor().generation(), Bodies.NONE)
              .settings(settings.settings());
          seq(out, settings.cursor());
        });
  }

  public static String counts(Query.CountsAt counts) {
    return json(
        out -> {
          out.writeNumberField("unread", counts.counts().unread());
          out.writeNumberField("requests", counts.counts().requests());
          seq(out, counts.cursor());
        });
  }

  public static String done(Cursor cursor) {
    return json(out -> seq(out, cursor));
  }

  public static String sent(Reply.Sent sent) {
    return json(out -> sentFields(out, sent));
  }

  /** {@code {ref,…}} with the reply of {@code POST /messages}. */
  public static String sent(@Nullable String ref, Reply.Sent sent) {
    return json(
        out -> {
          ref(out, ref);
          sentFields(out, sent);
        });
  }

  private static void sentFields(JsonGenerator out, Reply.Sent sent) throws IOException {
    out.writeStringField("id", sent.id().value());
    out.writeStringField("threadId", sent.thread().value());
    seq(out, sent.cursor());
  }

  public static String done(@Nullable String ref, Cursor cursor) {
    return json(
        out -> {
          ref(out, ref);
          seq(out, cursor);
        });
  }

  /** {@code {ref}} alone: a sign of life. */
  public static String alive(@Nullable String ref) {
    return json(out -> ref(out, ref));
  }

  public static String error(@Nullable String ref, Problem problem) {
    return json(
        out -> {
          ref(out, ref);
          out.writeObjectFieldStart("error");
          problem(out, problem);
          out.writeEndObject();
        });
  }

  public static String problem(Problem problem) {
    return json(out -> problem(out, problem));
  }

  private static void problem(JsonGenerator out, Problem problem) throws IOException {
    out.writeStringField("type", problem.type().uri());
    out.writeStringField("title", problem.type().title());
    out.writeNumberField("status", problem.type().status());
    if (problem.detail() != null) {
      out.writeStringField("detail", problem.detail());
    }
    if (problem.field() != null) {
      out.writeStringField("field", problem.field());
    }
    if (problem.id() != null) {
      out.writeStringField("id", problem.id());
    }
  }

  public static String blob(String id, long sizeBytes, String type) {
    return json(
        out -> {
          out.writeStringField("id", id);
          out.writeNumberField("sizeBytes", sizeBytes);
          out.writeStringField("type", type);
        });
  }

  /**
   * @param frames each rendered by {@link FrameRenderer}
   */
  public static String updates(List<String> frames, Cursor cursor) {
    var out = new StringBuilder("{\"updates\":[");
    for (int i = 0; i < frames.size(); i++) {
      out.append(i == 0 ? "" : ",").append(frames.get(i));
    }
    return out.append("],\"seq\":\"").append(Cursors.write(cursor)).append("\"}").toString();
  }

  public static String caughtUp(Watched.CaughtUp caughtUp) {
    return json(
        out -> {
          out.writeStringField("type", "caughtUp");
          seq(out, caughtUp.cursor());
          if (caughtUp.stale()) {
            out.writeBooleanField("stale", true);
          }
        });
  }

  /** From now on what was told may be old, or no more. */
  public static String stale(boolean now) {
    return json(out -> out.writeStringField("type", now ? "stale" : "fresh"));
  }

  public static String reset(Cursor cursor) {
    return json(
        out -> {
          out.writeStringField("type", "reset");
          seq(out, cursor);
        });
  }

  public static String typing(UserId owner, String thread, Person by) {
    return json(
        out -> {
          out.writeStringField("type", "typing");
          out.writeStringField("threadId", thread);
          out.writeFieldName("by");
          new ViewWriter(out, owner, 0, Bodies.NONE).person(by);
        });
  }

  private static void ref(JsonGenerator out, @Nullable String ref) throws IOException {
    out.writeStringField("ref", ref);
  }

  static void seq(JsonGenerator out, Cursor cursor) throws IOException {
    out.writeStringField("seq", Cursors.write(cursor));
  }

  private static void position(JsonGenerator out, String field, @Nullable Position position)
      throws IOException {
    out.writeFieldName(field);
    if (position == null) {
      out.writeNull();
    } else {
      out.writeString(Cursors.write(position));
    }
  }
}
