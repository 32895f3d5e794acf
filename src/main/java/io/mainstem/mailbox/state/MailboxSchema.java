package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Annotation;
import io.mainstem.mailbox.ChannelView;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.ThreadSettings;
import io.mainstem.message.Attachment;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.infinispan.protostream.annotations.ProtoSyntax;

/**
 * The schema of the log and of objects, generated from the records; {@code mailbox.proto} is its
 * readable form.
 */
@ProtoSchema(
    includeClasses = {
      Channel.class,
      UserId.class,
      ThreadId.class,
      BlobKey.class,
      BlobRange.class,
      Part.class,
      Person.class,
      Attachment.class,
      Headers.class,
      Message.class,
      MailForm.class,
      Counts.class,
      ThreadKind.class,
      ThreadSettings.class,
      ChannelView.class,
      Settings.WhoMayChat.class,
      Command.Group.class,
      Spot.class,
      Spot.Renewed.class,
      Revision.class,
      Ref.class,
      Tally.class,
      Tail.class,
      PageTable.class,
      PageTable.Row.class,
      Recipient.class,
      Failure.class,
      Item.class,
      Sender.class,
      PageCount.class,
      ThreadState.class,
      Standing.class,
      ThreadFace.class,
      ThreadObject.class,
      HistoryPage.class,
      ListPage.class,
      ListPage.Place.class,
      PlacementPage.class,
      PlacementPage.Placement.class,
      SummaryPage.class,
      SummaryPage.Summary.class,
      ExpungePage.class,
      ExpungePage.Expunge.class,
      IndexPage.class,
      IndexPage.Key.class,
      IndexShape.class,
      IndexShape.Times.class,
      Folder.class,
      Totals.class,
      Rate.class,
      Header.class,
      Header.ListTail.class,
      Header.Owed.class,
      Header.Arrival.class,
      Header.Receipt.class,
      Header.Held.class,
      Header.Erasure.class,
      Header.DraftRow.class,
      Header.Retention.class,
      Header.Departure.class,
      Header.Forebear.class,
      SettingsState.class,
      SettingsState.Pair.class,
      DraftObject.class,
      DraftContent.class,
      DeadLetters.class,
      Annotation.class,
      Annotations.class,
      Annotations.Note.class,
      Effect.class,
      Effect.RefChange.class,
      Effect.ThreadEffect.class,
      Effect.ListMove.class,
      Effect.Cut.class,
      Effect.NewPage.class,
      Effect.IndexPut.class,
      Content.class,
      Event.Sent.class,
      Event.Delivered.class,
      Event.Appended.class,
      Event.ReadUpTo.class,
      Event.MarkedUnread.class,
      Event.Moved.class,
      Event.Flagged.class,
      Event.Placed.class,
      Event.Deleted.class,
      Event.Erased.class,
      Event.Undone.class,
      Event.FolderMade.class,
      Event.FoldersRenamed.class,
      Event.FolderDropped.class,
      Event.DraftSaved.class,
      Event.DraftDiscarded.class,
      Event.SettingsSet.class,
      Event.ThreadSet.class,
      Event.Accepted.class,
      Event.Declined.class,
      Event.GroupChanged.class,
      Event.Reported.class,
      Event.Mark.class,
      Event.Failed.class,
      Event.Retried.class,
      Event.Released.class,
      Event.HandedUpTo.class,
      Event.ReceiptsDone.class,
      Event.Redacted.class,
      Event.Expired.class,
      Event.Fenced.class,
      Event.Leaving.class,
      Event.Frozen.class,
      Event.Thawed.class,
      Event.Admitted.class,
      Event.Annotated.class,
      Event.Edited.class,
      Event.SetBack.class,
      Log.OneEvent.class,
      Log.LogRow.class,
      Log.Body.class
    },
    schemaFileName = "mailbox.proto",
    schemaFilePath = "proto",
    schemaPackageName = "io.mainstem.mailbox",
    syntax = ProtoSyntax.PROTO2)
public interface MailboxSchema extends GeneratedSchema {}
