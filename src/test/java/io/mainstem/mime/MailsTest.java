package io.mainstem.mime;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.message.BlobKey;
import io.mainstem.stage.Stages;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailsTest {
  private static final BlobKey KEY = new BlobKey("raw");
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final Set<String> threads = ConcurrentHashMap.newKeySet();
  private final Vertx vertx = Vertx.vertx();
  private NeedleBlobStore blobs;
  private Mails mails;

  @BeforeEach
  void open() throws Exception {
    blobs = NeedleBlobStore.open(vertx, BlobSettings.in(directory));
    mails = new Mails(vertx, blobs, MimeLimits.DEFAULT, 1, 100, Stages.unobserved());
  }

  @AfterEach
  void close() throws Exception {
    blobs.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void aShortMailInMemoryIsReadAtOnceWhenTheParsersAreLoaded() throws Exception {
    Raw raw = Raw.of(KEY, MailParserTest.FULL.getBytes(StandardCharsets.UTF_8));
    await().atMost(LONG).until(() -> mails.read(raw, "").isComplete());

    var read = mails.read(raw, "");
    assertTrue(read.isComplete());
    assertEquals(new MailParser(MimeLimits.DEFAULT).parse(raw, ""), read.result());
  }

  @Test
  void aLongMailInMemoryIsReadElsewhere() throws Exception {
    String text = MailParserTest.FULL + "line\r\n".repeat(4_000);
    Raw raw = Raw.of(KEY, text.getBytes(StandardCharsets.UTF_8));
    Raw seen =
        new Raw() {
          @Override
          public BlobKey key() {
            return KEY;
          }

          @Override
          public InputStream open(long offset, long sizeBytes) {
            threads.add(Thread.currentThread().getName());
            return raw.open(offset, sizeBytes);
          }

          @Override
          public int inMemoryBytes() {
            return raw.inMemoryBytes();
          }
        };
    for (int i = 0; i < 3; i++) {
      mails.read(seen, "").toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
    assertTrue(
        threads.stream().allMatch(name -> name.startsWith("mainstem-mime")), threads::toString);
  }
}
