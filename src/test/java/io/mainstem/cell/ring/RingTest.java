package io.mainstem.cell.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RingTest {
  private static final int PARTITIONS = 1024;
  private static final int TRIALS = 200;

  @Test
  void theLargestOfTenIsLessThanTenPercentAboveTheMean() {
    for (int trial = 0; trial < TRIALS; trial++) {
      Ring ring = Ring.of(cell(trial, 10), PARTITIONS);
      int largest = 0;
      int all = 0;
      for (Member member : ring.members()) {
        int held = ring.partitionsOf(member.node()).size();
        largest = Math.max(largest, held);
        all += held;
      }
      assertEquals(PARTITIONS, all, "every partition has one owner");
      assertTrue(
          largest < 1.1 * PARTITIONS / 10, "trial " + trial + ": the largest holds " + largest);
    }
  }

  @Test
  void addingOrRemovingOneOfNMovesAtMostOneAndAHalfShares() {
    for (int nodes = 2; nodes <= 16; nodes++) {
      for (int trial = 0; trial < TRIALS / 10; trial++) {
        List<Member> small = cell(trial, nodes - 1);
        List<Member> large = cell(trial, nodes);
        int moved = Ring.of(small, PARTITIONS).movedTo(Ring.of(large, PARTITIONS)).cardinality();
        assertTrue(
            moved <= 1.5 * PARTITIONS / nodes,
            "trial " + trial + ", " + nodes + " nodes: moved " + moved);
        assertTrue(moved >= 0.5 * PARTITIONS / nodes, "the new node gets a share: " + moved);
      }
    }
  }

  @Test
  void everyNodeComputesTheSameRingWhateverTheOrderOfItsMembers() {
    var random = new Random(7);
    for (int trial = 0; trial < TRIALS / 4; trial++) {
      var members = new ArrayList<>(cell(trial, 1 + random.nextInt(12)));
      Ring ring = Ring.of(members, PARTITIONS);
      Collections.shuffle(members, random);
      Ring shuffled = Ring.of(members, PARTITIONS);
      assertEquals(ring, shuffled);
      assertTrue(ring.movedTo(shuffled).isEmpty());
    }
  }

  @Test
  void theRingOfAVersionIsThatOfTheNext() {
    // Nodes of two versions work together during an upgrade: these owners never change.
    Ring ring = Ring.of(List.of(new Member("n1"), new Member("n2"), new Member("n3")), 16);
    assertEquals(
        "{n1=[0, 1, 7, 9, 13, 15], n2=[5, 8, 11, 14], n3=[2, 3, 4, 6, 10, 12]}", describe(ring));
  }

  @Test
  void aNodeOfTwiceTheTokensTakesTwiceTheShare() {
    for (int trial = 0; trial < TRIALS / 4; trial++) {
      var members = new ArrayList<>(cell(trial, 6));
      members.add(new Member("big", 2 * Member.TOKENS));
      int held = Ring.of(members, PARTITIONS).partitionsOf("big").size();
      double share = 2.0 * PARTITIONS / 8;
      assertTrue(held <= 1.1 * share && held >= 0.7 * share, "holds " + held + " of " + share);
    }
  }

  @Test
  void aDeadNodesPartitionsSpreadOverAllOthers() {
    List<Member> members = cell(3, 10);
    Ring before = Ring.of(members, PARTITIONS);
    Ring after = Ring.of(members.subList(1, 10), PARTITIONS);
    Set<Integer> orphans = before.partitionsOf(members.get(0).node());
    long heirs = orphans.stream().map(after::ownerOf).distinct().count();
    assertTrue(heirs >= 8, "inherited by " + heirs);
  }

  @Test
  void withoutMembersNobodyOwns() {
    Ring nobody = Ring.of(List.of(), 8);
    assertNull(nobody.ownerOf(0));
    assertEquals(8, nobody.movedTo(Ring.of(List.of(new Member("n1")), 8)).cardinality());
  }

  @Test
  void whatMakesNoRingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Member(" "));
    assertThrows(IllegalArgumentException.class, () -> new Member("n1", 0));
    assertThrows(IllegalArgumentException.class, () -> Ring.of(List.of(), 0));
    var twins = List.of(new Member("n1"), new Member("n1", 7));
    var refused = assertThrows(IllegalArgumentException.class, () -> Ring.of(twins, 8));
    assertTrue(refused.getMessage().contains("n1"));
    Ring eight = Ring.of(List.of(), 8);
    assertThrows(IllegalArgumentException.class, () -> eight.movedTo(Ring.of(List.of(), 9)));
    assertNotEquals(eight, Ring.of(List.of(), 9));
  }

  @Test
  void atMostOneSideOfASplitMayFence() {
    var random = new Random(11);
    for (int trial = 0; trial < 2000; trial++) {
      List<String> names =
          IntStream.range(0, 1 + random.nextInt(9)).mapToObj(i -> "n" + i).toList();
      var sides = new TreeMap<Integer, List<String>>();
      int parts = 1 + random.nextInt(3);
      for (String name : names) {
        sides.computeIfAbsent(random.nextInt(parts), s -> new ArrayList<>()).add(name);
      }
      long able =
          sides.values().stream()
              .filter(side -> Majority.mayFence(Set.copyOf(names), Set.copyOf(side)))
              .count();
      assertTrue(able <= 1, () -> sides + ": more than one side may fence");
      if (sides.size() <= 2) {
        assertEquals(1, able, () -> sides + ": of two sides one goes on");
      }
    }
  }

  @Test
  void aStrangerCountsForNoSide() {
    assertFalse(Majority.mayFence(Set.of("a", "b", "c"), Set.of("c", "x", "y")));
    assertFalse(Majority.mayFence(Set.of(), Set.of("x")));
    assertTrue(Majority.mayFence(Set.of("a", "b"), Set.of("a")));
    assertFalse(Majority.mayFence(Set.of("a", "b"), Set.of("b")));
  }

  private static List<Member> cell(int trial, int nodes) {
    return IntStream.range(0, nodes).mapToObj(i -> new Member("cell" + trial + "-" + i)).toList();
  }

  private static String describe(Ring ring) {
    var owned = new TreeMap<String, Set<Integer>>();
    ring.members().forEach(m -> owned.put(m.node(), ring.partitionsOf(m.node())));
    return owned.toString();
  }
}
