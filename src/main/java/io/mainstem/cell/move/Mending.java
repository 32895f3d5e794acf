package io.mainstem.cell.move;

import io.mainstem.blob.BlobStore;
import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.directory.Moves;
import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Renewal;
import io.mainstem.mailbox.StoredObject;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.LogSalvage;
import io.mainstem.store.LogSalvage.Found;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a mailbox whole again whose log has lost entries: its entries before the gap are copied to
 * a new generation in the same cell, which is then the mailbox. The old generation stays as it is,
 * with all that stands behind the gap. An operator asks for it; any node can do it. Thread-safe.
 *
 * <p>From the plan to the flip nobody opens the mailbox, and who had it open loses it, so nothing
 * is acknowledged in the old generation that the copy lacks. Whoever mends again begins anew, with
 * a generation of its own, and the flip of the one before fails.
 */
public final class Mending {
  private static final Logger LOG = LoggerFactory.getLogger(Mending.class);
  private static final int READ_ROWS = 256;

  /** Of so many mailboxes it is remembered what came of them. */
  private static final int REMEMBERED = 256;

  /**
   * What it is built of.
   *
   * @param cell this one
   * @param salvage null: logs of this store cannot lose entries one by one
   * @param level the feature level that is in force, and read in all cells: the directory is theirs
   */
  public record Parts(
      String cell,
      Accounts accounts,
      Moves moves,
      MailboxStore store,
      @Nullable LogSalvage salvage,
      BlobStore blobs,
      Destination destination,
      MoveSettings settings,
      IntSupplier level,
      InstantSource clock) {}

  /**
   * What is wrong with a mailbox, and what would be cut.
   *
   * @param generation that was looked at
   * @param damage in words; null when nothing is wrong
   * @param keptUpTo the last number before the gap
   * @param keptUntil when that entry was written; null when nothing is kept
   * @param behind entries after it, which are set aside
   * @param behindUntil when the last of these was written; null when there is none
   */
  public record Finding(
      int generation,
      @Nullable String damage,
      long keptUpTo,
      @Nullable Instant keptUntil,
      long behind,
      @Nullable Instant behindUntil) {}

  /** How far it is. */
  public enum State {
    WORKING,
    LOOKED,
    MENDED,
    FAILED
  }

  /**
   * What is known of the mending of a mailbox.
   *
   * @param finding null as long as it is looked for
   * @param generation of the mailbox once it is mended; 0 before
   * @param failure in words; null when there is none
   */
  public record Report(
      State state, @Nullable Finding finding, int generation, @Nullable String failure) {}

  private final Parts parts;
  private final Map<UserId, Report> reports =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UserId, Report> eldest) {
          return size() > REMEMBERED && eldest.getValue().state() != State.WORKING;
        }
      };

  public Mending(Parts parts) {
    this.parts = parts;
  }

  /** What came of the last time; null when nobody asked for it at this node. */
  public @Nullable Report report(UserId user) {
    synchronized (reports) {
      return reports.get(user);
    }
  }

  /**
   * Begins, and answers before it is done; fails with CONFLICT while it is at it.
   *
   * @param onlyLook whether it only tells what is wrong
   */
  public Report begin(Account account, boolean onlyLook) {
    LogSalvage salvage = parts.salvage();
    if (salvage == null) {
      throw new Rejected(Rule.NOT_PERMITTED, "The logs of this store lose no single entries.");
    }
    if (!account.cell().equals(parts.cell())) {
      throw new Rejected(
          Rule.CONFLICT, "The user lives in cell " + account.cell() + ": ask a node of that one.");
    }
    if (!onlyLook && parts.level().getAsInt() < FeatureLevel.RENEWALS) {
      throw new Rejected(
          Rule.CONFLICT,
          "This can be done once all servers have been upgraded (feature level "
              + FeatureLevel.RENEWALS
              + ").");
    }
    var begun = new Report(State.WORKING, null, 0, null);
    UserId user = account.id();
    synchronized (reports) {
      Report before = reports.get(user);
      if (before != null && before.state() == State.WORKING) {
        throw new Rejected(Rule.CONFLICT, "This mailbox is just being looked at.");
      }
      reports.put(user, begun);
    }
    (onlyLook ? look(account, salvage) : mend(account, salvage))
        .onSuccess(report -> say(user, report))
        .onFailure(
            cause -> {
              if (!(cause instanceof Rejected)) {
                LOG.warn("A mailbox could not be mended: {}", cause.toString());
              }
              say(user, new Report(State.FAILED, null, 0, String.valueOf(cause.getMessage())));
            });
    return begun;
  }

  private void say(UserId user, Report report) {
    synchronized (reports) {
      reports.put(user, report);
    }
  }

  // ---- looking

  private Future<Report> look(Account account, LogSalvage salvage) {
    return find(new Mailbox(account.id(), account.generation()), salvage)
        .map(seen -> new Report(State.LOOKED, seen.finding(), 0, null));
  }

  private record Seen(Finding finding, Found found) {}

  private Future<Seen> find(Mailbox mailbox, LogSalvage salvage) {
    return damage(mailbox)
        .compose(
            damage ->
                salvage
                    .look(mailbox)
                    .map(
                        found ->
                            new Seen(
                                new Finding(
                                    mailbox.generation(),
                                    damage.isEmpty() ? null : damage,
                                    found.keptUpTo(),
                                    writtenAt(found.lastKept()),
                                    found.behind(),
                                    writtenAt(found.lastBehind())),
                                found)));
  }

  private static @Nullable Instant writtenAt(@Nullable Row row) {
    return row == null
        ? null
        : Instant.ofEpochMilli(Codec.decode(row.entry(), row.body()).atMillis());
  }

  /** Why it is refused; empty when it is whole. */
  private Future<String> damage(Mailbox mailbox) {
    return parts
        .store()
        .last(mailbox)
        .compose(
            last ->
                readAll(mailbox, 0)
                    .compose(read -> headerCovers(mailbox))
                    .map(
                        covered -> {
                          long end = last == null ? 0 : last.last();
                          return covered > end
                              ? "it ends at number " + end + ", but its objects cover " + covered
                              : "";
                        }))
        .recover(
            cause ->
                cause instanceof Damaged
                    ? Future.succeededFuture(String.valueOf(cause.getMessage()))
                    : Future.failedFuture(cause));
  }

  private Future<Void> readAll(Mailbox mailbox, long after) {
    return parts
        .store()
        .read(mailbox, after, READ_ROWS)
        .compose(
            page ->
                page.more() && !page.rows().isEmpty()
                    ? readAll(mailbox, page.rows().get(page.rows().size() - 1).last())
                    : Future.succeededFuture());
  }

  private Future<Long> headerCovers(Mailbox mailbox) {
    String key = io.mainstem.mailbox.Mailbox.HEADER;
    return parts
        .store()
        .objects(mailbox, List.of(key))
        .map(
            objects -> {
              byte[] bytes = objects.get(key);
              StoredObject header = bytes == null ? null : Codec.decodeObject(key, bytes);
              return header == null ? 0L : header.covers();
            });
  }

  // ---- mending

  private Future<Report> mend(Account account, LogSalvage salvage) {
    UserId user = account.id();
    return find(new Mailbox(user, account.generation()), salvage)
        .compose(
            seen ->
                seen.finding().damage() == null
                    ? refuse("The log of this mailbox is whole; nothing was done.")
                    : parts.moves().mend(user))
        .compose(
            planned -> {
              int generation = Objects.requireNonNull(planned.move()).generation();
              return copy(planned, new Mailbox(user, generation), salvage)
                  .recover(
                      cause ->
                          parts
                              .moves()
                              .abort(user, generation)
                              .transform(aborted -> Future.failedFuture(cause)));
            });
  }

  /** Nobody opens the mailbox any more, and who has it open loses it with the first word. */
  private Future<Report> copy(Account planned, Mailbox copy, LogSalvage salvage) {
    var old = new Mailbox(planned.id(), planned.generation());
    return give(copy, List.of())
        .compose(dropped -> find(old, salvage))
        .compose(
            seen ->
                seen.finding().damage() == null
                    ? refuse("The log of this mailbox has become whole; nothing was done.")
                    : copyAfter(old, copy, salvage, seen.found(), 0)
                        .compose(end -> renew(copy, end))
                        .compose(renewed -> parts.moves().flip(copy.user(), copy.generation()))
                        .map(
                            flipped -> {
                              LOG.warn(
                                  "A mailbox was mended: {} entries behind number {} are set aside"
                                      + " in generation {}; it goes on as generation {}",
                                  seen.finding().behind(),
                                  seen.finding().keptUpTo(),
                                  old.generation(),
                                  copy.generation());
                              return new Report(
                                  State.MENDED, seen.finding(), copy.generation(), null);
                            }));
  }

  private Future<Long> copyAfter(
      Mailbox old, Mailbox copy, LogSalvage salvage, Found found, long after) {
    return salvage
        .read(old, found, after, parts.settings().batchRows())
        .compose(
            page -> {
              List<Row> rows = batch(page.rows());
              if (rows.isEmpty()) {
                return after == found.keptUpTo()
                    ? Future.succeededFuture(after)
                    : Future.failedFuture(
                        new IllegalStateException(
                            "the copy ends at " + after + ", not at " + found.keptUpTo()));
              }
              return CopiedBlobs.refer(parts.blobs(), copy, rows)
                  .compose(referred -> give(copy, rows))
                  .compose(end -> copyAfter(old, copy, salvage, found, end));
            });
  }

  private List<Row> batch(List<Row> page) {
    var rows = new ArrayList<Row>(page.size());
    long bytes = 0;
    for (Row row : page) {
      byte[] body = row.body();
      bytes += row.entry().length + (body == null ? 0 : body.length);
      if (!rows.isEmpty() && bytes > parts.settings().batchBytes()) {
        break;
      }
      rows.add(row);
    }
    return rows;
  }

  private Future<Long> renew(Mailbox copy, long last) {
    Instant now = parts.clock().instant();
    var entry = io.mainstem.mailbox.Mailbox.renewal(last, Renewal.number(now), now.toEpochMilli());
    Codec.Encoded encoded = Codec.encode(entry);
    return give(
        copy,
        List.of(
            new Row(
                entry.first(),
                entry.last(),
                0,
                entry.settled(),
                -1,
                encoded.entry(),
                encoded.body())));
  }

  private Future<Long> give(Mailbox copy, List<Row> rows) {
    return parts.destination().adopt(parts.cell(), copy, rows);
  }

  private static <T> Future<T> refuse(String text) {
    return Future.failedFuture(new Rejected(Rule.CONFLICT, text));
  }
}
