package io.mainstem.gateway.imap.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code parse(render(command)) = command}, however the bytes are cut on their way. */
class CommandRoundTripTest {
  private static final int COMMANDS = 20_000;

  @Test
  void whatIsWrittenIsRead() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var commands = new RandomCommands(random);
    var text = new CommandText(random);
    for (int i = 0; i < COMMANDS; i++) {
      ImapCommand command = commands.next();
      String written = text.of(command);
      ImapCommand read =
          switch (command) {
            case ImapCommand.Append append -> message(random, "t1 " + written, append);
            case ImapCommand.Replace replace -> message(random, "t1 " + written, replace.append());
            default -> whole(random, "t1 " + written);
          };
      assertEquals(command, read, () -> "seed " + seed + ": " + written);
    }
  }

  private static ImapCommand whole(Random random, String written) {
    var result = read(random, (written + "\r\n").getBytes(StandardCharsets.UTF_8));
    var whole = assertInstanceOf(CommandReader.Result.Whole.class, result, written);
    var tagged = CommandParser.parse(whole.bytes());
    assertEquals("t1", tagged.tag());
    return tagged.command();
  }

  private static ImapCommand message(Random random, String written, ImapCommand.Append append) {
    boolean synchronizing = random.nextBoolean();
    int size = random.nextInt(1 << 20);
    String line =
        written + (append.binary() ? "~{" : "{") + size + (synchronizing ? "}\r\n" : "+}\r\n");
    var result = read(random, line.getBytes(StandardCharsets.UTF_8));
    var message = assertInstanceOf(CommandReader.Result.Message.class, result, line);
    assertEquals(size, message.sizeBytes());
    assertEquals(synchronizing, message.synchronizing());
    assertEquals("t1", message.append().tag());
    return message.append().command();
  }

  private static CommandReader.Result read(Random random, byte[] bytes) {
    var reader = new CommandReader(64 << 10);
    var input = new ByteInput();
    CommandReader.Result result = new CommandReader.Result.More();
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + 1 + random.nextInt(bytes.length));
      input.add(Arrays.copyOfRange(bytes, at, end));
      result = reader.read(input);
      at = end;
    }
    return result;
  }
}
