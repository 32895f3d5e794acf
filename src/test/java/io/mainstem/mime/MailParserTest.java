package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Attachment;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MailParserTest {
  private static final BlobKey KEY = new BlobKey("raw");
  private static final MailParser PARSER = new MailParser(MimeLimits.DEFAULT);

  static final String FULL =
      """
      Return-Path: <dora@elsewhere.example>
      Received: from elsewhere.example; Sat, 21 Nov 2026 10:00:00 +0000
      From: =?utf-8?q?Dora_M=C3=BCller?= <Dora@Elsewhere.Example>
      To: "Alice, A." <alice@mainstem.test>, team: bob@mainstem.test, carol@mainstem.test;
      Cc: dave@x.example
      Subject: =?utf-8?B?R3LDvMOfZSBhdXMgS8O2?= =?utf-8?B?bG4=?=
      Date: Sat, 21 Nov 2026 11:00:00 +0100
      Message-ID: <m1@elsewhere.example>
      In-Reply-To: <m0@mainstem.test>
      References: <a@x> <b@x>
       <m0@mainstem.test>
      Reply-To: answers@elsewhere.example
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary="outer"

      This is a preamble.
      --outer
      Content-Type: multipart/alternative; boundary=inner

      --inner
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: quoted-printable

      Hallo =C3=A4 Welt,=20
      das ist ein sehr langer =
      Satz.
      --inner
      Content-Type: multipart/related; boundary=related

      --related
      Content-Type: text/html; charset=utf-8

      <p>Hallo <b>Welt</b><img src="cid:pic@x"></p>
      --related
      Content-Type: image/png; name=pic.png
      Content-ID: <pic@x>
      Content-Transfer-Encoding: base64

      iVBORw0KGgo=
      --related--
      --inner--
      --outer
      Content-Type: application/pdf
      Content-Disposition: attachment; filename*=utf-8''Rechnung%20%E2%82%AC.pdf
      Content-Transfer-Encoding: base64

      JVBERi0xLjQKJcOkw7zDtsOf
      --outer
      Content-Type: message/rfc822

      From: inner@x.example
      Subject: inner subject

      inner text
      --outer--
      epilogue
      """
          .replace("\n", "\r\n");

  @Test
  void aMailBecomesALightMessage() throws IOException {
    Message mail = parse(FULL);
    assertEquals(new Person("Dora@elsewhere.example", "Dora Müller", null), mail.from());
    assertEquals(
        List.of("alice@mainstem.test", "bob@mainstem.test", "carol@mainstem.test"),
        addresses(mail.to()));
    assertEquals("Alice, A.", mail.to().get(0).name());
    assertEquals(List.of("dave@x.example"), addresses(mail.cc()));
    assertEquals("Grüße aus Köln", mail.subject());
    assertEquals("Hallo ä Welt,\ndas ist ein sehr langer Satz.", mail.text());
    assertNull(mail.longText());
    assertEquals("m1@elsewhere.example", mail.headers().messageId());
    assertEquals("m0@mainstem.test", mail.headers().inReplyTo());
    assertEquals(List.of("a@x", "b@x", "m0@mainstem.test"), mail.headers().references());
    assertEquals(List.of("answers@elsewhere.example"), addresses(mail.headers().replyTo()));
    assertEquals(1795255200000L, mail.headers().dateMillis());
    assertFalse(mail.headers().machine());
    assertEquals(FULL.length(), mail.sizeBytes());
    assertEquals("<p>Hallo <b>Welt</b><img src=\"cid:pic@x\"></p>", text(FULL, mail.html()));
  }

  @Test
  void attachmentsAreByteRangesOfTheMail() throws IOException {
    Message mail = parse(FULL);
    assertEquals(
        List.of("pic.png", "Rechnung €.pdf", "inner subject.eml"),
        mail.attachments().stream().map(Attachment::name).toList());
    Attachment picture = mail.attachments().get(0);
    assertEquals("pic@x", picture.contentId());
    assertTrue(picture.inline());
    assertEquals(8, picture.sizeBytes());
    assertArrayEquals(Base64.getDecoder().decode("iVBORw0KGgo="), bytes(FULL, picture.part()));
    Attachment pdf = mail.attachments().get(1);
    assertFalse(pdf.inline());
    assertEquals("application/pdf", pdf.type());
    assertEquals("%PDF-1.4\n%äüöß", new String(bytes(FULL, pdf.part()), StandardCharsets.UTF_8));
    assertEquals(pdf.sizeBytes(), bytes(FULL, pdf.part()).length);
    Attachment inner = mail.attachments().get(2);
    assertEquals("message/rfc822", inner.type());
    assertEquals(
        "From: inner@x.example\r\nSubject: inner subject\r\n\r\ninner text",
        new String(bytes(FULL, inner.part()), StandardCharsets.UTF_8));
  }

  @Test
  void theStructureIsWhatImapWillAskFor() throws IOException {
    assertEquals(
        "(((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"quoted-printable\" 55 3 NIL NIL"
            + " NIL NIL)((\"text\" \"html\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 45 1 NIL NIL"
            + " NIL NIL)(\"image\" \"png\" (\"name\" \"pic.png\") \"<pic@x>\" NIL \"base64\" 12 NIL"
            + " NIL NIL NIL) \"related\" (\"boundary\" \"related\") NIL NIL NIL) \"alternative\""
            + " (\"boundary\" \"inner\") NIL NIL NIL)(\"application\" \"pdf\" NIL NIL NIL"
            + " \"base64\" 24 NIL (\"attachment\" (\"filename\""
            + " \"=?UTF-8?B?UmVjaG51bmcg4oKsLnBkZg==?=\")) NIL NIL)(\"message\" \"rfc822\" NIL NIL"
            + " NIL \"7bit\" 59 (NIL \"inner subject\" ((NIL NIL \"inner\" \"x.example\")) ((NIL"
            + " NIL \"inner\" \"x.example\")) ((NIL NIL \"inner\" \"x.example\")) NIL NIL NIL NIL"
            + " NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 10 1 NIL NIL NIL NIL) 4 NIL NIL NIL"
            + " NIL) \"mixed\" (\"boundary\" \"outer\") NIL NIL NIL)",
        parse(FULL).headers().bodyStructure());
  }

  @Test
  void lineFeedsAloneGiveTheSame() throws IOException {
    Message crlf = parse(FULL);
    Message lf = parse(FULL.replace("\r\n", "\n"));
    assertEquals(crlf.text(), lf.text());
    assertEquals(
        crlf.attachments().stream().map(Attachment::name).toList(),
        lf.attachments().stream().map(Attachment::name).toList());
    assertEquals(18, lf.attachments().get(1).sizeBytes());
    assertEquals(56, lf.attachments().get(2).sizeBytes(), "a message within has three line breaks");
    assertEquals(crlf.headers().references(), lf.headers().references());
  }

  @Test
  void textIsMadeOfHtmlWhereThereIsNoOther() throws IOException {
    Message mail =
        parse(
            """
            From: a@x.example
            Content-Type: text/html; charset=iso-8859-1
            Content-Transfer-Encoding: quoted-printable

            <html><head><title>no</title><style>p{}</style></head><body><p>Gr=FC=DFe</p>
            <ul><li>one</li><li>two <a href="http://x">link</a></li></ul>a<br>b<script>evil()</script></body></html>
            """);
    assertEquals("Grüße\n\n• one\n• two link\na\nb", mail.text());
    assertNotNull(mail.html());
  }

  @Test
  void aLongTextStaysInItsBlob() throws IOException {
    String body = "0123456789 äöü\n".repeat(1_000);
    Message mail = parse("From: a@x.example\nContent-Type: text/plain; charset=utf-8\n\n" + body);
    assertTrue(mail.text().getBytes(StandardCharsets.UTF_8).length <= Message.TEXT_INLINE_BYTES);
    assertTrue(mail.text().getBytes(StandardCharsets.UTF_8).length > Message.TEXT_INLINE_BYTES - 4);
    assertEquals(
        body,
        text(
            "From: a@x.example\nContent-Type: text/plain; charset=utf-8\n\n" + body,
            mail.longText()));
  }

  @Test
  void charsetsAreTolerated() throws IOException {
    String[][] cases = {
      {"utf-8", "UTF-8", "grün €"},
      {"iso-8859-1", "windows-1252", "grün €"},
      {"us-ascii", "UTF-8", "grün"},
      {"no-such-charset", "UTF-8", "grün"},
      {"no-such-charset", "windows-1252", "grün"},
      {"utf-8", "windows-1252", "gr\ufffdn"},
      {"iso-2022-jp", "ISO-2022-JP", "こんにちは"},
      {"gb18030", "GB18030", "你好"},
      {"koi8-r", "KOI8-R", "Привет"},
    };
    for (String[] one : cases) {
      byte[] header =
          ("From: a@x.example\nContent-Type: text/plain; charset=" + one[0] + "\n\n")
              .getBytes(StandardCharsets.US_ASCII);
      byte[] body =
          one[2].equals("gr\ufffdn")
              ? "grün".getBytes(Charset.forName(one[1]))
              : one[2].getBytes(Charset.forName(one[1]));
      byte[] mail = new byte[header.length + body.length];
      System.arraycopy(header, 0, mail, 0, header.length);
      System.arraycopy(body, 0, mail, header.length, body.length);
      assertEquals(one[2], PARSER.parse(Raw.of(KEY, mail), null).text(), one[0]);
    }
  }

  @Test
  void rawUtf8HeadersAreRead() throws IOException {
    Message mail =
        parse(
            "From: Jörg Ünal <jörg@bücher.example>\n"
                + "To: 用户 <用户@例子.example>\n"
                + "Subject: Grüße 🎉\n\n"
                + "x");
    assertEquals("jörg@bücher.example", mail.from().address());
    assertEquals("Jörg Ünal", mail.from().name());
    assertEquals("用户@例子.example", mail.to().get(0).address());
    assertEquals("Grüße 🎉", mail.subject());
  }

  @Test
  void flowedTextIsJoined() throws IOException {
    Message mail =
        parse(
            "From: a@x.example\n"
                + "Content-Type: text/plain; format=flowed\n\n"
                + "One sentence \n"
                + "that flows.\n"
                + "> quoted \n"
                + "> on\n\n"
                + "-- \n"
                + "me");
    assertEquals("One sentence that flows.\n> quoted on\n\n--\nme", mail.text());
  }

  @Test
  void machinesAndListsAreRecognised() throws IOException {
    assertTrue(parse("From: a@x.example\nAuto-Submitted: auto-replied\n\nx").headers().machine());
    assertFalse(parse("From: a@x.example\nAuto-Submitted: no\n\nx").headers().machine());
    assertTrue(parse("From: a@x.example\nPrecedence: bulk\n\nx").headers().machine());
    assertTrue(parse("From: a@x.example\nList-Unsubscribe: <mailto:u@x>\n\nx").headers().machine());
    assertTrue(PARSER.parse(raw("From: a@x.example\n\nx"), "").headers().machine());
    assertFalse(PARSER.parse(raw("From: a@x.example\n\nx"), "a@x.example").headers().machine());
    assertEquals(
        "dev.lists.example",
        parse("From: a@x.example\nList-Id: Developers <Dev.Lists.Example>\n\nx")
            .headers()
            .listId());
  }

  @Test
  void whoSentItIsAlwaysSomebody() throws IOException {
    assertEquals("s@x.example", parse("Sender: s@x.example\n\nx").from().address());
    assertEquals(
        "env@x.example", PARSER.parse(raw("Subject: y\n\nx"), "env@x.example").from().address());
    assertEquals("unknown@invalid", parse("From: not an address\n\nx").from().address());
    assertEquals("not an address", parse("From: not an address\n\nx").from().name());
  }

  @Test
  void mailWithoutHeaderOrBodyIsDelivered() throws IOException {
    assertEquals("just text\nand more", parse("just text\nand more\n").text());
    assertEquals("", parse("").text());
    assertEquals("only a header", parse("Subject: only a header").subject());
    assertEquals("body at once", parse("Subject: x\nbody at once").text());
    Message noEnd =
        parse(
            "Content-Type: multipart/mixed; boundary=b\n\n"
                + "--b\n\n"
                + "first\n"
                + "--b\n"
                + "Content-Type: image/png\n\n"
                + "abc");
    assertEquals("first", noEnd.text());
    assertEquals(3, noEnd.attachments().get(0).sizeBytes());
  }

  @Test
  void fileNamesHaveNoFolders() throws IOException {
    for (String name : List.of("../../etc/passwd", "C:\\\\Windows\\\\passwd", "/passwd")) {
      Message mail =
          parse(
              "Content-Type: application/x-sh\nContent-Disposition: attachment; filename=\""
                  + name
                  + "\"\n\nx");
      assertEquals("passwd", mail.attachments().get(0).name());
    }
    Message none =
        parse("Content-Type: image/jpeg\nContent-Disposition: attachment; filename=\"..\"\n\nx");
    assertEquals("picture-1.jpg", none.attachments().get(0).name());
  }

  @Test
  void nestingPartsAndHeadersAreBounded() throws IOException {
    StringBuilder deep = new StringBuilder("From: a@x.example\n");
    for (int i = 0; i < 5_000; i++) {
      deep.append("Content-Type: multipart/mixed; boundary=b")
          .append(i)
          .append("\n\n--b")
          .append(i)
          .append('\n');
    }
    assertNotNull(parse(deep.toString()));
    StringBuilder messages = new StringBuilder("From: a@x.example\n");
    messages.append("Content-Type: message/rfc822\n\n".repeat(5_000));
    assertNotNull(parse(messages.toString()));
    StringBuilder many = new StringBuilder("Content-Type: multipart/mixed; boundary=b\n\n");
    many.append("--b\nContent-Disposition: attachment\n\nx\n".repeat(20_000));
    assertTrue(parse(many.toString()).attachments().size() <= 1_000);
    String fields = "X-Field: value\n".repeat(200_000);
    assertEquals("a@x.example", parse("From: a@x.example\n" + fields + "\ntext").from().address());
    assertEquals("text", parse("From: a@x.example\n" + fields + "\ntext").text());
    assertNotNull(parse("Subject: " + "x".repeat(3_000_000) + "\n\ntext"));
    assertNotNull(parse("To: " + "a@x.example,".repeat(20_000) + "\n\ntext"));
    assertNotNull(parse("To: " + "(".repeat(100_000) + "\n\ntext"));
    assertNotNull(parse("To: " + "\"<".repeat(100_000) + "\n\ntext"));
    assertNotNull(parse("Subject: " + "=?utf-8?q?x?= ".repeat(20_000) + "\n\ntext"));
    assertNotNull(parse("Content-Type: text/plain; " + "a*0=b;".repeat(20_000) + "\n\ntext"));
    assertNotNull(parse("Content-Type: text/html\n\n" + "<div>".repeat(100_000)));
  }

  @Test
  void cutAnywhereItIsStillAMail() throws IOException {
    byte[] whole = FULL.getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut < whole.length; cut++) {
      Message mail = PARSER.parse(Raw.of(KEY, java.util.Arrays.copyOf(whole, cut)), "");
      assertEquals(cut, mail.sizeBytes());
      for (Attachment attachment : mail.attachments()) {
        assertTrue(
            attachment.part().range().offset() + attachment.part().range().sizeBytes() <= cut);
      }
    }
  }

  @Test
  void brokenAnywhereItIsStillAMail() throws IOException {
    byte[] whole = FULL.getBytes(StandardCharsets.UTF_8);
    long seed = 20_261_121;
    Random random = new Random(seed);
    long start = cpuNanos();
    for (int round = 0; round < 3_000; round++) {
      byte[] broken = whole.clone();
      for (int i = random.nextInt(1, 12); i > 0; i--) {
        int at = random.nextInt(broken.length);
        switch (random.nextInt(3)) {
          case 0 -> broken[at] = (byte) random.nextInt(256);
          case 1 -> broken[at] = (byte) "\r\n-=;:\"<>()@\\ \0".charAt(random.nextInt(15));
          default -> {
            int length = Math.min(random.nextInt(1, 80), broken.length - at);
            System.arraycopy(whole, random.nextInt(whole.length - length), broken, at, length);
          }
        }
      }
      int number = round;
      Message mail = PARSER.parse(Raw.of(KEY, broken), null);
      assertEquals(broken.length, mail.sizeBytes(), () -> "seed " + seed + ", round " + number);
      HtmlSanitizer.sanitize(
          mail.html() == null ? mail.text() : text(broken, mail.html()), java.util.Map.of(), false);
    }
    assertTrue(Duration.ofNanos(cpuNanos() - start).toSeconds() < 60);
  }

  /** What this thread has computed, however long others kept it from that. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @Test
  void datesOfManyKindsAreRead() {
    String[][] cases = {
      {"Sat, 21 Nov 2026 11:00:00 +0100", "2026-11-21T10:00:00Z"},
      {"21 Nov 2026 11:00 +0000 (a comment)", "2026-11-21T11:00:00Z"},
      {"Sat, 21 Nov 26 11:00:00 EST", "2026-11-21T16:00:00Z"},
      {"Thu, 1 Jan 98 00:00:00 GMT", "1998-01-01T00:00:00Z"},
      {"Thu Jan  1 00:00:00 1970", "1970-01-01T00:00:00Z"},
      {"Fri Nov 20 23:59:60 2026 +0200", "2026-11-20T21:59:59Z"},
    };
    for (String[] one : cases) {
      assertEquals(
          one[1],
          String.valueOf(
              java.util.Objects.requireNonNull(Dates.parse(one[0]), one[0]).toInstant()));
    }
    for (String bad :
        List.of(
            "",
            "yesterday",
            "Sat, 32 Nov 2026 11:00:00 +0100",
            "Sat, 21 Foo 2026 11:00:00 +0100",
            "x".repeat(100_000))) {
      assertNull(Dates.parse(bad), bad.length() > 100 ? "long" : bad);
    }
  }

  // ---- inside

  private static Raw raw(String mail) {
    return Raw.of(KEY, mail.getBytes(StandardCharsets.UTF_8));
  }

  private static Message parse(String mail) throws IOException {
    return PARSER.parse(raw(mail), null);
  }

  private static List<String> addresses(List<Person> people) {
    return people.stream().map(Person::address).toList();
  }

  private static String text(String mail, @Nullable Part part) {
    return text(mail.getBytes(StandardCharsets.UTF_8), part);
  }

  private static String text(byte[] mail, @Nullable Part part) {
    assertNotNull(part);
    try {
      return Parts.text(Raw.of(KEY, mail), part, 1 << 20);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String mail, Part part) throws IOException {
    byte[] all = mail.getBytes(StandardCharsets.UTF_8);
    try (InputStream in =
        Parts.decode(
            Raw.of(KEY, all).open(part.range().offset(), part.range().sizeBytes()),
            part.encoding())) {
      return in.readAllBytes();
    }
  }

  @Test
  void strayBeginningsOfEncodedWordsCostNoTime() {
    String stray = "=?".repeat(8_000);
    long start = cpuNanos();
    for (int i = 0; i < 100; i++) {
      assertEquals(stray, Words.decode(stray));
      assertEquals(List.of(), Addresses.parse(stray, 10));
      assertEquals("a", Parameters.parse("x/y; z=a; b=" + stray).get("z"));
      assertEquals("=?a?B?x".repeat(2_000), Words.decode("=?a?B?x".repeat(2_000)));
    }
    assertTrue(Duration.ofNanos(cpuNanos() - start).toSeconds() < 30);
    assertEquals("é =? a", Words.decode("=?utf-8?Q?=C3=A9?= =? a"));
  }
}
