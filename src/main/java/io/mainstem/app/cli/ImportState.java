package io.mainstem.app.cli;

import io.mainstem.app.archive.Fingerprints;
import io.mainstem.app.archive.MailFolder;
import io.mainstem.app.cli.ImportBatch.Mark;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * How far the import of one folder came, in the data directory that it fills: so it lives and dies
 * with the mail. It only saves time; the server recognises by itself what it has.
 */
final class ImportState {
  private final Path file;
  private Mark mark = new Mark(MailFolder.START, 0);
  private boolean finished;

  private ImportState(Path file) {
    this.file = file;
  }

  /** The state of this folder's import for this user. */
  static ImportState open(Path data, MailFolder folder, String user, boolean again)
      throws IOException {
    String name = Fingerprints.of(user + "\n" + folder.identity());
    ImportState state = new ImportState(data.resolve("imports").resolve(name + ".json"));
    if (!again && Files.exists(state.file)) {
      JsonObject saved = read(state.file);
      String mark = saved == null ? null : saved.getString("mark");
      if (saved != null && mark != null) {
        state.mark = new Mark(mark, saved.getLong("doneBytes", 0L));
        state.finished = saved.getBoolean("finished", false);
      }
    }
    if (state.finished && !folder.growsAtItsEnd()) {
      state.mark = new Mark(MailFolder.START, 0);
      state.finished = false;
    }
    return state;
  }

  /** Behind all that is settled. */
  Mark mark() {
    return mark;
  }

  /** Whether an earlier import came to the end. */
  boolean isFinished() {
    return finished;
  }

  /** All before {@code next} is settled. */
  void advance(Mark next, boolean atEnd) throws IOException {
    mark = next;
    finished = atEnd;
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    JsonObject saved =
        new JsonObject()
            .put("mark", mark.mark())
            .put("doneBytes", mark.doneBytes())
            .put("finished", finished);
    Files.writeString(fresh, saved.encode());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static @Nullable JsonObject read(Path file) throws IOException {
    try {
      return new JsonObject(Files.readString(file));
    } catch (DecodeException damaged) {
      return null;
    }
  }
}
