package io.mainstem.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.BlobKey;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on real files, and everything that may happen to files. */
class NeedleBlobStoreTest extends BlobStoreContract {
  @TempDir Path directory;
  private final MovingClock clock = new MovingClock();
  private final FailingDisk disk = new FailingDisk();
  private NeedleBlobStore store;

  @BeforeEach
  void open() throws IOException {
    store = NeedleBlobStore.open(vertx, settings(directory, false), clock, disk);
  }

  @AfterEach
  void close() {
    disk.heal();
    await(store.close());
  }

  @Override
  BlobStore store() {
    return store;
  }

  @Override
  void passDays(int days) {
    clock.now = clock.now.plus(Duration.ofDays(days));
  }

  private static BlobSettings settings(Path directory, boolean serveDamaged) {
    return new BlobSettings(
        directory,
        64 << 10,
        1_000,
        1 << 20,
        8,
        100,
        600_000,
        2,
        0,
        0.5,
        16 << 10,
        Duration.ofDays(1),
        Duration.ofDays(1),
        serveDamaged);
  }

  // ---- starting again

  @Test
  void everythingIsThereAfterAStart() throws IOException {
    Map<BlobKey, byte[]> contents = fill(60);
    BlobKey referred = await(put(store, bytes(10, 1), List.of(ALICE)));
    BlobKey erased = put(store, bytes(10, 2));
    await(store.erase(erased));
    restart();
    check(contents);
    assertEquals(Rejected.Rule.NOT_FOUND, rule(store.sizeBytes(erased)));
    passDays(3);
    await(store.sweep(Duration.ofDays(1)));
    assertEquals(10, await(store.sizeBytes(referred)));
    assertEquals(1, store.state().blobs());
  }

  @Test
  void theIndexIsRebuiltWhenItIsMissingOrWrong() throws IOException {
    Map<BlobKey, byte[]> contents = fill(150);
    await(store.close());
    List<Path> indexes = files(".index");
    assertTrue(indexes.size() > 2);
    Files.delete(indexes.get(0));
    Files.write(indexes.get(1), bytes(500, 1));
    flip(indexes.get(2), Files.size(indexes.get(2)) / 2);
    reopen();
    check(contents);
    assertEquals(indexes, files(".index"));
  }

  @Test
  void aTornTailIsCutAtEveryByte() throws IOException {
    BlobKey first = put(store, bytes(100, 1));
    await(store.close());
    Path volume = files(".volume").get(0);
    long before = Files.size(volume); // ends with the mark of an orderly end
    reopen();
    BlobKey second = put(store, bytes(40, 2));
    await(store.close());
    byte[] whole = Files.readAllBytes(volume);
    for (long cut = before; cut < before + Needle.storedBytes(40); cut++) {
      deleteIndexes();
      Files.write(volume, java.util.Arrays.copyOf(whole, (int) cut));
      reopen();
      assertEquals(100, read(store, BlobStore.all(first)).length, "cut at " + cut);
      assertEquals(Rejected.Rule.NOT_FOUND, rule(store.sizeBytes(second)), "cut at " + cut);
      BlobKey third = put(store, bytes(33, 3));
      assertArrayEquals(bytes(33, 3), read(store, BlobStore.all(third)));
      await(store.close());
    }
    reopen();
  }

  @Test
  void unsettledBytesThatReachedTheDiskInAnyOrderAreATornTail() throws IOException {
    BlobKey first = put(store, bytes(100, 1));
    await(store.close());
    Path volume = files(".volume").get(0);
    long before = Files.size(volume);
    reopen();
    BlobWriter writer = await(store.create());
    await(writer.write(Buffer.buffer(bytes(3_500, 2))));
    writer.abort();
    byte[] image = Files.readAllBytes(volume);
    await(store.close());
    image[(int) before + 60] ^= 1; // the first of three parts was torn, the others are whole
    deleteIndexes();
    Files.write(volume, image);
    reopen();
    assertEquals(before, Files.size(volume));
    assertEquals(100, await(store.sizeBytes(first)));
  }

  @Test
  void everyFlippedByteIsReportedAndNeverServed() throws IOException {
    Map<BlobKey, byte[]> contents = new LinkedHashMap<>();
    for (int i = 0; i < 4; i++) {
      contents.put(put(store, bytes(40 + i, i)), bytes(40 + i, i));
    }
    await(store.close());
    deleteIndexes();
    Path volume = files(".volume").get(0);
    byte[] whole = Files.readAllBytes(volume);
    int end =
        whole.length
            - Needle.HEAD_BYTES; // the mark of the orderly end says that all before it is settled
    for (int at = Volume.HEAD_BYTES; at < end; at++) {
      if (isPadding(whole, at)) {
        continue;
      }
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      Files.write(volume, damaged);
      int flipped = at;
      DamagedBlob reported =
          assertThrows(
              DamagedBlob.class,
              () -> NeedleBlobStore.open(vertx, settings(directory, false)),
              () -> "byte " + flipped + " flipped");
      assertEquals(volume, reported.file());
      assertTrue(
          reported.offset() <= at && at < reported.offset() + 96,
          () -> "named " + reported.offset() + " for " + flipped);
    }
    Files.write(volume, whole);
    reopen();
    check(contents);
  }

  @Test
  void damageThatIsServedHurtsOnlyWhatItHit() throws IOException {
    List<BlobKey> keys = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      keys.add(put(store, bytes(200, i)));
    }
    await(store.close());
    deleteIndexes();
    long third = placeOfPart(files(".volume").get(0), 2);
    flip(files(".volume").get(0), third + 100);
    for (int start = 0; start < 2; start++) { // the second start must see it as well
      store = NeedleBlobStore.open(vertx, settings(directory, true), clock, disk);
      assertEquals(third, store.state().damage().get(0).offset());
      for (int i = 0; i < 5; i++) {
        if (i != 2) {
          assertArrayEquals(bytes(200, i), read(store, BlobStore.all(keys.get(i))));
        }
      }
      assertEquals(Rejected.Rule.NOT_FOUND, rule(store.sizeBytes(keys.get(2))));
      await(store.close());
    }
    store = NeedleBlobStore.open(vertx, settings(directory, true), clock, disk);
  }

  @Test
  void aByteThatFlipsWhileServingIsReportedAndNotServed() throws IOException {
    BlobKey key = put(store, bytes(3_000, 1));
    flip(files(".volume").get(0), Volume.HEAD_BYTES + Needle.storedBytes(1_000) + 70);
    RuntimeException failure =
        assertThrows(RuntimeException.class, () -> await(onContext(() -> collect(store.get(key)))));
    assertEquals(DamagedBlob.class, failure.getClass());
    assertEquals(1, store.state().damage().size());
  }

  @Test
  void aVolumeShorterThanItsIndexIsDamage() throws IOException {
    fill(5);
    await(store.close());
    Path volume = files(".volume").get(0);
    try (FileChannel channel = FileChannel.open(volume, StandardOpenOption.WRITE)) {
      channel.truncate(Files.size(volume) - 200);
    }
    assertThrows(DamagedBlob.class, () -> NeedleBlobStore.open(vertx, settings(directory, false)));
    store = NeedleBlobStore.open(vertx, settings(directory, true), clock, disk);
  }

  @Test
  void theContentOfABlobCannotPoseAsANeedle() throws IOException {
    java.nio.ByteBuffer forged = java.nio.ByteBuffer.allocate(Needle.HEAD_BYTES);
    new Needle(Needle.Kind.MARK, 0, 0, 0, 0, Long.MAX_VALUE, 0)
        .write(forged, 0, Volume.HEAD_BYTES + Needle.HEAD_BYTES);
    put(store, forged.array());
    await(store.close());
    deleteIndexes();
    Path volume = files(".volume").get(0);
    byte[] torn =
        java.util.Arrays.copyOf(
            Files.readAllBytes(volume), Volume.HEAD_BYTES + 2 * Needle.HEAD_BYTES);
    torn[Volume.HEAD_BYTES + 1] ^= 1;
    Files.write(volume, torn);
    reopen();
    assertEquals(Volume.HEAD_BYTES, Files.size(volume));
  }

  // ---- giving room back

  @Test
  void compactionGivesTheRoomOfErasedBlobsBack() throws IOException {
    Map<BlobKey, byte[]> contents = fill(200);
    List<BlobKey> keys = new ArrayList<>(contents.keySet());
    for (int i = 0; i < keys.size(); i++) {
      if (i % 4 != 0) {
        await(store.erase(keys.get(i)));
        contents.remove(keys.get(i));
      } else {
        await(store.refer(keys.get(i), List.of(ALICE, BOB)));
        await(store.release(keys.get(i), BOB));
      }
    }
    long before = store.state().volumeBytes();
    int deleted = await(store.compact());
    assertTrue(deleted > 2, "deleted " + deleted);
    assertTrue(
        store.state().volumeBytes() < before / 2,
        "still " + store.state().volumeBytes() + " of " + before);
    check(contents);
    restart();
    check(contents);
    await(store.close());
    deleteIndexes();
    reopen();
    check(contents);
    assertEquals(contents.size(), store.state().blobs());
    passDays(2);
    assertEquals(
        0, await(store.sweep(Duration.ofDays(1))), "references live on through compaction");
    for (BlobKey key : contents.keySet()) {
      await(store.release(key, ALICE));
    }
    assertEquals(contents.size(), await(store.sweep(Duration.ofDays(1))));
  }

  @Test
  void aSlowWriterSurvivesTheCompactionOfWhatItWrote() throws IOException {
    BlobWriter slow = await(store.create());
    await(slow.write(Buffer.buffer(bytes(2_500, 77))));
    Map<BlobKey, byte[]> contents = fill(120);
    for (BlobKey key : contents.keySet()) {
      await(store.erase(key));
    }
    assertTrue(await(store.compact()) > 1);
    await(slow.write(Buffer.buffer(bytes(2_500, 78))));
    BlobKey key = await(slow.commit());
    byte[] expected = Buffer.buffer(bytes(2_500, 77)).appendBytes(bytes(2_500, 78)).getBytes();
    assertArrayEquals(expected, read(store, BlobStore.all(key)));
    restart();
    assertArrayEquals(expected, read(store, BlobStore.all(key)));
  }

  @Test
  void puttingGettingErasingAndCompactingAtOnceLosesNothing() throws IOException {
    AtomicBoolean stop = new AtomicBoolean();
    List<Throwable> faults = java.util.Collections.synchronizedList(new ArrayList<>());
    Map<BlobKey, byte[]> living = new java.util.concurrent.ConcurrentHashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      int seed = t;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    Random random = new Random(seed);
                    try {
                      for (int i = 0; i < 250; i++) {
                        byte[] content = bytes(random.nextInt(4_000), random.nextLong());
                        BlobKey key = put(store, content);
                        living.put(key, content);
                        List<BlobKey> known = new ArrayList<>(living.keySet());
                        BlobKey any = known.get(random.nextInt(known.size()));
                        byte[] expected = living.get(any);
                        if (random.nextInt(3) > 0 && living.remove(key) != null) {
                          await(store.erase(key));
                        } else if (expected != null && seed == 0) {
                          assertArrayEquals(content, read(store, BlobStore.all(key)));
                        }
                      }
                    } catch (Throwable fault) {
                      faults.add(fault);
                    }
                  }));
    }
    Thread compactor =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!stop.get()) {
                    try {
                      await(store.compact());
                    } catch (Throwable fault) {
                      faults.add(fault);
                      return;
                    }
                  }
                });
    for (Thread thread : threads) {
      join(thread);
    }
    stop.set(true);
    join(compactor);
    assertEquals(List.of(), faults);
    check(living);
    restart();
    check(living);
    assertEquals(living.size(), store.state().blobs());
  }

  // ---- when the disk fails

  @Test
  void aFullDiskRefusesByNameAndRecoversByItself() throws IOException {
    Map<BlobKey, byte[]> contents = fill(10);
    disk.bytesLeft = 1_500;
    assertEquals(Rejected.Rule.STORE_FULL, rule(put(store, bytes(5_000, 1), List.of())));
    check(contents);
    disk.heal();
    org.awaitility.Awaitility.await().until(() -> !store.state().full() || isTaken());
    contents.putAll(fill(10));
    restart();
    check(contents);
  }

  private boolean isTaken() {
    try {
      put(store, bytes(10, 1));
      return true;
    } catch (Rejected full) {
      return false;
    }
  }

  @Test
  void aFailedSyncAcknowledgesNothingThatCameBeforeIt() throws IOException {
    Map<BlobKey, byte[]> contents = fill(5);
    BlobWriter slow = await(store.create());
    await(slow.write(Buffer.buffer(bytes(2_500, 1)))); // two parts are written, not synced
    disk.failSyncs.set(true);
    assertEquals(Rejected.Rule.STORE_FAILED, rule(put(store, bytes(500, 2), List.of())));
    disk.failSyncs.set(false);
    assertEquals(
        Rejected.Rule.STORE_FAILED,
        rule(slow.commit()),
        "a later sync does not vouch for earlier bytes");
    contents.putAll(fill(5));
    check(contents);
    restart();
    check(contents);
    assertEquals(10, store.state().blobs());
  }

  @Test
  void nothingIsAcknowledgedBeforeItsSync() throws IOException {
    put(store, bytes(1, 1));
    disk.holdSyncs();
    Future<BlobKey> pending = put(store, bytes(100, 1), List.of());
    disk.awaitHeldSync();
    assertFalse(pending.isComplete());
    assertEquals(1, store.state().blobs());
    disk.heal();
    assertEquals(100, await(store.sizeBytes(await(pending))));
  }

  @Test
  void manyWaitersShareOneSync() throws IOException {
    put(store, bytes(1, 1));
    disk.holdSyncs();
    Future<BlobKey> first = put(store, bytes(10, 1), List.of());
    disk.awaitHeldSync();
    List<Future<BlobKey>> others = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      others.add(put(store, bytes(10, i), List.of()));
    }
    org.awaitility.Awaitility.await().until(() -> store.state().queued() == 6);
    int before = disk.syncs.get();
    disk.heal();
    await(first);
    await(Future.all(others));
    assertEquals(1, disk.syncs.get() - before);
  }

  // ---- inside

  private Map<BlobKey, byte[]> fill(int count) {
    Map<BlobKey, byte[]> contents = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      byte[] content = bytes(17 * i % 4_000, i);
      contents.put(put(store, content), content);
    }
    return contents;
  }

  private void check(Map<BlobKey, byte[]> contents) {
    contents.forEach((key, content) -> assertArrayEquals(content, read(store, BlobStore.all(key))));
  }

  private void restart() throws IOException {
    await(store.close());
    reopen();
  }

  private void reopen() throws IOException {
    disk.heal();
    store = NeedleBlobStore.open(vertx, settings(directory, false), clock, disk);
  }

  private List<Path> files(String suffix) {
    try (Stream<Path> found = Files.list(directory)) {
      return found.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void deleteIndexes() throws IOException {
    for (Path index : files(".index")) {
      Files.delete(index);
    }
  }

  /** Zeros between the payload and the next needle carry nothing, so no checksum covers them. */
  private static boolean isPadding(byte[] volume, int at) {
    int offset = Volume.HEAD_BYTES;
    while (true) {
      int length = java.nio.ByteBuffer.wrap(volume).getInt(offset + 28);
      int next = offset + (int) Needle.storedBytes(length);
      if (at < next) {
        return at >= offset + Needle.HEAD_BYTES + length;
      }
      offset = next;
    }
  }

  /** Where a needle begins: of those with a payload, so many come before it. */
  private static long placeOfPart(Path volume, int number) throws IOException {
    var bytes = java.nio.ByteBuffer.wrap(Files.readAllBytes(volume));
    int offset = Volume.HEAD_BYTES;
    for (int before = 0; ; ) {
      int length = bytes.getInt(offset + 28);
      if (length > 0 && before++ == number) {
        return offset;
      }
      // A second without work leaves a mark between two of them.
      offset += (int) Needle.storedBytes(length);
    }
  }

  private static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 4;
    Files.write(file, bytes);
  }

  private static void join(Thread thread) {
    try {
      assertTrue(thread.join(Duration.ofMinutes(5)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class MovingClock extends Clock {
    volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
