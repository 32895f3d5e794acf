package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Attachment;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MailComposerTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final MessageId ID = new MessageId("01JD0000000000000000000000");
  private static final MailForm FORM = MailForm.of(1, NOW.toEpochMilli(), null, List.of());
  private static final Person ALICE = new Person("alice@mainstem.test", "Alice", null);
  private static final Person BOB = new Person("bob@mainstem.test", "Bob \"B\", der Große", null);

  @Test
  void theSizeIsKnownWithoutTheBytes() throws IOException {
    Random random = new Random(11);
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(200); i > 0; i--) {
        // All kinds of characters, halves of pairs among them.
        text.append(
            switch (random.nextInt(5)) {
              case 0 -> Character.toString(random.nextInt(0x10ffff));
              case 1 -> "" + (char) (0xd800 + random.nextInt(0x800));
              case 2 -> " \n";
              default -> "" + (char) (1 + random.nextInt(0x300));
            });
      }
      Message message =
          message(Channel.CHAT, List.of(BOB), text.toString(), text.toString(), List.of());
      byte[] raw;
      try (InputStream in =
          MailComposer.compose(message, ID, FORM, range -> InputStream.nullInputStream()).open()) {
        raw = in.readAllBytes();
      }
      assertEquals(raw.length, MailComposer.sizeBytes(message, ID, FORM), text.toString());
    }
  }

  @Test
  void whatIsComposedParsesBack() throws IOException {
    Random random = new Random(7);
    byte[] picture = new byte[100_003];
    random.nextBytes(picture);
    BlobKey blob = new BlobKey("upload");
    Attachment attached =
        new Attachment(
            "1",
            "Foto vom Käse.png",
            picture.length,
            new Part(new BlobRange(blob, 0, picture.length), "image/png", "binary", null),
            null,
            false);
    for (String text :
        List.of(
            "",
            "plain",
            "Zeile eins\n\nZeile =drei= mit Ümläut und langem "
                + "Text ".repeat(60)
                + "\n--=_01jd\n.\nende",
            "日本語".repeat(300))) {
      for (List<Attachment> files : List.of(List.<Attachment>of(), List.of(attached, attached))) {
        Message message =
            message(
                Channel.MAIL,
                List.of(BOB, ALICE),
                "Re: Grüße — " + "sehr lang ".repeat(20) + "\r\nBcc: x@y",
                text,
                files);
        MailComposer.Composed mail =
            MailComposer.compose(message, ID, FORM, range -> new ByteArrayInputStream(picture));
        byte[] raw;
        try (InputStream in = mail.open()) {
          raw = in.readAllBytes();
        }
        assertEquals(raw.length, mail.sizeBytes());
        String ascii = new String(raw, StandardCharsets.ISO_8859_1);
        assertTrue(ascii.chars().allMatch(c -> c < 128), "7 bits only");
        assertTrue(ascii.lines().allMatch(line -> line.length() <= 998));
        assertTrue(
            Pattern.compile("(?m)^Bcc").matcher(ascii).results().findAny().isEmpty(),
            "a subject adds no field");
        Message parsed =
            new MailParser(MimeLimits.DEFAULT).parse(Raw.of(new BlobKey("raw"), raw), null);
        assertEquals(message.from(), parsed.from());
        assertEquals(message.to(), parsed.to());
        assertEquals(message.subject().replaceAll("[\r\n]+", " ").strip(), parsed.subject());
        assertEquals(PlainText.tidy(text), parsed.text());
        assertEquals(NOW.toEpochMilli(), parsed.headers().dateMillis());
        assertEquals(List.of("r1@x", "r2@x"), parsed.headers().references());
        assertEquals("r2@x", parsed.headers().inReplyTo());
        assertEquals(files.size(), parsed.attachments().size());
        for (Attachment file : parsed.attachments()) {
          assertEquals("Foto vom Käse.png", file.name());
          assertEquals("image/png", file.type());
          assertEquals(picture.length, file.sizeBytes());
          BlobRange range = file.part().range();
          try (InputStream in =
              Parts.decode(
                  new ByteArrayInputStream(raw, (int) range.offset(), (int) range.sizeBytes()),
                  file.part().encoding())) {
            assertArrayEquals(picture, in.readAllBytes());
          }
        }
      }
    }
  }

  @Test
  void aLongTextComesFromItsBlob() throws IOException {
    byte[] text = "Lang äöü\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    Part part =
        new Part(new BlobRange(new BlobKey("text"), 0, text.length), "text/plain", "8bit", "utf-8");
    Message message =
        new Message(
            Channel.CHAT,
            ALICE,
            List.of(BOB),
            List.of(),
            "",
            "Lang",
            part,
            null,
            List.of(),
            null,
            text.length,
            Headers.NONE);
    MailComposer.Composed mail =
        MailComposer.compose(message, ID, FORM, range -> new ByteArrayInputStream(text));
    byte[] raw = mail.open().readAllBytes();
    assertEquals(raw.length, mail.sizeBytes());
    Message parsed =
        new MailParser(MimeLimits.DEFAULT).parse(Raw.of(new BlobKey("raw"), raw), null);
    assertEquals(
        new String(text, StandardCharsets.UTF_8),
        Parts.text(Raw.of(new BlobKey("raw"), raw), longText(parsed), 1 << 20));
  }

  private static Part longText(Message message) {
    @Nullable Part part = message.longText();
    if (part == null) {
      throw new AssertionError("no long text");
    }
    return part;
  }

  private static String bytes(Message message) throws IOException {
    MailComposer.Composed mail =
        MailComposer.compose(
            message,
            ID,
            FORM,
            range -> {
              throw new AssertionError("nothing to read");
            });
    try (InputStream in = mail.open()) {
      byte[] all = in.readAllBytes();
      assertEquals(all.length, mail.sizeBytes());
      return new String(all, StandardCharsets.US_ASCII);
    }
  }

  private static Message message(
      Channel channel, List<Person> to, String subject, String text, List<Attachment> files) {
    Headers headers =
        channel == Channel.CHAT
            ? Headers.NONE
            : Headers.of(null, "r2@x", List.of("r1@x", "r2@x"), null);
    return new Message(
        channel,
        ALICE,
        to,
        List.of(),
        subject,
        text,
        null,
        null,
        files,
        null,
        text.length(),
        headers);
  }
}
