package io.mainstem.simulation;

import static io.mainstem.simulation.Program.CELL;
import static io.mainstem.simulation.Program.HOST;
import static io.mainstem.simulation.Program.SIMULATION;
import static io.mainstem.simulation.Program.STORE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.simulation.Program.Edit;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule of the protocol is there for a reason: without it the simulation finds harm. */
class BrokenRulesTest {
  private static final String HOOKS = STORE + "BrokenStore.";
  private static final String HOST_HOOKS = HOST + "BrokenHost.";

  /** A rule, how it is broken, and within how many seeds that must be found. */
  enum Rule {
    READ_THE_OWN_INCARNATION_BEFORE_ACKNOWLEDGING(
        1_000, new Edit(STORE + "Line.write", STORE + "Standing.confirm", HOOKS + "trust")),
    FENCE_THE_HOLDER_BEFORE_TAKING(
        1_000,
        new Edit(
            CELL + "Placement.fenceTheGone",
            "io/mainstem/store/Ownership.fence",
            HOOKS + "fenceNobody"),
        new Edit(
            STORE + "CassandraOwnership.takeable",
            STORE + "Replicas$Registry.incarnations",
            HOOKS + "onlyOwn"),
        new Edit(
            STORE + "CassandraOwnership.takeable",
            STORE + "Replicas.stands",
            HOOKS + "doesNotStand")),
    WAIT_FOR_THE_FENCE_ENTRY(
        1_000,
        new Edit(STORE + "Line.written", STORE + "Replicas.append", HOOKS + "startFence"),
        new Edit(STORE + "Line.written", STORE + "Line.index", HOOKS + "startIndex")),
    ACKNOWLEDGE_IN_ORDER(
        20_000,
        new Edit(STORE + "Line.write", STORE + "Line.writing", HOOKS + "neverWriting"),
        new Edit(STORE + "Line.write", STORE + "Line.onShown", HOOKS + "settleNow"),
        new Edit(
            HOST + "Appends.onOutcome",
            "java/util/ArrayDeque.contains",
            HOST_HOOKS + "answerFirst")),
    FOLLOW_THE_CHAIN_NOT_THE_HIGHEST_EPOCH(
        1_000,
        new Edit(STORE + "Chain.add", STORE + "Replicas$Fence.previousEpoch", HOOKS + "anyEpoch")),
    RELOAD_ONLY_UNDER_A_NEW_EPOCH(
        1_000, new Edit(STORE + "Line.write", STORE + "Line.onNoAnswer", HOOKS + "giveUp")),
    APPEND_NOTHING_ONCE_A_RELEASE_HAS_BEGUN(
        1_000,
        new Edit(
            STORE + "CassandraOwnership.release", STORE + "CassandraOwnership.end", HOOKS + "keep"),
        new Edit(HOST + "HostLoop.leave", HOST + "HeldPartitions.left", HOST_HOOKS + "keep"),
        new Edit(HOST + "HostLoop.leave", HOST + "Resident.lose", HOST_HOOKS + "stay")),
    COMMIT_A_FENCE_AT_A_QUORUM(
        1_000,
        new Edit(
            SIMULATION + "SimulatedReplicas.commit",
            SIMULATION + "SimulatedReplicas.toldSoon",
            SIMULATION + "SimulatedReplicas.oneOf"),
        new Edit(STORE + "Incarnations.fence", STORE + "Replicas.stands", HOOKS + "doesNotStand"),
        new Edit(
            STORE + "CassandraOwnership.takeable",
            STORE + "Replicas.stands",
            HOOKS + "doesNotStand")),
    READ_AGAIN_WHAT_DOES_NOT_CONNECT(
        1_000, new Edit(STORE + "LogReader.settled", "java/lang/String.equals", HOOKS + "believe")),
    SETTLE_BEFORE_A_QUERY_IS_ANSWERED(
        1_000,
        new Edit(HOST + "Work$Question.attempt", HOST + "Appends.whenSettled", HOST_HOOKS + "now")),
    SAVE_NO_PAGE_AHEAD_OF_SETTLEMENT(
        1_000, new Edit(HOST + "Snapshot.take", HOST + "Resident.settled", HOST_HOOKS + "end")),
    LOOK_WHO_OWNS_IT_BEFORE_SENDING_A_DEVICE_BACK(
        1_000,
        new Edit(HOST + "Watchers.whenSure", HOST + "Resident.settled", HOST_HOOKS + "endless")),
    SAY_THAT_AN_ANSWER_MAY_BE_OLD(
        20_000,
        new Edit(
            HOST + "LocalMailboxes.staleMillis",
            "io/mainstem/store/Ownership.staleMillis",
            HOST_HOOKS + "sure"));

    private final int seeds;
    private final List<Edit> edits;

    Rule(int seeds, Edit... edits) {
      this.seeds = seeds;
      this.edits = List.of(edits);
    }
  }

  @BeforeAll
  static void quiet() {
    SimulationTest.quiet();
  }

  private record Finding(long seed, String wrong) {}

  @ParameterizedTest
  @EnumSource
  void theSimulationFindsWhatBreaksWithout(Rule rule) {
    var broken = new Program(rule.edits);
    Run simulation = broken.simulation();
    Optional<Finding> finding =
        LongStream.rangeClosed(1, rule.seeds)
            .parallel()
            .mapToObj(seed -> new Finding(seed, said(simulation.run(seed, false))))
            .filter(one -> !one.wrong().isEmpty())
            .findAny();
    assertEquals(List.of(), broken.missed(), "what was to be broken was not there");
    assertTrue(finding.isPresent(), "nothing was found in " + rule.seeds + " seeds");
    System.out.printf(
        "Without %s: seed %d: %s%n", rule, finding.get().seed(), finding.get().wrong());
  }

  private static String said(Run.Verdict verdict) {
    return verdict.wrong() == null ? "" : verdict.wrong();
  }
}
