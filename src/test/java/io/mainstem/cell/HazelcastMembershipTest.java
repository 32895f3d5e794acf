package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static io.mainstem.cell.CellFixture.texts;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.message.UserId;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real Hazelcast members in one process. */
@Timeout(300)
class HazelcastMembershipTest {
  private static final Duration LONG = CellFixture.LONG;

  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private final List<Membership> joined = new ArrayList<>();

  @AfterEach
  void leave() {
    joined.forEach(membership -> get(membership.leave()));
    get(vertx.close());
  }

  private Membership join(String node) {
    Membership membership = get(HazelcastMembership.join(vertx, CellFixture.config(node).cell()));
    joined.add(membership);
    return membership;
  }

  private static NodeCard card(String node) {
    return new NodeCard(
        node, "127.0.0.1", 7400, 128, "1", 1, 7, "store", NodeCard.State.JOINING, 0);
  }

  private static HazelcastInstance instanceOf(String node) {
    Config config = CellFixture.config(node);
    return Hazelcast.getHazelcastInstanceByName(
        config.cell().name() + "/" + node + "/" + config.cell().members().port());
  }

  @Test
  void eachSeesTheCardsOfAllAndTheirChanges() {
    Membership a = join("a");
    Membership b = join("b");
    get(a.publish(card("a")));
    get(b.publish(card("b")));
    await().atMost(LONG).until(() -> a.nodes().equals(List.of(card("a"), card("b"))));
    await().atMost(LONG).until(() -> b.nodes().equals(a.nodes()));
    get(b.publish(card("b").with(NodeCard.State.SERVING)));
    await().atMost(LONG).until(() -> a.nodes().contains(card("b").with(NodeCard.State.SERVING)));
    // What was on its way while a thread paused seems to come from another clock, until it is told
    // anew.
    await("one machine has one clock").atMost(LONG).until(() -> Math.abs(b.aheadMillis()) < 5_000);
  }

  @Test
  void whoIsGoneIsSeenNoMore() {
    Membership a = join("a");
    Membership b = join("b");
    get(a.publish(card("a")));
    // Nobody must be taken for gone because his card has not come yet.
    await().atMost(LONG).until(() -> a.present().equals(Set.of("a", "b")));
    assertEquals(List.of(card("a")), a.nodes());
    get(b.publish(card("b")));
    await().atMost(LONG).until(() -> a.nodes().size() == 2);
    instanceOf("b").getLifecycleService().terminate();
    await().atMost(LONG).until(() -> a.nodes().equals(List.of(card("a"))));
    assertEquals(Set.of("a"), a.present());
  }

  @Test
  void aCellThatFallsApartHealsByItself() throws Exception {
    try (var cell =
        new CellFixture(
                data, (nodeVertx, config) -> HazelcastMembership.join(nodeVertx, config.cell()))
            .with("a", "b", "c")) {
      UserId user = cell.userOf("c");
      long before = cell.nodes.get("c").cell.local().incarnation();
      List<Long> ofTheOthers = incarnations(cell, "a", "b");
      var fromAfar = cell.nodes.get("a").router();
      Device device = Device.of(fromAfar, user, new Cursor(0, 0));
      get(fromAfar.submit(user, mail(user, "before")));
      await()
          .atMost(LONG)
          .until(
              () -> {
                boolean fenced = isFenced(cell, before);
                // The parts may have met again before anybody noticed that they were apart.
                if (!fenced && clusterOf("a").getMembers().size() == 3) {
                  splitOff("c", Set.of("a", "b"));
                }
                return fenced;
              });
      // Two of three go on with all users; the one that was fenced acknowledges nothing.
      insist(fromAfar, user, mail(user, "meanwhile"));
      // Hazelcast finds the parts again and merges them.
      await().atMost(LONG).until(() -> cell.nodes.get("c").cell.local().incarnation() > before);
      cell.settle();
      assertEquals(ofTheOthers, incarnations(cell, "a", "b"), "nobody took them for gone");
      assertTrue(cell.nodes.get("c").cell.local().holds(user));
      insist(cell.nodes.get("c").router(), user, mail(user, "after"));
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> assertEquals(List.of("before", "meanwhile", "after"), texts(fromAfar, user)));
      await()
          .atMost(LONG)
          .until(() -> device.texts().equals(List.of("before", "meanwhile", "after")));
      device.cancel();
    }
  }

  private static boolean isFenced(CellFixture cell, long incarnation) {
    return !get(cell.ownership().standing()).containsValue(incarnation);
  }

  /** What was on its way while the parts met may be refused as BUSY: it is asked again. */
  private static void insist(CellRouter router, UserId user, Command<?> command) {
    await().atMost(LONG).untilAsserted(() -> get(router.submit(user, command)));
  }

  private static List<Long> incarnations(CellFixture cell, String... nodes) {
    return Stream.of(nodes).map(node -> cell.nodes.get(node).cell.local().incarnation()).toList();
  }

  /** Makes each side believe that the other is gone, as a cut line would. */
  private static void splitOff(String node, Set<String> others) {
    ClusterServiceImpl alone = clusterOf(node);
    for (String other : others) {
      ClusterServiceImpl rest = clusterOf(other);
      suspect(rest, alone.getLocalMember());
      suspect(alone, rest.getLocalMember());
    }
  }

  private static void suspect(ClusterServiceImpl who, MemberImpl whom) {
    MemberImpl known = who.getMember(whom.getUuid());
    if (known != null) {
      who.suspectMember(known, "cut off for a test", true);
    }
  }

  private static ClusterServiceImpl clusterOf(String node) {
    HazelcastInstanceImpl instance = ((HazelcastInstanceProxy) instanceOf(node)).getOriginal();
    return instance.node.getClusterService();
  }
}
