package io.mainstem.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What the scenarios of IMAP share: folders that are full, and times of commands. */
final class ImapLab {
  /** Appends under way on one connection while a folder is filled. */
  private static final int UNDER_WAY = 20;

  /** Many, so that their appends are made durable together. */
  private static final int CONNECTIONS = 64;

  private ImapLab() {}

  /** Appends so many mails of about this size to a user's folder. */
  static void fill(ServerProcess server, String user, String folder, int count, int sizeBytes)
      throws IOException, InterruptedException {
    List<Callable<Void>> parts = new ArrayList<>();
    for (int c = 0; c < CONNECTIONS; c++) {
      int from = c;
      parts.add(
          () -> {
            try (var client = new ImapClient(server.endpoint("imap"), user)) {
              int waiting = 0;
              for (int n = from; n < count; n += CONNECTIONS) {
                client.append(folder, mail(n, sizeBytes));
                if (++waiting == UNDER_WAY) {
                  client.answered();
                  waiting--;
                }
              }
              for (; waiting > 0; waiting--) {
                client.answered();
              }
            }
            return null;
          });
    }
    all(parts);
  }

  /** A mail of another text each time. */
  static String mail(int n, int sizeBytes) {
    var text = new StringBuilder(IngestScenario.mail(n));
    while (text.length() < sizeBytes) {
      text.append("And so on, to line ").append(text.length()).append(" of report ").append(n);
      text.append(".\r\n");
    }
    return text.toString();
  }

  /** Runs all of these at once. */
  static void all(List<Callable<Void>> parts) throws IOException, InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> part : threads.invokeAll(parts)) {
        part.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a part of the load failed", e.getCause());
    }
  }

  /** Milliseconds that a command takes with its whole answer. */
  static double millis(ImapClient client, String command) throws IOException {
    long before = System.nanoTime();
    client.ok(command);
    return (System.nanoTime() - before) / 1e6;
  }
}
