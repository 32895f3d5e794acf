package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.wire.Wire;
import io.mainstem.message.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * The owner's part of watching from afar: for each node that watches a user, one watch here, which
 * says over there how far the log has grown. Nothing waits for a slow node: what it misses it asks
 * for. Confined to the wire's context, but for the watches.
 */
final class Nudges {
  /** A larger frame is not attached; it is asked for by those who want it. */
  private static final int ATTACHED_BYTES = 16 << 10;

  private static final long SWEEP_MILLIS = 5_000;

  private final CellRouter router;
  private final long forgetNanos;
  private final Map<String, Map<UserId, Source>> sources = new HashMap<>();

  /** Nodes that were told that what they are told from here may be old. */
  private final Set<String> toldStale = new TreeSet<>();

  private boolean stale;
  private long sweeper = -1;

  /**
   * @param forgetNanos how long a watch stands that is not told of again
   */
  Nudges(CellRouter router, long forgetNanos) {
    this.router = router;
    this.forgetNanos = forgetNanos;
  }

  void begin() {
    stale = router.local().staleMillis() > 0;
    sweeper = router.vertx().setPeriodic(SWEEP_MILLIS, id -> router.peers().execute(this::sweep));
  }

  void onWatching(String peer, List<Envelope.Place> places) {
    for (Envelope.Place place : places) {
      var user = new UserId(place.user());
      if (!router.local().isHere(user)) {
        gone(peer, user);
        continue;
      }
      Map<UserId, Source> ofPeer = sources.computeIfAbsent(peer, each -> new HashMap<>());
      Source known = ofPeer.get(user);
      if (known != null) {
        known.renew(place);
      } else {
        if (stale && ofPeer.isEmpty()) {
          tellStanding(peer);
        }
        var source = new Source(peer, user);
        ofPeer.put(user, source);
        open(source, place);
      }
    }
  }

  private void open(Source source, Envelope.Place place) {
    router
        .local()
        .query(source.user, new Query.Head())
        .onSuccess(head -> router.peers().execute(() -> source.start(head, place)))
        .onFailure(cause -> router.peers().execute(() -> source.end(true)));
  }

  void onUnwatch(String peer, List<String> users) {
    for (String user : users) {
      Map<UserId, Source> ofPeer = sources.get(peer);
      Source source = ofPeer == null ? null : ofPeer.get(new UserId(user));
      if (source != null) {
        source.end(false);
      }
    }
  }

  void onDown(String peer) {
    Map<UserId, Source> ofPeer = sources.remove(peer);
    if (ofPeer != null) {
      List.copyOf(ofPeer.values()).forEach(source -> source.end(false));
    }
  }

  void close() {
    router.vertx().cancelTimer(sweeper);
    router.peers().execute(() -> List.copyOf(sources.keySet()).forEach(this::onDown));
  }

  /**
   * What this node owns is confirmed no more, or again. It is a matter of the node, so each other
   * node that watches anything here is told once, however much that is; while it lasts again and
   * again, since it may be lost on the way.
   */
  void onStanding(boolean now) {
    stale = now;
    if (stale) {
      sources.keySet().forEach(this::tellStanding);
    } else {
      toldStale.forEach(peer -> router.tell(peer, Envelope.of(new Envelope.Standing(false))));
      toldStale.clear();
    }
  }

  private void tellStanding(String peer) {
    toldStale.add(peer);
    router.tell(peer, Envelope.of(new Envelope.Standing(true)));
  }

  private void sweep() {
    if (stale) {
      onStanding(true);
    }
    long now = System.nanoTime();
    for (Map<UserId, Source> ofPeer : List.copyOf(sources.values())) {
      for (Source source : List.copyOf(ofPeer.values())) {
        if (now - source.renewedNanos > forgetNanos) {
          source.end(false);
        }
      }
    }
  }

  private void gone(String peer, UserId user) {
    router.tell(peer, Envelope.of(new Envelope.Nudge(user.value(), 0, 0, 0, null, true)));
  }

  /** One user, watched for one node. */
  private final class Source extends BaseSubscriber<Watched> {
    private final String peer;
    private final UserId user;
    private long renewedNanos = System.nanoTime();
    private boolean ended;
    private volatile Cursor last = new Cursor(0, 0);

    Source(String peer, UserId user) {
      this.peer = peer;
      this.user = user;
    }

    void start(Cursor head, Envelope.Place place) {
      if (ended) {
        return;
      }
      last = head;
      sayIfBehind(place);
      router.local().watch(user, head).subscribe(this);
    }

    void renew(Envelope.Place place) {
      renewedNanos = System.nanoTime();
      sayIfBehind(place);
    }

    private void sayIfBehind(Envelope.Place place) {
      Cursor now = last;
      if (now.seq() > place.seq() || now.generation() != place.generation()) {
        say(now, 0, null);
      }
    }

    void end(boolean tell) {
      if (!ended) {
        ended = true;
        Map<UserId, Source> ofPeer = sources.get(peer);
        if (ofPeer != null) {
          ofPeer.remove(user, this);
        }
        cancel();
        if (tell) {
          gone(peer, user);
        }
      }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      requestUnbounded();
    }

    @Override
    protected void hookOnNext(Watched watched) {
      switch (watched) {
        case Watched.Entry entry -> {
          Cursor before = last;
          last = entry.frame().cursor();
          say(last, before.seq(), attached(entry.frame()));
        }
        case Watched.Reset reset -> {
          last = reset.cursor();
          say(last, 0, null);
        }
        case Watched.Ephemeral ephemeral ->
            router.tell(
                peer,
                Envelope.of(
                    new Envelope.Whisper(user.value(), Wire.signal(ephemeral.signal()), true)));
        case Watched.CaughtUp caughtUp -> {}
        // Said once for all that is watched here.
        case Watched.Stale told -> {}
        case Watched.Reconnect reconnect -> router.peers().execute(() -> end(true));
      }
    }

    @Override
    protected void hookOnError(Throwable cause) {
      router.peers().execute(() -> end(true));
    }

    private byte @Nullable [] attached(Frame frame) {
      byte[] bytes = router.peers().isCrowded(peer) ? null : Wire.frame(frame);
      return bytes == null || bytes.length > ATTACHED_BYTES ? null : bytes;
    }

    private void say(Cursor now, long previous, byte @Nullable [] frame) {
      router.tell(
          peer,
          Envelope.of(
              new Envelope.Nudge(
                  user.value(), now.generation(), now.seq(), previous, frame, false)));
    }
  }
}
