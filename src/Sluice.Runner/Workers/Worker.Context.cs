using Sluice.Runner.Sidecar;

namespace Sluice.Runner.Workers;

/// <summary>Questions of the node's context, and what it tells without a question.</summary>
internal sealed partial class Worker
{
    private void AskContext(FrameHead head, ReadOnlySpan<byte> payload)
    {
        PendingCall call;
        CancellationToken stop;
        NodeQuestion? question;
        lock (_gate)
        {
            if (_call is null || head.Call != _call.Number)
            {
                Violate($"it asked in call {head.Call}, which is not in flight");
                return;
            }
            if (_asking || _call.What.Stream is null && _unsent is not null)
            {
                Violate("it asked before it had read what it was sent");
                return;
            }
            question = ContextMessages.ReadAsk(payload);
            if (question is null)
            {
                Violate("it sent a question that cannot be read");
                return;
            }
            call = _call;
            _asking = true;
            stop = call.Stop;
        }
        ThreadPool.UnsafeQueueUserWorkItem(
            static ask => _ = ask.Worker.AnswerQuestion(ask.Call, ask.Question, ask.Stop),
            (Worker: this, Call: call, Question: question, Stop: stop),
            preferLocal: false
        );
    }

    private async Task AnswerQuestion(
        PendingCall call,
        NodeQuestion question,
        CancellationToken stop
    )
    {
        NodeAnswer answer;
        try
        {
            answer = call.What.Questions is { } read
                ? await read(question, stop)
                : NodeAnswer.No("unavailable", "There is no answer to that here.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The call has ended; nobody waits.
            return;
        }
        catch (Exception e)
        {
            Log.QuestionFailed(_context.Log, e, question.Kind, Key.TenantId);
            answer = NodeAnswer.No("unavailable", "There is no answer just now.");
        }
        var writer = new WireWriter();
        ContextMessages.WriteAnswer(writer, call.Number, answer);
        if (writer.Length - FrameHead.Size > FrameHead.MaxAnswer)
            ContextMessages.WriteAnswer(
                writer,
                call.Number,
                NodeAnswer.No("too_large", "The answer is larger than an answer may be.")
            );
        await SendAnswer(call, writer.Buffer, writer.Length);
    }

    private void TakeNote(FrameHead head, ReadOnlySpan<byte> payload)
    {
        PendingCall? call;
        lock (_gate)
        {
            if (head.Call > _lastNumber)
            {
                Violate($"it told of call {head.Call}, which was never made");
                return;
            }
            call = _call is { } current && head.Call == current.Number ? current : null;
        }
        // As with log lines, nobody is left to read what a thread tells that outlived its call.
        if (call is null)
            return;
        if (ContextMessages.ReadNote(payload) is { } note)
            call.What.Noted?.Invoke(note);
        else
            Violate("it told something that cannot be read");
    }
}
