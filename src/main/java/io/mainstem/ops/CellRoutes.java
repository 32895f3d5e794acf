package io.mainstem.ops;

import io.mainstem.cell.Cell;
import io.mainstem.cell.NodeCard;
import io.mainstem.cell.View;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cell in the admin API, as this node sees it:
 *
 * <pre>
 * GET  /admin/cell                       {cell, node, level, partitions, requests,
 *                                        nodes: [node…], missing: [{name, incarnation}…]}
 * POST /admin/cell/nodes/NAME/drain      node; it gives away what it holds, and goes on serving
 *                                        its clients through the others
 * POST /admin/cell/nodes/NAME/serve      node; it takes its share again
 * DELETE /admin/cell/nodes/NAME          {name, incarnation}; a missing node that never comes back
 *                                        is of the cell no more
 *
 * node: {name, address, state, version, level, tokens, incarnation, share, held}
 * </pre>
 *
 * {@code share} is how many partitions the ring gives a node, {@code held} how many it holds. The
 * missing stand in the store and are seen nowhere.
 */
public final class CellRoutes {
  private final @Nullable Cell cell;

  /**
   * @param cell null: this node is alone
   */
  public CellRoutes(@Nullable Cell cell) {
    this.cell = cell;
  }

  public void mount(Router router) {
    router.get("/admin/cell").handler(this::show);
    router.post("/admin/cell/nodes/:name/drain").handler(request -> duty(request, false));
    router.post("/admin/cell/nodes/:name/serve").handler(request -> duty(request, true));
    router.delete("/admin/cell/nodes/:name").handler(this::forget);
  }

  private void show(RoutingContext request) {
    Cell known = known();
    known
        .missing()
        // Who cannot be asked now misses nobody.
        .otherwise(Map.of())
        .onSuccess(missing -> show(request, known, missing));
  }

  private static void show(RoutingContext request, Cell known, Map<String, Long> missing) {
    View view = known.view();
    var nodes = new JsonArray();
    view.nodes().forEach(node -> nodes.add(json(node, view)));
    AdminServer.answer(
        request,
        200,
        new JsonObject()
            .put("cell", known.name())
            .put("node", known.card().name())
            .put("level", known.level())
            .put("partitions", view.ring().partitions())
            .put("requests", known.inFlight())
            .put("nodes", nodes)
            .put(
                "missing",
                new JsonArray(
                    missing.entrySet().stream()
                        .map(each -> missing(each.getKey(), each.getValue()))
                        .toList())));
  }

  private void forget(RoutingContext request) {
    String name = request.pathParam("name");
    known()
        .forget(name)
        .onSuccess(incarnation -> AdminServer.answer(request, 200, missing(name, incarnation)))
        .onFailure(request::fail);
  }

  private static JsonObject missing(String node, long incarnation) {
    return new JsonObject().put("name", node).put("incarnation", incarnation);
  }

  private void duty(RoutingContext request, boolean serve) {
    Cell known = known();
    known
        .duty(request.pathParam("name"), serve)
        .onSuccess(node -> AdminServer.answer(request, 200, json(node, known.view())))
        .onFailure(request::fail);
  }

  private Cell known() {
    Cell known = cell;
    if (known == null) {
      throw new Rejected(Rule.NOT_FOUND, "This node is in no cell (cell.enabled).");
    }
    return known;
  }

  private static JsonObject json(NodeCard node, View view) {
    return new JsonObject()
        .put("name", node.name())
        .put("address", node.host() + ":" + node.port())
        .put("state", node.state().name().toLowerCase(Locale.ROOT))
        .put("version", node.version())
        .put("level", node.level())
        .put("tokens", node.tokens())
        .put("incarnation", node.incarnation())
        .put("share", view.ring().partitionsOf(node.name()).size())
        .put("held", node.held());
  }
}
