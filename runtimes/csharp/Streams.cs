#nullable enable
using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Axiom.Runtime;

/// <summary>The frames of one call of a pipeline node.</summary>
internal interface IFrameStream
{
    /// <summary>Waits for the next frame; null at the end of the input.</summary>
    byte[]? Take();

    /// <summary>Sends a frame, when there is room for it.</summary>
    void Emit(byte[] frame);
}

/// <summary>Turns frames into messages and back.</summary>
internal static class Pipelines
{
    public delegate T Parser<T>(ReadOnlySpan<byte> message);

    /// <summary>Runs a handler to the end of what it gives.</summary>
    public static void Run<TIn, TOut>(
        IFrameStream frames,
        Parser<TIn> parse,
        Func<IAsyncEnumerable<TIn>, IAsyncEnumerable<TOut>?> handler
    )
        where TOut : class, IMessage
    {
        var given =
            handler(Inputs(frames, parse))
            ?? throw new WrongOutputException(
                $"it returned nothing, not an IAsyncEnumerable of {typeof(TOut).Name}"
            );
        Send(frames, given).GetAwaiter().GetResult();
    }

    private static async Task Send<TOut>(IFrameStream frames, IAsyncEnumerable<TOut?> given)
        where TOut : class, IMessage
    {
        await foreach (var output in given.ConfigureAwait(false))
            frames.Emit(
                Codec.Encode(
                    output
                        ?? throw new WrongOutputException(
                            $"it gave nothing, not {typeof(TOut).Name}"
                        )
                )
            );
    }

#pragma warning disable CS1998 // It waits for the pipe, which is waited for with a thread.
    private static async IAsyncEnumerable<TIn> Inputs<TIn>(IFrameStream frames, Parser<TIn> parse)
    {
        while (frames.Take() is { } frame)
            yield return parse(frame);
    }
#pragma warning restore CS1998
}
