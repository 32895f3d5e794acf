package io.mainstem.ops;

import io.mainstem.stage.Stage;
import io.mainstem.store.StageMeter;

/** Shows the stages of store and host, which know of no metrics, like all others. */
public record MeteredStage(Stage stage) implements StageMeter {
  @Override
  public Passage enter() {
    return stage.enter()::leave;
  }

  @Override
  public void refused(String reason) {
    stage.refused(reason);
  }
}
