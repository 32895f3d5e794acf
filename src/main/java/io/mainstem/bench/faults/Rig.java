package io.mainstem.bench.faults;

import io.mainstem.bench.NodeProcess;
import io.mainstem.bench.ServerProcess.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /** Something that nodes need beside themselves. */
  interface Part {
    /** Takes it away at once; gone when this returns. */
    void kill() throws IOException, InterruptedException;

    /** Brings it back with what it kept, and waits until it takes requests. */
    void start() throws IOException, InterruptedException;
  }

  /** The store of the nodes, when it is a process of its own. */
  default Optional<Part> store() {
    return Optional.empty();
  }

  /** The store of the directory, when it is another one. */
  default Optional<Part> directory() {
    return Optional.empty();
  }

  /** Where the nodes publish counts. */
  default Optional<Part> redis() {
    return Optional.empty();
  }

  /** What one node hears the others by; it reaches the store and its clients without. */
  default Optional<Part> network() {
    return Optional.empty();
  }

  /** The people of another cell, whom what happens in this one need not concern. */
  default Optional<Rig> neighbour() {
    return Optional.empty();
  }

  /** Moves people of this rig to the cell of the neighbour, and waits until they live there. */
  default void send(List<String> names) throws IOException, InterruptedException {
    throw new IOException("there is no other cell");
  }

  /** The same back. */
  default void fetch(List<String> names) throws IOException, InterruptedException {
    throw new IOException("there is no other cell");
  }

  /** Waits until every node serves its share of the people. */
  default void awaitBalance() throws IOException, InterruptedException {}

  @Override
  void close();
}
