package io.mainstem.cell.ring;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A consistent-hash ring with bounded loads: partitions and the tokens of nodes lie on one circle,
 * and a partition belongs to the node of the first token behind it that does not yet hold 1.08
 * times its share. Every node computes the same ring from the same members, whatever their order.
 *
 * <p>Without the bound the largest of ten nodes would hold a quarter more than the mean. With it a
 * change of one of n nodes still moves little more than one n-th of the partitions: what the change
 * itself moves, and the few that step aside for the new bound.
 *
 * <p>A value: positions are the first eight bytes of a SHA-256, so they are the same in all
 * versions. That matters while a cell is upgraded node by node.
 */
public final class Ring {
  /** How far above its share a node may be, in percent. */
  private static final int SPARE_PERCENT = 8;

  private record Token(long position, int member) {}

  private final List<Member> members;
  private final int[] owners;

  private Ring(List<Member> members, int[] owners) {
    this.members = members;
    this.owners = owners;
  }

  /**
   * The ring of these members; with none, no partition has an owner.
   *
   * @throws IllegalArgumentException when two members have one name
   */
  public static Ring of(Collection<Member> members, int partitions) {
    if (partitions < 1) {
      throw new IllegalArgumentException("a ring has at least one partition, not " + partitions);
    }
    List<Member> sorted = members.stream().sorted(Comparator.comparing(Member::node)).toList();
    var names = new HashSet<String>();
    for (Member member : sorted) {
      if (!names.add(member.node())) {
        throw new IllegalArgumentException("two nodes have the name " + member.node());
      }
    }
    int[] owners = new int[partitions];
    if (sorted.isEmpty()) {
      Arrays.fill(owners, -1);
    } else {
      assign(sorted, owners);
    }
    return new Ring(sorted, owners);
  }

  private static void assign(List<Member> members, int[] owners) {
    MessageDigest hash = sha256();
    Token[] tokens = tokens(members, hash);
    int[] room = room(members, owners.length);
    for (Place place : places(owners.length, hash)) {
      int at = firstAfter(tokens, place.position());
      while (room[tokens[at].member()] == 0) {
        at = (at + 1) % tokens.length;
      }
      owners[place.partition()] = tokens[at].member();
      room[tokens[at].member()]--;
    }
  }

  private static Token[] tokens(List<Member> members, MessageDigest hash) {
    int count = members.stream().mapToInt(Member::tokens).sum();
    var tokens = new Token[count];
    int next = 0;
    for (int m = 0; m < members.size(); m++) {
      for (int k = 0; k < members.get(m).tokens(); k++) {
        tokens[next++] = new Token(position(hash, members.get(m).node() + "/" + k), m);
      }
    }
    // Members are sorted by name, so that even two tokens in one place have one order.
    Arrays.sort(
        tokens,
        (a, b) -> {
          int order = Long.compareUnsigned(a.position(), b.position());
          return order != 0 ? order : Integer.compare(a.member(), b.member());
        });
    return tokens;
  }

  /** How many partitions each member may hold. */
  private static int[] room(List<Member> members, int partitions) {
    long all = members.stream().mapToLong(Member::tokens).sum();
    int[] room = new int[members.size()];
    for (int m = 0; m < room.length; m++) {
      long share = (100L + SPARE_PERCENT) * partitions * members.get(m).tokens();
      room[m] = (int) Math.ceilDiv(share, 100L * all);
    }
    return room;
  }

  private record Place(long position, int partition) {}

  /** The partitions in the order in which they choose. */
  private static Place[] places(int partitions, MessageDigest hash) {
    var places = new Place[partitions];
    for (int p = 0; p < partitions; p++) {
      places[p] = new Place(position(hash, "partition " + p), p);
    }
    Arrays.sort(
        places,
        (a, b) -> {
          int order = Long.compareUnsigned(a.position(), b.position());
          return order != 0 ? order : Integer.compare(a.partition(), b.partition());
        });
    return places;
  }

  private static int firstAfter(Token[] tokens, long position) {
    int low = 0;
    int high = tokens.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(tokens[middle].position(), position) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low % tokens.length;
  }

  private static long position(MessageDigest hash, String text) {
    return ByteBuffer.wrap(hash.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  public int partitions() {
    return owners.length;
  }

  /** The members in the order of their names. */
  public List<Member> members() {
    return members;
  }

  /** The node that should own this partition; null when the ring has no member. */
  public @Nullable String ownerOf(int partition) {
    int owner = owners[partition];
    return owner < 0 ? null : members.get(owner).node();
  }

  /** The partitions that this node should own, in order; none for a stranger. */
  public Set<Integer> partitionsOf(String node) {
    var found = new TreeSet<Integer>();
    for (int p = 0; p < owners.length; p++) {
      if (node.equals(ownerOf(p))) {
        found.add(p);
      }
    }
    return found;
  }

  /** The partitions that have another owner there than here. */
  public BitSet movedTo(Ring other) {
    if (other.partitions() != partitions()) {
      throw new IllegalArgumentException(
          "rings of " + partitions() + " and " + other.partitions() + " partitions");
    }
    var moved = new BitSet();
    for (int p = 0; p < owners.length; p++) {
      String here = ownerOf(p);
      String there = other.ownerOf(p);
      moved.set(p, here == null ? there != null : !here.equals(there));
    }
    return moved;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ring ring
        && members.equals(ring.members)
        && owners.length == ring.owners.length;
  }

  @Override
  public int hashCode() {
    return 31 * members.hashCode() + owners.length;
  }

  @Override
  public String toString() {
    return "ring of " + partitions() + " partitions over " + members;
  }
}
