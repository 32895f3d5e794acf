package io.mainstem.store.cassandra;

import io.mainstem.config.Cassandra;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a keyspace lives.
 *
 * @param setting what the names of its settings begin with, to name the one to change
 * @param dataCenter that this node speaks to
 * @param replication data center → replicas
 */
record Site(
    String setting,
    List<String> contactPoints,
    String dataCenter,
    String keyspace,
    Map<String, Integer> replication,
    String user,
    String password) {
  private static final String CELL = "store.cassandra";
  private static final String DIRECTORY = "store.cassandra.directory";

  /** Refuses nonsense with {@link CannotServe}, which names the setting. */
  static Site ofCell(Cassandra config) {
    return of(
        CELL,
        config.contactPoints(),
        config.dataCenter(),
        config.keyspace(),
        config.replication(),
        config.user(),
        config.password());
  }

  static Site ofDirectory(Cassandra config) {
    Cassandra.Directory own = config.directory();
    boolean apart = !own.contactPoints().isEmpty();
    return of(
        DIRECTORY,
        apart ? own.contactPoints() : config.contactPoints(),
        own.dataCenter().isEmpty() ? config.dataCenter() : own.dataCenter(),
        own.keyspace(),
        own.replication().isEmpty() ? config.replication() : own.replication(),
        own.user().isEmpty() ? config.user() : own.user(),
        own.user().isEmpty() ? config.password() : own.password());
  }

  private static Site of(
      String setting,
      List<String> contactPoints,
      String dataCenter,
      String keyspace,
      List<String> replication,
      String user,
      String password) {
    var site =
        new Site(
            setting,
            List.copyOf(contactPoints),
            dataCenter,
            keyspace,
            replicas(setting, replication),
            user,
            password);
    if (site.addresses().isEmpty()) {
      throw new CannotServe(setting + ".contactPoints names no node");
    }
    if (!site.replication.containsKey(dataCenter)) {
      throw new CannotServe(
          "%s.replication names no replicas in the data center %s (%s.dataCenter)"
              .formatted(setting, dataCenter, setting));
    }
    if (!keyspace.matches("[a-z][a-z0-9_]{0,47}")) {
      throw new CannotServe(
          "%s.keyspace: \"%s\" is not a name of small letters, digits and _"
              .formatted(setting, keyspace));
    }
    return site;
  }

  private static Map<String, Integer> replicas(String setting, List<String> replication) {
    var replicas = new TreeMap<String, Integer>();
    for (String one : replication) {
      int colon = one.lastIndexOf(':');
      if (colon < 1 || !one.substring(colon + 1).matches("[1-9][0-9]?")) {
        throw new CannotServe(
            "%s.replication: \"%s\" is not of the form dataCenter:replicas"
                .formatted(setting, one));
      }
      replicas.put(one.substring(0, colon), Integer.parseInt(one.substring(colon + 1)));
    }
    return replicas;
  }

  List<InetSocketAddress> addresses() {
    return contactPoints.stream().map(this::address).toList();
  }

  private InetSocketAddress address(String point) {
    int colon = point.lastIndexOf(':');
    if (colon > 0 && point.substring(colon + 1).matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(point.substring(colon + 1));
      if (port > 0 && port < 65_536) {
        return new InetSocketAddress(point.substring(0, colon), port);
      }
    }
    throw new CannotServe(
        "%s.contactPoints: \"%s\" is not of the form host:port".formatted(setting, point));
  }

  /** Whether one connection serves both. */
  boolean isBeside(Site other) {
    return contactPoints.equals(other.contactPoints)
        && dataCenter.equals(other.dataCenter)
        && user.equals(other.user)
        && password.equals(other.password);
  }
}
