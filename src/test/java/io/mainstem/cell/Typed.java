package io.mainstem.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mainstem.app.cli.Cli;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands as they are typed beside a running node, and what they print. */
public final class Typed {
  private final Path data;

  /**
   * @param data the node's data directory
   */
  public Typed(Path data) throws IOException {
    this.data = Files.createDirectories(data);
  }

  public Path data() {
    return data;
  }

  /** The node is ready, and its admin API listens there. */
  public void ready(String admin) throws IOException {
    Files.writeString(data.resolve("ready.json"), new JsonObject().put("admin", admin).encode());
  }

  /** What it prints for a reader, without the log; it must end with this code. */
  public synchronized String says(int code, String... arguments) {
    var line = new ArrayList<>(List.of(arguments));
    line.add("--data");
    line.add(data.toString());
    PrintStream out = System.out;
    PrintStream err = System.err;
    var printed = new Said(out);
    var complained = new Said(err);
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    int ended;
    try {
      ended = Cli.run(line.toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    String text = (code == 0 ? printed : complained).text().replaceAll("(?m)^\\d{4}-.*\n", "");
    assertEquals(code, ended, printed.text() + "\n" + complained.text());
    return text;
  }

  /**
   * What the thread that made it writes. What others write meanwhile goes where it went before: the
   * nodes are in this process, and log what they like.
   */
  private static final class Said extends OutputStream {
    private final Thread speaker = Thread.currentThread();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream others;

    Said(PrintStream others) {
      this.others = others;
    }

    @Override
    public void write(int b) {
      if (Thread.currentThread() == speaker) {
        said.write(b);
      } else {
        others.write(b);
      }
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      if (Thread.currentThread() == speaker) {
        said.write(bytes, from, length);
      } else {
        others.write(bytes, from, length);
      }
    }

    String text() {
      return said.toString(StandardCharsets.UTF_8);
    }
  }
}
