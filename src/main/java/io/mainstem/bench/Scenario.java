package io.mainstem.bench;

/** One load and what it measures. */
public interface Scenario {
  String name();

  /** Runs it three times (once with {@code --short}) and adds its figures. */
  void run(Lab lab) throws Exception;
}
