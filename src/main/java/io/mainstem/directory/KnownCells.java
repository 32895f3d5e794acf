package io.mainstem.directory;

import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Row;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The cells that share this directory. What was read last stands until it is read again, so that
 * cells find one another while the directory cannot be reached. Thread-safe.
 */
public final class KnownCells {
  private static final int MOST = 1_000;

  private final Rows rows;
  private final String own;
  private final Notices notices;
  private volatile List<CellCard> known = List.of();
  private volatile Runnable onChange = () -> {};

  /**
   * @param own name of the cell that this node is one of
   */
  KnownCells(Rows rows, String own, Notices notices) {
    this.rows = rows;
    this.own = own;
    this.notices = notices;
  }

  /** What was read last, in the order of the names. */
  public List<CellCard> known() {
    return known;
  }

  /** The cell of this name as it was read last, or null. */
  public @Nullable CellCard known(String name) {
    for (CellCard card : known) {
      if (card.name().equals(name)) {
        return card;
      }
    }
    return null;
  }

  /** Reads them anew. */
  public Future<List<CellCard>> read() {
    return rows.store()
        .all(Table.CELL, null, MOST)
        .map(
            all -> {
              known =
                  all.stream()
                      .map((Row row) -> Rows.decode(row, CellCard.class))
                      .sorted(Comparator.comparing(CellCard::name))
                      .toList();
              return known;
            });
  }

  /** Writes a cell's card; whether it is enabled stays as it is. */
  public Future<Void> publish(CellCard card) {
    return rows.update(row(card.name()), CellCard.class, old -> card.withEnabled(old.enabled()))
        .compose(
            updated ->
                updated != null ? Future.succeededFuture() : rows.insert(row(card.name()), card))
        .onSuccess(written -> notices.cellChanged(card.name()))
        .mapEmpty();
  }

  /** Whether new users may come to this cell. Fails with NOT_FOUND when there is none. */
  public Future<CellCard> setEnabled(String name, boolean enabled) {
    return rows.update(row(name), CellCard.class, card -> card.withEnabled(enabled))
        .compose(
            card ->
                card == null
                    ? Future.<CellCard>failedFuture(
                        new Rejected(Rule.NOT_FOUND, "There is no cell of this name."))
                    : Future.succeededFuture(card))
        .compose(card -> read().map(card))
        .onSuccess(card -> notices.cellChanged(name));
  }

  /** Takes a cell out of the directory; should it live all the same, it writes itself again. */
  public Future<Void> forget(String name) {
    return rows.remove(row(name))
        .compose(gone -> read())
        .onSuccess(read -> notices.cellChanged(name))
        .mapEmpty();
  }

  /** Where a new account lives: here, unless this cell takes nobody while another does. */
  String homeForNew() {
    CellCard here = known(own);
    if (here == null || here.enabled()) {
      return own;
    }
    List<CellCard> others = known.stream().filter(CellCard::enabled).toList();
    return others.isEmpty()
        ? own
        : others.get(ThreadLocalRandom.current().nextInt(others.size())).name();
  }

  /** Is told that another node has written one, from any thread. */
  public void onChange(Runnable listener) {
    onChange = listener;
  }

  void changedElsewhere() {
    onChange.run();
  }

  private static Key row(String name) {
    return new Key(Table.CELL, name, "");
  }
}
