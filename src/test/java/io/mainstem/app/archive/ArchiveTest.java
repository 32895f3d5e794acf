package io.mainstem.app.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives as other programs write them. */
class ArchiveTest {
  private static final String MAIL = "Subject: x\n\nbody\n";
  private static final String WIRE = "Subject: x\r\n\r\nbody\r\n";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Work", "a/b/c", "a.b", ".hidden", "..", "x.mbox", "y.sbd/mbox", "mbox", "Entwürfe & mehr",
        "50%", "%41", "a//b", "日本語/😀", "trailing.", " space ", "a:b*c?\"<>|\\", "%u0041", "&-&"
      })
  void namesOfFoldersComeBack(String name) {
    assertEquals(name, MboxTree.nameOf(MboxTree.fileOf(name)));
    Path maildir = MaildirTree.directoryOf(name);
    assertEquals(1, maildir.getNameCount());
    assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(maildir.toString()));
  }

  @Test
  void maildirsOfBothLayoutsAreFound() throws IOException {
    for (String name :
        List.of(".", ".Work.2026", ".a&AC4-b", ".&ANw-ber", "nested/deep", "nested")) {
      Files.createDirectories(directory.resolve(name).resolve("cur"));
    }
    List<String> names = MaildirTree.folders(directory).stream().map(MailFolder::name).toList();
    assertEquals(
        List.of("INBOX", "Über", "Work/2026", "a.b", "nested", "nested/deep").stream()
            .sorted()
            .toList(),
        names.stream().sorted().toList());
    for (String name : List.of("Work/2026", "Über/a.b/c&d")) {
      Path exported = directory.resolve("export").resolve(MaildirTree.directoryOf(name));
      Files.createDirectories(exported.resolve("cur"));
    }
    assertEquals(
        List.of("Work/2026", "Über/a.b/c&d"),
        MaildirTree.folders(directory.resolve("export")).stream()
            .map(MailFolder::name)
            .sorted()
            .toList());
  }

  @Test
  void maildirOfDovecotKeepsFlagsKeywordsAndDates() throws IOException {
    Path cur = Files.createDirectories(directory.resolve("cur"));
    Path fresh = Files.createDirectories(directory.resolve("new"));
    Files.writeString(directory.resolve("dovecot-keywords"), "0 $Label1\n2 work\n");
    Files.writeString(cur.resolve("1605780000.M1P1.host,S=17,W=20:2,FRSac"), MAIL);
    Files.writeString(cur.resolve("1605780002.M1P1.host:2,DTPb"), WIRE);
    Files.writeString(fresh.resolve("1605780001.M1P1.host"), MAIL);
    Path first = cur.resolve("1605780000.M1P1.host,S=17,W=20:2,FRSac");
    Files.setLastModifiedTime(first, FileTime.from(Instant.parse("2020-11-19T10:00:00Z")));
    List<ArchivedMail> mails = new ArrayList<>();
    List<String> marks = new ArrayList<>();
    MailFolder folder = MaildirTree.folders(directory).get(0);
    try (MailFolder.Reading reading = folder.read(MailFolder.START)) {
      for (ArchivedMail mail = reading.next(); mail != null; mail = reading.next()) {
        mails.add(mail);
        marks.add(reading.mark());
        try (InputStream in = mail.content().open()) {
          assertEquals(WIRE, new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
      }
      assertEquals(folder.sizeBytes(), reading.doneBytes());
    }
    assertEquals(
        List.of(
            Set.of("\\Answered", "\\Flagged", "\\Seen", "$Label1", "work"),
            Set.of(),
            Set.of("\\Draft", "\\Deleted", "$Forwarded")),
        mails.stream().map(ArchivedMail::flags).toList());
    assertEquals(
        Instant.parse("2020-11-19T10:00:00Z"), received(mails.get(0)), "the time of its file");
    try (MailFolder.Reading rest = folder.read(marks.get(1))) {
      ArchivedMail third = rest.next();
      assertNotNull(third);
      assertEquals(mails.get(2).place(), third.place());
      assertNull(rest.next());
    }
  }

  @Test
  void lostTimesAreThoseOfTheMailItself() throws IOException {
    Path cur = Files.createDirectories(directory.resolve("cur"));
    Files.writeString(
        cur.resolve("1.host:2,S"),
        "Received: from a by b;\n Thu, 19 Nov 2020 10:00:00 +0100\n"
            + "Received: from c by a; Wed, 18 Nov 2020 10:00:00 +0100\n"
            + "Date: Tue, 17 Nov 2020 10:00:00 +0100\n\nx\n");
    try (MailFolder.Reading reading =
        MaildirTree.folders(directory).get(0).read(MailFolder.START)) {
      ArchivedMail mail = reading.next();
      assertNotNull(mail);
      assertEquals(Instant.parse("2020-11-19T09:00:00Z"), received(mail));
    }
  }

  @Test
  void profileOfThunderbirdIsReadWithoutWhatWasDeletedThere() throws IOException {
    Files.createDirectories(directory.resolve("Work.sbd"));
    String mail =
        "From - Thu Nov 19 10:00:00 2020\nX-Mozilla-Status: %s\nX-Mozilla-Keys: %s\n" + MAIL;
    Files.writeString(
        directory.resolve("Inbox"),
        mail.formatted("0001", "$label1")
            + "\n"
            + mail.formatted("0009", "")
            + "\n"
            + mail.formatted("1006", "")
            + "\n");
    Files.writeString(directory.resolve("Inbox.msf"), "// <!-- <mdb:mork:z v=\"1.4\"/> -->");
    Files.writeString(directory.resolve("Work.sbd/2026"), mail.formatted("0000", "") + "\n");
    Files.writeString(directory.resolve("empty.mbox"), "");
    Map<String, List<Set<String>>> found = new TreeMap<>();
    for (MailFolder folder : MboxTree.folders(directory)) {
      List<Set<String>> flags = new ArrayList<>();
      try (MailFolder.Reading reading = folder.read(MailFolder.START)) {
        for (ArchivedMail one = reading.next(); one != null; one = reading.next()) {
          flags.add(one.flags());
          try (InputStream in = one.content().open()) {
            assertEquals(WIRE, new String(in.readAllBytes(), StandardCharsets.US_ASCII));
          }
        }
      }
      found.put(String.valueOf(folder.name()), flags);
    }
    assertEquals(
        Map.of(
            "Inbox",
            List.of(Set.of("\\Seen", "$label1"), Set.of("\\Answered", "\\Flagged", "$Forwarded")),
            "Work/2026",
            List.of(Set.of()),
            "empty",
            List.of()),
        found);
  }

  @Test
  void singleFilesAreOfTheFolderOfTheirDirectory() throws IOException {
    Files.createDirectories(directory.resolve("Work/2026"));
    Files.writeString(directory.resolve("a.eml"), MAIL);
    Files.writeString(directory.resolve("Work/2026/b.EML"), WIRE);
    Files.writeString(directory.resolve("Work/notes.txt"), "no mail");
    List<MailFolder> folders = EmlFolder.folders(directory);
    assertEquals(2, folders.size());
    assertNull(folders.get(0).name());
    assertEquals("Work/2026", folders.get(1).name());
    for (MailFolder folder : folders) {
      try (MailFolder.Reading reading = folder.read(MailFolder.START)) {
        ArchivedMail mail = reading.next();
        assertNotNull(mail);
        try (InputStream in = mail.content().open()) {
          assertEquals(WIRE, new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        }
        assertNull(reading.next());
      }
    }
  }

  @Test
  void lineEndsOfADiskBecomeThoseOfMail() throws IOException {
    assertEquals("a\r\nb\r\n\r\nc", wire("a\nb\n\nc"));
    assertEquals("a\r\nb\r\n", wire("a\nb\r\n"));
    assertEquals("a\r\nb\nc", wire("a\r\nb\nc"), "what has CRs passes as it is");
    assertEquals("no end", wire("no end"));
    assertEquals("", wire(""));
    String many = "x".repeat(7_999) + "\r\n";
    assertEquals(many.repeat(9), wire("x".repeat(7_999).concat("\n").repeat(9)));
  }

  private static String wire(String disk) throws IOException {
    byte[] bytes = disk.getBytes(StandardCharsets.US_ASCII);
    try (InputStream in = CrlfStream.of(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static Instant received(ArchivedMail mail) {
    assertNotNull(mail.received());
    return mail.received().toInstant();
  }
}
