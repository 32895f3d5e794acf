package io.mainstem.cell;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.ReplicatedMapConfig;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.EntryListener;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.map.MapEvent;
import com.hazelcast.replicatedmap.ReplicatedMap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Membership by Hazelcast: its members, and a replicated map of their cards. It is asked for
 * nothing else, so what it says may be late or, while a network is split, wrong: only the store
 * decides who owns what.
 *
 * <p>A card names Hazelcast's id of its member, which is another after a merge: the card is then
 * shown anew. A card whose member is not there does not count.
 */
public final class HazelcastMembership implements Membership {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastMembership.class);
  private static final String CARDS = "cards";

  /** The attribute of a member that is its node's name, there as soon as the member is. */
  private static final String NODE = "node";

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final ReplicatedMap<String, String> cards;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable NodeCard own;
  private final AtomicBoolean doubled = new AtomicBoolean();
  private volatile boolean left;

  /**
   * The last cards of members that are there, by Hazelcast's id of them: when two parts of a cell
   * meet again, the cards come after the members.
   */
  private final Map<String, NodeCard> remembered = new ConcurrentHashMap<>();

  private HazelcastMembership(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.cards = hazelcast.getReplicatedMap(CARDS);
    cards.addEntryListener(new CardListener());
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleState.MERGED) {
                LOG.warn("Two parts of the cell have found one another again");
                showAgain();
              }
            });
    hazelcast.getCluster().addMembershipListener(new MemberListener());
  }

  /** Joins the other nodes, off the event loops. */
  public static Future<HazelcastMembership> join(Vertx vertx, io.mainstem.config.Cell cell) {
    // Some of its classes ask for this before they see a configuration.
    System.setProperty("hazelcast.logging.type", "slf4j");
    return vertx.executeBlocking(
        () -> new HazelcastMembership(vertx, Hazelcast.newHazelcastInstance(config(cell))), false);
  }

  private static Config config(io.mainstem.config.Cell cell) {
    var members = cell.members();
    var config = new Config();
    config.setClusterName("mainstem-" + cell.name());
    config.getMemberAttributeConfig().setAttribute(NODE, cell.node());
    config.setInstanceName(cell.name() + "/" + cell.node() + "/" + members.port());
    // Nothing is told to the outside, and only this program says when Hazelcast stops.
    config
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.socket.bind.any", "false")
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        .setProperty("hazelcast.max.wait.seconds.before.join", "5")
        .setProperty("hazelcast.max.join.seconds", "10")
        .setProperty("hazelcast.heartbeat.interval.seconds", "1")
        .setProperty("hazelcast.max.no.heartbeat.seconds", "" + members.silentSeconds())
        .setProperty("hazelcast.master.confirmation.interval.seconds", "1")
        .setProperty("hazelcast.connection.monitor.max.faults", "1")
        .setProperty("hazelcast.connection.monitor.interval", "100")
        .setProperty("hazelcast.partition.count", "71")
        .setProperty("hazelcast.operation.thread.count", "2")
        .setProperty("hazelcast.operation.generic.thread.count", "2")
        .setProperty("hazelcast.event.thread.count", "1")
        .setProperty("hazelcast.io.thread.count", "1")
        .setProperty("hazelcast.graceful.shutdown.max.wait", "10")
        .setProperty("hazelcast.merge.first.run.delay.seconds", "5")
        .setProperty("hazelcast.merge.next.run.delay.seconds", "5");
    config.getJetConfig().setEnabled(false);
    var network = config.getNetworkConfig();
    network.setPort(members.port()).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface(members.host());
    var join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    if (members.kubernetesService().isEmpty()) {
      join.getTcpIpConfig()
          .setEnabled(true)
          .setConnectionTimeoutSeconds(1)
          .setMembers(new ArrayList<>(members.seeds()));
    } else {
      join.getKubernetesConfig()
          .setEnabled(true)
          .setProperty("service-dns", members.kubernetesService())
          .setProperty("service-port", "" + members.port());
    }
    config.addReplicatedMapConfig(new ReplicatedMapConfig(CARDS));
    return config;
  }

  @Override
  public Future<Void> publish(NodeCard card) {
    own = card;
    return show();
  }

  private Future<Void> show() {
    return vertx
        .<Void>executeBlocking(
            () -> {
              putOwn();
              return null;
            },
            false)
        .onSuccess(shown -> changed());
  }

  /** One at a time, so that the newest card is the last that is put. */
  private synchronized void putOwn() {
    NodeCard card = own;
    if (card != null && !left) {
      cards.put(card.name(), text(card, id()));
    }
  }

  private void showAgain() {
    show().onFailure(e -> LOG.warn("This node cannot be shown to the others", e));
  }

  @Override
  public List<NodeCard> nodes() {
    Set<String> members = members();
    remembered.keySet().retainAll(members);
    var found = new TreeMap<String, NodeCard>();
    remembered.values().forEach(card -> found.put(card.name(), card));
    for (String text : List.copyOf(cards.values())) {
      var json = new JsonObject(text);
      String member = json.getString("member");
      if (members.contains(member)) {
        NodeCard card = card(json);
        remembered.put(member, card);
        found.put(card.name(), card);
      }
    }
    NodeCard card = own;
    if (card != null && !left) {
      found.put(card.name(), card);
    }
    return List.copyOf(found.values());
  }

  @Override
  public Set<String> present() {
    Set<String> names = new HashSet<>();
    hazelcast
        .getCluster()
        .getMembers()
        .forEach(member -> names.add(String.valueOf(member.getAttribute(NODE))));
    return names;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public long aheadMillis() {
    return System.currentTimeMillis() - hazelcast.getCluster().getClusterTime();
  }

  @Override
  public Future<Void> leave() {
    left = true;
    return vertx.executeBlocking(
        () -> {
          takeOwn();
          hazelcast.shutdown();
          return null;
        },
        false);
  }

  private synchronized void takeOwn() {
    NodeCard card = own;
    if (card != null && hazelcast.getLifecycleService().isRunning()) {
      cards.remove(card.name());
    }
  }

  private void changed() {
    if (left) {
      return;
    }
    try {
      keepOwn();
    } catch (HazelcastInstanceNotActiveException e) {
      LOG.debug("The members cannot be read now: {}", e.toString());
      return;
    }
    listeners.forEach(Runnable::run);
  }

  /** After a merge the other part's map may have won, with an older card of this node or none. */
  private void keepOwn() {
    NodeCard card = own;
    if (card == null) {
      return;
    }
    String shown = cards.get(card.name());
    String member = shown == null ? "" : new JsonObject(shown).getString("member");
    if (member.equals(id()) ? !text(card, id()).equals(shown) : !members().contains(member)) {
      showAgain();
    } else if (!member.equals(id()) && !doubled.getAndSet(true)) {
      LOG.error("Two nodes of the cell have the name {}: see cell.node", card.name());
    }
  }

  private Set<String> members() {
    Set<String> members = new HashSet<>();
    hazelcast.getCluster().getMembers().forEach(member -> members.add(member.getUuid().toString()));
    return members;
  }

  private String id() {
    return hazelcast.getCluster().getLocalMember().getUuid().toString();
  }

  private static String text(NodeCard card, String member) {
    return new JsonObject()
        .put("member", member)
        .put("name", card.name())
        .put("host", card.host())
        .put("port", card.port())
        .put("tokens", card.tokens())
        .put("version", card.version())
        .put("level", card.level())
        .put("incarnation", card.incarnation())
        .put("store", card.store())
        .put("state", card.state().name())
        .put("held", card.held())
        .encode();
  }

  private static NodeCard card(JsonObject json) {
    return new NodeCard(
        json.getString("name"),
        json.getString("host"),
        json.getInteger("port"),
        json.getInteger("tokens"),
        json.getString("version"),
        json.getInteger("level"),
        json.getLong("incarnation"),
        json.getString("store"),
        NodeCard.State.valueOf(json.getString("state")),
        json.getInteger("held"));
  }

  private final class MemberListener implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      changed();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      changed();
    }
  }

  private final class CardListener implements EntryListener<String, String> {
    @Override
    public void entryAdded(EntryEvent<String, String> event) {
      changed();
    }

    @Override
    public void entryUpdated(EntryEvent<String, String> event) {
      changed();
    }

    @Override
    public void entryRemoved(EntryEvent<String, String> event) {
      changed();
    }

    @Override
    public void entryEvicted(EntryEvent<String, String> event) {
      changed();
    }

    @Override
    public void entryExpired(EntryEvent<String, String> event) {
      changed();
    }

    @Override
    public void mapCleared(MapEvent event) {
      changed();
    }

    @Override
    public void mapEvicted(MapEvent event) {
      changed();
    }
  }
}
