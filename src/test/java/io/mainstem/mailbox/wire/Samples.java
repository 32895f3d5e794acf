package io.mainstem.mailbox.wire;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values of any record by its components, from a seed. */
final class Samples {
  private static final String[] TEXTS = {"", "a", "Grüße, 世界 🌍", "two\nlines", "x".repeat(300)};

  private final Random random;

  Samples(long seed) {
    this.random = new Random(seed);
  }

  Object of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return collection(generic);
    }
    Class<?> kind = (Class<?>) type;
    if (kind == int.class || kind == Integer.class) {
      return random.nextInt(4) == 0 ? 0 : random.nextInt(Integer.MAX_VALUE);
    }
    if (kind == long.class || kind == Long.class) {
      return random.nextInt(4) == 0 ? 0L : random.nextLong(1L << 47);
    }
    if (kind == boolean.class || kind == Boolean.class) {
      return random.nextBoolean();
    }
    if (kind == String.class) {
      return TEXTS[random.nextInt(TEXTS.length)];
    }
    if (kind == Instant.class) {
      return Instant.ofEpochMilli(random.nextLong(1L << 42));
    }
    if (kind.isEnum()) {
      return kind.getEnumConstants()[random.nextInt(kind.getEnumConstants().length)];
    }
    if (kind.isSealed()) {
      Class<?>[] kinds = kind.getPermittedSubclasses();
      return of(kinds[random.nextInt(kinds.length)]);
    }
    return record(kind);
  }

  private Object collection(ParameterizedType generic) {
    Type[] arguments = generic.getActualTypeArguments();
    int size = random.nextInt(3);
    if (generic.getRawType() == Map.class) {
      var map = new HashMap<Object, Object>();
      for (int i = 0; i < size; i++) {
        map.put(of(arguments[0]), of(arguments[1]));
      }
      return map;
    }
    var list = new ArrayList<Object>();
    for (int i = 0; i < size; i++) {
      list.add(of(arguments[0]));
    }
    return generic.getRawType() == Set.class ? new HashSet<>(list) : List.copyOf(list);
  }

  private Object record(Class<?> kind) {
    RecordComponent[] components = kind.getRecordComponents();
    if (components == null) {
      throw new AssertionError(kind + " is no record: the wire cannot carry it");
    }
    var values = new @Nullable Object[components.length];
    boolean isId = components.length == 1 && components[0].getType() == String.class;
    for (int i = 0; i < values.length; i++) {
      if (isId) {
        values[i] = digits(); // Every id's alphabet has digits, and a ULID is 26 of them.
      } else {
        values[i] =
            isNullable(components[i].getAnnotatedType()) && random.nextBoolean()
                ? null
                : of(components[i].getGenericType());
      }
    }
    try {
      var constructor =
          kind.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new AssertionError(kind + " refuses " + Arrays.toString(values), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private String digits() {
    var text = new StringBuilder("0");
    while (text.length() < 26) {
      text.append(random.nextInt(10));
    }
    return text.toString();
  }

  private static boolean isNullable(AnnotatedType type) {
    return type.isAnnotationPresent(Nullable.class);
  }
}
