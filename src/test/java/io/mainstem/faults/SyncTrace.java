package io.mainstem.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code strace -f -y -s 65536} saw: writes to files, syncs of files, writes to sockets, in
 * the order in which they were begun and ended. It answers one question: when a reply left for the
 * client, was what it acknowledges synced?
 */
final class SyncTrace {
  /** A system call. {@code begun} and {@code ended} are places in the trace. */
  record Call(int begun, int ended, String name, String target, String text, boolean succeeded) {}

  private static final Pattern LINE = Pattern.compile("^(\\d+)\\s+(.*)$");
  private static final Pattern CALL = Pattern.compile("^(\\w+)\\((\\d+)<(.*?)>(?:, |\\))(.*)$");

  /** strace pads what it shows after an interruption. */
  private static final Pattern RESULT = Pattern.compile("\\)\\s+= (-?\\d+)[^\"]*$");

  private static final Pattern SOCKET = Pattern.compile("^(?:socket|TCP|TCPv6|UNIX):?.*");

  /**
   * A mail's bytes are synced as a blob, too; what counts is the log, without which nobody finds
   * them.
   */
  private static final String STORE = "/store/";

  private final List<Call> calls = new ArrayList<>();

  private SyncTrace() {}

  static SyncTrace read(Path file) throws IOException {
    return parse(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
  }

  static SyncTrace parse(List<String> lines) {
    var trace = new SyncTrace();
    Map<String, Integer> begunAt = new HashMap<>();
    Map<String, String> unfinished = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher line = LINE.matcher(lines.get(i));
      if (!line.matches()) {
        continue;
      }
      String thread = line.group(1);
      String text = line.group(2);
      if (text.endsWith("<unfinished ...>")) {
        unfinished.put(
            thread, text.substring(0, text.length() - "<unfinished ...>".length()).stripTrailing());
        begunAt.put(thread, i);
      } else if (text.startsWith("<... ")) {
        String before = unfinished.remove(thread);
        if (before != null) {
          trace.add(
              begunAt.get(thread),
              i,
              before + text.substring(text.indexOf("resumed>") + "resumed>".length()));
        }
      } else {
        trace.add(i, i, text);
      }
    }
    return trace;
  }

  private void add(int begun, int ended, String text) {
    Matcher call = CALL.matcher(text);
    if (call.matches()) {
      Matcher result = RESULT.matcher(text);
      boolean succeeded = result.find() && !result.group(1).startsWith("-");
      calls.add(new Call(begun, ended, call.group(1), call.group(3), call.group(4), succeeded));
    }
  }

  List<Call> calls() {
    return calls;
  }

  private static boolean isSocket(Call c) {
    return SOCKET.matcher(c.target()).matches();
  }

  private static boolean isSync(Call c) {
    return c.name().equals("fdatasync") || c.name().equals("fsync");
  }

  /**
   * The first write to a socket, after place {@code from}, that contains {@code text}; -1 when
   * there is none.
   */
  int reply(String text, int from) {
    for (Call c : calls) {
      if (c.begun() >= from && isSocket(c) && c.text().contains(text)) {
        return c.begun();
      }
    }
    return -1;
  }

  /** The first write of {@code mark} into a file of the data directory; -1 when there is none. */
  int written(String mark) {
    for (Call c : calls) {
      if (!isSocket(c) && !isSync(c) && c.text().contains(mark) && c.succeeded()) {
        return c.ended();
      }
    }
    return -1;
  }

  /**
   * Why the reply at {@code place} should not have left: at least {@code copies} writes of {@code
   * mark} into files of the store must each be followed by a sync of that file which began after
   * the write, succeeded and ended before the reply. The first sync after a write is the one that
   * counts: a later one says nothing about bytes whose sync has failed. Null when all is well.
   */
  @Nullable String objection(String mark, int copies, int place) {
    int synced = 0;
    int seen = 0;
    for (Call write : calls) {
      if (!write.target().contains(STORE)
          || isSocket(write)
          || isSync(write)
          || !write.succeeded()
          || !write.text().contains(mark)
          || write.ended() >= place) {
        continue;
      }
      seen++;
      for (Call sync : calls) {
        if (isSync(sync) && sync.begun() > write.ended() && sync.target().equals(write.target())) {
          if (sync.succeeded() && sync.ended() < place) {
            synced++;
          }
          break;
        }
      }
    }
    return synced >= copies
        ? null
        : "the reply about "
            + mark
            + " left with "
            + synced
            + " synced copies of "
            + copies
            + " ("
            + seen
            + " written before it)";
  }
}
