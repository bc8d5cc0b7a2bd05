using FsCheck;
using FsCheck.Fluent;
using Sluice.Runner.Sidecar;
using Sluice.Runner.Tests.Languages;

namespace Sluice.Runner.Tests.Sidecar;

/// <summary>The host's side of questions, answers and notes.</summary>
public sealed class ContextFrameTests
{
    [Fact]
    public void Golden_questions_are_read_and_their_answers_written_byte_for_byte()
    {
        var all = GoldenQuestion.All.ToList();
        Assert.Equal(9, all.Count);
        foreach (var golden in all)
        {
            Assert.Equal(golden.Asked, ContextMessages.ReadAsk(Payload(golden.Ask)));
            var writer = new WireWriter();
            ContextMessages.WriteAnswer(writer, 1, golden.Answer);
            Assert.Equal(golden.Frame, Convert.ToHexStringLower(writer.Written));
        }
    }

    [Fact]
    public void Golden_notes_are_read()
    {
        var notes = GoldenQuestion
            .Notes.Select(note => ContextMessages.ReadNote(Payload(note))!)
            .ToList();
        Assert.Equal(
            [
                (NoteKind.Progress, "half", 0.5),
                (NoteKind.Event, "seen", 0),
                (NoteKind.Counter, "hits", 2),
                (NoteKind.Histogram, "ms", 1.5),
            ],
            notes.Select(note => (note.Kind, note.Name, note.Value))
        );
        Assert.Equal(
            [("a", "1"), ("b", "ü")],
            notes[1].Attributes.Select(at => (at.Key, at.Value))
        );
    }

    [Fact]
    public void Hostile_bytes_are_read_without_an_exception()
    {
        Prop.ForAll<byte[]>(bytes =>
            {
                _ = ContextMessages.ReadAsk(bytes);
                _ = ContextMessages.ReadNote(bytes);
            })
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    // A session that is not UTF-8, a length beyond the end, a field of an unknown wire type.
    [InlineData("1201ff")]
    [InlineData("12ff01")]
    [InlineData("0f")]
    public void A_question_that_is_none_is_refused(string hex) =>
        Assert.Null(ContextMessages.ReadAsk(Convert.FromHexString(hex)));

    [Fact]
    public void What_is_not_known_is_told_apart_from_what_is_broken()
    {
        Assert.Equal(
            QuestionKind.Unknown,
            ContextMessages.ReadAsk(Convert.FromHexString("0863"))!.Kind
        );
        Assert.Equal(
            NoteKind.Unknown,
            ContextMessages.ReadNote(Convert.FromHexString("0863"))!.Kind
        );
        // An importance of the wrong width is none.
        Assert.Equal(0, ContextMessages.ReadAsk(Convert.FromHexString("320101"))!.Importance);
    }

    private static byte[] Payload(string frame) => Convert.FromHexString(frame)[FrameHead.Size..];
}
