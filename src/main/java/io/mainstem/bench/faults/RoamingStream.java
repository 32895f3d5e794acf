package io.mainstem.bench.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.bench.ServerProcess.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The live connection of one device, which may be had at several addresses: it goes on from the
 * last seq seen, and when it ends, falls silent or is told to go, it comes back at the next address
 * after a delay that is different for every device. Confined to one event loop.
 *
 * <pre>
 *   connecting ──open──► online ──close, silence──► waiting ──timer──► connecting at the next address
 * </pre>
 */
public final class RoamingStream {
  /** Whom it tells; called on its event loop. */
  public interface Listener {
    /**
     * The connection stands; what was asked on an earlier one and not answered may be asked again.
     */
    void onOpen();

    /** An entry of the log: {@code {seq,changes}}. */
    void onEntry(JsonNode frame);

    /** The answer to an operation: it has a {@code ref}. */
    void onAnswer(JsonNode answer);

    /** The server does not know the cursor; the stream goes on from the one that it names. */
    void onReset(JsonNode frame);

    /** It was refused, with an HTTP status; it comes again all the same. */
    void onRefused(int status, String body);

    /** It was ended with a word that is no mere request to connect again. */
    void onEnded(String why);
  }

  /**
   * @param firstDelay at most this before the first try of a series
   * @param longestDelay at most this before any try
   * @param silence without a sign of life after which the connection counts as dead
   */
  public record Patience(Duration firstDelay, Duration longestDelay, Duration silence) {
    public static final Patience DEFAULT =
        new Patience(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofSeconds(3));

    /**
     * Equal jitter: at least half of the delay, so that many devices neither hammer a server nor
     * come back all at once.
     *
     * @param random from 0 to 1
     */
    long delayMillis(int attempt, double random) {
      double grown = (double) firstDelay.toMillis() * Math.pow(2, Math.min(attempt, 16));
      double ceiling = Math.min((double) longestDelay.toMillis(), grown);
      return Math.round(ceiling / 2 + ceiling / 2 * random);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LOOK_MILLIS = 500;
  private static final short GOING_AWAY = 1001;
  private static final short BROKEN = 1006;
  private static final short RESTART = 1012;
  private static final short TRY_AGAIN = 1013;

  /** What a server says that goes, or that has heard nothing of its client for long. */
  private static final Set<String> COME_AGAIN = Set.of("connect again", "no answer");

  private final Context context;
  private final WebSocketClient sockets;
  private final List<Endpoint> addresses;
  private final String token;
  private final Patience patience;
  private final Listener listener;
  private @Nullable WebSocket socket;
  private int address;
  private int attempt;

  /** Which connection counts: what an earlier one still says is not heard. */
  private int era;

  private boolean running;
  private boolean isCaughtUp;
  private boolean heard;

  /** How often it was looked in a row without a sign of life. A pause of our own counts once. */
  private int silentLooks;

  private String cursor = "";
  private int connections;

  /**
   * @param addresses all of the cell's; may hold one
   * @param first which of them is tried first
   */
  public RoamingStream(
      Context context,
      WebSocketClient sockets,
      List<Endpoint> addresses,
      int first,
      String token,
      Patience patience,
      Listener listener) {
    this.context = context;
    this.sockets = sockets;
    this.addresses = List.copyOf(addresses);
    this.address = first % addresses.size();
    this.token = token;
    this.patience = patience;
    this.listener = listener;
  }

  /** Connects, and keeps the connection until {@link #stop}. */
  public void start() {
    context.runOnContext(
        v -> {
          running = true;
          connect();
          look();
        });
  }

  /** Ends the connection for good. */
  public void stop() {
    context.runOnContext(
        v -> {
          running = false;
          drop();
        });
  }

  /** The last seq seen; {@code ""} before the first. */
  public String cursor() {
    return cursor;
  }

  /** Whether everything up to the present was told. */
  public boolean isCaughtUp() {
    return isCaughtUp;
  }

  /** How often it has connected. */
  public int connections() {
    return connections;
  }

  /** Says it if there is a connection. */
  @CanIgnoreReturnValue
  public boolean say(String text) {
    WebSocket open = socket;
    if (open == null) {
      return false;
    }
    open.writeTextMessage(text).onFailure(gone -> {});
    return true;
  }

  private void connect() {
    int mine = ++era;
    Endpoint at = addresses.get(address);
    ClientWebSocket connecting = sockets.webSocket();
    connecting.textMessageHandler(
        text -> {
          if (mine == era) {
            onText(text);
          }
        });
    connecting.pongHandler(pong -> heard = true);
    // A connection that breaks is closed, too, which is what counts.
    connecting.exceptionHandler(broken -> {});
    connecting.closeHandler(
        v -> {
          if (mine == era) {
            onClosed(connecting.closeStatusCode(), connecting.closeReason());
            leave();
          }
        });
    connecting
        .connect(
            new WebSocketConnectOptions()
                .setHost(at.host())
                .setPort(at.port())
                .setTimeout(patience.silence().toMillis())
                .setURI("/api/v1/stream" + (cursor.isEmpty() ? "" : "?since=" + encode(cursor)))
                .addHeader("Authorization", "Bearer " + token))
        .onComplete(
            opened -> {
              if (mine != era) {
                if (opened.succeeded()) {
                  opened.result().close().onFailure(gone -> {});
                }
              } else if (opened.succeeded()) {
                socket = opened.result();
                heard = true;
                silentLooks = 0;
                connections++;
                listener.onOpen();
              } else {
                if (opened.cause() instanceof UpgradeRejectedException refused) {
                  Buffer body = refused.getBody();
                  listener.onRefused(refused.getStatus(), body == null ? "" : body.toString());
                }
                leave();
              }
            });
  }

  /** RFC 6455 §7.4.1; a connection that breaks has no code, or the one that stands for none. */
  private void onClosed(@Nullable Short code, @Nullable String reason) {
    boolean isCut = code == null || code == BROKEN || code == GOING_AWAY || code == RESTART;
    boolean isSent =
        code != null && code == TRY_AGAIN && COME_AGAIN.contains(String.valueOf(reason));
    if (!isCut && !isSent) {
      listener.onEnded(code + " " + reason);
    }
  }

  private static String encode(String cursor) {
    return URLEncoder.encode(cursor, StandardCharsets.UTF_8);
  }

  /** Goes to the next address, later. */
  private void leave() {
    drop();
    if (!running) {
      return;
    }
    address = (address + 1) % addresses.size();
    long delay = patience.delayMillis(attempt++, ThreadLocalRandom.current().nextDouble());
    int mine = era;
    context
        .owner()
        .setTimer(
            Math.max(1, delay),
            id ->
                context.runOnContext(
                    v -> {
                      if (running && mine == era) {
                        connect();
                      }
                    }));
  }

  private void drop() {
    era++;
    isCaughtUp = false;
    WebSocket open = socket;
    socket = null;
    if (open != null) {
      open.close().onFailure(gone -> {});
    }
  }

  /** A frozen server closes nothing: only its silence tells. RFC 6455 §5.5.2. */
  private void look() {
    if (!running) {
      return;
    }
    WebSocket open = socket;
    if (open != null) {
      silentLooks = heard ? 0 : silentLooks + 1;
      heard = false;
      if (silentLooks * LOOK_MILLIS >= patience.silence().toMillis()) {
        leave();
      } else {
        open.writePing(Buffer.buffer()).onFailure(gone -> {});
      }
    }
    context.owner().setTimer(LOOK_MILLIS, id -> context.runOnContext(v -> look()));
  }

  private void onText(String text) {
    heard = true;
    JsonNode frame;
    try {
      frame = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      leave();
      return;
    }
    if (frame.has("ref")) {
      listener.onAnswer(frame);
      return;
    }
    switch (frame.path("type").asText()) {
      case "caughtUp" -> {
        cursor = frame.get("seq").asText();
        attempt = 0;
        isCaughtUp = true;
      }
      case "reset" -> {
        cursor = frame.get("seq").asText();
        listener.onReset(frame);
      }
      case "reconnect" -> leave();
      default -> {
        if (frame.has("changes") && frame.has("seq")) {
          cursor = frame.get("seq").asText();
          listener.onEntry(frame);
        }
      }
    }
  }
}
