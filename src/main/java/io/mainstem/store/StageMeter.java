package io.mainstem.store;

/** What a stage tells of its work; metrics implement it. Its queue's depth is asked of the stage itself. */
public interface StageMeter {
  /** Tells nobody. */
  StageMeter NONE =
      new StageMeter() {
        @Override
        public void onDone(long nanos) {}

        @Override
        public void onRefused(String reason) {}
      };

  /** One piece of work is done, so long after it was handed in. */
  void onDone(long nanos);

  /** One piece of work was refused; {@code reason} is one of a few fixed words. */
  void onRefused(String reason);
}
