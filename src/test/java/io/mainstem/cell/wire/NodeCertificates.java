package io.mainstem.cell.wire;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that signs certificates of nodes on the loopback address, for a test. */
public final class NodeCertificates {
  private final Path directory;
  private final KeyPair authorityKey;
  private final X500Name authorityName;
  private final Path authority;

  public NodeCertificates(Path directory, String name) throws Exception {
    this.directory = directory;
    this.authorityKey = keys();
    this.authorityName = new X500Name("CN=" + name);
    this.authority =
        write(name + ".pem", sign(authorityName, authorityKey, new BasicConstraints(true)));
  }

  public WireSettings.Certificates of(String node) throws Exception {
    KeyPair own = keys();
    Path certificate =
        write(node + ".pem", sign(new X500Name("CN=" + node), own, new BasicConstraints(false)));
    Path key = write(node + "-key.pem", new JcaPKCS8Generator(own.getPrivate(), null).generate());
    return new WireSettings.Certificates(
        certificate.toString(), key.toString(), authority.toString());
  }

  private X509Certificate sign(X500Name subject, KeyPair own, BasicConstraints constraints)
      throws Exception {
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            authorityName,
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.minusSeconds(60)),
            Date.from(now.plusSeconds(3600)),
            subject,
            own.getPublic());
    builder.addExtension(Extension.basicConstraints, true, constraints);
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey.getPrivate())));
  }

  private static KeyPair keys() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private Path write(String file, Object what) throws IOException {
    var text = new StringWriter();
    try (var pem = new JcaPEMWriter(text)) {
      pem.writeObject(what);
    }
    return Files.writeString(directory.resolve(file), text.toString());
  }
}
