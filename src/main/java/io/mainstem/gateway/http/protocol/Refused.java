package io.mainstem.gateway.http.protocol;

/** Carries a problem to the one place that answers it. It has no stack trace. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public Refused(Problem problem) {
    super(problem.type().title(), null, false, false);
    this.problem = problem;
  }

  public Refused(ProblemType type) {
    this(Problem.of(type));
  }

  public Refused(ProblemType type, String detail) {
    this(Problem.of(type, detail));
  }

  public Problem problem() {
    return problem;
  }
}
