package io.mainstem.cell.wire;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  /** What takes longer than this does not happen, however slow the machine is. */
  private static final int LONG_MILLIS = 60_000;

  private static final Duration LONG = Duration.ofMillis(LONG_MILLIS);

  private final Vertx vertx = Vertx.vertx();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Peers> visits = new ArrayList<>();

  @TempDir private Path directory;

  /** A node that answers each request with the user's name, unless it is told to be silent. */
  private final class Node implements Peers.Listener {
    final String name;
    final Peers peers;
    final ConcurrentLinkedQueue<Envelope> notices = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Envelope.Request> requests = new ConcurrentLinkedQueue<>();
    final Queue<Runnable> unanswered = new ConcurrentLinkedQueue<>();
    final AtomicInteger broken = new AtomicInteger();
    volatile boolean silent;
    volatile String welcome = "";

    Node(String name, String cell, WireSettings.@Nullable Certificates certificates)
        throws Exception {
      this.name = name;
      peers =
          get(
              Peers.listen(
                  vertx,
                  new WireSettings(
                      cell, name, 1, 1, "127.0.0.1", 0, certificates, 4, 1 << 20, 4 << 20),
                  this));
      nodes.add(this);
    }

    @Override
    public void onRequest(
        String peer, Envelope.Request request, Consumer<Envelope.Response> answer) {
      byte[] user = request.user().getBytes(StandardCharsets.UTF_8);
      Runnable reply = () -> answer.accept(Envelope.Response.reply(user));
      if (silent) {
        unanswered.add(reply);
      } else {
        reply.run();
      }
      requests.add(request);
    }

    /** Says what it has kept to itself, and is silent no more. */
    void speak() {
      silent = false;
      for (Runnable reply = unanswered.poll(); reply != null; reply = unanswered.poll()) {
        peers.execute(reply);
      }
    }

    @Override
    public void onNotice(String peer, Envelope envelope) {
      notices.add(envelope);
    }

    @Override
    public boolean isWelcome(String cell) {
      return cell.equals(welcome);
    }

    @Override
    public void onUp(String peer) {}

    @Override
    public void onDown(String peer) {
      broken.incrementAndGet();
    }

    void knows(Node other) {
      peers.become(
          Map.of(other.name, SocketAddress.inetSocketAddress(other.peers.port(), "127.0.0.1")));
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Peers visiting : visits) {
      get(visiting.close());
    }
    for (Node node : nodes) {
      get(node.peers.close());
    }
    get(vertx.close());
  }

  private void meet(Node one, Node other) {
    one.knows(other);
    other.knows(one);
    await().until(() -> one.peers.isUp(other.name) && other.peers.isUp(one.name));
  }

  private static Envelope.Request request(String user) {
    return new Envelope.Request(0, user, false, 1000, new byte[] {1}, null, null);
  }

  @Test
  void eachAsksTheOtherOverOneStream() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "cell", null);
    meet(a, b);
    assertEquals("ann", text(get(a.peers.call("b", request("ann"), LONG_MILLIS))));
    assertEquals("bob", text(get(b.peers.call("a", request("bob"), LONG_MILLIS))));
    assertTrue(a.peers.tell("b", Envelope.of(new Envelope.Freed(List.of(1, 2, 3)))));
    await().until(() -> !b.notices.isEmpty());
    assertEquals(List.of(1, 2, 3), b.notices.poll().freed().partitions());
  }

  @Test
  void manyAndLargeOnesArriveInOrder() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "cell", null);
    meet(a, b);
    byte[] large = new byte[900_000];
    large[899_999] = 7;
    assertTrue(a.peers.tell("b", Envelope.of(new Envelope.Whisper("u", large, false))));
    await().until(() -> b.notices.size() == 1);
    for (int i = 0; i < 1000; i++) {
      assertTrue(a.peers.tell("b", Envelope.of(new Envelope.Freed(List.of(i)))));
    }
    await().until(() -> b.notices.size() == 1001);
    assertArrayEquals(large, b.notices.poll().whisper().signal());
    for (int i = 0; i < 1000; i++) {
      assertEquals(List.of(i), b.notices.poll().freed().partitions());
    }
  }

  @Test
  void callsToANodeThatGoesFailAtOnce() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "cell", null);
    meet(a, b);
    b.silent = true;
    Future<Envelope.Response> call = a.peers.call("b", request("ann"), LONG_MILLIS);
    await().until(() -> !b.requests.isEmpty());
    get(b.peers.close());
    // At once, and not when its time was over: then it would have failed with something else.
    assertTrue(assertInstanceOf(PeerGone.class, failure(call)).maybeDone());
    var later =
        assertInstanceOf(PeerGone.class, failure(a.peers.call("b", request("ann"), LONG_MILLIS)));
    assertFalse(later.maybeDone(), "it was never sent");
  }

  @Test
  void callsToANodeThatIsNoMemberAnyMoreFailAtOnce() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "cell", null);
    meet(a, b);
    b.silent = true;
    Future<Envelope.Response> call = a.peers.call("b", request("ann"), LONG_MILLIS);
    await().until(() -> !b.requests.isEmpty());
    a.peers.become(Map.of());
    assertInstanceOf(PeerGone.class, failure(call));
  }

  @Test
  void aStreamThatBreaksIsMadeAnew() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "cell", null);
    meet(a, b);
    b.peers.become(Map.of());
    await().until(() -> a.broken.get() > 0);
    b.knows(a);
    await().until(() -> a.peers.isUp("b") && b.peers.isUp("a"));
    awaitAnswer(a.peers, "b");
  }

  @Test
  void whatIsNotAnsweredEndsAtItsTime() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "cell", null);
    meet(a, b);
    b.silent = true;
    var late = assertInstanceOf(Rejected.class, failure(a.peers.call("b", request("ann"), 100)));
    assertEquals(Rejected.Rule.BUSY, late.rule());
    assertEquals(0, a.peers.inFlight());
  }

  @Test
  void requestsInFlightHaveABound() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "cell", null);
    meet(a, b);
    b.silent = true;
    var waiting = new ArrayList<Future<Envelope.Response>>();
    for (int i = 0; i < 4; i++) {
      waiting.add(a.peers.call("b", request("ann"), LONG_MILLIS));
    }
    var refused =
        assertInstanceOf(Rejected.class, failure(a.peers.call("b", request("x"), LONG_MILLIS)));
    assertNotNull(refused.getMessage());
    assertTrue(refused.getMessage().contains("cell.wire.maxInFlight"), refused.getMessage());
    await().until(() -> b.requests.size() == 4);
    b.speak();
    for (var each : waiting) {
      assertEquals("ann", text(get(each)));
    }
    // Those whose time is over make room, too.
    b.silent = true;
    for (int i = 0; i < 4; i++) {
      assertInstanceOf(Rejected.class, failure(a.peers.call("b", request("ann"), 50)));
    }
    b.silent = false;
    assertEquals("ann", text(get(a.peers.call("b", request("ann"), LONG_MILLIS))));
  }

  @Test
  void nodesOfAnotherCellAreNotHeard() throws Exception {
    var a = new Node("a", "cell", null);
    var b = new Node("b", "elsewhere", null);
    a.knows(b);
    b.knows(a);
    await()
        .during(Duration.ofMillis(500))
        .atMost(LONG)
        .until(() -> !a.peers.isUp("b") && !b.peers.isUp("a"));
  }

  /** Streams of this node to all nodes of another cell. */
  private Peers visit(Node from, String ownCell, Node to, String cell) throws Exception {
    Peers visiting =
        get(
            Peers.visit(
                vertx,
                new WireSettings(
                    ownCell, from.name, 1, 1, "127.0.0.1", 0, null, 4, 1 << 20, 4 << 20),
                cell,
                from));
    visits.add(visiting);
    visiting.become(Map.of(to.name, SocketAddress.inetSocketAddress(to.peers.port(), "127.0.0.1")));
    return visiting;
  }

  @Test
  void aNodeOfACellThatIsWelcomeAsksAndWatches() throws Exception {
    // Of one name: what counts is the cell, too.
    var here = new Node("1", "a", null);
    var there = new Node("1", "b", null);
    there.welcome = "a";
    Peers visiting = visit(here, "a", there, "b");
    await().until(() -> visiting.isUp("1"));
    awaitAnswer(visiting, "1");
    await().until(() -> there.peers.isUp("a/1"));
    assertTrue(there.peers.tell("a/1", Envelope.of(new Envelope.Unwatch(List.of("u")))));
    await().until(() -> !here.notices.isEmpty());
    assertEquals("1", visiting.anyUp(17));

    get(visiting.close());
    await().until(() -> !there.peers.isUp("a/1"));
    assertEquals(List.of(), there.peers.up(), "a guest that is gone is forgotten");
  }

  @Test
  void aGuestHasNoSayInWhoOwnsWhat() throws Exception {
    var here = new Node("1", "a", null);
    var there = new Node("1", "b", null);
    there.welcome = "a";
    Peers visiting = visit(here, "a", there, "b");
    await().until(() -> visiting.isUp("1"));
    assertTrue(visiting.tell("1", Envelope.of(new Envelope.Duty(false))));
    assertTrue(visiting.tell("1", Envelope.of(new Envelope.Freed(List.of(1)))));
    assertTrue(visiting.tell("1", Envelope.of(new Envelope.Rumour("directory", "cell a"))));
    await().until(() -> !there.notices.isEmpty());
    assertEquals("directory", there.notices.poll().rumour().topic());
    assertTrue(there.notices.isEmpty(), "what came before it was passed over");
  }

  @Test
  void aCellThatIsNotKnownIsNoGuest() throws Exception {
    var here = new Node("1", "a", null);
    var there = new Node("1", "b", null);
    there.welcome = "c";
    Peers visiting = visit(here, "a", there, "b");
    await()
        .during(Duration.ofMillis(500))
        .atMost(LONG)
        .until(() -> !visiting.isUp("1") && there.peers.up().isEmpty());
    there.welcome = "a";
    await().until(() -> visiting.isUp("1"));
  }

  @Test
  void callsToACellThatIsSilentAreGivenUp() throws Exception {
    var here = new Node("1", "a", null);
    var there = new Node("1", "b", null);
    there.welcome = "a";
    Peers visiting = visit(here, "a", there, "b");
    await().until(() -> visiting.isUp("1"));
    there.silent = true;
    assertTrue(
        assertInstanceOf(PeerGone.class, failure(visiting.call("1", request("ann"), LONG_MILLIS)))
            .maybeDone());
  }

  @Test
  void nodesProveToOneAnotherThatTheyBelongToTheCell() throws Exception {
    var authority = new NodeCertificates(directory, "authority");
    var a = new Node("a", "cell", authority.of("a"));
    var b = new Node("b", "cell", authority.of("b"));
    meet(a, b);
    assertEquals("ann", text(get(a.peers.call("b", request("ann"), LONG_MILLIS))));
  }

  @Test
  void aCertificateOfAnotherAuthorityOpensNothing() throws Exception {
    var a = new Node("a", "cell", new NodeCertificates(directory, "authority").of("a"));
    var b = new Node("b", "cell", new NodeCertificates(directory, "stranger").of("b"));
    var clear = new Node("0", "cell", null);
    a.knows(b);
    b.knows(a);
    clear.knows(a);
    await()
        .during(Duration.ofMillis(500))
        .atMost(LONG)
        .until(() -> !a.peers.isUp("b") && !b.peers.isUp("a") && !clear.peers.isUp("a"));
  }

  /**
   * A stream may end again just after it was made, and one to another cell does while that is
   * silent.
   */
  private static void awaitAnswer(Peers peers, String node) {
    await()
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .untilAsserted(
            () -> assertEquals("ann", text(get(peers.call(node, request("ann"), LONG_MILLIS)))));
  }

  private static String text(Envelope.Response response) {
    return new String(response.reply(), StandardCharsets.UTF_8);
  }

  /** Waits longer than any call does. */
  private static <T> T get(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(2L * LONG_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Throwable failure(Future<?> future) throws Exception {
    try {
      get(future);
    } catch (ExecutionException e) {
      return e.getCause();
    }
    throw new AssertionError("it should have failed");
  }
}
