package io.mainstem.cell.wire;

import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.infinispan.protostream.annotations.ProtoSyntax;

/** The schema of envelopes, generated from the records; {@code peer.proto} is its readable form. */
@ProtoSchema(
    includeClasses = {
      Envelope.class,
      Envelope.Hello.class,
      Envelope.Request.class,
      Envelope.Adopt.class,
      Envelope.Copied.class,
      Envelope.Adopted.class,
      Envelope.Response.class,
      Envelope.Elsewhere.class,
      Envelope.Watching.class,
      Envelope.Place.class,
      Envelope.Unwatch.class,
      Envelope.Nudge.class,
      Envelope.Whisper.class,
      Envelope.Freed.class,
      Envelope.Duty.class,
      Envelope.Rumour.class,
      Envelope.Standing.class,
      Batches.Batch.class
    },
    schemaFileName = "peer.proto",
    schemaFilePath = "proto",
    schemaPackageName = "io.mainstem.peer",
    syntax = ProtoSyntax.PROTO2)
interface PeerSchema extends GeneratedSchema {}
