package io.mainstem.app.cli;

import io.mainstem.app.archive.MailFolder;
import io.mainstem.app.cli.ImportBatch.Mark;
import io.mainstem.app.cli.ImportBatch.Sent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the folders of an archive to the server batch after batch, and goes on only behind what the
 * server says is durable. So it is as fast as the server takes it, and a stop costs one batch.
 */
public final class Import {
  private static final int MAX_TRIES = 12;

  private final AdminClient admin;
  private final Path data;
  private final String user;
  private final boolean again;
  private final TargetFolders folders;
  private final Progress progress;
  private final Report report;
  private final String path;
  private long imported;
  private long known;

  /**
   * @param again whether everything is looked at, even if an earlier import came further
   */
  Import(
      AdminClient admin,
      Path data,
      String user,
      boolean again,
      TargetFolders folders,
      Progress progress) {
    this.admin = admin;
    this.data = data;
    this.user = user;
    this.again = again;
    this.folders = folders;
    this.progress = progress;
    this.report = new Report(data.resolve("imports").resolve("unreadable.txt"), progress);
    this.path = "/admin/users/" + AdminClient.encoded(user) + "/import";
  }

  /** Messages that were added. */
  public long imported() {
    return imported;
  }

  /** Says whether it came to the end of all of them. */
  boolean run(List<MailFolder> sources) throws IOException, InterruptedException {
    List<ImportState> states = new ArrayList<>();
    long total = 0;
    long before = 0;
    for (MailFolder source : sources) {
      ImportState state = ImportState.open(data, source, user, again);
      states.add(state);
      total += source.sizeBytes();
      before += state.mark().doneBytes();
    }
    progress.begin(total, before);
    boolean whole = true;
    long done = 0;
    try (report) {
      for (int i = 0; i < sources.size() && whole; i++) {
        whole = folder(sources.get(i), states.get(i), done);
        done += states.get(i).mark().doneBytes();
      }
      progress.end(done, imported + known);
      if (whole) {
        progress.say(
            "%,d mails imported, %,d were there already, %,d could not be read."
                .formatted(imported, known, report.count()));
      }
      if (report.file() != null) {
        progress.say("What could not be read stands in " + report.file());
      }
    }
    return whole;
  }

  private boolean folder(MailFolder source, ImportState state, long doneBefore)
      throws IOException, InterruptedException {
    Mark start = state.mark();
    if (state.isFinished() && start.doneBytes() == source.sizeBytes()) {
      progress.say(
          "All of %s was imported before; --again looks at all of it once more."
              .formatted(source.shown()));
      return true;
    }
    if (!start.mark().equals(MailFolder.START)) {
      progress.say(
          "Going on with %s at %s, where an earlier import stopped."
              .formatted(source.shown(), Progress.bytes(start.doneBytes())));
    }
    @Nullable String target = folders.of(source);
    int tries = 0;
    while (true) {
      Outcome outcome = batch(source, state, target);
      progress.show(doneBefore + state.mark().doneBytes(), imported + known);
      if (outcome.stop() != null) {
        progress.say("Stopped: " + outcome.stop() + ". Run the same command again to go on.");
        return false;
      }
      if (outcome.ended()) {
        return true;
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
  }

  /**
   * @param busy to be tried again from where the state is
   * @param stop why it makes no sense to go on, else null
   */
  private record Outcome(boolean ended, boolean busy, @Nullable String stop) {}

  private Outcome batch(MailFolder source, ImportState state, @Nullable String target)
      throws IOException, InterruptedException {
    try (MailFolder.Reading reading = source.read(state.mark().mark())) {
      while (true) {
        ImportBatch batch = new ImportBatch(reading, target);
        JsonObject answer = send(batch);
        Outcome outcome =
            settle(source, state, batch, answer.getJsonArray("messages", new JsonArray()));
        if (outcome.ended() || outcome.busy() || outcome.stop() != null) {
          return outcome;
        }
      }
    }
  }

  private JsonObject send(ImportBatch batch) throws InterruptedException {
    try {
      return admin.stream(path, () -> batch);
    } catch (IOException broken) {
      throw new AdminFailure(
          "The import broke off (%s). Run the same command again to go on."
              .formatted(broken.getMessage()));
    }
  }

  private Outcome settle(MailFolder source, ImportState state, ImportBatch batch, JsonArray answers)
      throws IOException {
    List<Sent> sent = batch.sent();
    for (int i = 0; i < sent.size(); i++) {
      Sent one = sent.get(i);
      JsonObject answer =
          i < answers.size()
              ? answers.getJsonObject(i)
              : new JsonObject().put("rule", "BUSY").put("error", "no answer");
      String rule = answer.getString("rule");
      if (rule == null) {
        boolean created = answer.getBoolean("created", false);
        imported += created ? 1 : 0;
        known += created ? 0 : 1;
        continue;
      }
      switch (rule) {
        case "BUSY", "STORE_FAILED", "RATE_LIMITED", "OVER_QUOTA", "STORE_FULL" -> {
          report(source, batch.unreadable().subList(0, one.unreadable()));
          state.advance(one.before(), false);
          boolean full = rule.equals("OVER_QUOTA") || rule.equals("STORE_FULL");
          return new Outcome(false, !full, full ? answer.getString("error") : null);
        }
        default -> report(source, List.of(one.place() + ": " + answer.getString("error")));
      }
    }
    report(source, batch.unreadable());
    state.advance(batch.end(), batch.isAtFolderEnd());
    return new Outcome(batch.isAtFolderEnd(), false, null);
  }

  private void report(MailFolder source, List<String> lines) throws IOException {
    for (String line : lines) {
      report.add(line.startsWith(source.shown()) ? line : source.shown() + ": " + line);
    }
  }
}
