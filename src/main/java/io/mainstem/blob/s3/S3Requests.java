package io.mainstem.blob.s3;

import io.mainstem.blob.s3.Listing.Xml;
import io.mainstem.message.Rejected;
import io.mainstem.stage.Stage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs requests and sends them: at most so many at once, the others wait in a bounded queue; what
 * fails in passing is tried again. Every request here may be repeated without harm. Hashing,
 * signing and what follows an answer run on threads of its own, and its Futures complete there.
 * Thread-safe.
 */
final class S3Requests implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(S3Requests.class);
  private static final int THREADS = 2;
  private static final int ERROR_BYTES = 64 << 10;
  private static final long FIRST_PAUSE_MILLIS = 100;

  /**
   * One request.
   *
   * @param operation its name in the API of S3
   * @param name of the object, empty for the bucket
   * @param query encoded
   * @param maxBytes the longest answer that is taken
   */
  record Request(
      String operation,
      String method,
      String name,
      String query,
      Map<String, String> headers,
      List<byte[]> body,
      int maxBytes) {
    static Request of(String operation, String method, String name, String query, int maxBytes) {
      return new Request(operation, method, name, query, Map.of(), List.of(), maxBytes);
    }

    Request with(List<byte[]> bytes) {
      return new Request(operation, method, name, query, headers, bytes, maxBytes);
    }

    Request with(Map<String, String> more) {
      return new Request(operation, method, name, query, more, body, maxBytes);
    }
  }

  private record Waiting(Request request, Promise<HttpResponse<byte[]>> answered) {}

  private final S3Settings settings;
  private final Stage stage;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, named());
  private final HttpClient client;
  private final Queue<Waiting> waiting = new ArrayDeque<>(); // guarded by itself, as is underWay
  private int underWay;
  private volatile @Nullable String problem;
  private volatile boolean closed;

  S3Requests(S3Settings settings, Stage stage) {
    this.settings = settings;
    this.stage = stage;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.requestTimeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(threads)
            .build();
  }

  /** Fails with {@link S3Failure} for any answer but 2xx, with BUSY when too many wait. */
  Future<HttpResponse<byte[]>> send(Request request) {
    Promise<HttpResponse<byte[]>> answered = Promise.promise();
    synchronized (waiting) {
      if (underWay >= settings.requests()) {
        if (waiting.size() >= settings.queue()) {
          stage.refused("busy");
          return Future.failedFuture(
              new Rejected(Rejected.Rule.BUSY, "too many requests to the object store wait"));
        }
        waiting.add(new Waiting(request, answered));
        return stage.pass(answered::future);
      }
      underWay++;
    }
    start(request, answered);
    return stage.pass(answered::future);
  }

  /** What is wrong with the object store, as far as the last requests tell. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  private void start(Request request, Promise<HttpResponse<byte[]>> answered) {
    CompletableFuture<HttpResponse<byte[]>> tried;
    try {
      tried = attempt(request, 1);
    } catch (RuntimeException closed) {
      tried = CompletableFuture.failedFuture(closed);
    }
    var unused =
        tried.whenComplete(
            (response, failure) -> {
              onFree();
              if (failure == null) {
                answered.complete(response);
              } else {
                answered.fail(cause(failure));
              }
            });
  }

  private void onFree() {
    Waiting next;
    synchronized (waiting) {
      next = waiting.poll();
      if (next == null) {
        underWay--;
      }
    }
    if (next != null) {
      start(next.request(), next.answered());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The nested future is taken out at the end.
  private CompletableFuture<HttpResponse<byte[]>> attempt(Request request, int number) {
    return CompletableFuture.supplyAsync(() -> build(request), threads)
        .thenCompose(built -> exchange(built, request))
        .handle(
            (response, failure) ->
                new Tried(
                    response,
                    failure == null ? refusal(request, response) : lost(request, failure)))
        .thenCompose(tried -> orAgain(request, number, tried));
  }

  /**
   * @param response null when there was none
   * @param refused null when it is well
   */
  private record Tried(@Nullable HttpResponse<byte[]> response, @Nullable S3Failure refused) {}

  private CompletableFuture<HttpResponse<byte[]>> orAgain(
      Request request, int number, Tried tried) {
    S3Failure refused = tried.refused();
    note(refused);
    if (refused == null) {
      return CompletableFuture.completedFuture(Objects.requireNonNull(tried.response()));
    }
    if (!refused.isPassing() || number >= settings.attempts()) {
      return CompletableFuture.failedFuture(refused);
    }
    return CompletableFuture.supplyAsync(() -> number + 1, afterPause(number))
        .thenCompose(next -> attempt(request, next));
  }

  private CompletableFuture<HttpResponse<byte[]>> exchange(HttpRequest built, Request request) {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            built,
            head ->
                new BoundedBody(
                    head.statusCode() / 100 == 2
                        ? request.maxBytes()
                        : Math.max(ERROR_BYTES, request.maxBytes())));
    // The client's own time-out ends with the head of the answer; this one holds for its body too.
    return answer
        .copy()
        .orTimeout(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (response, failure) -> {
              if (failure != null) {
                answer.cancel(true);
              }
            });
  }

  private HttpRequest build(Request request) {
    URI uri = settings.uri(Signature.encode(request.name(), true), request.query());
    Map<String, String> headers =
        Signature.sign(
            settings.credentials(),
            settings.region(),
            Instant.now(),
            request.method(),
            uri,
            request.headers(),
            Signature.sha256(request.body()));
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri)
            .timeout(settings.requestTimeout())
            .method(request.method(), publisher(request.body()));
    headers.forEach(builder::header);
    return builder.build();
  }

  private static BodyPublisher publisher(List<byte[]> body) {
    long length = body.stream().mapToLong(piece -> piece.length).sum();
    return length == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(body), length);
  }

  private Executor afterPause(int number) {
    long pause = FIRST_PAUSE_MILLIS << Math.min(number - 1, 6);
    long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause);
    return CompletableFuture.delayedExecutor(jittered, TimeUnit.MILLISECONDS, threads);
  }

  /** S3 may answer 200 to CompleteMultipartUpload and then say in the body that it failed. */
  private static @Nullable S3Failure refusal(Request request, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    boolean late = request.operation().equals("CompleteMultipartUpload");
    if (status / 100 == 2 && !late) {
      return null;
    }
    String code = Xml.text(response.body(), "Code");
    if (status / 100 == 2) {
      return code.isEmpty() ? null : new S3Failure(request.operation(), 500, code);
    }
    return new S3Failure(request.operation(), status, code.isEmpty() ? "no reason given" : code);
  }

  private static S3Failure lost(Request request, Throwable failure) {
    Throwable cause = cause(failure);
    return cause instanceof S3Failure known
        ? known
        : new S3Failure(request.operation(), 0, cause.getClass().getSimpleName());
  }

  /** One line in the log when it begins to fail, and one when it is well again. */
  private void note(@Nullable S3Failure failure) {
    if (closed || failure != null && isAnswer(failure)) {
      return;
    }
    boolean was = problem != null;
    problem = failure == null ? null : "the object store fails: " + failure.getMessage();
    if (failure != null && !was) {
      log.warn("The object store fails: {}", failure.getMessage());
    } else if (failure == null && was) {
      log.info("The object store answers again");
    }
  }

  /** No object of that name, or no such range of it: nothing is wrong with the object store. */
  private static boolean isAnswer(S3Failure failure) {
    return Bucket.isMissing(failure) || failure.status() == 416;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Abandons what is under way, which fails. */
  @Override
  public void close() {
    closed = true;
    threads.shutdown();
    try {
      if (!threads.awaitTermination(Duration.ofSeconds(1).toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory named() {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "mainstem-s3-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
