package io.mainstem.config;

/**
 * The certificate that STARTTLS shows. With neither file set, a self-signed one is made at the
 * first start.
 *
 * @param certificate PEM file with the chain
 * @param key PEM file with the private key
 */
public record Tls(@Default("") String certificate, @Default("") String key) {
  public Tls {
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new ConfigException(
          "tls.certificate = \"%s\" and tls.key = \"%s\" are not allowed: set both or neither"
              .formatted(certificate, key));
    }
  }
}
