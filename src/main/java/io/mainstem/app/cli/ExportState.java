package io.mainstem.app.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * How far an export came, beside what it has written: a stopped one goes on from there, and an
 * import knows by it that names of folders mean what they say here.
 */
final class ExportState {
  private static final String FILE = "mainstem-export.json";

  private final Path file;
  private final JsonObject state;

  private ExportState(Path file, JsonObject state) {
    this.file = file;
    this.state = state;
  }

  /** Whether this directory was written by an export. */
  static boolean isOf(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /** Begins in a directory that is empty or not there, or goes on in one of the same export. */
  static ExportState open(Path directory, String user, String format) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      JsonObject state = read(file);
      if (!user.equals(state.getString("user")) || !format.equals(state.getString("format"))) {
        throw new AdminFailure(
            "%s holds the export of %s as %s. Name another directory."
                .formatted(directory, state.getString("user"), state.getString("format")));
      }
      if (state.getBoolean("finished", false)) {
        throw new AdminFailure(
            "%s holds a finished export already. Name another directory.".formatted(directory));
      }
      return new ExportState(file, state);
    }
    try (Stream<Path> all = Files.list(directory)) {
      if (all.findAny().isPresent()) {
        throw new AdminFailure("%s is not empty. Name another directory.".formatted(directory));
      }
    }
    return new ExportState(
        file,
        new JsonObject()
            .put("user", user)
            .put("format", format)
            .put("finished", false)
            .put("folders", new JsonObject()));
  }

  private static JsonObject read(Path file) throws IOException {
    try {
      return new JsonObject(Files.readString(file));
    } catch (DecodeException damaged) {
      throw new AdminFailure("%s is damaged. Name another directory.".formatted(file));
    }
  }

  /**
   * How far a folder is written.
   *
   * @param uid the last that is written
   * @param offset where the writer goes on
   */
  record Progressed(int uidValidity, int uid, long offset, long doneBytes) {
    static final Progressed NOTHING = new Progressed(0, 0, 0, 0);
  }

  Progressed of(String folder) {
    JsonObject at = state.getJsonObject("folders").getJsonObject(folder);
    return at == null
        ? Progressed.NOTHING
        : new Progressed(
            at.getInteger("uidValidity"),
            at.getInteger("uid"),
            at.getLong("offset"),
            at.getLong("doneBytes"));
  }

  void advance(String folder, Progressed to) throws IOException {
    state
        .getJsonObject("folders")
        .put(
            folder,
            new JsonObject()
                .put("uidValidity", to.uidValidity())
                .put("uid", to.uid())
                .put("offset", to.offset())
                .put("doneBytes", to.doneBytes()));
    save();
  }

  void finish() throws IOException {
    state.put("finished", true);
    save();
  }

  private void save() throws IOException {
    Path fresh = file.resolveSibling(FILE + ".new");
    Files.writeString(fresh, state.encodePrettily());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
