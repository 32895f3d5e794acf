package io.mainstem.bench.faults;

import io.mainstem.bench.ChatClient;
import io.mainstem.bench.ServerProcess.Endpoint;
import io.vertx.core.Context;
import io.vertx.core.http.WebSocketClient;
import java.util.List;

/**
 * What all people of a load share.
 *
 * @param context the event loop that all of it is confined to
 * @param doors the addresses of the servers; {@code clients} has one for each
 * @param complaints of these people
 */
record Neighbourhood(
    Context context,
    WebSocketClient sockets,
    List<Endpoint> doors,
    List<ChatClient> clients,
    History history,
    Complaints complaints) {}
