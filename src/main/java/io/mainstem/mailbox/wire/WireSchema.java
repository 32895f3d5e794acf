package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.DraftView;
import io.mainstem.mailbox.FolderChange;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.Position;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reason;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Status;
import io.mainstem.mailbox.SummaryView;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.mailbox.UidRange;
import io.mainstem.mailbox.state.MailboxSchema;
import io.mainstem.message.FolderId;
import io.mainstem.message.Hlc;
import io.mainstem.message.MessageId;
import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.infinispan.protostream.annotations.ProtoSyntax;

/**
 * The schema of what nodes ask of one another's mailboxes, generated from the records; {@code
 * wire.proto} is its readable form. What the log has too is taken from there.
 */
@ProtoSchema(
    dependsOn = MailboxSchema.class,
    includeClasses = {
      MessageId.class,
      FolderId.class,
      Hlc.class,
      Cursor.class,
      Position.class,
      Reason.class,
      Status.class,
      MessageView.class,
      MessageView.StatusCounts.class,
      MessageView.Edited.class,
      ThreadView.class,
      FolderView.class,
      UidRange.class,
      PlacementView.class,
      SummaryView.class,
      SummaryView.Text.class,
      FolderChange.class,
      DraftView.class,
      Command.Send.class,
      Command.Deliver.class,
      Command.Revised.class,
      Command.Edit.class,
      Command.Origin.class,
      Command.Append.class,
      Command.Read.class,
      Command.Unread.class,
      Command.Move.class,
      Command.SetFlags.class,
      Command.Delete.class,
      Command.Erase.class,
      Command.Undo.class,
      Command.StoreFlags.class,
      Command.FlagsMode.class,
      Command.Place.class,
      Command.Expunge.class,
      Command.CreateFolder.class,
      Command.RenameFolder.class,
      Command.DeleteFolder.class,
      Command.Subscribe.class,
      Command.SaveDraft.class,
      Command.DiscardDraft.class,
      Command.ChangeSettings.class,
      Command.ChangeThread.class,
      Command.Accept.class,
      Command.Decline.class,
      Command.ChangeGroup.class,
      Command.Report.class,
      Command.Progress.class,
      Command.Fail.class,
      Command.Retry.class,
      Command.Handed.class,
      Command.ReceiptsTold.class,
      Command.Due.class,
      Command.Leave.class,
      Command.Freeze.class,
      Command.Thaw.class,
      Command.Replaced.class,
      Command.Alike.class,
      Reply.Copy.class,
      Command.Admit.class,
      Command.Waiting.class,
      Command.Annotate.class,
      Query.Threads.class,
      Query.ThreadPage.class,
      Query.Thread.class,
      Query.Messages.class,
      Query.MessagePage.class,
      Query.One.class,
      Query.Attachment.class,
      Query.GetCounts.class,
      Query.CountsAt.class,
      Query.GetSettings.class,
      Query.SettingsAt.class,
      Query.Drafts.class,
      Query.Folders.class,
      Query.Head.class,
      Query.Updates.class,
      Query.Outstanding.class,
      Query.OutboxPage.class,
      Query.Outgoing.class,
      Query.Receipt.class,
      Query.DeadLetters.class,
      Query.DeadLetter.class,
      Query.Raw.class,
      Query.Usage.class,
      Query.Uids.class,
      Query.Placements.class,
      Query.Summaries.class,
      Query.Bodies.class,
      Query.Expunged.class,
      Query.UsageAt.class,
      Query.UidPage.class,
      Query.PlacementPage.class,
      Query.SummaryPage.class,
      Query.BodyPage.class,
      Query.ExpungedPage.class,
      Query.Body.class,
      Query.Written.class,
      Query.Form.class,
      Query.Annotations.class,
      Reply.Done.class,
      Reply.Sent.class,
      Reply.Delivered.class,
      Reply.Appended.class,
      Reply.FolderMade.class,
      Reply.Stored.class,
      Reply.Placed.class,
      Change.MessageChanged.class,
      Change.MessageGone.class,
      Change.StatusChanged.class,
      Change.FlagsChanged.class,
      Change.ReadChanged.class,
      Change.ThreadChanged.class,
      Change.CountsChanged.class,
      Change.FoldersChanged.class,
      Change.SettingsChanged.class,
      Change.DraftChanged.class,
      Change.Bookkeeping.class,
      Change.AnnotationsChanged.class,
      Signal.Typing.class,
      Settings.class,
      Settings.Patch.class,
      OneCommand.class,
      OneQuery.class,
      OneReply.class,
      OneChange.class,
      OneSignal.class,
      Answer.class,
      Answer.DraftList.class,
      Answer.FolderList.class,
      Answer.DeadLetterList.class,
      Answer.AnnotationList.class,
      FrameBody.class,
      FrameBody.Page.class,
      Refusal.class
    },
    schemaFileName = "wire.proto",
    schemaFilePath = "proto",
    schemaPackageName = "io.mainstem.wire",
    syntax = ProtoSyntax.PROTO2)
interface WireSchema extends GeneratedSchema {}
