package io.mainstem.config;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The object store that holds blobs when {@code blob.kind} is s3.
 *
 * @param endpoint scheme, host and port
 * @param region as the object store's signature wants it
 * @param prefix before the name of every object, so that cells may share a bucket
 * @param accessKey best given in the environment, as is secretKey
 * @param pathStyle whether the bucket stands in the path, as most object stores but AWS want it
 * @param maxRequests requests under way at once
 * @param queue requests that may wait for that
 * @param attempts tries of a request that fails in passing
 * @param requestSeconds of one try
 * @param bufferBytes what all blobs being written hold in memory; a long one needs 5 MiB
 */
public record S3(
    @Default("") String endpoint,
    @Default("us-east-1") @NotBlank String region,
    @Default("") String bucket,
    @Default("") String prefix,
    @Default("") String accessKey,
    @Default("") String secretKey,
    @Default("true") boolean pathStyle,
    @Default("64") @Range(min = 1, max = 1024) int maxRequests,
    @Default("4096") @Range(min = 1, max = 1_000_000) int queue,
    @Default("4") @Range(min = 1, max = 10) int attempts,
    @Default("20") @Range(min = 1, max = 600) int requestSeconds,
    @Default("128m") @Range(min = 8 << 20, max = 16L << 30) long bufferBytes) {

  /** The record's own text would show the secret. */
  @Override
  public String toString() {
    return "S3[" + endpoint + ", " + bucket + ", " + prefix + "]";
  }

  /** Refuses what an object store cannot be reached with. */
  void check() {
    require("blob.s3.endpoint", endpoint, isEndpoint(endpoint), "http://HOST:PORT or https://HOST");
    require(
        "blob.s3.bucket",
        bucket,
        bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        "the name of a bucket: 3 to 63 characters of a-z, 0-9, '-' and '.'");
    require(
        "blob.s3.prefix",
        prefix,
        prefix.isEmpty() || prefix.matches("([A-Za-z0-9._-]+/)+"),
        "empty, or letters, digits, '.', '_' and '-' with a slash at the end");
    require("blob.s3.accessKey", accessKey, !accessKey.isBlank(), "needed when blob.kind is s3");
    // The message shows what was given, which here is nothing.
    require("blob.s3.secretKey", "", !secretKey.isBlank(), "needed when blob.kind is s3");
  }

  private static boolean isEndpoint(String text) {
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static void require(String key, String value, boolean holds, String allowed) {
    if (!holds) {
      throw new ConfigException("%s = \"%s\" is not allowed: %s".formatted(key, value, allowed));
    }
  }
}
