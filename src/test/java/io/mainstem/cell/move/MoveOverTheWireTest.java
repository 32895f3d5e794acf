package io.mainstem.cell.move;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Cells that find one another in the directory and speak over sockets, each a node. */
class MoveOverTheWireTest extends MoveContract {
  @Override
  boolean isWired() {
    return true;
  }

  static Stream<Arguments> faults() {
    return faults("kill");
  }
}
