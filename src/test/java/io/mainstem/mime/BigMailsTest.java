package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.BlobStream;
import io.mainstem.blob.BlobWriter;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eight mails of 50 MB at once are stored, parsed and handed out again in a heap of 96 MB. */
class BigMailsTest {
  private static final int MAILS = 8;
  private static final int LINES = 50_000_000 / 78;
  private static final String LINE = "QUJD".repeat(19) + "\r\n";

  @Test
  void eightMailsOfFiftyMegabytesNeedNoBigHeap(@TempDir Path directory) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    String told = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(child.waitFor(120, TimeUnit.SECONDS));
    assertEquals(0, child.exitValue(), told);
    assertTrue(told.contains("all 8 mails are whole"), told);
  }

  /** The process with the small heap. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      Vertx vertx = Vertx.vertx();
      NeedleBlobStore blobs = NeedleBlobStore.open(vertx, BlobSettings.in(Path.of(args[0])));
      Mails mails = new Mails(vertx, blobs, MimeLimits.DEFAULT, 2, 100, Stages.unobserved());
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < MAILS; i++) {
        all.add(
            blobs
                .create()
                .compose(Child::write)
                .compose(key -> mails.read(key, null))
                .compose(mail -> download(mails, mail)));
      }
      for (Future<Long> one : all) {
        long decoded = one.toCompletionStage().toCompletableFuture().get(480, TimeUnit.SECONDS);
        if (decoded != LINES * 57L) {
          throw new IllegalStateException("decoded " + decoded);
        }
      }
      System.out.println("all " + all.size() + " mails are whole");
      System.exit(0);
    }

    private static Future<BlobKey> write(BlobWriter writer) {
      String header =
          "From: a@x.example\r\n"
              + "MIME-Version: 1.0\r\n"
              + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
              + "--b\r\n\r\n"
              + "hello\r\n"
              + "--b\r\n"
              + "Content-Type: application/zip; name=a.zip\r\n"
              + "Content-Transfer-Encoding: base64\r\n\r\n";
      return writer
          .write(Buffer.buffer(header))
          .compose(begun -> lines(writer, 0))
          .compose(written -> writer.write(Buffer.buffer("--b--\r\n")))
          .compose(done -> writer.commit());
    }

    private static Future<Void> lines(BlobWriter writer, int done) {
      if (done == LINES) {
        return Future.succeededFuture();
      }
      int count = Math.min(800, LINES - done);
      return writer
          .write(Buffer.buffer(LINE.repeat(count)))
          .compose(written -> lines(writer, done + count));
    }

    private static Future<Long> download(Mails mails, Message mail) {
      long[] count = new long[1];
      Promise<Long> whole = Promise.promise();
      BlobStream stream = mails.download(mail.attachments().get(0).part(), 0);
      stream.handler(piece -> count[0] += piece.length());
      stream.endHandler(end -> whole.complete(count[0]));
      stream.exceptionHandler(whole::tryFail);
      stream.resume();
      return whole.future();
    }
  }
}
