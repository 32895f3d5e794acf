package io.mainstem.app.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.app.archive.ImapAccount.Security;
import io.mainstem.app.archive.ImapAccount.Server;
import io.mainstem.app.archive.MailFolder.Reading;
import io.mainstem.app.archive.SmallImapServer.Box;
import io.mainstem.app.archive.SmallImapServer.Mail;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads an account on another server as an import does. */
class ImapAccountTest {
  private SmallImapServer server;

  @BeforeEach
  void start() throws IOException {
    server = new SmallImapServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private record Read(String mark, ArchivedMail mail, byte[] bytes) {}

  @Test
  void bytesFlagsAndDatesAreThoseOfTheServer() throws IOException {
    byte[] odd = "Subject: x\r\n\r\nbare\rCR, \0 and LF\n)\r\n* 1 FETCH (".getBytes(latin());
    byte[] large = new byte[(9 << 20) + 17];
    new Random(1).nextBytes(large);
    Box inbox = box("INBOX", "", 7);
    inbox.mails.add(
        new Mail(3, "\\Seen \\Flagged $Label1 \\Recent", "19-Nov-2020 10:00:00 +0100", odd));
    inbox.mails.add(new Mail(9, "", " 1-Nov-2020 10:00:00 +0000", large));
    inbox.mails.add(new Mail(12, "\\Deleted", "20-Nov-2020 10:00:00 +0000", new byte[0]));
    List<Read> all = read("INBOX", MailFolder.START);
    assertEquals(List.of("7:3", "7:9", "7:12"), all.stream().map(Read::mark).toList());
    assertArrayEquals(odd, all.get(0).bytes());
    assertArrayEquals(large, all.get(1).bytes());
    assertArrayEquals(new byte[0], all.get(2).bytes());
    assertEquals(Set.of("\\Seen", "\\Flagged", "$Label1"), all.get(0).mail().flags());
    assertEquals(Set.of("\\Deleted"), all.get(2).mail().flags());
    assertNotNull(all.get(0).mail().received());
    assertEquals(Instant.parse("2020-11-19T09:00:00Z"), all.get(0).mail().received().toInstant());
    assertTrue(
        server.said.stream().noneMatch(line -> line.matches("(SELECT|STORE|.*BODY\\[).*")),
        "nothing is changed there: " + server.said);
  }

  @Test
  void goesOnBehindTheLastUidWhileUidValidityStays() throws IOException {
    Box inbox = box("INBOX", "", 7);
    for (int i = 1; i <= 1_300; i++) {
      inbox.mails.add(
          new Mail(3L * i, "", "19-Nov-2020 10:00:00 +0100", ("Subject: " + i).getBytes(latin())));
    }
    List<Read> all = read("INBOX", MailFolder.START);
    assertEquals(1_300, all.size());
    assertEquals("Subject: 1300", new String(all.get(1_299).bytes(), latin()));
    assertEquals(all.size() - 700, read("INBOX", all.get(699).mark()).size());
    assertEquals(0, read("INBOX", all.get(1_299).mark()).size());
    inbox.mails.add(new Mail(9_999, "", "19-Nov-2020 10:00:00 +0100", new byte[] {'x'}));
    assertEquals(1, read("INBOX", all.get(1_299).mark()).size());
    inbox.mails.subList(0, 600).clear(); // other numbers, the same UIDs
    assertEquals(601, read("INBOX", all.get(699).mark()).size());
    inbox.validity = 8;
    assertEquals(701, read("INBOX", all.get(699).mark()).size(), "all is new then");
  }

  @Test
  void foldersAreNamedByWhatTheyAreFor() throws IOException {
    box("INBOX", "", 1);
    box("Gesendet", "\\HasNoChildren \\Sent", 1);
    box("Arbeit.2026", "", 1);
    box("Arbeit", "\\Noselect", 1);
    try (ImapAccount account = open("secret")) {
      assertEquals(
          List.of("INBOX", "Sent", "Arbeit/2026"),
          account.folders(Set.of()).stream().map(MailFolder::name).toList());
      assertEquals(
          List.of("Sent"),
          account.folders(Set.of("Gesendet")).stream().map(MailFolder::name).toList());
    }
  }

  @Test
  void whatIsWrongIsSaidInWords() throws IOException {
    assertTrue(assertThrows(IOException.class, () -> open("x")).getMessage().contains("refused"));
    Server none = new Server("127.0.0.1", 1, Security.NONE, false);
    assertTrue(
        assertThrows(IOException.class, () -> ImapAccount.open(none, "a", "b"))
            .getMessage()
            .contains("127.0.0.1:1 cannot be reached"));
    Server plain = new Server("127.0.0.1", server.port(), Security.STARTTLS, false);
    assertThrows(IOException.class, () -> ImapAccount.open(plain, "alice", "secret"));
    assertEquals(
        1,
        server.said.stream().filter(line -> line.equals("LOGIN")).count(),
        "no password where the server offers no TLS");
  }

  private ImapAccount open(String password) throws IOException {
    return ImapAccount.open(
        new Server("127.0.0.1", server.port(), Security.NONE, false), "alice", password);
  }

  private Box box(String name, String attributes, long validity) {
    Box box = new Box(attributes, validity);
    server.folders.put(name, box);
    return box;
  }

  private List<Read> read(String folder, String mark) throws IOException {
    List<Read> all = new ArrayList<>();
    try (ImapAccount account = open("secret");
        Reading reading = account.folders(Set.of(folder)).get(0).read(mark)) {
      for (ArchivedMail mail = reading.next(); mail != null; mail = reading.next()) {
        try (InputStream in = mail.content().open()) {
          all.add(new Read(reading.mark(), mail, in.readAllBytes()));
        }
      }
    }
    return all;
  }

  private static Charset latin() {
    return StandardCharsets.ISO_8859_1;
  }
}
