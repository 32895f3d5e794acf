package io.mainstem.gateway.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that people really read with. One that is not installed is skipped, and told. */
class RealClientsTest {
  private static final int MANY = 3_000;

  @TempDir private Path data;
  @TempDir private Path home;
  private ImapNode node;

  @BeforeEach
  void start() throws Exception {
    node = new ImapNode(data, Map.of(), List.of("alice"));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private static void need(String program) {
    boolean there =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
    assumeTrue(there, program + " is not installed");
  }

  private String run(String... command) throws Exception {
    Path log = home.resolve("client.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TERM", "vt100");
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      assertTrue(
          process.waitFor(300, TimeUnit.SECONDS),
          () -> "the client does not end; it said: " + read(log));
    } finally {
      process.destroyForcibly();
    }
    String said = read(log);
    assertEquals(0, process.exitValue(), said);
    return said;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String mail(int n) {
    return "From: Dora <dora@elsewhere.example>\r\n"
        + "To: alice@mainstem.test\r\n"
        + ("Subject: Number " + n + "\r\n")
        + ("Message-ID: <" + n + "@elsewhere.example>\r\n")
        + "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\n"
        + ("Text of " + n + ".\r\n").repeat(1 + n % 40);
  }

  private ImapClient client() throws IOException {
    return ImapClient.of(node.gateway.port(), "alice", ImapNode.PASSWORD);
  }

  /** Pipelined: many wait for one sync of the disk. */
  private void fill(int from, int to) throws IOException {
    try (var client = client()) {
      for (int n = from; n < to; n += 100) {
        int end = Math.min(to, n + 100);
        var batch = new StringBuilder();
        for (int i = n; i < end; i++) {
          String mail = mail(i);
          batch.append("f%d APPEND INBOX {%d+}\r\n%s\r\n".formatted(i, mail.length(), mail));
        }
        client.send(batch.toString());
        for (int i = n; i < end; i++) {
          assertTrue(client.answer("f" + i).isOk(), "it is appended");
        }
      }
    }
  }

  @Test
  void curlReadsAndAppends() throws Exception {
    need("curl");
    fill(1, 3);
    String url = "imap://127.0.0.1:" + node.gateway.port() + "/INBOX";
    String got =
        run(
            "curl",
            "-sS",
            "--user",
            "alice:" + ImapNode.PASSWORD,
            "--ssl-reqd",
            "-k",
            url + ";MAILINDEX=2");
    assertEquals(mail(2), got);
    Path file = Files.writeString(home.resolve("mail.eml"), mail(3));
    run("curl", "-sS", "--user", "alice:" + ImapNode.PASSWORD, "-T", file.toString(), url);
    assertTrue(
        run("curl", "-sS", "--user", "alice:" + ImapNode.PASSWORD, url, "-X", "SEARCH ALL")
            .contains("1 2 3"));
  }

  @Test
  void imaplibWorksThroughADay() throws Exception {
    need("python3");
    Path script =
        Files.writeString(
            home.resolve("day.py"),
            """
            import imaplib, ssl, sys, time
            port = int(sys.argv[1])
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            m = imaplib.IMAP4("127.0.0.1", port)
            m.starttls(context)
            m.login("alice", "secret-words")
            assert m.create("Work/2026")[0] == "OK"
            when = imaplib.Time2Internaldate(time.time())
            body = b"Subject: caf\\xc3\\xa9\\r\\nX-Odd: \\x80\\xff\\r\\n\\r\\nA line\\r\\n.\\r\\nlast"
            typ, data = m.append("Work/2026", "(\\\\Seen $Work)", when, body)
            assert typ == "OK" and b"APPENDUID" in data[0], data
            assert m.select("Work/2026") == ("OK", [b"1"])
            typ, data = m.list()
            assert typ == "OK" and len(data) == 10, data
            assert m.uid("FETCH", "1", "(RFC822)")[1][0][1] == body
            typ, data = m.search(None, "KEYWORD", "$Work")
            assert data == [b"1"], data
            typ, data = m.search("UTF-8", "SUBJECT", '"caf"')
            assert data == [b"1"], data
            assert m.store("1", "+FLAGS", "\\\\Flagged")[0] == "OK"
            assert m.copy("1", "Trash")[0] == "OK"
            assert m.thread("REFERENCES", "UTF-8", "ALL")[1] == [b"(1)"]
            assert m.sort("(REVERSE DATE)", "UTF-8", "ALL")[1] == [b"1"]
            assert m.getquotaroot("INBOX")[0] == "OK"
            assert m.myrights("INBOX")[0] == "OK"
            assert m.namespace()[0] == "OK"
            m.store("1", "+FLAGS.SILENT", "\\\\Deleted")
            assert m.expunge() == ("OK", [b"1"])
            m.close()
            assert m.rename("Work/2026", "Old")[0] == "OK"
            assert m.delete("Old")[0] == "OK"
            assert m.status("Trash", "(MESSAGES UNSEEN)")[1] == [b'"Trash" (MESSAGES 1 UNSEEN 0)']
            m.logout()
            print("done")
            """);
    assertTrue(
        run("python3", script.toString(), String.valueOf(node.gateway.port())).contains("done"));
  }

  @Test
  void fetchmailTakesAllAndMarksIt() throws Exception {
    need("fetchmail");
    fill(1, 6);
    Path out = home.resolve("mbox");
    Path rc =
        Files.writeString(
            home.resolve("fetchmailrc"),
            "poll 127.0.0.1 protocol imap port "
                + node.gateway.port()
                + " user alice password secret-words sslproto \"\" keep no rewrite mda \"cat >> "
                + out
                + "\"\n");
    Files.setPosixFilePermissions(
        rc, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    run("fetchmail", "--fetchmailrc", rc.toString(), "--pidfile", home.resolve("pid").toString());
    String got = Files.readString(out).replace("\r\n", "\n");
    for (int n = 1; n < 6; n++) {
      assertTrue(got.contains(mail(n).replace("\r\n", "\n").split("\n\n", 2)[1]), got);
    }
    try (var client = client()) {
      client.ok("SELECT INBOX");
      assertEquals(List.of("* SEARCH"), client.ok("SEARCH UNSEEN").untagged());
    }
  }

  @Test
  void muttOpensAFolderAndReads() throws Exception {
    need("mutt");
    need("script");
    fill(1, 4);
    Path out = home.resolve("read");
    Path rc =
        Files.writeString(
            home.resolve("muttrc"),
            "set imap_user=alice\n"
                + "set imap_pass=secret-words\n"
                + "set ssl_starttls=no\n"
                + "set ssl_force_tls=no\n"
                + "set folder=imap://127.0.0.1:"
                + node.gateway.port()
                + "/\nset spoolfile=+INBOX\nset wait_key=no\nset pipe_decode=no\nset quit=yes\n"
                + "set mail_check_stats=no\nset delete=yes\nset move=no\nset record=\"\"\n"
                + "push \"<first-entry><pipe-message>cat > "
                + out
                + "<enter><flag-message><last-entry><delete-message><sync-mailbox><quit>\"\n");
    run("script", "-qec", "mutt -n -F " + rc, "/dev/null");
    assertTrue(read(out).contains("Subject: Number 1"), () -> read(out));
    try (var client = client()) {
      client.ok("SELECT INBOX");
      assertEquals(List.of("* SEARCH 1"), client.ok("SEARCH FLAGGED").untagged());
      assertEquals(List.of("* SEARCH 1 2"), client.ok("SEARCH ALL").untagged());
    }
  }

  @Test
  void mbsyncLeavesBothSidesEqual() throws Exception {
    need("mbsync");
    fill(0, MANY);
    Path mail = Files.createDirectories(home.resolve("mail"));
    Path rc =
        Files.writeString(
            home.resolve("mbsyncrc"),
            """
            IMAPStore far
            Host 127.0.0.1
            Port %d
            User alice
            Pass secret-words
            SSLType None

            MaildirStore near
            Path %s/
            Inbox %s/INBOX
            SubFolders Verbatim

            Channel all
            Far :far:
            Near :near:
            Patterns *
            Create Both
            Expunge Both
            SyncState *
            """
                .formatted(node.gateway.port(), mail, mail));
    String[] sync = {"mbsync", "-c", rc.toString(), "all"};
    run(sync);
    assertEquals(far("INBOX"), near(mail.resolve("INBOX")));
    assertEquals(MANY, far("INBOX").size());
    changeBothSides(mail);
    run(sync);
    var far = far("INBOX");
    assertEquals(far, near(mail.resolve("INBOX")));
    assertEquals(MANY + 200 - 40, far.size());
    assertEquals("\\Flagged", far.get("Number 10"));
    assertEquals("\\Flagged \\Seen", far.get("Number 2500"));
    assertTrue(
        far.containsKey("Number " + (MANY + 5)) && !far.containsKey("Number 110"),
        "what is new came, what was expunged is gone");
    run(sync);
    assertEquals(far, far("INBOX"));
  }

  @Test
  void offlineimapLeavesBothSidesEqual() throws Exception {
    need("offlineimap");
    fill(0, 200);
    Path mail = home.resolve("mail");
    Path rc =
        Files.writeString(
            home.resolve("offlineimaprc"),
            """
            [general]
            accounts = one
            metadata = %s/meta
            ui = basic
            [Account one]
            localrepository = near
            remoterepository = far
            [Repository near]
            type = Maildir
            localfolders = %s
            [Repository far]
            type = IMAP
            remotehost = 127.0.0.1
            remoteport = %d
            remoteuser = alice
            remotepass = secret-words
            ssl = no
            starttls = no
            folderfilter = lambda name: name == 'INBOX'
            """
                .formatted(home, mail, node.gateway.port()));
    run("offlineimap", "-o", "-c", rc.toString());
    assertEquals(far("INBOX").keySet(), near(mail.resolve("INBOX")).keySet());
    Files.writeString(mail.resolve("INBOX/new/1.x.y"), mail(500).replace("\r\n", "\n"));
    try (var client = client()) {
      client.ok("SELECT INBOX");
      client.ok("STORE 1:10 +FLAGS (\\Flagged)");
      client.ok("STORE 11:20 +FLAGS (\\Deleted)");
      client.ok("EXPUNGE");
    }
    run("offlineimap", "-o", "-c", rc.toString());
    assertEquals(far("INBOX"), near(mail.resolve("INBOX")));
    assertEquals(191, far("INBOX").size());
  }

  /** Over there: flags and expunges; here: new mails, flags and deletions. */
  private void changeBothSides(Path mail) throws IOException {
    try (var client = client()) {
      client.ok("SELECT INBOX");
      client.ok("STORE 1:50 +FLAGS (\\Flagged)");
      client.ok("STORE 101:120 +FLAGS.SILENT (\\Deleted)");
      client.ok("EXPUNGE");
    }
    fill(MANY, MANY + 100);
    Path inbox = mail.resolve("INBOX");
    for (int n = MANY + 100; n < MANY + 200; n++) {
      Files.writeString(inbox.resolve("new/" + n + ".here.x"), mail(n).replace("\r\n", "\n"));
    }
    for (Path file : messages(inbox)) {
      int n = Integer.parseInt(subject(file).substring("Number ".length()));
      if (n >= 2500 && n < 2550) {
        // Maildir: F flagged, S seen (letters in their order).
        String name = file.getFileName().toString().replaceAll(":2,.*", "");
        Files.move(file, inbox.resolve("cur/" + name + ":2,FS"));
      } else if (n >= 2600 && n < 2620) {
        Files.delete(file);
      }
    }
  }

  private static List<Path> messages(Path maildir) throws IOException {
    var out = new ArrayList<Path>();
    for (String part : List.of("cur", "new")) {
      try (Stream<Path> files = Files.list(maildir.resolve(part))) {
        files.forEach(out::add);
      }
    }
    return out;
  }

  private static String subject(Path file) {
    Matcher m = Pattern.compile("(?m)^Subject: (.*?)\r?$").matcher(read(file));
    assertTrue(m.find(), file::toString);
    return m.group(1);
  }

  /** Subjects and flags; what Maildir cannot say is left out. */
  private static Map<String, String> near(Path maildir) throws IOException {
    var out = new TreeMap<String, String>();
    for (Path file : messages(maildir)) {
      String name = file.getFileName().toString();
      String letters = name.contains(":2,") ? name.substring(name.indexOf(":2,") + 3) : "";
      var flags = new TreeSet<String>();
      for (char letter : letters.toCharArray()) {
        switch (letter) {
          case 'F' -> flags.add("\\Flagged");
          case 'S' -> flags.add("\\Seen");
          case 'R' -> flags.add("\\Answered");
          case 'D' -> flags.add("\\Draft");
          case 'T' -> flags.add("\\Deleted");
          default -> {}
        }
      }
      int number = Integer.parseInt(subject(file).substring("Number ".length()));
      String text = read(file).replace("\r\n", "\n").split("\n\n", 2)[1];
      assertEquals(mail(number).replace("\r\n", "\n").split("\n\n", 2)[1], text, name);
      out.put(subject(file), String.join(" ", flags));
    }
    return out;
  }

  private Map<String, String> far(String folder) throws IOException {
    var out = new TreeMap<String, String>();
    try (var client = client()) {
      client.ok("EXAMINE " + folder);
      Pattern pattern =
          Pattern.compile("(?s).* FETCH \\(FLAGS \\(([^)]*)\\).*\nSubject: (Number \\d+)\r\n.*");
      for (String line :
          client.ok("FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (X-None SUBJECT)])").untagged()) {
        Matcher m = pattern.matcher(line);
        if (m.matches()) {
          var flags = new TreeSet<String>(List.of(m.group(1).split(" ")));
          flags.remove("");
          out.put(m.group(2), String.join(" ", flags).toString());
        }
      }
    }
    return out;
  }
}
