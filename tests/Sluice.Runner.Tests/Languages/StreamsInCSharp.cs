namespace Sluice.Runner.Tests.Languages;

/// <summary>The pipeline nodes of the conformance package in C#.</summary>
internal static class StreamsInCSharp
{
    private const string Handlers = """
        using Axiom;
        using Gen;
        namespace Nodes;

        public static class MirrorNode
        {
            public static IAsyncEnumerable<Text> Mirror(IAxiomContext ax, IAsyncEnumerable<Text> inputs) => inputs;
        }
        public static class FirstNode
        {
            public static async IAsyncEnumerable<Text> First(IAxiomContext ax, IAsyncEnumerable<Text> inputs)
            {
                await foreach (var input in inputs)
                {
                    yield return input;
                    yield break;
                }
            }
        }
        public static class SnapNode
        {
            public static async IAsyncEnumerable<Text> Snap(IAxiomContext ax, IAsyncEnumerable<Text> inputs)
            {
                foreach (var text in Three()) yield return text;
                await Task.Yield();
                throw new InvalidOperationException("no more");
            }
            public static IEnumerable<Text> Three() => Enumerable.Range(0, 3).Select(i => new Text { Text_ = $"{i}" });
        }
        public static class QuitNode
        {
            public static async IAsyncEnumerable<Text> Quit(IAxiomContext ax, IAsyncEnumerable<Text> inputs)
            {
                foreach (var text in SnapNode.Three()) yield return text;
                await Task.Yield();
                Environment.Exit(3);
            }
        }
        public static class DrainNode
        {
            public static async IAsyncEnumerable<Text> Drain(IAxiomContext ax, IAsyncEnumerable<Text> inputs)
            {
                await foreach (var input in inputs) { }
                yield break;
            }
        }
        public static class EndlessNode
        {
            public static async IAsyncEnumerable<Text> Endless(IAxiomContext ax, IAsyncEnumerable<Text> inputs)
            {
                await Task.Yield();
                for (var i = 0; ; i++) yield return new Text { Text_ = $"{i}" };
            }
        }
        public static class SignNode
        {
            public static async IAsyncEnumerable<Text> Sign(IAxiomContext ax, IAsyncEnumerable<Text> inputs)
            {
                await foreach (var input in inputs)
                {
                    ax.Log().Info("signing " + input.Text_);
                    yield return new Text { Text_ = $"{input.Text_} {ax.Secrets().Get("SIGNATURE").Value}" };
                }
            }
        }
        public static class StallNode
        {
            public static async IAsyncEnumerable<Text> Stall(IAxiomContext ax, IAsyncEnumerable<Text> inputs)
            {
                await foreach (var input in inputs) while (true) { }
                yield break;
            }
        }
        """;

    public static IEnumerable<(string Path, string Text)> Files() =>
        [("nodes/streams.cs", Handlers)];
}
