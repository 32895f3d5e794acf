package io.mainstem.app.cli;

import io.mainstem.mime.MboxReader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends a file to the server batch after batch, and goes on only behind what the server says is
 * durable.
 */
final class MboxImport {
  private static final int MAX_TRIES = 12;
  private static final int SAMPLE_BYTES = 4 << 20;
  private static final Pattern MARK = Pattern.compile("(?m)^(?:X-)?Status: ");

  private final AdminClient admin;
  private final Path file;
  private final String path;
  private final String folder;
  private final ImportState state;
  private final Progress progress;

  MboxImport(
      AdminClient admin,
      Path file,
      String user,
      String folder,
      ImportState state,
      Progress progress) {
    this.admin = admin;
    this.file = file;
    this.path = "/admin/users/" + URLEncoder.encode(user, StandardCharsets.UTF_8) + "/import";
    this.folder = folder;
    this.state = state;
    this.progress = progress;
  }

  /** Says whether it came to the end of the file. */
  boolean run() throws IOException, InterruptedException {
    long size = Files.size(file);
    boolean marks = marks();
    OffsetDateTime modified = Files.getLastModifiedTime(file).toInstant().atOffset(ZoneOffset.UTC);
    long importedBefore = state.imported();
    if (state.offset() > 0) {
      progress.say(
          state.offset() == size
              ? "All of %s was imported before; --again looks at all of it once more."
                  .formatted(file)
              : "Going on at byte %d, where an earlier import of this file stopped."
                  .formatted(state.offset()));
    }
    progress.begin(state.offset(), done());
    int tries = 0;
    boolean ended = state.offset() == size;
    while (!ended) {
      Outcome outcome = batch(marks, modified);
      progress.show(state.offset(), done());
      ended = outcome.ended();
      if (outcome.stop() != null) {
        progress.end(state.offset(), done());
        progress.say("Stopped: " + outcome.stop() + ". Run the same command again to go on.");
        return false;
      }
      tries = outcome.busy() ? tries + 1 : 0;
      if (tries > MAX_TRIES) {
        progress.say(
            "Stopped: the server has been too busy for a while. Run the same command again to go"
                + " on.");
        return false;
      }
      if (outcome.busy()) {
        TimeUnit.MILLISECONDS.sleep(Math.min(5_000, 50L << tries));
      }
    }
    progress.end(state.offset(), done());
    progress.say(
        "%,d mails imported, %,d were there already, %,d could not be read."
            .formatted(state.imported() - importedBefore, state.known(), state.unreadable()));
    return true;
  }

  private long done() {
    return state.imported() + state.known();
  }

  /**
   * @param stop why it makes no sense to go on, else null; @param busy to be tried again from where
   *     the state is
   */
  private record Outcome(boolean ended, boolean busy, @Nullable String stop) {}

  private Outcome batch(boolean marks, OffsetDateTime modified)
      throws IOException, InterruptedException {
    try (MboxReader reader = new MboxReader(file, state.offset())) {
      MboxBatch batch = new MboxBatch(reader, folder, marks, modified);
      JsonObject answer = admin.stream(path, () -> batch);
      return settle(batch, reader, answer.getJsonArray("messages", new JsonArray()));
    }
  }

  private Outcome settle(MboxBatch batch, MboxReader reader, JsonArray answers) throws IOException {
    List<Long> offsets = batch.offsets();
    long imported = 0;
    long known = 0;
    long refused = 0;
    for (int i = 0; i < offsets.size(); i++) {
      JsonObject answer =
          i < answers.size()
              ? answers.getJsonObject(i)
              : new JsonObject().put("rule", "BUSY").put("error", "no answer");
      String rule = answer.getString("rule");
      if (rule == null) {
        imported += answer.getBoolean("created", false) ? 1 : 0;
        known += answer.getBoolean("created", false) ? 0 : 1;
        continue;
      }
      switch (rule) {
        case "BUSY", "STORE_FAILED", "RATE_LIMITED" -> {
          state.advance(offsets.get(i), imported, known, refused);
          return new Outcome(false, true, null);
        }
        case "OVER_QUOTA", "STORE_FULL" -> {
          state.advance(offsets.get(i), imported, known, refused);
          return new Outcome(false, false, answer.getString("error"));
        }
        default -> {
          refused++;
          progress.say("byte %d: %s".formatted(offsets.get(i), answer.getString("error")));
        }
      }
    }
    batch.unreadable().forEach(progress::say);
    long next = batch.isAtFileEnd() ? Files.size(file) : reader.offset();
    state.advance(next, imported, known, refused + batch.unreadable().size());
    return new Outcome(batch.isAtFileEnd(), false, null);
  }

  /**
   * A program that keeps flags in the file marks what it has shown; an archive marks nothing, and
   * its mail is history.
   */
  private boolean marks() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return MARK.matcher(new String(in.readNBytes(SAMPLE_BYTES), StandardCharsets.ISO_8859_1))
          .find();
    }
  }
}
