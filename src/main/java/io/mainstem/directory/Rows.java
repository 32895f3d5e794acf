package io.mainstem.directory;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Row;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The directory's rows as records: their JSON form, and changes that are decided again when another
 * was faster.
 */
final class Rows {
  /**
   * Another writer can win this often before a change gives up: more are at work on one row than
   * ever should.
   */
  private static final int MAX_ATTEMPTS = 16;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .registerModule(
              new SimpleModule()
                  .addSerializer(UserId.class, new ToStringSerializer(UserId.class))
                  .addDeserializer(
                      UserId.class,
                      new StdDeserializer<UserId>(UserId.class) {
                        private static final long serialVersionUID = 1L;

                        @Override
                        public UserId deserialize(JsonParser parser, DeserializationContext context)
                            throws IOException {
                          return new UserId(parser.getText());
                        }
                      }));

  private final DirectoryStore store;

  Rows(DirectoryStore store) {
    this.store = store;
  }

  DirectoryStore store() {
    return store;
  }

  static <T> T decode(Row row, Class<T> type) {
    try {
      return JSON.readValue(row.value(), type);
    } catch (IOException e) {
      throw new IllegalStateException(
          "a row of the directory's table " + row.key().table() + " cannot be read", e);
    }
  }

  static byte[] encode(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "a row of the directory cannot be written: " + value.getClass(), e);
    }
  }

  <T> Future<@Nullable T> get(Key key, Class<T> type) {
    return store.get(key).map(row -> row == null ? null : decode(row, type));
  }

  /** Writes the row if there is none. */
  Future<Boolean> insert(Key key, Object value) {
    return store.write(key, DirectoryStore.ABSENT, encode(value));
  }

  /** Writes the row whatever it was. */
  <T> Future<Void> put(Key key, T value) {
    return put(key, value, 1);
  }

  private <T> Future<Void> put(Key key, T value, int attempt) {
    return store
        .get(key)
        .compose(
            row ->
                store.write(
                    key, row == null ? DirectoryStore.ABSENT : row.version(), encode(value)))
        .compose(
            written ->
                written
                    ? Future.succeededFuture()
                    : again(attempt).compose(next -> put(key, value, next)));
  }

  /**
   * Changes the row as it is when it is written; answers what it has become, or null when there is
   * none.
   */
  <T> Future<@Nullable T> update(Key key, Class<T> type, UnaryOperator<T> change) {
    return update(key, type, change, 1);
  }

  private <T> Future<@Nullable T> update(
      Key key, Class<T> type, UnaryOperator<T> change, int attempt) {
    return store
        .get(key)
        .compose(
            row -> {
              if (row == null) {
                return Future.succeededFuture();
              }
              T before = decode(row, type);
              T after = change.apply(before);
              if (after.equals(before)) {
                return Future.succeededFuture(before);
              }
              return store
                  .write(key, row.version(), encode(after))
                  .compose(
                      written ->
                          written
                              ? Future.succeededFuture(after)
                              : again(attempt).compose(next -> update(key, type, change, next)));
            });
  }

  /** Removes the row whatever it is; answers whether there was one. */
  Future<Boolean> remove(Key key) {
    return remove(key, 1);
  }

  private Future<Boolean> remove(Key key, int attempt) {
    return store
        .get(key)
        .compose(
            row ->
                row == null
                    ? Future.succeededFuture(false)
                    : store
                        .delete(key, row.version())
                        .compose(
                            gone ->
                                gone
                                    ? Future.succeededFuture(true)
                                    : again(attempt).compose(next -> remove(key, next))));
  }

  private static Future<Integer> again(int attempt) {
    return attempt < MAX_ATTEMPTS
        ? Future.succeededFuture(attempt + 1)
        : Future.failedFuture(
            new Rejected(Rejected.Rule.BUSY, "Too many change this at once; try again."));
  }

  /**
   * The same answer, on the context of the caller, when he has one: for futures that several
   * callers share.
   */
  static <T extends @Nullable Object> Future<T> onCaller(Future<T> shared) {
    Context caller = Vertx.currentContext();
    if (caller == null || shared.isComplete()) {
      return shared;
    }
    Promise<T> there = Promise.promise();
    shared.onComplete(result -> caller.runOnContext(ignored -> there.handle(result)));
    return there.future();
  }
}
