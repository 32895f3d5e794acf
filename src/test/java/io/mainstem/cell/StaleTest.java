package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.mainstem.store.Ownership;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An owner that the store has not confirmed for a while: whoever is told something is told so. */
@Timeout(300)
class StaleTest {
  private static final Cursor BEGINNING = new Cursor(0, 0);

  @TempDir private Path data;

  /** What a node sees of the store's ownership, of which it may be in doubt. */
  private static final class Doubted {
    private volatile long millis;
    private volatile Consumer<Boolean> listener = stale -> {};

    void since(long staleMillis) {
      millis = staleMillis;
      listener.accept(staleMillis > 0);
    }

    @SuppressWarnings("unchecked") // as its only parameter is
    Ownership of(Ownership real) {
      return (Ownership)
          Proxy.newProxyInstance(
              Ownership.class.getClassLoader(),
              new Class<?>[] {Ownership.class},
              (self, method, arguments) -> {
                if (method.getName().equals("staleMillis")) {
                  return millis;
                }
                if (method.getName().equals("onStale")) {
                  listener = (Consumer<Boolean>) arguments[0];
                  return null;
                }
                try {
                  return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  private final Doubted doubted = new Doubted();

  /** Node a is in doubt when the test wants it. */
  private CellFixture cell() {
    var cell = new CellFixture(data);
    cell.ownershipOf = name -> name.equals("a") ? doubted.of(cell.ownership()) : cell.ownership();
    return cell.with("a", "b", "c");
  }

  private static void awaitTold(Device device, Watched... told) {
    await()
        .atMost(CellFixture.LONG)
        .untilAsserted(() -> assertEquals(List.of(told), standing(device)));
  }

  /** What a device was told of how sure its owner is. */
  private static List<Watched> standing(Device device) {
    return device.told().stream()
        .filter(
            told ->
                told instanceof Watched.Stale
                    || told instanceof Watched.CaughtUp caughtUp && caughtUp.stale())
        .toList();
  }

  /** For how long the owner was not sure who answered this query; 0: he was. */
  private static long staleness(CellRouter router, UserId user) {
    var stale = new AtomicLong();
    get(router.query(user, new Query.Threads(null, null, 50, null), stale::set));
    return stale.get();
  }

  @Test
  void answersAreMarkedAndWatchersToldHereAndAfarOnceWhenItBeginsAndOnceWhenItEnds() {
    try (var cell = cell()) {
      var a = cell.nodes.get("a").router();
      var b = cell.nodes.get("b").router();
      UserId user = cell.userOf("a");
      get(a.submit(user, mail(user, "one")));
      var near = Device.of(a, user, BEGINNING);
      var far = Device.of(b, user, BEGINNING);
      await().atMost(CellFixture.LONG).until(() -> near.count(Watched.CaughtUp.class) == 1);
      await().atMost(CellFixture.LONG).until(() -> far.count(Watched.CaughtUp.class) == 1);
      assertEquals(0, staleness(a, user));
      assertEquals(0, staleness(b, user));

      doubted.since(7_000);
      assertEquals(7_000, staleness(a, user));
      assertEquals(7_000, staleness(b, user));
      assertEquals(0, staleness(a, cell.userOf("b")), "the owner of that one is sure");
      var refused = new AtomicLong();
      var nosuch = new Query.Thread(new ThreadId("nosuch"), null);
      assertInstanceOf(Rejected.class, CellTest.failure(b.query(user, nosuch, refused::set)));
      assertEquals(7_000, refused.get(), "what is not there may be there by now");
      awaitTold(near, new Watched.Stale(true));
      awaitTold(far, new Watched.Stale(true));
      var late = Device.of(cell.nodes.get("c").router(), user, BEGINNING);
      await().atMost(CellFixture.LONG).until(() -> late.count(Watched.CaughtUp.class) == 1);
      assertEquals(1, standing(late).size(), "it is so from the beginning");

      doubted.since(0);
      assertEquals(0, staleness(a, user));
      assertEquals(0, staleness(b, user));
      awaitTold(near, new Watched.Stale(true), new Watched.Stale(false));
      awaitTold(far, new Watched.Stale(true), new Watched.Stale(false));
      await().atMost(CellFixture.LONG).until(() -> standing(late).size() == 2);
      assertEquals(new Watched.Stale(false), standing(late).get(1));

      get(a.submit(user, mail(user, "two")));
      for (Device device : List.of(near, far, late)) {
        await().atMost(CellFixture.LONG).until(() -> device.texts().equals(List.of("one", "two")));
        device.cancel();
      }
    }
  }

  @Test
  void whenAnotherTakesOverWhoIsSureWatchersAreToldOnceTheyKnowAllOfHim() {
    try (var cell = cell()) {
      var b = cell.nodes.get("b").router();
      var c = cell.nodes.get("c").router();
      UserId user = cell.userOf("a");
      get(b.submit(user, mail(user, "one")));
      var one = Device.of(b, user, BEGINNING);
      var other = Device.of(c, user, BEGINNING);
      await().atMost(CellFixture.LONG).until(() -> one.count(Watched.CaughtUp.class) == 1);
      await().atMost(CellFixture.LONG).until(() -> other.count(Watched.CaughtUp.class) == 1);
      doubted.since(9_000);
      awaitTold(one, new Watched.Stale(true));
      awaitTold(other, new Watched.Stale(true));

      cell.kill("a");
      // One of them is at the new owner, the other is told from afar.
      awaitTold(one, new Watched.Stale(true), new Watched.Stale(false));
      awaitTold(other, new Watched.Stale(true), new Watched.Stale(false));
      get(b.submit(user, mail(user, "two")));
      assertEquals(0, staleness(b, user));
      for (Device device : List.of(one, other)) {
        await().atMost(CellFixture.LONG).until(() -> device.texts().equals(List.of("one", "two")));
        device.cancel();
      }
    }
  }
}
