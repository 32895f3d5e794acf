package io.mainstem.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * The secret of the admin API: 256 random bits, new at each start, in a file that only the server's
 * own account can read.
 */
public final class AdminToken {
  /** Its file in the data directory. */
  public static final String FILE = "admin.token";

  private final byte[] token;

  private AdminToken(String token) {
    this.token = token.getBytes(StandardCharsets.US_ASCII);
  }

  /** Makes a token and puts it into the data directory in place of an older one. */
  static AdminToken create(Path data) throws IOException {
    var random = new byte[32];
    new SecureRandom().nextBytes(random);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Path fresh = data.resolve(FILE + ".new");
    Files.deleteIfExists(fresh);
    // The mode is given at creation: the file is at no moment readable by others.
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
      channel.write(StandardCharsets.US_ASCII.encode(text));
    }
    Files.move(
        fresh,
        data.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return new AdminToken(text);
  }

  /**
   * Whether an Authorization header carries this token; takes the same time wherever it differs.
   */
  boolean isIn(String header) {
    String scheme = "Bearer ";
    return header.regionMatches(true, 0, scheme, 0, scheme.length())
        && MessageDigest.isEqual(
            token, header.substring(scheme.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
