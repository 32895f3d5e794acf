package io.mainstem.gateway.http;

import io.mainstem.directory.OneTimeKeys;
import io.mainstem.gateway.http.handlers.BodyFetcher;
import io.mainstem.gateway.http.handlers.Recipients;
import io.mainstem.gateway.http.handlers.Sending;
import io.mainstem.gateway.http.handlers.UploadHandler.Uploading;
import io.mainstem.gateway.http.handlers.UploadIds;
import io.mainstem.gateway.http.protocol.Contract;
import io.mainstem.gateway.http.rendering.StaticFiles;
import io.mainstem.gateway.http.session.Authentication;
import io.mainstem.gateway.http.session.Clients;
import io.mainstem.gateway.http.session.Origins;
import io.mainstem.gateway.http.stream.FrameTexts;
import io.mainstem.gateway.http.stream.Handing;
import io.mainstem.gateway.http.stream.StreamMetrics;
import io.mainstem.gateway.http.stream.Streams;
import io.mainstem.gateway.http.stream.Typing;
import io.mainstem.proxy.Proxies;
import io.mainstem.stage.Stage;
import io.vertx.core.Vertx;

/** What all listeners of the gateway share; every part is safe on every event loop. */
record Shared(
    Contract contract,
    Origins origins,
    Authentication authentication,
    Clients clients,
    UploadIds uploads,
    Uploading uploading,
    BodyFetcher bodies,
    Sending sending,
    FrameTexts frames,
    Streams streams,
    Typing typing,
    Handing handing,
    StreamMetrics streamMetrics,
    Stage http,
    Stage stream,
    StaticFiles files,
    OneTimeKeys keys) {

  static Shared of(Vertx vertx, HttpParts parts, Contract contract) {
    var config = parts.config();
    var origins = new Origins(config.hosts());
    var authentication = new Authentication(parts.directory(), origins, config.session().seconds());
    var uploads = new UploadIds(parts.secret());
    var bodies = new BodyFetcher(parts.mails(), parts.blobs());
    var streams = new Streams(config.stream().maxPerUser());
    var recipients = new Recipients(parts.directory().accounts());
    parts.directory().sessions().addListener(streams::endSession);
    return new Shared(
        contract,
        origins,
        authentication,
        new Clients(Proxies.of(config.proxies())),
        uploads,
        new Uploading(config.maxUploads()),
        bodies,
        new Sending(parts.mailboxes(), recipients, parts.blobs(), uploads, parts.maxTextBytes()),
        new FrameTexts(bodies, uploads),
        streams,
        new Typing(parts.mailboxes(), streams),
        new Handing(vertx, parts.mailboxes()),
        new StreamMetrics(parts.stages().registry(), streams),
        parts.stages().stage("http", config.maxConnections()),
        parts.stages().stage("stream", config.maxConnections()),
        new StaticFiles(),
        parts.directory().oneTimeKeys());
  }
}
