package io.mainstem.app.demo;

import io.mainstem.app.StartFailure;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code DATA/demo.json} keeps. Blocking.
 *
 * @param base the first start, from which all dates are reckoned
 * @param passwords by name
 * @param complete whether all of the story is told
 */
record DemoState(Instant base, Map<String, String> passwords, boolean complete) {
  static final String FILE = "demo.json";

  /** 64 words, 6 random bits each. */
  private static final List<String> WORDS =
      List.of(
          "acorn", "amber", "anchor", "apple", "barley", "basil", "beacon", "birch", "bridge",
          "candle", "cedar", "cherry", "clover", "copper", "coral", "cotton", "cricket", "dune",
          "ember", "falcon", "feather", "fern", "fiddle", "forest", "garden", "ginger", "harbor",
          "hazel", "heron", "honey", "island", "ivory", "jasper", "juniper", "kettle", "lantern",
          "lemon", "lilac", "linen", "maple", "marble", "meadow", "mint", "moss", "olive",
          "orchard", "otter", "pebble", "pepper", "plum", "quartz", "raven", "river", "saddle",
          "saffron", "sparrow", "thistle", "timber", "tulip", "velvet", "violet", "walnut",
          "willow", "winter");

  DemoState {
    passwords = Map.copyOf(passwords);
  }

  static DemoState make(Instant now) {
    var passwords = new LinkedHashMap<String, String>();
    DemoStory.PEOPLE.keySet().forEach(name -> passwords.put(name, password(new SecureRandom())));
    return new DemoState(now.truncatedTo(ChronoUnit.SECONDS), passwords, false);
  }

  /**
   * Like {@code k7-moss-lantern-heron}: 26 bits that can be read aloud. It guards a demo on one
   * machine, behind the throttle.
   */
  private static String password(SecureRandom random) {
    return "%c%d-%s-%s-%s"
        .formatted(
            'a' + random.nextInt(26), random.nextInt(10), word(random), word(random), word(random));
  }

  private static String word(SecureRandom random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  DemoState completed() {
    return new DemoState(base, passwords, true);
  }

  /** Null when this data directory has no demo. */
  static @Nullable DemoState read(Path data) throws IOException {
    try {
      var json = new JsonObject(Files.readString(data.resolve(FILE)));
      var passwords = new LinkedHashMap<String, String>();
      JsonObject stored = json.getJsonObject("passwords", new JsonObject());
      stored.fieldNames().forEach(name -> passwords.put(name, stored.getString(name)));
      if (!passwords.keySet().containsAll(DemoStory.PEOPLE.keySet())) {
        throw damaged(data);
      }
      return new DemoState(
          Instant.parse(json.getString("base", "")), passwords, json.getBoolean("complete", false));
    } catch (NoSuchFileException e) {
      return null;
    } catch (DecodeException | ClassCastException | DateTimeException e) {
      throw damaged(data);
    }
  }

  private static StartFailure damaged(Path data) {
    return new StartFailure(
        "%s is damaged: delete it and the accounts of the demo keep their passwords, or start afresh."
            .formatted(data.resolve(FILE)));
  }

  void write(Path data) throws IOException {
    var json =
        new JsonObject()
            .put("base", base.toString())
            .put("passwords", new JsonObject(Map.copyOf(passwords)))
            .put("complete", complete);
    Path fresh = data.resolve(FILE + ".new");
    Files.deleteIfExists(fresh);
    boolean posix = Files.getFileStore(data).supportsFileAttributeView("posix");
    FileAttribute<?>[] mode =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (var channel =
        Files.newByteChannel(
            fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
      channel.write(StandardCharsets.UTF_8.encode(json.encodePrettily()));
    }
    Files.move(
        fresh,
        data.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
