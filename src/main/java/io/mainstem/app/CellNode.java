package io.mainstem.app;

import com.hazelcast.core.HazelcastException;
import io.mainstem.blob.BlobStore;
import io.mainstem.cell.Cell;
import io.mainstem.cell.CellClient;
import io.mainstem.cell.Cells;
import io.mainstem.cell.HazelcastMembership;
import io.mainstem.cell.OtherCells;
import io.mainstem.cell.move.Mending;
import io.mainstem.cell.move.MoveMeter;
import io.mainstem.cell.move.MoveSettings;
import io.mainstem.cell.move.Mover;
import io.mainstem.cell.move.Residence;
import io.mainstem.config.Config;
import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.directory.Directory;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.host.Departures;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stages;
import io.mainstem.store.FeatureLevel;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * This node as one of a cell, and its cell as one of several that share a directory. A node that is
 * alone loads nothing of it.
 */
final class CellNode {
  private static final String DIRECTORY = "directory";
  private static final int COPIED_ROWS = 256;
  private static final int COPIED_BYTES = 1 << 20;

  /** What it is built of, beside the host of its mailboxes. */
  record Parts(
      Vertx vertx, Config config, Storage storage, Directory directory, Stages stages, int loops) {}

  private final Parts parts;
  private final Cells mailboxes;
  private final Mover mover;
  private final Mending mending;
  private volatile @Nullable Cell cell;
  private volatile @Nullable OtherCells others;
  private volatile Runnable onChange = () -> {};

  CellNode(Parts parts) {
    this.parts = parts;
    Config config = parts.config();
    Accounts accounts = parts.directory().accounts();
    this.mailboxes =
        new Cells(
            parts.vertx(),
            config.cell().name(),
            this::client,
            accounts,
            Duration.ofSeconds(config.cell().requestSeconds()));
    BlobStore blobs = parts.storage().blobs();
    this.mover =
        new Mover(
            new Mover.Parts(
                parts.vertx(),
                config.cell().name(),
                accounts,
                parts.directory().moves(),
                blobs,
                mailboxes,
                settings(config.cell()),
                this::count,
                Clock.systemUTC()));
    this.mending =
        new Mending(
            new Mending.Parts(
                config.cell().name(),
                accounts,
                parts.directory().moves(),
                parts.storage().stores().mailboxes(),
                parts.storage().stores().salvage(),
                blobs,
                mailboxes,
                settings(config.cell()),
                this::levelOfAll,
                Clock.systemUTC()));
  }

  private static MoveSettings settings(io.mainstem.config.Cell config) {
    var moves = config.moves();
    return new MoveSettings(
        moves.atOnce(),
        Duration.ofSeconds(moves.frozenSeconds()),
        Duration.ofSeconds(moves.copySeconds()),
        Duration.ofSeconds(moves.keepSeconds()),
        COPIED_ROWS,
        Math.min(COPIED_BYTES, config.wire().maxMessageBytes() / 2));
  }

  private void count(UserId user, MoveMeter.Step step) {
    parts
        .stages()
        .registry()
        .counter("mainstem.cell.moves", "step", step.name().toLowerCase(Locale.ROOT))
        .increment();
  }

  private @Nullable CellClient client(String name) {
    Cell own = cell;
    if (own != null && name.equals(own.name())) {
      return own.router();
    }
    OtherCells known = others;
    return known == null ? null : known.client(name);
  }

  private int levelOfAll() {
    Cell own = cell;
    return own == null ? FeatureLevel.FIRST : own.local().levelOfAll();
  }

  /** The mailboxes of all cells. */
  MailboxService mailboxes() {
    return mailboxes;
  }

  /** Makes mailboxes of this cell whole whose logs have lost entries. */
  Mending mending() {
    return mending;
  }

  /** Whom this cell's host tells of mailboxes that go. */
  Departures departures() {
    return mover;
  }

  /**
   * Which generation of a user's data is the present one; fails with {@link Moved} when it is in
   * another cell. What waits, and is no account's, has but one.
   */
  Future<Integer> generationOf(UserId user) {
    if (!Accounts.isOfAnAccount(user)) {
      return Future.succeededFuture(1);
    }
    String own = parts.config().cell().name();
    return parts
        .directory()
        .accounts()
        .fresh(user)
        .compose(account -> Residence.generation(account, own));
  }

  /**
   * With whom this user's mailbox is reached or not: with those of his cell, or in this cell with
   * those of the node that should own it. Whom nothing is remembered of is looked for by whoever
   * asks for him.
   */
  String routeTo(UserId user) {
    Account known = parts.directory().accounts().remembered(user);
    String own = parts.config().cell().name();
    if (known != null && !known.cell().equals(own)) {
      return "cell " + known.cell();
    }
    Cell joined = cell;
    return "node " + (joined == null ? null : joined.view().ownerOf(user));
  }

  /** Is told, on any thread, that mailboxes may be reached again, or elsewhere. */
  void onChange(Runnable listener) {
    onChange = listener;
  }

  /** The cell, once this node has joined it. */
  Cell cell() {
    return Objects.requireNonNull(cell);
  }

  /** The cells beside it, once this node has joined. */
  OtherCells others() {
    return Objects.requireNonNull(others);
  }

  /**
   * Joins, and gets to know the other cells; holds nothing yet. Fails with a {@link StartFailure}
   * that names the setting to look at.
   */
  Future<CellNode> join(HostParts host) {
    var stores = parts.storage().stores();
    return OneObjectStore.check(stores.directory(), parts.storage().blobs())
        .compose(same -> joinCell(host, stores.name()))
        .compose(this::meetOthers);
  }

  private Future<Cell> joinCell(HostParts host, String store) {
    var settings = parts.config().cell();
    return HazelcastMembership.join(parts.vertx(), settings)
        .recover(cause -> Future.failedFuture(membersFailure(settings.members().port(), cause)))
        .compose(
            membership ->
                Listening.named(
                        Cell.join(
                            new Cell.Parts(
                                parts.vertx(),
                                host,
                                parts.loops(),
                                settings,
                                membership,
                                Version.text(),
                                store,
                                Duration.ofSeconds(parts.config().health().drainSeconds()))),
                        "cell.wire",
                        settings.wire().host(),
                        settings.wire().port())
                    .recover(
                        cause ->
                            membership
                                .leave()
                                .transform(left -> Future.failedFuture(startFailure(cause)))));
  }

  /** Takes this node's share; fails as {@link #join} does. */
  Future<Void> serve() {
    return cell().serve().recover(cause -> Future.failedFuture(startFailure(cause)));
  }

  private Future<CellNode> meetOthers(Cell joined) {
    cell = joined;
    joined.router().onChange(() -> onChange.run());
    mover.begin(joined.local());
    joined.listen(DIRECTORY, parts.directory().notices()::hear);
    parts.directory().notices().tellOthers(this::tell);
    return OtherCells.start(
            new OtherCells.Parts(
                parts.vertx(),
                joined,
                parts.directory().knownCells(),
                parts.config().cell(),
                parts.config().mailbox(),
                1000L * parts.config().directory().cellsSeconds(),
                () -> onChange.run()))
        .map(
            known -> {
              others = known;
              observe(joined, known);
              return this;
            })
        .recover(
            cause ->
                joined
                    .stop(Duration.ofSeconds(parts.config().health().drainSeconds()))
                    .transform(stopped -> Future.failedFuture(cause)));
  }

  /** What changes in the directory, for the caches of all its nodes. */
  private void tell(String notice) {
    cell().tellAll(DIRECTORY, notice);
    OtherCells known = others;
    if (known != null) {
      known.tellAll(DIRECTORY, notice);
    }
  }

  /** Moves no more, gives everything away, and leaves. */
  Future<Void> stop(Duration atMost) {
    mover.close();
    return cell().stop(atMost).eventually(() -> others().close());
  }

  private static Throwable membersFailure(int port, Throwable cause) {
    // What it says of an address that no interface has is of no type of its own.
    return cause instanceof HazelcastException || cause.getClass() == RuntimeException.class
        ? new StartFailure(
            "The nodes of the cell cannot be looked for on port %d (cell.members): %s"
                .formatted(port, cause.getMessage()),
            cause)
        : cause;
  }

  private static Throwable startFailure(Throwable cause) {
    return cause instanceof Cell.CannotJoin
        ? new StartFailure(String.valueOf(cause.getMessage()), cause)
        : cause;
  }

  private void observe(Cell joined, OtherCells known) {
    parts
        .stages()
        .check(
            "cell",
            () ->
                joined.isServing()
                    ? Optional.empty()
                    : Optional.of(
                        "this node is being drained, waits for its share, or is cut off from the"
                            + " others"));
    var registry = parts.stages().registry();
    Gauge.builder("mainstem.cell.nodes", joined, each -> each.view().nodes().size())
        .description("Nodes of the cell that this one sees, itself among them")
        .register(registry);
    Gauge.builder("mainstem.cell.clock.ahead", joined, Cell::aheadMillis)
        .description("Milliseconds that the clock of this machine is ahead of that of the cell")
        .register(registry);
    Gauge.builder("mainstem.cell.partitions", joined, each -> each.local().held().size())
        .description("Partitions of the cell that this node holds")
        .register(registry);
    Gauge.builder("mainstem.cell.requests", joined, Cell::inFlight)
        .description("Requests of this node that other nodes have not answered")
        .register(registry);
    Gauge.builder("mainstem.cells.requests", known, OtherCells::openRequests)
        .description("Requests of this node that other cells have not answered")
        .register(registry);
  }
}
