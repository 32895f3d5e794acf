package io.mainstem.directory;

import io.mainstem.message.Rejected;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Row;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The domains whose addresses are given out here. They are few, asked for with every recipient, and
 * so all held in memory.
 */
public final class Domains {
  private static final int MAX = 10_000;

  private final Rows rows;
  private final String defaultName;
  private final Map<String, Domain> byName = new ConcurrentHashMap<>();

  Domains(Rows rows, String defaultName) {
    String name = Address.domain(defaultName);
    if (name == null) {
      throw new IllegalArgumentException(
          "directory.domain = \"" + defaultName + "\" is not a domain name");
    }
    this.rows = rows;
    this.defaultName = name;
  }

  /** Reads them all, and makes the default one when it is not there. */
  Future<Void> load() {
    return load(null, new HashMap<>())
        .compose(
            found -> {
              byName.putAll(found);
              return byName.containsKey(defaultName)
                  ? Future.succeededFuture()
                  : save(Domain.named(defaultName));
            });
  }

  private Future<Map<String, Domain>> load(@Nullable Key after, Map<String, Domain> found) {
    return rows.store()
        .all(Table.DOMAIN, after, 1000)
        .compose(
            page -> {
              for (Row row : page) {
                found.put(row.key().group(), Rows.decode(row, Domain.class));
              }
              return page.size() < 1000
                  ? Future.succeededFuture(found)
                  : load(page.get(page.size() - 1).key(), found);
            });
  }

  /** The domain of a name that is given without one. */
  public String defaultName() {
    return defaultName;
  }

  /** The domain, or null when its addresses are not given out here. */
  public @Nullable Domain named(String name) {
    return byName.get(name);
  }

  /** All, by name. */
  public List<Domain> list() {
    return byName.values().stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  /** Makes a domain or changes its policy. */
  public Future<Void> save(Domain domain) {
    if (!domain.name().equals(Address.domain(domain.name()))) {
      return Future.failedFuture(
          new Rejected(
              Rejected.Rule.INVALID, "This is not the name of a domain in its ASCII form."));
    }
    if (byName.size() >= MAX && !byName.containsKey(domain.name())) {
      return Future.failedFuture(
          new Rejected(
              Rejected.Rule.NOT_PERMITTED, "There are " + MAX + " domains; no more are taken."));
    }
    return rows.put(new Key(Table.DOMAIN, domain.name(), ""), domain)
        .onSuccess(ignored -> byName.put(domain.name(), domain));
  }
}
