package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mime.MboxReader.Mbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MboxReaderTest {
  @TempDir Path directory;

  private record Read(long offset, String why, String received, Set<String> flags, String mail) {}

  @Test
  void messagesComeOutAsMailWithTheirDatesAndFlags() throws IOException {
    List<Read> all =
        read(
            """
            From dora@x.example Thu Nov 19 10:00:00 2026
            From: dora@x.example
            Status: RO
            X-Status: AF
            Subject: one

            first line
            >From here it is quoted
            >>From twice

            From now on this is no separator.

            From bob@x.example Fri Nov 20 11:30:00 2026 +0200
            From: bob@x.example
            Status: O
            Content-Length: 3

            two

            From MAILER-DAEMON Fri Nov 20 12:00:00 2026
            From: Mail System Internal Data <MAILER-DAEMON@x>
            Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA
            X-IMAP: 1 2

            text

            From carol at x.example  Sat Nov 21 09:00:00 2026
            From: carol at x.example
            Received: from b by c; Sat, 21 Nov 2026 08:59:00 +0100
            Received: from a by b; Sat, 21 Nov 2026 08:58:00 +0100

            """);
    assertEquals(4, all.size());
    assertEquals(
        new Read(
            0,
            "",
            "2026-11-19T10:00Z",
            Set.of("\\Answered", "\\Flagged", "\\Seen"),
            "From: dora@x.example\r\n"
                + "Subject: one\r\n\r\n"
                + "first line\r\n"
                + "From here it is quoted\r\n"
                + ">From twice\r\n\r\n"
                + "From now on this is no separator.\r\n"),
        all.get(0));
    assertEquals("2026-11-20T11:30+02:00", all.get(1).received());
    assertEquals(Set.of(), all.get(1).flags());
    assertEquals("From: bob@x.example\r\n\r\ntwo\r\n", all.get(1).mail());
    assertTrue(all.get(2).why().contains("note of a mail program"));
    assertEquals("2026-11-21T09:00Z", all.get(3).received());
    assertEquals(
        "From: carol at x.example\r\n"
            + "Received: from b by c; Sat, 21 Nov 2026 08:59:00 +0100\r\n"
            + "Received: from a by b; Sat, 21 Nov 2026 08:58:00 +0100\r\n\r\n",
        all.get(3).mail());
  }

  @Test
  void withoutADateOnItsFirstLineTheNewestReceivedCounts() throws IOException {
    List<Read> all =
        read(
            """
            From ??? at 10:00 in 2026
            Date: Mon, 16 Nov 2026 08:00:00 +0000
            Received: from b by c; Sat, 21 Nov 2026 08:59:00 +0100
            Received: from a by b; Sat, 21 Nov 2026 08:58:00 +0100

            x

            From ??? at 10:00 in 2026
            Date: Mon, 16 Nov 2026 08:00:00 +0000

            x
            """);
    assertEquals("2026-11-21T08:59+01:00", all.get(0).received());
    assertEquals("2026-11-16T08:00Z", all.get(1).received());
  }

  @Test
  void whatCannotBeReadIsNamedByItsOffset() throws IOException {
    List<Read> all =
        read(
            "rubbish\n"
                + "more rubbish\n"
                + "From a@x Thu Nov 19 10:00:00 2026\n"
                + "Subject: good\n\n"
                + "x\n\n"
                + "From a@x Thu Nov 19 10:00:00 2026\n\n"
                + "From a@x Thu Nov 19 10:00:00 2026\n"
                + "Subject: good too\n\n"
                + "y\n");
    assertEquals(List.of(0L, 21L, 73L, 108L), all.stream().map(Read::offset).toList());
    assertEquals(
        List.of(false, true, false, true), all.stream().map(one -> one.why().isEmpty()).toList());
    assertEquals("y\r\n", all.get(3).mail().substring(all.get(3).mail().indexOf("\r\n\r\n") + 4));
    assertEquals(1, read("no mbox at all\n").size());
    assertEquals(0, read("").size());
    assertEquals(0, read("\n\n").size());
  }

  @Test
  void anyMailComesBackAsItWas() throws IOException {
    long seed = 4155;
    Random random = new Random(seed);
    List<String> mails = new ArrayList<>();
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      String mail = mail(random, i);
      mails.add(mail);
      file.append("From a@x.example Thu Nov 19 10:00:00 2026\n");
      file.append(mail.replace("\r\n", "\n").replaceAll("(?m)^(>*From )", ">$1"));
      file.append('\n');
    }
    List<Read> all = read(file.toString());
    assertEquals(mails.size(), all.size(), "seed " + seed);
    for (int i = 0; i < mails.size(); i++) {
      assertEquals(mails.get(i), all.get(i).mail(), "seed " + seed + ", mail " + i);
    }
    Path path = directory.resolve("mbox");
    for (int i = 0; i < all.size(); i += 17) { // a reader may begin at every message
      try (MboxReader reader = new MboxReader(path, all.get(i).offset())) {
        Mbox first = reader.next();
        assertNotNull(first);
        assertEquals(all.get(i).offset(), first.offset());
        assertEquals(mails.get(i), text(first));
        assertEquals(
            i + 1 < all.size() ? all.get(i + 1).offset() : Files.size(path), reader.offset());
      }
    }
  }

  private static String mail(Random random, int number) {
    StringBuilder mail =
        new StringBuilder("Subject: mail " + number + "\r\nX: y\r\n\tfolded\r\n\r\n");
    int lines = random.nextInt(30);
    for (int i = 0; i < lines; i++) {
      switch (random.nextInt(7)) {
        case 0 -> {}
        case 1 -> mail.append("From somebody Thu Nov 19 10:00:00 2026");
        case 2 -> mail.append(">From me Thu Nov 19 10:00:00 2026");
        case 3 -> mail.append("x".repeat(random.nextInt(100_000)));
        case 4 -> mail.append(random.nextInt()).append('\0').append("\u00e9");
        default -> mail.append("Some words of line ").append(i);
      }
      mail.append("\r\n");
    }
    return mail.toString();
  }

  @Test
  void aMessageThatIsNotReadIsSkipped() throws IOException {
    Path path = directory.resolve("mbox");
    Files.writeString(
        path,
        "From a@x Thu Nov 19 10:00:00 2026\nSubject: 1\n\n"
            + "long line ".repeat(50_000)
            + "\n\nFrom a@x Thu Nov 19 10:00:00 2026\nSubject: 2\n\nx\n");
    try (MboxReader reader = new MboxReader(path, 0)) {
      assertNotNull(reader.next());
      Mbox second = reader.next();
      assertNotNull(second);
      assertEquals("Subject: 2\r\n\r\nx\r\n", text(second));
      assertNull(reader.next());
      assertEquals(Files.size(path), reader.offset());
    }
  }

  private List<Read> read(String content) throws IOException {
    Path path = directory.resolve("mbox");
    Files.write(path, content.getBytes(StandardCharsets.ISO_8859_1));
    List<Read> all = new ArrayList<>();
    try (MboxReader reader = new MboxReader(path, 0)) {
      for (Mbox one = reader.next(); one != null; one = reader.next()) {
        String why = one.unreadable();
        all.add(
            new Read(
                one.offset(),
                why == null ? "" : why,
                String.valueOf(one.received()),
                one.flags(),
                text(one)));
      }
    }
    return all;
  }

  private static String text(Mbox message) throws IOException {
    try (InputStream in = message.open()) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
