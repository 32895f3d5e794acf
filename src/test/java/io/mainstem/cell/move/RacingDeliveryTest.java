package io.mainstem.cell.move;

import static io.mainstem.cell.move.TwoCells.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.delivery.LocalTransport;
import io.mainstem.delivery.Transport.Outcome;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A delivery that refers to a blob before its recipient moves, and is stored after. */
@Timeout(300)
class RacingDeliveryTest {
  /** Shorter than what the delivery itself is waited for. */
  private static final Duration LONG = TwoCells.LONG.minusSeconds(30);

  @TempDir private Path data;

  /** What refers to any blob. */
  private final Set<BlobReference> references = ConcurrentHashMap.newKeySet();

  /** Counts references; before the first is told to be durable, something happens. */
  @SuppressWarnings("unchecked")
  private BlobStore counted(BlobStore real, Runnable meanwhile, TwoCells town) {
    var happened = new AtomicBoolean();
    return (BlobStore)
        Proxy.newProxyInstance(
            BlobStore.class.getClassLoader(),
            new Class<?>[] {BlobStore.class},
            (self, method, arguments) -> {
              Future<Void> done;
              try {
                done = (Future<Void>) method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              switch (method.getName()) {
                case "refer" -> references.addAll((Collection<BlobReference>) arguments[1]);
                case "release" -> references.remove((BlobReference) arguments[1]);
                default -> throw new AssertionError("delivery does not " + method.getName());
              }
              return happened.getAndSet(true)
                  ? done
                  : done.compose(
                      referred ->
                          town.vertx.executeBlocking(
                              () -> {
                                meanwhile.run();
                                return null;
                              },
                              false));
            });
  }

  @Test
  void leavesNoReferenceOfTheGenerationThatWas() throws Exception {
    try (var town = new TwoCells(data.resolve("town"), TwoCells.settings(), false)) {
      var directory = town.a.node.directory;
      UserId ann = get(directory.createUser("ann", null, null)).id();
      UserId bob = get(directory.createUser("bob", null, null)).id();
      var writer = get(town.blobs.create());
      get(writer.write(Buffer.buffer("a picture")));
      BlobKey picture = get(writer.commit(List.of(new BlobReference(bob, 1))));
      BlobStore blobs = counted(town.blobs, () -> move(town, ann), town);
      var transport = new LocalTransport(town.a.node.everywhere(), directory.accounts(), blobs);
      var outcome = get(transport.deliver(mail(bob, ann, picture)));
      assertInstanceOf(Outcome.Handed.class, outcome);
      assertEquals("b", town.account(ann).cell());
      assertEquals(Set.of(new BlobReference(ann, 2)), references);
    }
  }

  private static void move(TwoCells town, UserId user) {
    var plan = get(town.a.node.directory.moves().plan(user, "b"));
    get(
        town.a
            .node
            .everywhere()
            .submit(
                user, new Command.Leave("b", Objects.requireNonNull(plan.move()).generation())));
    await().atMost(LONG).until(() -> town.account(user).cell().equals("b"));
  }

  private static Outgoing mail(UserId from, UserId to, BlobKey raw) {
    var writer = new Person("bob@mainstem.test", null, from);
    var reader = new Person("ann@mainstem.test", null, to);
    var message =
        new Message(
            Channel.MAIL,
            writer,
            List.of(reader),
            List.of(),
            "Hello",
            "with a picture",
            null,
            null,
            List.of(),
            raw,
            9,
            Headers.NONE);
    Command.Deliver like = Load.mail(to, "", message);
    var thread = new ThreadId("t-1");
    var deliver =
        Command.Deliver.of(
            like.id(),
            "u:bob",
            new Command.Origin(from, thread, 1),
            like.stamp(),
            message,
            null,
            null);
    return new Outgoing(from, reader, 1, thread, deliver);
  }
}
