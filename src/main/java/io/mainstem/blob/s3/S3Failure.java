package io.mainstem.blob.s3;

/**
 * The object store said no, or nothing. Carries no name of an object: it holds the cookie of a
 * blob.
 */
final class S3Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  /**
   * @param status of HTTP; 0 when there was no answer
   * @param code the word of S3 for it, such as NoSuchBucket; or what went wrong on the way
   */
  S3Failure(String operation, int status, String code) {
    super(operation + ": " + (status == 0 ? "" : status + " ") + code, null, false, false);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /** Whether the same request may well succeed a moment later. */
  boolean isPassing() {
    return status == 0 || status == 429 || status == 408 || status >= 500 && status != 507;
  }

  boolean isFull() {
    return status == 507 || code.equals("QuotaExceeded") || code.equals("XMinioStorageFull");
  }
}
