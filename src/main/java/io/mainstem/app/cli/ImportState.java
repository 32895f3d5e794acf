package io.mainstem.app.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How far an import came, in the data directory that it fills: so it lives and dies with the mail.
 * It only saves time; the server recognises by itself what it has.
 */
final class ImportState {
  private static final int HEAD_BYTES = 64 << 10;

  private final Path file;
  private long offset;
  private long imported;
  private long known;
  private long unreadable;

  private ImportState(Path file) {
    this.file = file;
  }

  /** The state of this file's import for this user: a file is known by how it begins. */
  static ImportState open(Path data, Path source, String user, boolean again) throws IOException {
    ImportState state =
        new ImportState(data.resolve("imports").resolve(name(source, user) + ".json"));
    if (!again && Files.exists(state.file)) {
      JsonObject saved = read(state.file);
      if (saved != null && saved.getLong("offset", 0L) <= Files.size(source)) {
        state.offset = saved.getLong("offset", 0L);
        state.imported = saved.getLong("imported", 0L);
        state.known = saved.getLong("known", 0L);
        state.unreadable = saved.getLong("unreadable", 0L);
      }
    }
    return state;
  }

  /** Where the next message begins. */
  long offset() {
    return offset;
  }

  long imported() {
    return imported;
  }

  long known() {
    return known;
  }

  long unreadable() {
    return unreadable;
  }

  /** All before {@code next} is settled. */
  void advance(long next, long moreImported, long moreKnown, long moreUnreadable)
      throws IOException {
    offset = next;
    imported += moreImported;
    known += moreKnown;
    unreadable += moreUnreadable;
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    JsonObject saved =
        new JsonObject()
            .put("offset", offset)
            .put("imported", imported)
            .put("known", known)
            .put("unreadable", unreadable);
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

  private static String name(Path source, String user) throws IOException {
    try (InputStream in = Files.newInputStream(source)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((user + "\n" + source.toRealPath() + "\n").getBytes(StandardCharsets.UTF_8));
      digest.update(in.readNBytes((int) Math.min(HEAD_BYTES, Math.min(Files.size(source), 512))));
      return HexFormat.of().formatHex(digest.digest(), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
