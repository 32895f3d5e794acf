package io.mainstem.app.cli;

import io.mainstem.app.archive.ExportFormat;
import io.mainstem.app.archive.ExportedMail;
import io.mainstem.app.archive.FolderWriter;
import io.mainstem.app.archive.Spool;
import io.mainstem.app.cli.ExportState.Progressed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes folders of a mailbox to a directory, as the server gives them: one message after another,
 * none of them whole in memory unless it is short.
 */
final class Export {
  private static final int SAVE_EVERY = 2_000;
  private static final int MAX_PIECE_BYTES = 16 << 20;

  private final AdminClient admin;
  private final String path;
  private final Path directory;
  private final ExportFormat format;
  private final ExportState state;
  private final Progress progress;
  private final Report report;
  private long exported;
  private long doneBytes;

  Export(
      AdminClient admin,
      String user,
      Path directory,
      ExportFormat format,
      ExportState state,
      Progress progress) {
    this.admin = admin;
    this.path = "/admin/users/" + AdminClient.encoded(user);
    this.directory = directory;
    this.format = format;
    this.state = state;
    this.progress = progress;
    this.report = new Report(directory.resolve("mainstem-export-report.txt"), progress);
  }

  /** A folder as the server tells it. */
  record Source(String id, String name, int uidValidity, long sizeBytes) {
    static Source of(JsonObject json) {
      return new Source(
          json.getString("id"),
          json.getString("name"),
          json.getInteger("uidValidity"),
          json.getLong("sizeBytes"));
    }
  }

  /** All folders of a user, in their order. */
  static List<Source> sources(AdminClient admin, String user)
      throws IOException, InterruptedException {
    String path = "/admin/users/" + AdminClient.encoded(user) + "/folders";
    return admin.get(path).getJsonArray("folders").stream()
        .map(each -> Source.of((JsonObject) each))
        .toList();
  }

  /**
   * @param wanted names of folders; empty: all
   */
  void run(List<Source> all, Set<String> wanted) throws IOException, InterruptedException {
    List<Source> sources =
        all.stream().filter(one -> wanted.isEmpty() || wanted.contains(one.name())).toList();
    for (String name : wanted) {
      if (all.stream().noneMatch(one -> one.name().equals(name))) {
        throw new AdminFailure(
            "There is no folder %s. There are %s."
                .formatted(name, String.join(", ", all.stream().map(Source::name).toList())));
      }
    }
    for (Source source : sources) {
      doneBytes += state.of(source.name()).doneBytes();
    }
    progress.begin(sources.stream().mapToLong(Source::sizeBytes).sum(), doneBytes);
    try (report) {
      for (Source source : sources) {
        folder(source);
      }
      state.finish();
      progress.end(doneBytes, exported);
      progress.say(
          "%,d mails exported to %s, %,d remarks.".formatted(exported, directory, report.count()));
      if (report.file() != null) {
        progress.say("The remarks stand in " + report.file());
      }
    }
  }

  private void folder(Source source) throws IOException, InterruptedException {
    Progressed before = state.of(source.name());
    if (before.uidValidity() != source.uidValidity()) {
      before = Progressed.NOTHING; // another folder of this name
    }
    String from =
        path + "/export?folder=" + AdminClient.encoded(source.id()) + "&from=" + (before.uid() + 1);
    try (FolderWriter writer =
            format.open(directory, source.name(), source.uidValidity(), before.offset());
        DataInputStream in = new DataInputStream(admin.open(from))) {
      Progressed at = before;
      long folderBytes = before.doneBytes();
      for (int count = 1; ; count++) {
        int length = in.readInt();
        if (length == 0) {
          break;
        }
        ExportedMail mail = mail(new JsonObject(text(in, length)));
        message(source, writer, in, mail);
        folderBytes += mail.sizeBytes();
        doneBytes += mail.sizeBytes();
        at = new Progressed(source.uidValidity(), mail.uid(), writer.offset(), folderBytes);
        if (count % SAVE_EVERY == 0) {
          save(source, writer, at);
        }
        progress.show(doneBytes, exported);
      }
      save(source, writer, at);
    } catch (IOException broken) {
      throw new AdminFailure(
          "The export of %s broke off (%s). Run the same command again to go on where it stopped."
              .formatted(source.name(), broken.getMessage()));
    }
  }

  private void save(Source source, FolderWriter writer, Progressed at) throws IOException {
    writer.sync();
    state.advance(source.name(), at);
  }

  private void message(Source source, FolderWriter writer, DataInputStream in, ExportedMail mail)
      throws IOException {
    try (Spool content = new Spool(directory)) {
      @Nullable String why = pieces(in, content);
      if (why == null && content.sizeBytes() != mail.sizeBytes()) {
        why = "it has %,d bytes instead of %,d".formatted(content.sizeBytes(), mail.sizeBytes());
      }
      if (why != null) {
        report.add("%s, UID %d was not exported: %s".formatted(source.name(), mail.uid(), why));
        return;
      }
      @Nullable String lost = writer.write(mail, content);
      if (lost != null) {
        report.add("%s, UID %d: %s".formatted(source.name(), mail.uid(), lost));
      }
      exported++;
    }
  }

  /** Why the message cannot be read; null when all of it came. */
  private static @Nullable String pieces(DataInputStream in, Spool content) throws IOException {
    while (true) {
      int length = in.readInt();
      if (length == 0) {
        return null;
      }
      if (length < 0) {
        return text(in, in.readInt());
      }
      content.write(bytes(in, length), length);
    }
  }

  private static byte[] bytes(DataInputStream in, int length) throws IOException {
    if (length < 0 || length > MAX_PIECE_BYTES) {
      throw new IOException("the server sent a length of " + length);
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static String text(DataInputStream in, int length) throws IOException {
    return new String(bytes(in, length), StandardCharsets.UTF_8);
  }

  private static ExportedMail mail(JsonObject head) {
    Set<String> flags = new TreeSet<>();
    head.getJsonArray("flags", new JsonArray()).forEach(flag -> flags.add(String.valueOf(flag)));
    return new ExportedMail(
        head.getInteger("uid"),
        head.getLong("received"),
        head.getInteger("zone"),
        flags,
        head.getLong("sizeBytes"));
  }
}
