package io.mainstem.directory;

import io.mainstem.config.Directory.Argon2;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Hashes and checks passwords with Argon2id (RFC 9106) on threads of its own. Each hash costs
 * memory and tens of milliseconds on purpose, so few run at once and few wait; more are told to try
 * again.
 */
final class PasswordHashing implements AutoCloseable {
  static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final Argon2 cost;
  private final ThreadPoolExecutor threads;
  private final String nobody;

  PasswordHashing(Argon2 cost) {
    this.cost = cost;
    this.threads =
        new ThreadPoolExecutor(
            cost.threads(),
            cost.threads(),
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(cost.queue()),
            Thread.ofPlatform().name("password-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
    this.nobody =
        "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
            .formatted(
                cost.memoryKib(),
                cost.iterations(),
                cost.lanes(),
                encode(new byte[SALT_BYTES]),
                encode(new byte[HASH_BYTES]));
  }

  /**
   * The one form of a password, whatever keyboard wrote it: spaces of any kind are U+0020, then
   * NFKC (RFC 4013 without its refusals, so that every client that prepares as SCRAM asks computes
   * the same).
   */
  static String prepare(String password) {
    var spaces = new StringBuilder(password.length());
    password
        .codePoints()
        .forEach(
            c ->
                spaces.appendCodePoint(
                    Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c));
    return Normalizer.normalize(spaces, Normalizer.Form.NFKC);
  }

  /** Hashes a password for both kinds of login. */
  Future<Credentials> hash(String password, long version, long nowMillis) {
    return run(
        () -> {
          String prepared = prepare(password);
          byte[] salt = Secret.bytes(SALT_BYTES);
          byte[] hash =
              argon2(prepared, salt, cost.memoryKib(), cost.iterations(), cost.lanes(), HASH_BYTES);
          String phc =
              "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                  .formatted(
                      cost.memoryKib(),
                      cost.iterations(),
                      cost.lanes(),
                      encode(salt),
                      encode(hash));
          return new Credentials(
              phc,
              ScramKeys.of(prepared, Secret.bytes(SALT_BYTES), ScramKeys.ITERATIONS),
              version,
              nowMillis);
        });
  }

  /**
   * Whether the password is the one; costs the same when there is no such account (null).
   *
   * @param still asked when the turn has come; false answers "no" without a hash
   */
  Future<Boolean> check(
      @Nullable Credentials credentials, String password, Supplier<Boolean> still) {
    String phc = credentials == null ? nobody : credentials.argon2();
    return run(() -> still.get() && matches(phc, prepare(password)) && credentials != null);
  }

  /** How many hashes wait. */
  int waiting() {
    return threads.getQueue().size();
  }

  private static boolean matches(String phc, String prepared) {
    String[] parts = phc.split("\\$", -1);
    if (parts.length != 6 || !parts[1].equals("argon2id") || !parts[2].equals("v=19")) {
      throw new IllegalStateException("a stored password hash is of an unknown form");
    }
    String[] costs = parts[3].split(",", -1);
    byte[] salt = Base64.getDecoder().decode(parts[4]);
    byte[] hash = Base64.getDecoder().decode(parts[5]);
    byte[] made =
        argon2(prepared, salt, number(costs[0]), number(costs[1]), number(costs[2]), hash.length);
    return MessageDigest.isEqual(hash, made);
  }

  private static int number(String assignment) {
    return Integer.parseInt(assignment.substring(2));
  }

  private static byte[] argon2(
      String prepared, byte[] salt, int memoryKib, int iterations, int lanes, int sizeBytes) {
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(iterations)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] out = new byte[sizeBytes];
    generator.generateBytes(prepared.getBytes(StandardCharsets.UTF_8), out);
    return out;
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  private <T> Future<T> run(Supplier<T> work) {
    Promise<T> done = Promise.promise();
    try {
      threads.execute(
          () -> {
            try {
              done.complete(work.get());
            } catch (RuntimeException | Error e) {
              done.fail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(
          new Rejected(Rejected.Rule.BUSY, "Too many log in at this moment; try again."));
    }
    return Rows.onCaller(done.future());
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
