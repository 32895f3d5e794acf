package io.mainstem.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A machine's clock that leaves the cell's while the node runs. */
class WallClockTest {
  @Test
  void eachStepIsToldOnceWithWhatToDo() {
    var said = new ListAppender<ILoggingEvent>();
    said.start();
    var log = (Logger) LoggerFactory.getLogger(WallClock.class);
    log.addAppender(said);
    try {
      var clock = new WallClock();
      for (long ahead : new long[] {0, 400, -501, -900, -180_000, -170_000, -700, 3, -2}) {
        clock.look(ahead);
      }
    } finally {
      log.detachAppender(said);
    }
    String howTo =
        "set it, and keep the clocks of all nodes in step by NTP (chrony or systemd-timesyncd; more"
            + " than 500 ms are too many).";
    assertEquals(
        List.of(
            "WARN The clock of this machine is 501 ms behind that of the cell: " + howTo,
            "WARN The clock of this machine is 180000 ms behind that of the cell: "
                + howTo
                + " What is sent here may be refused elsewhere, and this node would not start.",
            "INFO The clock of this machine is in step with that of the cell again"),
        said.list.stream()
            .map(event -> event.getLevel() + " " + event.getFormattedMessage())
            .toList());
  }
}
