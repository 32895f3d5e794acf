package io.mainstem.app;

import io.mainstem.config.ConfigException;
import io.mainstem.config.Tls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate that gateways show. Without one in the configuration, a self-signed one is made
 * at the first start and kept in {@code DATA/tls}, so that what a client has pinned stays good.
 */
public final class TlsCertificate {
  private static final Duration VALIDITY = Duration.ofDays(3_650);

  /** A certificate made on a machine whose clock is a little ahead is good on others at once. */
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

  private TlsCertificate() {}

  /**
   * Blocks: reads files and may make a key.
   *
   * @param hostname the name that a self-signed certificate is for
   */
  public static SslContext load(Tls config, Path data, String hostname, Instant now) {
    if (!config.certificate().isEmpty()) {
      return configured(config);
    }
    Path file = data.resolve("tls").resolve("self-signed.pem");
    try {
      if (!Files.exists(file)) {
        write(file, selfSigned(hostname, now));
      }
      byte[] pem = Files.readAllBytes(file);
      return context(pem, pem);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the self-signed certificate in " + file, e);
    }
  }

  private static SslContext context(byte[] certificate, byte[] key) throws SSLException {
    return SslContextBuilder.forServer(
            new ByteArrayInputStream(certificate), new ByteArrayInputStream(key))
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .build();
  }

  private static SslContext configured(Tls config) {
    try {
      return context(read("tls.certificate", config.certificate()), read("tls.key", config.key()));
    } catch (SSLException | IllegalArgumentException e) {
      throw new ConfigException(
          "tls.certificate = \"%s\" and tls.key = \"%s\" are not allowed: a certificate chain and its private key (PKCS #8) in PEM"
              .formatted(config.certificate(), config.key()));
    }
  }

  private static byte[] read(String key, String file) {
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (IOException e) {
      throw new ConfigException(
          "%s = \"%s\" is not allowed: the file cannot be read".formatted(key, file));
    }
  }

  /** The file appears whole or not at all, and nobody else may ever read it. */
  private static void write(Path file, String pem) throws IOException {
    Path directory =
        Files.createDirectories(file.toAbsolutePath().getParent(), mode(file, "rwx------"));
    Path draft = Files.createTempFile(directory, "self-signed", ".new", mode(file, "rw-------"));
    Files.writeString(draft, pem, StandardCharsets.US_ASCII);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<?>[] mode(Path file, String mode) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static String selfSigned(String hostname, Instant now) {
    try {
      var random = new SecureRandom();
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair keys = generator.generateKeyPair();
      X500Name name = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, hostname).build();
      X509CertificateHolder certificate =
          new JcaX509v3CertificateBuilder(
                  name,
                  new BigInteger(127, random).setBit(126),
                  Date.from(now.minus(CLOCK_SKEW)),
                  Date.from(now.plus(VALIDITY)),
                  name,
                  keys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.subjectAlternativeName, false, names(hostname))
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
      var pem = new StringWriter();
      try (var out = new JcaPEMWriter(pem)) {
        out.writeObject(new JcaPKCS8Generator(keys.getPrivate(), null));
        out.writeObject(certificate);
      }
      return pem.toString();
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("every Java makes a P-256 key and signs with it", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GeneralNames names(String hostname) {
    return new GeneralNames(
        new GeneralName[] {
          new GeneralName(GeneralName.dNSName, hostname),
          new GeneralName(GeneralName.dNSName, "localhost"),
          new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
          new GeneralName(GeneralName.iPAddress, "::1")
        });
  }
}
