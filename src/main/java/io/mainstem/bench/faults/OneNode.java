package io.mainstem.bench.faults;

import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.Ports;
import io.mainstem.bench.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One server with its own store: whoever strikes it strikes everybody, until it is back. */
public final class OneNode implements Rig {
  private final NodeProcess node;

  private OneNode(NodeProcess node) {
    this.node = node;
  }

  public static OneNode start(Path room, ServerProcess.Start how)
      throws IOException, InterruptedException {
    var node = new NodeProcess("one", room.resolve("one"), how, new Ports().free());
    node.start();
    return new OneNode(node);
  }

  @Override
  public String words() {
    return "one node with its own store";
  }

  @Override
  public List<NodeProcess> nodes() {
    return List.of(node);
  }

  @Override
  public void close() {
    node.close();
  }
}
