package io.mainstem.cell.move;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Cells that ask one another by a call; owners are also replaced without their knowledge. */
class MoveTest extends MoveContract {
  @Override
  boolean isWired() {
    return false;
  }

  static Stream<Arguments> faults() {
    return faults("kill", "replace");
  }
}
