package io.mainstem.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What every blob store keeps. A subclass gives the store, with parts of 1,000 bytes and at most 8
 * writers.
 */
abstract class BlobStoreContract {
  /** What takes longer than this does not happen, however slow the machine is. */
  static final int LONG_SECONDS = 120;

  /** Each class that keeps the contract has its own. */
  static Vertx vertx;

  static final BlobReference ALICE = new BlobReference(new UserId("alice"), 1);
  static final BlobReference BOB = new BlobReference(new UserId("bob"), 1);

  abstract BlobStore store();

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() {
    await(vertx.close());
  }

  @Test
  void whatWasPutComesBackByteExact() {
    for (int size : new int[] {0, 1, 7, 8, 999, 1_000, 1_001, 2_000, 12_345}) {
      byte[] content = bytes(size, size);
      BlobKey key = put(store(), content);
      assertArrayEquals(content, read(store(), BlobStore.all(key)), "of " + size + " bytes");
      assertEquals(size, await(store().sizeBytes(key)));
    }
  }

  @Test
  void everyRangeIsThatStretchOfTheBlob() {
    byte[] content = bytes(3_100, 1);
    BlobKey key = put(store(), content);
    for (int from : new int[] {0, 1, 999, 1_000, 1_001, 2_500, 3_099, 3_100, 5_000}) {
      for (int length : new int[] {0, 1, 999, 1_000, 1_001, 3_100, 10_000}) {
        int start = Math.min(from, content.length);
        byte[] expected =
            java.util.Arrays.copyOfRange(content, start, Math.min(start + length, content.length));
        assertArrayEquals(
            expected, read(store(), new BlobRange(key, from, length)), from + "+" + length);
      }
    }
  }

  @Test
  void aStreamIsStoredAndGivenBack() {
    byte[] content = bytes(300_000, 2);
    BlobKey first = put(store(), content);
    BlobKey second = await(onContext(() -> store().put(store().get(first), List.of(ALICE))));
    assertNotEquals(first, second);
    assertArrayEquals(content, await(onContext(() -> collect(store().get(second)))));
  }

  @Test
  void aStreamGivesNoMoreThanIsAskedFor() {
    BlobKey key = put(store(), bytes(500_000, 3));
    List<Buffer> pieces = new ArrayList<>();
    CompletableFuture<Void> first = new CompletableFuture<>();
    BlobStream stream =
        await(
            onContext(
                () -> {
                  BlobStream opened = store().get(key);
                  opened.handler(
                      piece -> {
                        pieces.add(piece);
                        first.complete(null);
                      });
                  opened.fetch(1);
                  return Future.succeededFuture(opened);
                }));
    first.orTimeout(LONG_SECONDS, TimeUnit.SECONDS).join();
    CompletableFuture<Void> rest = new CompletableFuture<>();
    await(
        onContext(
            () -> {
              assertEquals(1, pieces.size());
              stream.endHandler(end -> rest.complete(null));
              stream.resume();
              return Future.succeededFuture();
            }));
    rest.orTimeout(LONG_SECONDS, TimeUnit.SECONDS).join();
    assertEquals(500_000, pieces.stream().mapToInt(Buffer::length).sum());
  }

  @Test
  void aGuessedKeyFindsNothing() {
    BlobKey key = put(store(), bytes(10, 4));
    char last = key.value().charAt(12);
    BlobKey guessed =
        new BlobKey(
            key.value().substring(0, 12) + (last == 'x' ? 'y' : 'x') + key.value().substring(13));
    for (BlobKey wrong :
        List.of(guessed, new BlobKey("x"), new BlobKey("0123456789012345678901"))) {
      assertEquals(Rejected.Rule.NOT_FOUND, rule(store().sizeBytes(wrong)));
      assertEquals(Rejected.Rule.NOT_FOUND, rule(onContext(() -> collect(store().get(wrong)))));
      assertEquals(Rejected.Rule.NOT_FOUND, rule(store().refer(wrong, List.of(ALICE))));
      await(store().erase(wrong));
      await(store().release(wrong, ALICE));
    }
    assertEquals(10, read(store(), BlobStore.all(key)).length);
  }

  @Test
  void anErasedBlobIsGone() {
    BlobKey key = put(store(), bytes(5_000, 5));
    await(store().erase(key));
    assertEquals(Rejected.Rule.NOT_FOUND, rule(store().sizeBytes(key)));
    assertEquals(Rejected.Rule.NOT_FOUND, rule(onContext(() -> collect(store().get(key)))));
    await(store().erase(key));
  }

  @Test
  void anAbortedBlobLeavesNothingAndFreesItsWriter() {
    for (int round = 0; round < 20; round++) {
      BlobWriter writer = await(store().create());
      await(writer.write(Buffer.buffer(bytes(2_500, round))));
      writer.abort();
      assertThrows(IllegalStateException.class, () -> await(writer.commit()));
      assertThrows(IllegalStateException.class, () -> await(writer.write(Buffer.buffer("more"))));
    }
  }

  @Test
  void tooManyWritersAreRefusedByName() {
    List<BlobWriter> open = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      open.add(await(store().create()));
    }
    assertEquals(Rejected.Rule.BUSY, rule(store().create()));
    await(open.get(0).commit());
    open.set(0, await(store().create()));
    open.forEach(BlobWriter::abort);
    put(store(), bytes(1, 1));
  }

  @Test
  void onlyWhatNobodyRefersToIsSwept() {
    BlobKey kept = await(put(store(), bytes(100, 6), List.of(ALICE)));
    BlobKey shared = await(put(store(), bytes(100, 7), List.of(ALICE, BOB)));
    BlobKey released = await(put(store(), bytes(100, 8), List.of(ALICE)));
    BlobKey late = put(store(), bytes(100, 9));
    BlobKey never = put(store(), bytes(100, 10));
    await(store().release(shared, ALICE));
    await(store().release(released, ALICE));
    await(store().refer(late, List.of(BOB)));
    assertEquals(0, await(store().sweep(Duration.ofDays(1))), "all are younger than a day");
    passDays(2);
    BlobKey young = put(store(), bytes(100, 11));
    await(store().sweep(Duration.ofDays(1)));
    for (BlobKey stays : List.of(kept, shared, late, young)) {
      assertEquals(100, await(store().sizeBytes(stays)));
    }
    for (BlobKey gone : List.of(released, never)) {
      assertEquals(Rejected.Rule.NOT_FOUND, rule(store().sizeBytes(gone)));
    }
  }

  /** Lets the clock of the store run ahead. */
  abstract void passDays(int days);

  // ---- for subclasses too

  static byte[] bytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static BlobKey put(BlobStore store, byte[] content) {
    return await(put(store, content, List.of()));
  }

  /** Writes in pieces of odd sizes, as a socket would. */
  static Future<BlobKey> put(BlobStore store, byte[] content, List<BlobReference> references) {
    return store
        .create()
        .compose(
            writer -> writeFrom(writer, content, 0).compose(done -> writer.commit(references)));
  }

  private static Future<Void> writeFrom(BlobWriter writer, byte[] content, int from) {
    int count = Math.min(content.length - from, 1 + from % 1_777 + from / 10);
    if (count == 0) {
      return Future.succeededFuture();
    }
    return writer
        .write(Buffer.buffer(java.util.Arrays.copyOfRange(content, from, from + count)))
        .compose(done -> writeFrom(writer, content, from + count));
  }

  static byte[] read(BlobStore store, BlobRange range) {
    try (InputStream in = store.open(range)) {
      return in.readAllBytes();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Future<byte[]> collect(BlobStream stream) {
    io.vertx.core.Promise<byte[]> all = io.vertx.core.Promise.promise();
    Buffer gathered = Buffer.buffer();
    stream.handler(gathered::appendBuffer);
    stream.endHandler(end -> all.complete(gathered.getBytes()));
    stream.exceptionHandler(all::tryFail);
    stream.resume();
    return all.future();
  }

  static <T> Future<T> onContext(java.util.function.Supplier<Future<T>> work) {
    io.vertx.core.Promise<T> done = io.vertx.core.Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            now -> {
              try {
                work.get().onComplete(done);
              } catch (RuntimeException | AssertionError e) {
                done.fail(e);
              }
            });
    return done.future();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(LONG_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (java.util.concurrent.TimeoutException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Rejected.Rule rule(Future<?> failing) {
    RuntimeException failure = assertThrows(RuntimeException.class, () -> await(failing));
    assertTrue(failure instanceof Rejected, () -> "not a refusal: " + failure);
    return ((Rejected) failure).rule();
  }
}
