package io.mainstem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mainstem.config.Blob;
import io.mainstem.config.Config;
import io.mainstem.config.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * What can be known of {@code docker/} without Docker: every path and every setting in it exists.
 */
class DockerTest {
  private static final Path DOCKER = Path.of("docker");
  private static final List<String> NODES = List.of("a1", "a2", "a3", "b1");

  private static Map<String, Object> compose() throws IOException {
    return new Yaml().load(Files.readString(DOCKER.resolve("compose.yaml")));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  private static Map<String, Object> service(String name) throws IOException {
    return map(map(compose().get("services")).get(name));
  }

  private static String address(String service) throws IOException {
    return (String) map(map(service(service).get("networks")).get("cells")).get("ipv4_address");
  }

  private static Config config(String node) throws IOException {
    var environment = new java.util.HashMap<String, String>();
    map(service(node).get("environment"))
        .forEach((key, value) -> environment.put(key, (String) value));
    // Refuses a variable that is no setting.
    return Config.load(null, environment, List.of());
  }

  @Test
  void everyNodeHasSettingsThatFitItsPlace() throws IOException {
    for (String name : NODES) {
      Config config = config(name);
      String cell = name.substring(0, 1);
      assertTrue(config.cell().enabled());
      assertEquals(cell, config.cell().name());
      assertEquals(name, config.cell().node());
      assertEquals(address(name), config.cell().members().host());
      assertEquals(address(name), config.cell().wire().host());
      assertTrue(config.cell().members().seeds().contains(address(name) + ":5701"), name);
      assertEquals(Store.Kind.CASSANDRA, config.store().kind());
      assertEquals(
          List.of("cassandra-" + cell + ":9042"), config.store().cassandra().contactPoints());
      assertEquals("mainstem_" + cell, config.store().cassandra().keyspace());
      assertEquals("mainstem_directory", config.store().cassandra().directory().keyspace());
      assertEquals(Blob.Kind.S3, config.blob().kind());
      assertEquals("", config.blob().s3().prefix(), "all cells share it");
      assertEquals(2, config.counts().redis().servers().size());
      for (var proxies :
          List.of(
              config.http().proxies(),
              config.smtp().proxies(),
              config.submission().proxies(),
              config.imap().proxies())) {
        assertEquals(List.of(address("balancer")), proxies);
      }
      for (String seed : config.cell().members().seeds()) {
        String host = seed.substring(0, seed.indexOf(':'));
        boolean known = false;
        for (String other : NODES) {
          known |= other.startsWith(cell) && address(other).equals(host);
        }
        assertTrue(known, seed);
      }
    }
  }

  @Test
  void whoeverIsSpokenToIsThere() throws IOException {
    var services = map(compose().get("services")).keySet();
    for (String name : NODES) {
      Config config = config(name);
      var hosts = new ArrayList<String>();
      hosts.addAll(config.store().cassandra().contactPoints());
      hosts.addAll(config.store().cassandra().directory().contactPoints());
      config.counts().redis().servers().forEach(url -> hosts.add(url.replaceFirst("redis://", "")));
      hosts.add(config.blob().s3().endpoint().replaceFirst("http://", ""));
      for (String host : hosts) {
        assertTrue(services.contains(host.substring(0, host.indexOf(':'))), host);
      }
      var objects = map(service("objects").get("environment"));
      assertEquals(objects.get("S3PROXY_IDENTITY"), config.blob().s3().accessKey());
      assertEquals(objects.get("S3PROXY_CREDENTIAL"), config.blob().s3().secretKey());
      assertEquals(
          List.of(
              "mkdir",
              "-p",
              objects.get("JCLOUDS_FILESYSTEM_BASEDIR") + "/" + config.blob().s3().bucket()),
          service("bucket").get("command"));
    }
  }

  @Test
  void everyFileIsThere() throws IOException {
    var volumes = map(compose().get("volumes")).keySet();
    for (String name : map(compose().get("services")).keySet()) {
      var service = service(name);
      if (service.get("build") != null) {
        Path context =
            DOCKER.resolve((String) map(service.get("build")).get("context")).normalize();
        Path file = context.resolve((String) map(service.get("build")).get("dockerfile"));
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("COPY ") && !line.startsWith("COPY --from")) {
            String[] words = line.split(" ");
            for (int i = 1; i < words.length - 1; i++) {
              assertTrue(Files.exists(context.resolve(words[i])), line);
            }
          }
        }
      }
      for (Object mount :
          service.get("volumes") == null ? List.of() : list(service.get("volumes"))) {
        String source = ((String) mount).split(":")[0];
        assertTrue(
            source.startsWith(".")
                ? Files.exists(DOCKER.resolve(source))
                : volumes.contains(source),
            source);
      }
    }
  }

  @Test
  void theBalancerKnowsTheNodesOfAllCells() throws Exception {
    String text = Files.readString(DOCKER.resolve("haproxy.cfg"));
    var servers = new TreeSet<String>();
    var matcher = Pattern.compile("server (\\w+) \"\\$\\{\\w+-(\\w+)\\}").matcher(text);
    while (matcher.find()) {
      assertEquals(matcher.group(1), matcher.group(2));
      servers.add(matcher.group(1));
    }
    assertEquals(new TreeSet<>(NODES), servers);
    Path haproxy = HaproxyTest.program();
    assumeTrue(haproxy != null, "haproxy is not installed");
    var check =
        new ProcessBuilder(haproxy.toString(), "-c", "-f", DOCKER.resolve("haproxy.cfg").toString())
            .redirectErrorStream(true);
    for (String name : NODES) {
      check.environment().put(name.toUpperCase(java.util.Locale.ROOT), address(name));
    }
    Process checked = check.start();
    String said = new String(checked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, checked.waitFor(), said);
    assertTrue(!said.contains("WARNING"), said);
  }
}
