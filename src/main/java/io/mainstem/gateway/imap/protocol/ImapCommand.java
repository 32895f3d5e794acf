package io.mainstem.gateway.imap.protocol;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A command of a client, without its tag. Mailbox names are as they came over the wire. */
public sealed interface ImapCommand {

  // ---- any state (RFC 9051 §6.1)

  record Capability() implements ImapCommand {}

  record Noop() implements ImapCommand {}

  record Logout() implements ImapCommand {}

  /** RFC 2971. */
  record Id(Map<String, String> fields) implements ImapCommand {
    public Id {
      fields = Map.copyOf(fields);
    }
  }

  // ---- not authenticated (RFC 9051 §6.2)

  record StartTls() implements ImapCommand {}

  /** {@code initial} is base 64, null when it is to be asked for (RFC 4959). */
  record Authenticate(String mechanism, @Nullable String initial) implements ImapCommand {}

  /** RFC 4978. */
  record Compress(String mechanism) implements ImapCommand {}

  record Login(String user, String password) implements ImapCommand {}

  // ---- authenticated (RFC 9051 §6.3)

  record Enable(List<String> capabilities) implements ImapCommand {
    public Enable {
      capabilities = List.copyOf(capabilities);
    }
  }

  record Select(String mailbox, boolean readOnly, boolean condstore, @Nullable Resync resync)
      implements ImapCommand {}

  /**
   * QRESYNC (RFC 7162 §3.2.5).
   *
   * @param known UIDs that the client has; null: all
   */
  record Resync(
      long uidValidity, long modseq, @Nullable SequenceSet known, @Nullable KnownPairs pairs) {}

  /** Message numbers and their UIDs that the client remembers. */
  record KnownPairs(SequenceSet numbers, SequenceSet uids) {}

  record Create(String mailbox) implements ImapCommand {}

  record Delete(String mailbox) implements ImapCommand {}

  record Rename(String mailbox, String to) implements ImapCommand {}

  record Subscribe(String mailbox, boolean on) implements ImapCommand {}

  /**
   * LIST (RFC 9051 §6.3.9, RFC 5258, RFC 5819) and LSUB.
   *
   * @param select of SUBSCRIBED, REMOTE, RECURSIVEMATCH, SPECIAL-USE
   * @param give of SUBSCRIBED, CHILDREN, SPECIAL-USE
   */
  record ListFolders(
      boolean lsub,
      Set<String> select,
      String reference,
      List<String> patterns,
      Set<String> give,
      List<StatusItem> status)
      implements ImapCommand {
    public ListFolders {
      select = Set.copyOf(select);
      patterns = List.copyOf(patterns);
      give = Set.copyOf(give);
      status = List.copyOf(status);
    }
  }

  record Namespace() implements ImapCommand {}

  /** GETQUOTA (RFC 9208 §4.1.1). */
  record GetQuota(String root) implements ImapCommand {}

  /** GETQUOTAROOT (RFC 9208 §4.1.2). */
  record GetQuotaRoot(String mailbox) implements ImapCommand {}

  /** SETQUOTA (RFC 9208 §4.1.3); its resources do not matter here, since nobody may. */
  record SetQuota(String root) implements ImapCommand {}

  /** GETACL (RFC 4314 §3.3). */
  record GetAcl(String mailbox) implements ImapCommand {}

  /** LISTRIGHTS (RFC 4314 §3.4). */
  record ListRights(String mailbox, String identifier) implements ImapCommand {}

  /** MYRIGHTS (RFC 4314 §3.5). */
  record MyRights(String mailbox) implements ImapCommand {}

  /** SETACL and DELETEACL (RFC 4314 §3.1, §3.2). */
  record ChangeAcl(String mailbox) implements ImapCommand {}

  /**
   * GETMETADATA (RFC 5464 §4.2).
   *
   * @param mailbox empty: the whole account
   * @param depth how far below the entries; {@link Integer#MAX_VALUE} for infinity
   * @param maxSize values beyond it are left out
   */
  record GetMetadata(String mailbox, List<String> entries, int depth, long maxSize)
      implements ImapCommand {
    public GetMetadata {
      entries = List.copyOf(entries);
    }
  }

  /** SETMETADATA (RFC 5464 §4.3). */
  record SetMetadata(String mailbox, List<Entry> entries) implements ImapCommand {
    public SetMetadata {
      entries = List.copyOf(entries);
    }
  }

  /** An annotation and its new value; null removes it. */
  record Entry(String name, @Nullable String value) {}

  /**
   * NOTIFY (RFC 5465 §3).
   *
   * @param status whether STATUS of the mailboxes is to be told at once
   * @param groups null: NOTIFY NONE
   */
  record Notify(boolean status, @Nullable List<EventGroup> groups) implements ImapCommand {
    public Notify {
      groups = groups == null ? null : List.copyOf(groups);
    }
  }

  /**
   * What is to be told of some mailboxes.
   *
   * @param mailboxes of SUBTREE and MAILBOXES
   * @param events in upper case
   * @param items what is to be told of new messages; only of the selected mailbox
   */
  record EventGroup(
      Mailboxes which, List<String> mailboxes, Set<String> events, List<FetchItem> items) {
    public EventGroup {
      mailboxes = List.copyOf(mailboxes);
      events = Set.copyOf(events);
      items = List.copyOf(items);
    }
  }

  /** RFC 5465 §6. */
  enum Mailboxes {
    SELECTED,
    SELECTED_DELAYED,
    INBOXES,
    PERSONAL,
    SUBSCRIBED,
    SUBTREE,
    MAILBOXES
  }

  record Status(String mailbox, List<StatusItem> items) implements ImapCommand {
    public Status {
      items = List.copyOf(items);
    }
  }

  /** What STATUS tells. */
  enum StatusItem {
    MESSAGES,
    UIDNEXT,
    UIDVALIDITY,
    UNSEEN,
    DELETED,
    SIZE,
    RECENT,
    HIGHESTMODSEQ,
    MAILBOXID,
    APPENDLIMIT
  }

  /**
   * APPEND up to its message, which follows as a literal.
   *
   * @param utf8 the message stands in {@code UTF8 (…)} (RFC 6855 §4)
   */
  record Append(
      String mailbox,
      Set<String> flags,
      @Nullable OffsetDateTime received,
      boolean binary,
      boolean utf8)
      implements ImapCommand {
    public Append {
      flags = Set.copyOf(flags);
    }
  }

  /**
   * REPLACE (RFC 8508) up to its message.
   *
   * @param number of the message, or its UID; {@link SequenceSet#LAST} for {@code *}
   * @param append where the new one goes, and how
   */
  record Replace(int number, boolean uid, Append append) implements ImapCommand {}

  record Idle() implements ImapCommand {}

  // ---- selected (RFC 9051 §6.4)

  record Check() implements ImapCommand {}

  record Close() implements ImapCommand {}

  record Unselect() implements ImapCommand {}

  /** {@code uids} null: all that are \Deleted (RFC 4315 §2.1). */
  record Expunge(@Nullable SequenceSet uids) implements ImapCommand {}

  /**
   * SEARCH (RFC 9051 §6.4.4).
   *
   * @param result of MIN, MAX, ALL, COUNT, SAVE; null: the answer of RFC 3501
   */
  record Search(@Nullable Set<String> result, SearchKey key, boolean uid) implements ImapCommand {
    public Search {
      result = result == null ? null : Set.copyOf(result);
    }
  }

  /** SORT (RFC 5256); criteria as {@code REVERSE DATE}. */
  record Sort(List<Order> order, SearchKey key, boolean uid) implements ImapCommand {
    public Sort {
      order = List.copyOf(order);
    }
  }

  /** One criterion of SORT. */
  record Order(SortBy by, boolean reverse) {}

  /** RFC 5256 §3. */
  enum SortBy {
    ARRIVAL,
    CC,
    DATE,
    FROM,
    SIZE,
    SUBJECT,
    TO
  }

  /** THREAD (RFC 5256). */
  record Thread(boolean references, SearchKey key, boolean uid) implements ImapCommand {}

  /**
   * FETCH (RFC 9051 §6.4.5).
   *
   * @param changedSince 0: all (RFC 7162 §3.1.4.1)
   */
  record Fetch(
      SequenceSet set, List<FetchItem> items, long changedSince, boolean vanished, boolean uid)
      implements ImapCommand {
    public Fetch {
      items = List.copyOf(items);
    }
  }

  /**
   * STORE (RFC 9051 §6.4.6).
   *
   * @param unchangedSince −1: unconditional (RFC 7162 §3.1.3)
   */
  record Store(
      SequenceSet set,
      StoreMode mode,
      boolean silent,
      Set<String> flags,
      long unchangedSince,
      boolean uid)
      implements ImapCommand {
    public Store {
      flags = Set.copyOf(flags);
    }
  }

  /** FLAGS, +FLAGS, -FLAGS. */
  enum StoreMode {
    SET,
    ADD,
    REMOVE
  }

  /** COPY and MOVE (RFC 9051 §6.4.7, §6.4.8). */
  record Copy(SequenceSet set, String mailbox, boolean move, boolean uid) implements ImapCommand {}
}
