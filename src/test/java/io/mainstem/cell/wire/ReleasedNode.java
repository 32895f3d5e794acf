package io.mainstem.cell.wire;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A node of an earlier release, as far as the wire goes: others dial it, it asks and watches as its
 * gateways would, and it keeps every byte that it is told.
 */
public final class ReleasedNode {
  private final List<byte[]> told = new CopyOnWriteArrayList<>();
  private final List<Envelope> understood = new CopyOnWriteArrayList<>();
  private final Envelope hello;
  private final HttpServer server;
  private volatile @Nullable GrpcServerResponse<Buffer, Buffer> stream;

  /**
   * @param name behind those of all who are to dial it
   */
  public ReleasedNode(Vertx vertx, String cell, String name, int level) {
    this.hello = Envelope.of(new Envelope.Hello(cell, name, 1, level));
    GrpcServer calls = GrpcServer.server(vertx);
    calls.callHandler(
        request -> {
          request.handler(this::onBatch);
          stream = request.response();
          say(hello);
        });
    this.server = vertx.createHttpServer().requestHandler(calls);
  }

  public Future<Integer> listen() {
    return server.listen(0, "127.0.0.1").map(HttpServer::actualPort);
  }

  private void onBatch(Buffer batch) {
    told.add(batch.getBytes());
    understood.addAll(Batches.read(batch));
  }

  public boolean isDialled() {
    return stream != null;
  }

  public void ask(Envelope.Request request) {
    say(Envelope.of(request));
  }

  public void say(Envelope envelope) {
    GrpcServerResponse<Buffer, Buffer> open = stream;
    if (open == null) {
      throw new IllegalStateException("nobody has dialled");
    }
    Buffer batch = Buffer.buffer();
    Batches.append(batch, Batches.bytes(envelope));
    open.write(batch).onFailure(cause -> stream = null);
  }

  /** The batches, byte for byte. */
  public List<byte[]> told() {
    return List.copyOf(told);
  }

  /** What is in them. */
  public List<Envelope> understood() {
    return List.copyOf(understood);
  }
}
