package io.mainstem.cell.wire;

import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a node says to another. Exactly one of these is set; kinds are only ever added at
 * the end, and a kind that is not known is passed over.
 */
@Proto
public record Envelope(
    @Nullable Hello hello,
    @Nullable Request request,
    @Nullable Response response,
    @Nullable Watching watching,
    @Nullable Unwatch unwatch,
    @Nullable Nudge nudge,
    @Nullable Whisper whisper,
    @Nullable Freed freed,
    @Nullable Duty duty,
    @Nullable Rumour rumour,
    @Nullable Standing standing) {

  /**
   * Who speaks; the first envelope in each direction.
   *
   * @param level the highest feature level that the node can read
   */
  @Proto
  public record Hello(String cell, String node, long incarnation, int level) {}

  /**
   * Asks for something and waits for the {@link Response} of the same id.
   *
   * @param user whose mailbox
   * @param forwarded whether another node has passed it on: then it is not passed on again
   * @param millis how long the asker waits
   * @param command or {@code query}: what is asked, as {@link io.mainstem.mailbox.wire.Wire} has it
   * @param adopt or this: what a copy of the mailbox is to have
   */
  @Proto
  public record Request(
      long id,
      String user,
      boolean forwarded,
      int millis,
      byte @Nullable [] command,
      byte @Nullable [] query,
      @Nullable Adopt adopt) {
    Request withId(long newId) {
      return new Request(newId, user, forwarded, millis, command, query, adopt);
    }

    /** The same, for who waits as long as this. */
    public Request within(int newMillis) {
      return new Request(id, user, forwarded, newMillis, command, query, adopt);
    }

    /** The same, from a node that was asked first. */
    public Request passedOn() {
      return new Request(0, user, true, millis, command, query, adopt);
    }
  }

  /** Entries of a mailbox that is to live in the cell of the node that is told. */
  @Proto
  public record Adopt(int generation, List<Copied> rows) {}

  /** A row of a log, without the epochs, which are those of its cell. */
  @Proto
  public record Copied(long seq, long last, long settled, byte[] entry, byte @Nullable [] body) {}

  /** How far the copy of a mailbox goes now. */
  @Proto
  public record Adopted(long last) {}

  /**
   * The outcome of a request: exactly one from {@code reply} to {@code adopted} is set.
   *
   * @param failure names a line in the log of the node that answers
   * @param moved the mailbox lives in this cell, and nothing was done
   * @param staleMillis for so long the owner has not been shown that he is, so this may be old;
   *     null when he is sure
   */
  @Proto
  public record Response(
      long id,
      byte @Nullable [] reply,
      byte @Nullable [] answer,
      byte @Nullable [] refusal,
      @Nullable Elsewhere elsewhere,
      @Nullable String failure,
      @Nullable String moved,
      @Nullable Adopted adopted,
      @Nullable Long staleMillis) {
    public Response withId(long newId) {
      return new Response(
          newId, reply, answer, refusal, elsewhere, failure, moved, adopted, staleMillis);
    }

    /** The same, from an owner who has not been sure for so long. */
    public Response stale(long millis) {
      return new Response(id, reply, answer, refusal, elsewhere, failure, moved, adopted, millis);
    }

    public static Response reply(byte[] reply) {
      return new Response(0, reply, null, null, null, null, null, null, null);
    }

    public static Response answer(byte[] answer) {
      return new Response(0, null, answer, null, null, null, null, null, null);
    }

    public static Response refusal(byte[] refusal) {
      return new Response(0, null, null, refusal, null, null, null, null, null);
    }

    public static Response elsewhere(Elsewhere elsewhere) {
      return new Response(0, null, null, null, elsewhere, null, null, null, null);
    }

    public static Response failure(String id) {
      return new Response(0, null, null, null, null, id, null, null, null);
    }

    public static Response moved(String cell) {
      return new Response(0, null, null, null, null, null, cell, null, null);
    }

    public static Response adopted(long last) {
      return new Response(0, null, null, null, null, null, null, new Adopted(last), null);
    }
  }

  /**
   * The node that was asked does not own the mailbox.
   *
   * @param ring the version of the ring that it knows; another than the asker's means that one of
   *     them will learn of a change
   * @param owner who owns it by that ring
   * @param maybeDone whether the command may have been done all the same
   */
  @Proto
  public record Elsewhere(long ring, @Nullable String owner, boolean maybeDone) {}

  /** These users are watched at the speaker's gateways, who know all up to these numbers. */
  @Proto
  public record Watching(List<Place> places) {}

  /** How far a user's log is known. */
  @Proto
  public record Place(String user, int generation, long seq) {}

  /** Nobody watches these users at the speaker's gateways any more. */
  @Proto
  public record Unwatch(List<String> users) {}

  /**
   * A watched user's log has grown.
   *
   * @param seq its settled end
   * @param previous the end before the entry in {@code frame}
   * @param frame the entry, when it is small
   * @param gone the speaker does not own the user (any more); nothing else is said then
   */
  @Proto
  public record Nudge(
      String user,
      int generation,
      long seq,
      long previous,
      byte @Nullable [] frame,
      boolean gone) {}

  /**
   * A signal that is never logged.
   *
   * @param told from the owner to a node with watchers; else from anybody to the owner
   */
  @Proto
  public record Whisper(String user, byte[] signal, boolean told) {}

  /** The speaker has given these partitions back: whoever they belong to may take them. */
  @Proto
  public record Freed(List<Integer> partitions) {}

  /** An operator wants the node that is told to take part in the ring, or to leave it. */
  @Proto
  public record Duty(boolean serve) {}

  /**
   * Something that every node should hear of and may miss.
   *
   * @param topic who listens to it
   */
  @Proto
  public record Rumour(String topic, String text) {}

  /**
   * Whether what the speaker answers for the mailboxes that it owns may be old. Said when that
   * begins, again and again meanwhile, and when it ends.
   */
  @Proto
  public record Standing(boolean stale) {}

  static Envelope of(Hello hello) {
    return new Envelope(hello, null, null, null, null, null, null, null, null, null, null);
  }

  static Envelope of(Request request) {
    return new Envelope(null, request, null, null, null, null, null, null, null, null, null);
  }

  public static Envelope of(Response response) {
    return new Envelope(null, null, response, null, null, null, null, null, null, null, null);
  }

  public static Envelope of(Watching watching) {
    return new Envelope(null, null, null, watching, null, null, null, null, null, null, null);
  }

  public static Envelope of(Unwatch unwatch) {
    return new Envelope(null, null, null, null, unwatch, null, null, null, null, null, null);
  }

  public static Envelope of(Nudge nudge) {
    return new Envelope(null, null, null, null, null, nudge, null, null, null, null, null);
  }

  public static Envelope of(Whisper whisper) {
    return new Envelope(null, null, null, null, null, null, whisper, null, null, null, null);
  }

  public static Envelope of(Freed freed) {
    return new Envelope(null, null, null, null, null, null, null, freed, null, null, null);
  }

  public static Envelope of(Duty duty) {
    return new Envelope(null, null, null, null, null, null, null, null, duty, null, null);
  }

  public static Envelope of(Rumour rumour) {
    return new Envelope(null, null, null, null, null, null, null, null, null, rumour, null);
  }

  public static Envelope of(Standing standing) {
    return new Envelope(null, null, null, null, null, null, null, null, null, null, standing);
  }
}
