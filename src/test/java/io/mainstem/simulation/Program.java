package io.mainstem.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The program on simulated ground: its classes are loaded a second time, and where one of them asks
 * the machine for the time or makes a set without an order, it gets the world's time and a set that
 * is gone through in one order. In the same way a rule is broken. So neither seam nor switch for
 * this exists in the program.
 */
final class Program extends ClassLoader {
  static final String STORE = "io/mainstem/store/cassandra/";
  static final String HOST = "io/mainstem/mailbox/host/";
  static final String CELL = "io/mainstem/cell/";
  static final String SIMULATION = "io/mainstem/simulation/";

  /**
   * A place in the program, and what is done there instead.
   *
   * @param where class and method, what is written inside of it as a lambda belongs to it; or
   *     {@link #ANYWHERE} but in the simulation itself
   * @param what class and name of the method that is called there, or of the field that is read
   * @param instead class and name of a static method that takes the receiver and the arguments
   */
  record Edit(String where, String what, String instead) {
    static final String ANYWHERE = "*";

    private boolean isIn(String type, String method) {
      if (where.equals(ANYWHERE)) {
        return !type.startsWith(SIMULATION);
      }
      int dot = where.indexOf('.');
      String name = where.substring(dot + 1);
      return where.startsWith(type + ".")
          && (method.equals(name) || method.startsWith("lambda$" + name + "$"));
    }

    private boolean meets(String owner, String name) {
      return what.equals(owner + "." + name);
    }

    private String hookOwner() {
      return instead.substring(0, instead.indexOf('.'));
    }

    private String hookName() {
      return instead.substring(instead.indexOf('.') + 1);
    }
  }

  private static final String WIRE = CELL + "wire/";

  private static final List<Edit> GROUND =
      List.of(
          anywhere(HOST + "LocalMailboxes.submit", "Witness.submit"),
          anywhere(HOST + "LocalMailboxes.query", "Witness.query"),
          anywhere(WIRE + "Peers.listen", "SimulatedWire.listen"),
          anywhere(WIRE + "Peers.port", "SimulatedWire.port"),
          anywhere(WIRE + "Peers.become", "SimulatedWire.become"),
          anywhere(WIRE + "Peers.call", "SimulatedWire.call"),
          anywhere(WIRE + "Peers.tell", "SimulatedWire.tell"),
          anywhere(WIRE + "Peers.isUp", "SimulatedWire.isUp"),
          anywhere(WIRE + "Peers.isCrowded", "SimulatedWire.isCrowded"),
          anywhere(WIRE + "Peers.inFlight", "SimulatedWire.inFlight"),
          anywhere(WIRE + "Peers.execute", "SimulatedWire.execute"),
          anywhere("java/lang/System.nanoTime", "World.nanoTime"),
          anywhere("java/util/Set.copyOf", "Ordered.copyOf"),
          anywhere("java/util/Map.copyOf", "Ordered.copyOf"),
          anywhere("java/util/concurrent/ConcurrentHashMap.newKeySet", "Ordered.newKeySet"),
          anywhere("org/slf4j/Logger.debug", "Logged.debug"),
          anywhere("org/slf4j/Logger.info", "Logged.info"),
          anywhere("org/slf4j/Logger.warn", "Logged.warn"),
          anywhere("org/slf4j/Logger.error", "Logged.error"));

  /** A number that stands in a class, and what stands there instead. */
  private record Number(String type, long was, long is) {}

  /**
   * Pages and buckets of a few rows: so that a short log has many of them, and what goes wrong
   * between two of them goes wrong here.
   */
  private static final List<Number> SMALL =
      List.of(
          new Number(STORE + "Buckets", 15, 3),
          new Number(STORE + "Line", 1L << 15, 1L << 3),
          new Number(STORE + "LogReader", 64, 2),
          new Number(STORE + "LogReader", 16, 2),
          new Number(STORE + "BackwardReading", 32, 2),
          new Number(STORE + "ForwardReading", 512, 3),
          new Number(STORE + "CassandraOwnership", 256, 2),
          new Number(HOST + "Replay", 256, 3),
          new Number(HOST + "Snapshot", 1 << 20, 512),
          new Number(HOST + "LiveImage", 24, 3));

  /** What is made instead of these: a subclass that keeps an order. */
  private static final Map<String, String> ORDERED =
      Map.of(
          "java/util/HashMap", "java/util/LinkedHashMap",
          "java/util/HashSet", "java/util/LinkedHashSet");

  private static final Map<String, String> RESULTS =
      Map.of("java/util/concurrent/ConcurrentHashMap.newKeySet", "Ljava/util/Set;");

  /** What the program and whoever loads it speak of together. */
  private static final Set<String> SHARED =
      Set.of(Run.class.getName(), Run.Verdict.class.getName());

  private static Edit anywhere(String what, String instead) {
    return new Edit(Edit.ANYWHERE, what, SIMULATION + instead);
  }

  private final List<Edit> edits = new ArrayList<>();
  private final Set<Edit> made = ConcurrentHashMap.newKeySet();
  private final Set<Number> smaller = ConcurrentHashMap.newKeySet();

  /**
   * @param edits that break a rule; none for the program as it is
   */
  Program(List<Edit> edits) {
    super("simulated", Program.class.getClassLoader());
    this.edits.addAll(edits);
    this.edits.addAll(GROUND);
  }

  Run simulation() {
    try {
      return (Run) loadClass(Simulation.class.getName()).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** What was to be changed and was never met in what was loaded. */
  List<Object> missed() {
    var missed = new ArrayList<Object>(edits);
    missed.removeAll(made);
    missed.addAll(SMALL);
    missed.removeAll(smaller);
    return missed;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("io.mainstem.") || SHARED.contains(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String path = name.replace('.', '/');
    try (InputStream in = getParent().getResourceAsStream(path + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      var reader = new ClassReader(in.readAllBytes());
      var writer = new ClassWriter(reader, 0);
      reader.accept(new Editor(writer, path), 0);
      byte[] bytes = writer.toByteArray();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private final class Editor extends ClassVisitor {
    private final String type;

    Editor(ClassWriter writer, String type) {
      super(Opcodes.ASM9, writer);
      this.type = type;
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String method,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      return new Calls(
          super.visitMethod(access, method, descriptor, signature, exceptions), type, method);
    }
  }

  private final class Calls extends MethodVisitor {
    private final String type;
    private final String method;

    Calls(MethodVisitor next, String type, String method) {
      super(Opcodes.ASM9, next);
      this.type = type;
      this.method = method;
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      super.visitIntInsn(opcode, (int) small(operand));
    }

    @Override
    public void visitLdcInsn(Object value) {
      if (value instanceof Long number) {
        super.visitLdcInsn(small(number));
      } else if (value instanceof Integer number) {
        super.visitLdcInsn((int) small(number));
      } else {
        super.visitLdcInsn(value);
      }
    }

    private long small(long number) {
      for (Number each : SMALL) {
        if (each.type().equals(type) && each.was() == number) {
          smaller.add(each);
          return each.is();
        }
      }
      return number;
    }

    @Override
    public void visitTypeInsn(int opcode, String made) {
      super.visitTypeInsn(opcode, opcode == Opcodes.NEW ? ORDERED.getOrDefault(made, made) : made);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean ofInterface) {
      if (opcode == Opcodes.INVOKESPECIAL) {
        String made = name.equals("<init>") ? ORDERED.getOrDefault(owner, owner) : owner;
        super.visitMethodInsn(opcode, made, name, descriptor, ofInterface);
        return;
      }
      Edit edit = find(owner, name);
      if (edit == null) {
        super.visitMethodInsn(opcode, owner, name, descriptor, ofInterface);
        return;
      }
      String taken =
          opcode == Opcodes.INVOKESTATIC
              ? descriptor
              : "(L" + owner + ";" + descriptor.substring(1);
      String result = RESULTS.get(edit.what());
      if (result != null) {
        taken = taken.substring(0, taken.indexOf(')') + 1) + result;
      }
      super.visitMethodInsn(Opcodes.INVOKESTATIC, edit.hookOwner(), edit.hookName(), taken, false);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      Edit edit = opcode == Opcodes.GETFIELD ? find(owner, name) : null;
      if (edit == null) {
        super.visitFieldInsn(opcode, owner, name, descriptor);
      } else {
        super.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            edit.hookOwner(),
            edit.hookName(),
            Type.getMethodDescriptor(Type.getType(descriptor), Type.getObjectType(owner)),
            false);
      }
    }

    private @Nullable Edit find(String owner, String name) {
      for (Edit edit : edits) {
        if (edit.isIn(type, method) && edit.meets(owner, name)) {
          made.add(edit);
          return edit;
        }
      }
      return null;
    }
  }
}
