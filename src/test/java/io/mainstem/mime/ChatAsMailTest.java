package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The form of version 1 is what these files hold, for ever: mail programs have it by its UID and
 * size. A change here is a new version, with files of its own.
 */
class ChatAsMailTest {
  private static final MessageId ID = new MessageId("01JD0000000000000000000007");
  private static final long AT = 1_795_255_200_000L;
  private static final Person ALICE = new Person("alice@mainstem.test", "Alice", null);
  private static final Person BOB = new Person("bob@mainstem.test", "Bob Großmann", null);
  private static final byte[] PICTURE = "not really a picture".getBytes(StandardCharsets.UTF_8);

  @Test
  void aShortChat() throws IOException {
    var form = MailForm.of(1, AT, "Chat with Bob Großmann", List.of());
    golden("chat-short.eml", chat("See you at six?", List.of()), form);
  }

  @Test
  void aChatInTheMiddleOfAConversation() throws IOException {
    var before =
        List.of(
            "01JD0000000000000000000001",
            "CAF=x@mail.example",
            "01JD0000000000000000000002",
            "01JD0000000000000000000003");
    var form = MailForm.of(1, AT, "Chat with Alice, Bob Großmann and 4 more", before);
    var text =
        "Grüße 🙂\n\n> quoted\nFrom here on it is a line that is so long that it has to be broken"
            + " somewhere before it is put together again by the reader\n  indented\n-- \nAlice  ";
    golden("chat-conversation.eml", chat(text, List.of()), form);
  }

  @Test
  void aChatWithAFile() throws IOException {
    var part =
        new Part(new BlobRange(new BlobKey("b"), 0, PICTURE.length), "image/png", "binary", null);
    var file = new Attachment("1", "Käse.png", PICTURE.length, part, null, false);
    golden(
        "chat-file.eml",
        chat("schön", List.of(file)),
        MailForm.of(1, AT, "Chat with Bob", List.of()));
  }

  @Test
  void aWordTooLongForALineIsEncoded() throws IOException {
    var form = MailForm.of(1, AT, "Chat with Bob", List.of());
    golden("chat-long-word.eml", chat("x".repeat(1_200), List.of()), form);
  }

  @Test
  void aMailWrittenHere() throws IOException {
    var headers = Headers.of("01x@mainstem.test", "r@x", List.of("r@x"), AT);
    var mail = Message.of(Channel.MAIL, ALICE, List.of(BOB), "Äpfel", "They are ripe.\nÄ", headers);
    golden("mail.eml", mail, MailForm.of(1, 7, null, List.of()));
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    var random = new Random(11);
    for (int i = 0; i < 300; i++) {
      var text = text(random);
      var form = MailForm.of(1, AT, "Chat with Bob", List.of("01JD0000000000000000000001"));
      var bytes = bytes(chat(text, List.of()), form);
      var parsed =
          new MailParser(MimeLimits.DEFAULT).parse(Raw.of(new BlobKey("raw"), bytes), null);
      assertEquals(PlainText.tidy(text), parsed.text(), "round " + i);
      assertEquals(ID.value(), MailForm.chatOf(String.valueOf(parsed.headers().messageId())));
      assertTrue(
          new String(bytes, StandardCharsets.UTF_8).lines().allMatch(l -> l.length() <= 998));
    }
  }

  @Test
  void aVersionThatIsNotKnownIsRefused() {
    var form = MailForm.of(9, AT, "x", List.of());
    assertThrows(
        IllegalArgumentException.class,
        () -> MailComposer.sizeBytes(chat("", List.of()), ID, form));
  }

  /** Lines of words of all lengths, blanks anywhere, and what looks like mail. */
  private static String text(Random random) {
    var out = new StringBuilder();
    for (int line = random.nextInt(5); line >= 0; line--) {
      for (int word = random.nextInt(40); word > 0; word--) {
        switch (random.nextInt(12)) {
          case 0 -> out.append("  ");
          case 1 -> out.append("> ");
          case 2 -> out.append("From ");
          case 3 -> out.append("-- ");
          case 4 -> out.append("ü".repeat(random.nextInt(90))).append(' ');
          default -> out.append("abcdefghijk", 0, random.nextInt(10) + 1).append(' ');
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static Message chat(String text, List<Attachment> files) {
    return new Message(
        Channel.CHAT,
        ALICE,
        List.of(BOB),
        List.of(),
        "",
        text,
        null,
        null,
        files,
        null,
        text.length(),
        Headers.NONE);
  }

  private static byte[] bytes(Message message, MailForm form) throws IOException {
    var mail = MailComposer.compose(message, ID, form, range -> new ByteArrayInputStream(PICTURE));
    assertEquals(MailComposer.sizeBytes(message, ID, form), mail.sizeBytes());
    try (InputStream in = mail.open()) {
      var all = in.readAllBytes();
      assertEquals(all.length, mail.sizeBytes());
      return all;
    }
  }

  private static void golden(String name, Message message, MailForm form) throws IOException {
    var bytes = bytes(message, form);
    if (Boolean.getBoolean("golden.write")) {
      Files.write(Path.of("src/test/resources/io/mainstem/mime", name), bytes);
    }
    try (InputStream in = ChatAsMailTest.class.getResourceAsStream(name)) {
      var expected = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(expected, new String(bytes, StandardCharsets.UTF_8), name);
    }
    assertTrue(
        IntStream.range(0, bytes.length).allMatch(i -> bytes[i] != '\n' || bytes[i - 1] == '\r'));
  }
}
