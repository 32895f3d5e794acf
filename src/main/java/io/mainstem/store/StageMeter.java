package io.mainstem.store;

/** What a stage of the message's way tells of its work; metrics implement it. Thread-safe. */
public interface StageMeter {
  /** Tells nobody. */
  StageMeter NONE =
      new StageMeter() {
        @Override
        public Passage enter() {
          return () -> {};
        }

        @Override
        public void refused(String reason) {}
      };

  /** Something waits or is worked on; {@link Passage#leave} follows, whatever comes of it. */
  Passage enter();

  /** Something was refused; {@code reason} is one of a few fixed words. */
  void refused(String reason);

  /** One piece of work on its way. */
  @FunctionalInterface
  interface Passage {
    void leave();
  }
}
