namespace Sluice.Runner.Tests.Languages;

/// <summary>The pipeline nodes of the conformance package in Python; half of them are asynchronous.</summary>
internal static class StreamsInPython
{
    private const string Handlers = """
        import os
        from gen.messages_pb2 import Text

        def mirror(ax, inputs):
            for input in inputs: yield input
        def first(ax, inputs):
            for input in inputs:
                yield input
                return
        def three():
            for i in range(3): yield Text(text=str(i))
        def snap(ax, inputs):
            yield from three()
            raise ValueError("no more")
        def quit(ax, inputs):
            yield from three()
            os._exit(3)
        async def drain(ax, inputs):
            async for input in inputs: pass
            return
            yield
        async def endless(ax, inputs):
            i = 0
            while True:
                yield Text(text=str(i))
                i += 1
        async def sign(ax, inputs):
            async for input in inputs:
                ax.log.info("signing " + input.text)
                yield Text(text=f"{input.text} {ax.secrets.get('SIGNATURE')[0]}")
        def stall(ax, inputs):
            for input in inputs:
                while True: pass
            yield
        """;

    public static IEnumerable<(string Path, string Text)> Files()
    {
        yield return ("nodes/streams.py", Handlers);
        foreach (var node in StreamConformance.Nodes.Select(node => node.ToLowerInvariant()))
            yield return ($"nodes/{node}.py", $"from nodes.streams import {node}\n");
    }
}
