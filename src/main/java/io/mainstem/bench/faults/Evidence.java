package io.mainstem.bench.faults;

import io.mainstem.gateway.http.protocol.Cursors;
import java.util.List;
import java.util.Map;

/**
 * All that is known after a fault: what was asked and acknowledged, what each device was told, and
 * what the mailboxes hold.
 *
 * @param mailboxes by the name of their owner
 */
public record Evidence(
    List<Asked> asked, List<Followed> devices, Map<String, MailboxSeen> mailboxes) {

  /**
   * A message that one person wrote to another; {@code mark} stands in its text and in no other.
   */
  public record Asked(String mark, String from, String to, boolean acknowledged) {}

  /**
   * What a device was told, in the order in which it was told.
   *
   * @param resets how often its cursor was refused
   */
  public record Followed(String user, int device, List<Entry> entries, int resets) {}

  /** An entry of a log; {@code marks} of the messages that arrived with it. */
  public record Entry(String seq, List<String> marks) {
    /** The same in any generation of the mailbox, which is another one after a move. */
    Entry inAnyGeneration() {
      return new Entry(number(seq), marks);
    }

    /** Of a cursor's text the number in the log; a text of another form as it is. */
    static String number(String seq) {
      return seq.indexOf('-') > 0 ? String.valueOf(Cursors.read(seq, "seq").seq()) : seq;
    }
  }

  /**
   * A mailbox as a new device reads it.
   *
   * @param log since the devices began to follow
   * @param unread and {@code requests}: as the counts say
   */
  public record MailboxSeen(
      List<ThreadSeen> threads, List<Entry> log, long unread, long requests) {}

  /**
   * A conversation.
   *
   * @param unread as it says itself
   * @param messages all of it, oldest first
   */
  public record ThreadSeen(
      String id, boolean inInbox, boolean inRequests, long unread, List<Shown> messages) {}

  /**
   * A message of a conversation.
   *
   * @param mark empty when it bears none
   * @param unread written by somebody else and without the flag \Seen
   */
  public record Shown(String mark, boolean unread) {}
}
