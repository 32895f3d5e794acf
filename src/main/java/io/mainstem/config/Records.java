package io.mainstem.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Fills the configuration records from texts. The records' components are the schema: their path is
 * the key.
 */
final class Records {
  private Records() {}

  /** Every key below a record type, in the order of its components, with its component. */
  static Map<String, RecordComponent> keysOf(Class<? extends Record> type) {
    var keys = new LinkedHashMap<String, RecordComponent>();
    collect(type, "", keys);
    return keys;
  }

  private static void collect(Class<?> type, String prefix, Map<String, RecordComponent> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = prefix + component.getName();
      if (component.getType().isRecord()) {
        collect(component.getType(), key + ".", keys);
      } else {
        keys.put(key, component);
      }
    }
  }

  /** The default of a component as it is written in the file. */
  static String defaultOf(String key, RecordComponent component) {
    Default given = component.getAnnotation(Default.class);
    if (given == null) {
      throw new AssertionError("The setting " + key + " has no @Default");
    }
    return given.value();
  }

  static <R extends Record> R fill(Class<R> type, Map<String, Setting> settings) {
    return fill(type, "", settings);
  }

  private static <R extends Record> R fill(
      Class<R> type, String prefix, Map<String, Setting> settings) {
    RecordComponent[] components = type.getRecordComponents();
    var values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = prefix + components[i].getName();
      if (components[i].getType().isRecord()) {
        values[i] = fill(components[i].getType().asSubclass(Record.class), key + ".", settings);
      } else {
        Setting setting = settings.get(key);
        values[i] =
            parse(
                components[i],
                setting == null
                    ? new Setting(key, defaultOf(key, components[i]), "default")
                    : setting);
      }
    }
    return construct(type, components, values);
  }

  private static <R extends Record> R construct(
      Class<R> type, RecordComponent[] components, Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof ConfigException refused) {
        throw refused;
      }
      throw new AssertionError(
          "The record " + type.getSimpleName() + " failed on its settings", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("The record " + type.getSimpleName() + " cannot be made", e);
    }
  }

  private static Object parse(RecordComponent component, Setting setting) {
    Class<?> type = component.getType();
    if (type == int.class) {
      return Math.toIntExact(number(component, setting));
    }
    if (type == long.class) {
      return number(component, setting);
    }
    if (type == boolean.class) {
      return bool(setting);
    }
    if (type == String.class) {
      return text(component, setting);
    }
    if (type == Path.class) {
      return path(component, setting);
    }
    if (type.isEnum()) {
      return constant(type, setting);
    }
    if (component.getGenericType() instanceof ParameterizedType list
        && list.toString().equals("java.util.List<java.lang.String>")) {
      return list(setting);
    }
    throw new AssertionError(
        "The setting " + setting.key() + " has a type that cannot be read: " + type);
  }

  private static long number(RecordComponent component, Setting setting) {
    Range range =
        Objects.requireNonNull(
            component.getAnnotation(Range.class), () -> setting.key() + " has no @Range");
    boolean bytes = setting.key().endsWith("Bytes");
    String allowed =
        "a whole number from %d to %d%s"
            .formatted(
                range.min(),
                range.max(),
                bytes ? ", with k, m or g behind it for KiB, MiB, GiB" : "");
    String digits = setting.value().strip();
    long unit = 1;
    if (bytes && !digits.isEmpty()) {
      int power = "kmg".indexOf(Character.toLowerCase(digits.charAt(digits.length() - 1))) + 1;
      if (power > 0) {
        unit = 1L << (10 * power);
        digits = digits.substring(0, digits.length() - 1);
      }
    }
    try {
      long value = Math.multiplyExact(Long.parseLong(digits), unit);
      if (value >= range.min() && value <= range.max()) {
        return value;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw ConfigException.badValue(setting, allowed);
    }
    throw ConfigException.badValue(setting, allowed);
  }

  private static boolean bool(Setting setting) {
    return switch (setting.value().strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw ConfigException.badValue(setting, "true or false");
    };
  }

  private static String text(RecordComponent component, Setting setting) {
    if (component.isAnnotationPresent(NotBlank.class) && setting.value().isBlank()) {
      throw ConfigException.badValue(setting, "a text that is not empty");
    }
    if (setting.value().chars().anyMatch(c -> c < ' ')) {
      throw ConfigException.badValue(setting, "one line of text without control characters");
    }
    return setting.value().strip();
  }

  private static Path path(RecordComponent component, Setting setting) {
    try {
      return Path.of(text(component, setting));
    } catch (InvalidPathException e) {
      throw ConfigException.badValue(setting, "the path of a file or directory");
    }
  }

  private static Object constant(Class<?> type, Setting setting) {
    for (Object constant : type.getEnumConstants()) {
      if (nameOf(constant).equals(setting.value().strip())) {
        return constant;
      }
    }
    throw ConfigException.badValue(
        setting,
        "one of "
            + Arrays.stream(type.getEnumConstants())
                .map(Records::nameOf)
                .collect(Collectors.joining(", ")));
  }

  private static String nameOf(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
  }

  private static List<String> list(Setting setting) {
    var items = new ArrayList<String>();
    for (String item : setting.value().split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return List.copyOf(items);
  }
}
