package io.mainstem.blob.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mainstem.blob.s3.S3Settings.Credentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The worked examples of the S3 API reference, "Signature Calculations for the Authorization
 * Header".
 */
class SignatureTest {
  private static final Credentials EXAMPLE =
      new Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  private static final Instant DAY = Instant.parse("2013-05-24T00:00:00Z");
  private static final String HOST = "https://examplebucket.s3.amazonaws.com";

  @Test
  void aRangeOfAnObjectIsSignedAsInTheReference() {
    assertEquals(
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        signature("GET", HOST + "/test.txt", Map.of("range", "bytes=0-9"), ""));
  }

  @Test
  void aStoredObjectIsSignedAsInTheReference() {
    assertEquals(
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        signature(
            "PUT",
            HOST + "/" + Signature.encode("test$file.text", true),
            Map.of(
                "date",
                "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class",
                "REDUCED_REDUNDANCY"),
            "Welcome to Amazon S3."));
  }

  @Test
  void aListingIsSignedAsInTheReference() {
    assertEquals(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        signature("GET", HOST + "/?prefix=J&max-keys=2", Map.of(), ""));
  }

  @Test
  void aQueryWithoutAValueIsSignedAsInTheReference() {
    assertEquals(
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        signature("GET", HOST + "/?lifecycle", Map.of(), ""));
  }

  @Test
  void theSecretIsInNoText() {
    assertEquals("Credentials[AKIAIOSFODNN7EXAMPLE]", EXAMPLE.toString());
  }

  private static String signature(
      String method, String uri, Map<String, String> headers, String body) {
    String authorization =
        Signature.sign(
                EXAMPLE,
                "us-east-1",
                DAY,
                method,
                URI.create(uri),
                headers,
                Signature.sha256(body.getBytes(StandardCharsets.UTF_8)))
            .get("authorization");
    return authorization.substring(authorization.indexOf("Signature=") + 10);
  }
}
