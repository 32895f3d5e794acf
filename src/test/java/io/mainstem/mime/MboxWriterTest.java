package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mime.MboxReader.Mbox;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link MboxWriter} writes, {@link MboxReader} reads back as the same. */
class MboxWriterTest {
  private static final OffsetDateTime NOON = OffsetDateTime.parse("2026-11-07T12:00:00+01:00");

  @TempDir Path directory;

  private record Mail(OffsetDateTime received, Set<String> flags, byte[] bytes) {}

  @Test
  void anyBytesComeBack() throws IOException {
    long seed = 5322;
    Random random = new Random(seed);
    List<Mail> mails = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      Set<String> flags = new TreeSet<>();
      for (String flag :
          List.of("\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted", "$Label1", "work")) {
        if (random.nextInt(4) == 0) {
          flags.add(flag);
        }
      }
      OffsetDateTime received = NOON.plusSeconds(random.nextInt(1 << 28));
      mails.add(new Mail(received, flags, random(random)));
    }
    check(mails, "seed " + seed);
  }

  @Test
  void whatWouldBeTakenForAnotherThingComesBack() throws IOException {
    List<String> hard =
        List.of(
            "Status: RO\r\nX-Keywords: a\r\nContent-Length: 3\r\n more\r\n\r\nbody\r\n",
            "X-Mainstem-Kept-Status: RO\r\nX-Mainstem-Verbatim: base64\r\n\r\nYWJj\r\n",
            "X-IMAP: \r\n\r\n",
            "Subject: " + MboxReader.INTERNAL_SUBJECT + "\r\n\r\nx\r\n",
            "Subject: x\r\n\r\nFrom dora Thu Nov 19 10:00:00 2026\r\n>From x\r\n>>From y\r\n",
            "Subject: x\r\n\r\n\r\n\r\n\r\n",
            "Subject: x\r\n\r\n",
            "Subject: x\r\n",
            "Subject: x",
            "\r\n",
            "\r\nbody only\r\n",
            "no field\r\n\r\nbody\r\n",
            " folded\r\nSubject: x\r\n\r\n",
            "From dora Thu Nov 19 10:00:00 2026\r\nSubject: x\r\n\r\n",
            "Subject: x\n\nbare LF\n",
            "Subject: x\r\n\r\nbare\rCR\r\r\n",
            "Subject: x\r\n\r\nno end",
            "Subject: x\r\n\r\nnul \0 and \u00ff\r\n",
            "Subject: x\r\n\r\n" + ">".repeat(300) + "From x\r\n",
            "Subject: x\r\n\r\n" + "y".repeat(200_000) + "\r\n",
            "Subject: " + "y".repeat(70_000) + "\r\n\r\n",
            "Subject: x\r\n" + "X-Y: z\r\n".repeat(100_000) + "\r\nbody\r\n");
    check(
        hard.stream()
            .map(text -> new Mail(NOON, Set.of(), text.getBytes(StandardCharsets.ISO_8859_1)))
            .toList(),
        "");
  }

  @Test
  void ordinaryMailStaysReadableForOthers() throws IOException {
    byte[] mail =
        "From: a@x.example\r\nStatus: mine\r\n\r\nhello\r\nFrom now on\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    assertTrue(fits(mail));
    Path file = directory.resolve("one.mbox");
    try (MboxWriter out = new MboxWriter(file, 0)) {
      out.write(NOON, Set.of("\\Seen", "\\Flagged", "work"), true, new ByteArrayInputStream(mail));
    }
    assertEquals(
        """
        From MAILER-DAEMON Sat Nov  7 12:00:00 2026 +0100
        Status: RO
        X-Status: F
        X-Keywords: work
        From: a@x.example
        X-Mainstem-Kept-Status: mine

        hello
        >From now on

        """,
        Files.readString(file));
    assertFalse(fits("Subject: x\n\n".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void goesOnWhereItWasSynced() throws IOException {
    Path file = directory.resolve("cut.mbox");
    byte[] mail = "Subject: x\r\n\r\nbody\r\n".getBytes(StandardCharsets.US_ASCII);
    long synced;
    try (MboxWriter out = new MboxWriter(file, 0)) {
      out.write(NOON, Set.of(), true, new ByteArrayInputStream(mail));
      out.sync();
      synced = out.offset();
      out.write(NOON, Set.of("\\Seen"), true, new ByteArrayInputStream(mail));
    }
    try (MboxWriter out = new MboxWriter(file, synced)) {
      out.write(NOON, Set.of("\\Draft"), true, new ByteArrayInputStream(mail));
    }
    try (MboxReader in = new MboxReader(file, 0)) {
      assertEquals(Set.of(), next(in).flags());
      assertEquals(Set.of("\\Draft"), next(in).flags());
      assertNull(in.next());
    }
  }

  private void check(List<Mail> mails, String what) throws IOException {
    Path file = directory.resolve("all.mbox");
    try (MboxWriter out = new MboxWriter(file, 0)) {
      for (Mail mail : mails) {
        out.write(
            mail.received(),
            mail.flags(),
            fits(mail.bytes()),
            new ByteArrayInputStream(mail.bytes()));
      }
    }
    try (MboxReader in = new MboxReader(file, 0)) {
      for (int i = 0; i < mails.size(); i++) {
        Mail mail = mails.get(i);
        String which = what + ", mail " + i;
        Mbox read = next(in);
        assertNull(read.unreadable(), which);
        try (InputStream content = read.open()) {
          assertArrayEquals(mail.bytes(), content.readAllBytes(), which);
        }
        assertEquals(mail.flags(), read.flags(), which);
        assertEquals(mail.received(), read.received(), which);
      }
      assertNull(in.next(), what);
    }
  }

  private static Mbox next(MboxReader in) throws IOException {
    Mbox next = in.next();
    assertNotNull(next);
    return next;
  }

  private static boolean fits(byte[] mail) {
    MboxLines lines = new MboxLines();
    for (int at = 0; at < mail.length; at += 7) { // in pieces, as it comes
      lines.add(mail, at, Math.min(7, mail.length - at));
    }
    return lines.fits();
  }

  /** Mail, near-mail and rubbish. */
  private static byte[] random(Random random) {
    List<String> words =
        List.of(
            "From ",
            ">From ",
            ">",
            "Status: RO",
            "X-Status: ",
            "Subject: x",
            "Date: y",
            " ",
            "\t",
            ":",
            "\0",
            "ü",
            "From x 10:00 2026",
            "text",
            "\r",
            "\n",
            "X-Mainstem-Kept-",
            "=3D");
    StringBuilder mail = new StringBuilder();
    if (random.nextInt(5) > 0) {
      mail.append("Subject: s").append(random.nextInt()).append("\r\n");
      if (random.nextBoolean()) {
        mail.append(words.get(3 + random.nextInt(4))).append("\r\n");
      }
      mail.append("\r\n");
    }
    int lines = random.nextInt(12);
    for (int i = 0; i < lines; i++) {
      int parts = random.nextInt(4);
      for (int k = 0; k < parts; k++) {
        int bound = random.nextInt(3) == 0 ? words.size() : 14;
        mail.append(words.get(random.nextInt(bound)));
      }
      mail.append(random.nextInt(20) == 0 ? "\n" : "\r\n");
    }
    return mail.toString().getBytes(StandardCharsets.UTF_8);
  }
}
