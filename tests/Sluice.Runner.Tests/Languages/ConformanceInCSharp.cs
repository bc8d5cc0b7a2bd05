namespace Sluice.Runner.Tests.Languages;

/// <summary>The conformance suite's nodes in C#.</summary>
internal static class ConformanceInCSharp
{
    private const string Nodes = """
        using System.Diagnostics;
        using System.Net.Sockets;
        using Axiom;
        using Gen;
        namespace Nodes;

        public static class EchoNode { public static Text Echo(IAxiomContext ax, Text input) => new() { Text_ = input.Text_ }; }
        public static class SameNode { public static Text Same(IAxiomContext ax, Text input) => input; }
        public static class ReadNode
        {
            public static Text Read(IAxiomContext ax, Text input)
            {
                var (value, found) = ax.Secrets().Get(input.Text_);
                return new() { Text_ = $"{value}/{found}" };
            }
        }
        public static class FailNode { public static Text Fail(IAxiomContext ax, Text input) => throw new ArgumentException("no " + input.Text_); }
        public static class HangNode { public static Text Hang(IAxiomContext ax, Text input) { ax.Progress(0, "begun"); while (true) { } } }
        public static class LeaveNode { public static Text Leave(IAxiomContext ax, Text input) { Environment.Exit(3); return input; } }
        public static class EatNode
        {
            public static Text Eat(IAxiomContext ax, Text input)
            {
                var kept = new List<byte[]>();
                while (true) { kept.Add(new byte[1 << 24]); kept[^1].AsSpan().Fill(1); }
            }
        }
        public static class TalkNode
        {
            public static Text Talk(IAxiomContext ax, Text input)
            {
                ax.Log().Warn(input.Text_, new Dictionary<string, string> { ["length"] = "81" });
                Console.WriteLine("printed");
                return new();
            }
        }
        public static class TellNode
        {
            public static Text Tell(IAxiomContext ax, Text input) =>
                new() { Text_ = string.Join('/', ax.ExecutionId(), ax.FlowId(), ax.TenantId(), ax.Params().Get("TONE").Value, ax.Params().Get("NONE").Found) };
        }
        public static class ForkNode
        {
            public static Text Fork(IAxiomContext ax, Text input) { Process.Start("/bin/true")!.WaitForExit(); return new() { Text_ = "done" }; }
        }
        public static class DialNode
        {
            public static Text Dial(IAxiomContext ax, Text input) { using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); return new() { Text_ = "done" }; }
        }
        public static class AskNode
        {
            public static Text Ask(IAxiomContext ax, Text input)
            {
                using var way = new TcpClient("127.0.0.1", 3128);
                var stream = way.GetStream();
                stream.Write(System.Text.Encoding.ASCII.GetBytes($"CONNECT {input.Text_} HTTP/1.1\r\n\r\n"));
                way.Client.Shutdown(SocketShutdown.Send);
                return new() { Text_ = new StreamReader(stream).ReadToEnd() };
            }
        }
        public static class PeekNode { public static Text Peek(IAxiomContext ax, Text input) => new() { Text_ = File.ReadAllText("/etc/passwd") }; }
        """;

    private const string Test = """
        using Axiom.Testing;
        using Gen;
        namespace Nodes;

        public sealed class EchoTest
        {
            public void Echoes() => Assert.Equal("a", EchoNode.Echo(new TestContext(), new Text { Text_ = "a" }).Text_);
        }
        """;

    public static Dictionary<string, string> Files() =>
        new() { ["nodes/all.cs"] = Nodes, ["nodes/echo_test.cs"] = Test };
}
