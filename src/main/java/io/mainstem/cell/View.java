package io.mainstem.cell;

import io.mainstem.cell.ring.Member;
import io.mainstem.cell.ring.Ring;
import io.mainstem.message.UserId;
import io.mainstem.store.Partition;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The cell at one moment: the nodes that are seen, and the ring that they make. */
public record View(List<NodeCard> nodes, Ring ring, long version) {
  /** The ring of those that serve. */
  static View of(List<NodeCard> nodes, int partitions) {
    List<Member> members =
        nodes.stream()
            .filter(node -> node.state() == NodeCard.State.SERVING)
            .map(node -> new Member(node.name(), node.tokens()))
            .sorted(Comparator.comparing(Member::node))
            .toList();
    long version = 0xcbf29ce484222325L;
    for (Member member : members) {
      for (char c : (member.node() + "/" + member.tokens() + ";").toCharArray()) {
        version = (version ^ c) * 0x100000001b3L;
      }
    }
    return new View(List.copyOf(nodes), Ring.of(members, partitions), version);
  }

  /** Who should own this user; null when nobody serves. */
  public @Nullable String ownerOf(UserId user) {
    return ring.ownerOf(Partition.of(user, ring.partitions()));
  }

  Set<String> names() {
    return nodes.stream().map(NodeCard::name).collect(Collectors.toCollection(TreeSet::new));
  }
}
