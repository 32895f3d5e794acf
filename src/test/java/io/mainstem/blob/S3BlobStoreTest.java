package io.mainstem.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.blob.s3.S3BlobStore;
import io.mainstem.blob.s3.S3Settings;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real S3 server, and what may happen between the two. */
class S3BlobStoreTest extends BlobStoreContract {
  @TempDir static Path directory;
  private static S3Server server;

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private S3BlobStore store;

  @BeforeAll
  static void serve() throws Exception {
    server = new S3Server(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    store = open(server.settings());
  }

  @AfterEach
  void close() {
    await(store.close());
  }

  private S3BlobStore open(S3Settings settings) throws IOException {
    return S3BlobStore.open(vertx, settings, new AheadClock(ahead), Stages.unobserved());
  }

  @Override
  BlobStore store() {
    return store;
  }

  @Override
  void passDays(int days) {
    ahead.updateAndGet(before -> before.plusDays(days));
  }

  // ---- several parts

  @Test
  void aLongBlobGoesUpInPartsWithinItsMemory() throws IOException {
    S3BlobStore real =
        open(sized(server.settings(), S3Settings.BLOCK_BYTES, S3Settings.PART_BLOCKS));
    byte[] content = bytes(17_000_003, 21);
    BlobKey key = await(putPieces(real, content, 100_000, List.of(ALICE)));
    assertEquals(content.length, await(real.sizeBytes(key)));
    assertArrayEquals(content, read(real, BlobStore.all(key)));
    int from = 3 * 5 << 20;
    assertArrayEquals(
        Arrays.copyOfRange(content, from, from + 70_000),
        read(real, new BlobRange(key, from, 70_000)));
    await(real.erase(key));
    await(real.close());
  }

  @Test
  void aWriterThatFindsNoMemoryIsToldToComeBack() {
    List<BlobWriter> open = new ArrayList<>();
    Rejected.Rule refused = null;
    S3BlobStore small = assertOpen(buffered(server.settings(), 50_000));
    for (int i = 0; i < 4 && refused == null; i++) {
      BlobWriter writer = await(small.create());
      open.add(writer);
      Future<Void> written = writer.write(Buffer.buffer(bytes(19_000, i)));
      refused = i < 2 ? null : rule(written);
    }
    assertEquals(Rejected.Rule.BUSY, refused);
    open.forEach(BlobWriter::abort);
    assertEquals(
        19_000, await(small.sizeBytes(put(small, bytes(19_000, 1)))), "the memory is free again");
    await(small.close());
  }

  @Test
  void anAbortedUploadLeavesNoPartBehind() throws Exception {
    long before = server.objects();
    BlobWriter writer = await(store.create());
    await(writer.write(Buffer.buffer(bytes(6_000_000, 1))));
    assertTrue(server.objects() > before, "the first part has gone up");
    writer.abort();
    // While they are counted some may vanish.
    Awaitility.await().ignoreExceptions().until(() -> server.objects() == before);
  }

  // ---- damage

  @Test
  void aFlippedBitIsNeverHandedOut() throws Exception {
    byte[] content = bytes(2_500, 31);
    BlobKey key = put(store, content);
    Path file = server.file("cell-a/" + key.value() + "/bytes");
    byte[] stored = Files.readAllBytes(file);
    stored[1_500] ^= 4;
    Files.write(file, stored);
    assertArrayEquals(
        Arrays.copyOf(content, 1_000),
        read(store, new BlobRange(key, 0, 1_000)),
        "the whole block");
    assertThrows(DamagedBlob.class, () -> read(store, new BlobRange(key, 1_400, 10)));
    assertThrows(DamagedBlob.class, () -> await(onContext(() -> collect(store.get(key)))));
  }

  @Test
  void anObjectCutShortOrOfAnotherBlobIsFoundOut() throws Exception {
    BlobKey cut = put(store, bytes(2_008, 32));
    Path file = server.file("cell-a/" + cut.value() + "/bytes");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2 * 1_004));
    assertThrows(DamagedBlob.class, () -> read(store, BlobStore.all(cut)));
    BlobKey other = put(store, bytes(500, 33));
    BlobKey victim = put(store, bytes(500, 34));
    Files.copy(
        server.file("cell-a/" + other.value() + "/bytes"),
        server.file("cell-a/" + victim.value() + "/bytes"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThrows(DamagedBlob.class, () -> read(store, BlobStore.all(victim)));
  }

  // ---- references

  @Test
  void aReferenceMadeAMomentAgoKeepsABlobFromBeingLetGo() throws Exception {
    BlobKey key = await(put(store, bytes(10, 41), List.of(ALICE)));
    assertEquals(Rejected.Rule.BUSY, rule(store.releaseUnused(key, ALICE)));
    Path reference = server.file("cell-a/" + key.value() + "/ref/alice.1");
    Files.setLastModifiedTime(
        reference, java.nio.file.attribute.FileTime.from(Instant.now().minusSeconds(61)));
    await(store.releaseUnused(key, ALICE));
    passDays(2);
    assertTrue(await(store.sweep(Duration.ofDays(1))) >= 1);
    assertEquals(Rejected.Rule.NOT_FOUND, rule(store.sizeBytes(key)));
  }

  @Test
  void whoeverRefersWhileTwoNodesSweepHasTheBlobOrIsToldThatItIsGone() throws IOException {
    S3BlobStore second = open(server.settings());
    for (int round = 0; round < 15; round++) {
      BlobKey key = put(store, bytes(10, round));
      var reference = new BlobReference(new UserId("user-" + round), 1);
      Future<Integer> one = store.sweep(Duration.ofSeconds(-5));
      Future<Integer> two = second.sweep(Duration.ofSeconds(-5));
      boolean referred;
      try {
        await(store.refer(key, List.of(reference)));
        referred = true;
      } catch (Rejected gone) {
        assertEquals(Rejected.Rule.NOT_FOUND, gone.rule());
        referred = false;
      }
      await(one);
      await(two);
      await(store.sweep(Duration.ofSeconds(-5)));
      if (referred) {
        assertEquals(10, await(store.sizeBytes(key)), "referred to in round " + round);
      } else {
        assertEquals(Rejected.Rule.NOT_FOUND, rule(store.sizeBytes(key)));
      }
    }
    await(second.close());
  }

  @Test
  void whatACrashLeftIsTidiedAway() throws Exception {
    BlobKey key = await(put(store, bytes(10, 51), List.of(ALICE, BOB)));
    BlobKey lives = await(put(store, bytes(10, 52), List.of(ALICE)));
    Files.delete(server.file("cell-a/" + key.value() + "/bytes"));
    Path condemned = server.file("cell-a/" + lives.value() + "/condemned/0123456789abcdef");
    Files.createDirectories(condemned.getParent());
    Files.write(condemned, new byte[0]);
    passDays(2);
    await(store.sweep(Duration.ofDays(1)));
    assertTrue(Files.notExists(server.file("cell-a/" + key.value() + "/ref/alice.1")));
    assertTrue(Files.notExists(server.file("cell-a/" + key.value() + "/ref/bob.1")));
    assertTrue(Files.notExists(condemned));
    assertEquals(10, await(store.sizeBytes(lives)));
  }

  @Test
  void anErasedBlobTakesItsReferencesWithIt() throws Exception {
    long before = server.objects();
    BlobKey key = await(put(store, bytes(10, 53), List.of(ALICE, BOB)));
    await(store.erase(key));
    assertEquals(before, server.objects());
  }

  // ---- the server is gone, or will not have us

  @Test
  void anOutageIsRefusedByNameAndEndsByItself() throws Exception {
    BlobKey key = put(store, bytes(100, 61));
    server.stop();
    try {
      assertEquals(Rejected.Rule.STORE_FAILED, rule(put(store, bytes(100, 62), List.of())));
      assertEquals(Rejected.Rule.STORE_FAILED, rule(store.sizeBytes(key)));
      assertEquals(Rejected.Rule.STORE_FAILED, rule(onContext(() -> collect(store.get(key)))));
      assertEquals(Rejected.Rule.STORE_FAILED, rule(store.erase(key)));
    } finally {
      server.start();
    }
    assertEquals(100, await(store.sizeBytes(key)));
    put(store, bytes(100, 63));
  }

  @Test
  void aStartSaysWhichSettingIsWrong() {
    S3Settings right = server.settings();
    assertRefused(
        with(right, right.endpoint(), "no-such-bucket", S3Server.SECRET_KEY), "blob.s3.bucket");
    assertRefused(with(right, right.endpoint(), S3Server.BUCKET, "wrong"), "blob.s3.secretKey");
    assertRefused(
        with(right, URI.create("http://127.0.0.1:1"), S3Server.BUCKET, "x"), "blob.s3.endpoint");
  }

  private void assertRefused(S3Settings settings, String names) {
    IOException refused = assertThrows(IOException.class, () -> open(settings));
    assertTrue(
        String.valueOf(refused.getMessage()).contains(names), () -> "says " + refused.getMessage());
  }

  private S3BlobStore assertOpen(S3Settings settings) {
    try {
      return open(settings);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Future<BlobKey> putPieces(
      BlobStore store, byte[] content, int piece, List<BlobReference> references) {
    return store
        .create()
        .compose(
            writer -> pieces(writer, content, 0, piece).compose(done -> writer.commit(references)));
  }

  private static Future<Void> pieces(BlobWriter writer, byte[] content, int from, int piece) {
    int to = Math.min(content.length, from + piece);
    return from == to
        ? Future.succeededFuture()
        : writer
            .write(Buffer.buffer(Arrays.copyOfRange(content, from, to)))
            .compose(done -> pieces(writer, content, to, piece));
  }

  private static S3Settings sized(S3Settings like, int blockBytes, int partBlocks) {
    return copy(
        like, like.endpoint(), like.bucket(), like.credentials(), 16 << 20, blockBytes, partBlocks);
  }

  private static S3Settings buffered(S3Settings like, long bytes) {
    return copy(
        like,
        like.endpoint(),
        like.bucket(),
        like.credentials(),
        bytes,
        like.blockBytes(),
        like.partBlocks());
  }

  private static S3Settings with(S3Settings like, URI endpoint, String bucket, String secret) {
    return copy(
        like,
        endpoint,
        bucket,
        new S3Settings.Credentials(S3Server.ACCESS_KEY, secret),
        like.bufferBytes(),
        like.blockBytes(),
        like.partBlocks());
  }

  private static S3Settings copy(
      S3Settings like,
      URI endpoint,
      String bucket,
      S3Settings.Credentials credentials,
      long bufferBytes,
      int blockBytes,
      int partBlocks) {
    return new S3Settings(
        endpoint,
        like.region(),
        bucket,
        like.prefix(),
        credentials,
        like.pathStyle(),
        like.requests(),
        like.queue(),
        like.attempts(),
        like.requestTimeout(),
        like.writers(),
        like.maxBlobBytes(),
        bufferBytes,
        blockBytes,
        partBlocks,
        like.readBlocks(),
        like.unreferencedFor(),
        like.sweepEvery());
  }

  /** The real time, and a distance that a test adds. */
  private static final class AheadClock extends Clock {
    private final AtomicReference<Duration> ahead;

    AheadClock(AtomicReference<Duration> ahead) {
      this.ahead = ahead;
    }

    @Override
    public Instant instant() {
      return Clock.systemUTC().instant().plus(ahead.get());
    }

    @Override
    public java.time.ZoneId getZone() {
      return java.time.ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }
}
