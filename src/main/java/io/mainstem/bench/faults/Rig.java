package io.mainstem.bench.faults;

import io.mainstem.bench.ServerProcess.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Servers as processes, which faults strike and people talk to. */
public interface Rig extends AutoCloseable {
  /** What it is, for the report. */
  String words();

  /** The nodes that serve the people of the load. */
  List<NodeProcess> nodes();

  /** Where these are reached, the same over every restart. */
  default List<Endpoint> doors() {
    return nodes().stream().map(NodeProcess::door).toList();
  }

  /** Makes an account. */
  default void addPerson(String name, String password) throws IOException, InterruptedException {
    nodes()
        .getFirst()
        .server()
        .admin("POST", "/admin/users", Map.of("name", name, "password", password));
  }

  @Override
  void close();
}
